/* Making the processor fetch anew what has been written to code memory.
 *
 * Its caches are kept coherent, whatever address a write goes through. But instructions that it has fetched ahead
 * are compared with writes by their linear address only, and code memory is written through another one than it is
 * executed at. A write may wait in the store buffer for long enough that what is executed next has been fetched
 * before it: so seen once in some thousand starts of a busy machine. A serializing instruction comes between. */
#if defined(__x86_64__)

        .text

/* void codewriter_serialize(void). By IRET to the next instruction, which takes a hundredth of the time of CPUID where
 * a hypervisor intercepts that; with a shadow stack, to which IRET would have to agree, by CPUID. */
        .globl codewriter_serialize
        .hidden codewriter_serialize
        .type codewriter_serialize, @function
        .p2align 4
codewriter_serialize:
        .cfi_startproc
        xorl %eax, %eax
        rdsspq %rax                     /* does nothing where there is none */
        testq %rax, %rax
        jne 2f
        movq %rsp, %rcx
        movl %ss, %eax
        pushq %rax
        .cfi_adjust_cfa_offset 8
        pushq %rcx
        .cfi_adjust_cfa_offset 8
        pushfq
        .cfi_adjust_cfa_offset 8
        movl %cs, %eax
        pushq %rax
        .cfi_adjust_cfa_offset 8
        leaq 1f(%rip), %rax
        pushq %rax
        .cfi_adjust_cfa_offset 8
        iretq
        .cfi_adjust_cfa_offset -40
1:      ret
2:      pushq %rbx
        .cfi_adjust_cfa_offset 8
        xorl %eax, %eax
        xorl %ecx, %ecx
        cpuid
        popq %rbx
        .cfi_adjust_cfa_offset -8
        ret
        .cfi_endproc
        .size codewriter_serialize, .-codewriter_serialize

/* int codewriter_is_emulated(void). Does Valgrind run the program? It knows no IRET, and needs none. The rotations do
 * nothing together, and mark a question to it: rax points to the question's number and operands, rdx holds the answer
 * where nobody gives one. */
        .globl codewriter_is_emulated
        .hidden codewriter_is_emulated
        .type codewriter_is_emulated, @function
        .p2align 4
codewriter_is_emulated:
        .cfi_startproc
        subq $56, %rsp
        .cfi_adjust_cfa_offset 56
        movq $0x1001, 0(%rsp)           /* "running on Valgrind?" */
        movq $0, 8(%rsp)
        movq $0, 16(%rsp)
        movq $0, 24(%rsp)
        movq $0, 32(%rsp)
        movq $0, 40(%rsp)
        movq %rsp, %rax
        xorl %edx, %edx
        rolq $3, %rdi
        rolq $13, %rdi
        rolq $61, %rdi
        rolq $51, %rdi
        xchgq %rbx, %rbx
        movl %edx, %eax
        addq $56, %rsp
        .cfi_adjust_cfa_offset -56
        ret
        .cfi_endproc
        .size codewriter_is_emulated, .-codewriter_is_emulated

        .section .note.GNU-stack, "", @progbits
#endif
