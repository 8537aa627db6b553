/* A C call from the cold part of a stencil that keeps every register compiled code lives in, so that
 * the stencil itself needs no stack frame. Used through CALL_ASIDE in templates/template.h. */
#if defined(__x86_64__)

        .text

/* rax = function r10 (arguments rax and r11), the first an integer, a pointer or the bits of a double. Keeps
 * rdi, rsi, rdx, rcx, r8, r9 and xmm0-7 besides what C functions keep. The stack may be aligned to 8 bytes
 * only. */
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
        subq $112, %rsp
        movq %rdi, 0(%rsp)
        movq %rsi, 8(%rsp)
        movq %rdx, 16(%rsp)
        movq %rcx, 24(%rsp)
        movq %r8, 32(%rsp)
        movq %r9, 40(%rsp)
        movsd %xmm0, 48(%rsp)
        movsd %xmm1, 56(%rsp)
        movsd %xmm2, 64(%rsp)
        movsd %xmm3, 72(%rsp)
        movsd %xmm4, 80(%rsp)
        movsd %xmm5, 88(%rsp)
        movsd %xmm6, 96(%rsp)
        movsd %xmm7, 104(%rsp)
        movq %rax, %rdi
        movq %r11, %rsi
        movq %rax, %xmm0
        call *%r10
        movq 0(%rsp), %rdi
        movq 8(%rsp), %rsi
        movq 16(%rsp), %rdx
        movq 24(%rsp), %rcx
        movq 32(%rsp), %r8
        movq 40(%rsp), %r9
        movsd 48(%rsp), %xmm0
        movsd 56(%rsp), %xmm1
        movsd 64(%rsp), %xmm2
        movsd 72(%rsp), %xmm3
        movsd 80(%rsp), %xmm4
        movsd 88(%rsp), %xmm5
        movsd 96(%rsp), %xmm6
        movsd 104(%rsp), %xmm7
        leave
        .cfi_def_cfa %rsp, 8
        ret
        .cfi_endproc
        .size call_aside, .-call_aside

        .section .note.GNU-stack, "", @progbits
#endif
