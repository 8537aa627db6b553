/* A C call from the cold part of a stencil that keeps every register compiled code lives in, so that
 * the stencil itself needs no stack frame. Used through CALL_ASIDE in templates/template.h. */
#if defined(__x86_64__)

        .text

/* rax = function rcx (argument rax), the argument an integer, a pointer or the bits of a double.
 * Keeps rdi, rsi and xmm0-5 besides what C functions keep. The stack may be aligned to 8 bytes only. */
        .globl call_aside
        .hidden call_aside
        .type call_aside, @function
        .p2align 4
call_aside:
        .cfi_startproc
        pushq %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq %rsp, %rbp
        .cfi_def_cfa_register %rbp
        andq $-16, %rsp
        subq $64, %rsp
        movq %rdi, 0(%rsp)
        movq %rsi, 8(%rsp)
        movsd %xmm0, 16(%rsp)
        movsd %xmm1, 24(%rsp)
        movsd %xmm2, 32(%rsp)
        movsd %xmm3, 40(%rsp)
        movsd %xmm4, 48(%rsp)
        movsd %xmm5, 56(%rsp)
        movq %rax, %rdi
        movq %rax, %xmm0
        call *%rcx
        movq 0(%rsp), %rdi
        movq 8(%rsp), %rsi
        movsd 16(%rsp), %xmm0
        movsd 24(%rsp), %xmm1
        movsd 32(%rsp), %xmm2
        movsd 40(%rsp), %xmm3
        movsd 48(%rsp), %xmm4
        movsd 56(%rsp), %xmm5
        leave
        .cfi_def_cfa %rsp, 8
        ret
        .cfi_endproc
        .size call_aside, .-call_aside

        .section .note.GNU-stack, "", @progbits
#endif
