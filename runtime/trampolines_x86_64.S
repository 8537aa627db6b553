/* x86-64: from C into compiled code, and from compiled code's exits into C.
 *
 * Compiled code keeps the frame in r12, the thread state in r13, ints in r14, r15, rdi, rsi, rdx, rcx,
 * r8, r9 and doubles in xmm0-xmm7 (clang's preserve_none order; see templates/template.h). */
#if defined(__x86_64__)

        .text

/* PyObject *trampoline_enter(frame, tstate, code) */
        .globl trampoline_enter
        .hidden trampoline_enter
        .type trampoline_enter, @function
        .p2align 4
trampoline_enter:
        .cfi_startproc
        pushq %rbx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %rbx, 0
        pushq %rbp
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %rbp, 0
        pushq %r12
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r12, 0
        pushq %r13
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r13, 0
        pushq %r14
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r14, 0
        pushq %r15
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r15, 0
        subq $8, %rsp
        .cfi_adjust_cfa_offset 8
        movq %rdi, %r12
        movq %rsi, %r13
        call *%rdx
        addq $8, %rsp
        .cfi_adjust_cfa_offset -8
        popq %r15
        .cfi_adjust_cfa_offset -8
        popq %r14
        .cfi_adjust_cfa_offset -8
        popq %r13
        .cfi_adjust_cfa_offset -8
        popq %r12
        .cfi_adjust_cfa_offset -8
        popq %rbp
        .cfi_adjust_cfa_offset -8
        popq %rbx
        .cfi_adjust_cfa_offset -8
        ret
        .cfi_endproc
        .size trampoline_enter, .-trampoline_enter

/* Jumped to by an exit's thunk with the exit's id in r11d: saves the registers as a struct
 * Registers (exits.h), asks exits_take where to go on, restores the registers, goes there. */
        .globl trampoline_exit
        .hidden trampoline_exit
        .type trampoline_exit, @function
        .p2align 4
trampoline_exit:
        .cfi_startproc
        subq $152, %rsp
        .cfi_adjust_cfa_offset 152
        movq %r12, 0(%rsp)
        movq %r13, 8(%rsp)
        movq %r14, 16(%rsp)
        movq %r15, 24(%rsp)
        movq %rdi, 32(%rsp)
        movq %rsi, 40(%rsp)
        movq %rdx, 48(%rsp)
        movq %rcx, 56(%rsp)
        movq %r8, 64(%rsp)
        movq %r9, 72(%rsp)
        movsd %xmm0, 80(%rsp)
        movsd %xmm1, 88(%rsp)
        movsd %xmm2, 96(%rsp)
        movsd %xmm3, 104(%rsp)
        movsd %xmm4, 112(%rsp)
        movsd %xmm5, 120(%rsp)
        movsd %xmm6, 128(%rsp)
        movsd %xmm7, 136(%rsp)
        movq %rsp, %rdi
        movl %r11d, %esi
        call exits_take
        movq 0(%rsp), %r12
        movq 8(%rsp), %r13
        movq 16(%rsp), %r14
        movq 24(%rsp), %r15
        movq 32(%rsp), %rdi
        movq 40(%rsp), %rsi
        movq 48(%rsp), %rdx
        movq 56(%rsp), %rcx
        movq 64(%rsp), %r8
        movq 72(%rsp), %r9
        movsd 80(%rsp), %xmm0
        movsd 88(%rsp), %xmm1
        movsd 96(%rsp), %xmm2
        movsd 104(%rsp), %xmm3
        movsd 112(%rsp), %xmm4
        movsd 120(%rsp), %xmm5
        movsd 128(%rsp), %xmm6
        movsd 136(%rsp), %xmm7
        addq $152, %rsp
        .cfi_adjust_cfa_offset -152
        jmp *%rax
        .cfi_endproc
        .size trampoline_exit, .-trampoline_exit

        .section .note.GNU-stack, "", @progbits
#endif
