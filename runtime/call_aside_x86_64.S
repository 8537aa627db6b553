/* A C call from the cold part of a stencil that keeps every register compiled code lives in, so that
 * the stencil itself needs no stack frame. Used through CALL_ASIDE in templates/template.h. */
#if defined(__x86_64__)

/* Offsets in PyjitState; numbers.c checks them. */
#define FREE_INTS 16
#define FREE_COUNT 24
#define FREE_MOST 28
#define FLOATS 32
#define FLOATS_MOST 40

        .text

/* rax = function r10 (arguments rax and r11), the first an integer, a pointer or the bits of a double. Keeps
 * rdi, rsi, rdx, rcx, r8, r9 and, with `doubles`, xmm0-7 besides what C functions keep. The stack may be aligned
 * to 8 bytes only. */
.macro DEFINE_CALL_ASIDE name, doubles
        .globl \name
        .hidden \name
        .type \name, @function
        .p2align 4
\name:
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
    .if \doubles
        movsd %xmm0, 48(%rsp)
        movsd %xmm1, 56(%rsp)
        movsd %xmm2, 64(%rsp)
        movsd %xmm3, 72(%rsp)
        movsd %xmm4, 80(%rsp)
        movsd %xmm5, 88(%rsp)
        movsd %xmm6, 96(%rsp)
        movsd %xmm7, 104(%rsp)
    .endif
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
    .if \doubles
        movsd 48(%rsp), %xmm0
        movsd 56(%rsp), %xmm1
        movsd 64(%rsp), %xmm2
        movsd 72(%rsp), %xmm3
        movsd 80(%rsp), %xmm4
        movsd 88(%rsp), %xmm5
        movsd 96(%rsp), %xmm6
        movsd 104(%rsp), %xmm7
    .endif
        leave
        .cfi_def_cfa %rsp, 8
        ret
        .cfi_endproc
        .size \name, .-\name
.endm

/* The same for functions that free an object, whose last reference is gone. Ints of one digit and floats, which
 * most objects that compiled code frees are, go on their free lists here. rax is then 1. */
.macro DEFINE_FREE_ASIDE name, call
        .globl \name
        .hidden \name
        .type \name, @function
        .p2align 4
\name:
        movq 8(%rax), %r11                      /* ob_type */
        cmpq PyLong_Type@GOTPCREL(%rip), %r11
        jne 1f
        movq 16(%rax), %r11                     /* ob_size */
        incq %r11
        cmpq $2, %r11
        ja \call
        movl FREE_COUNT+pyjit_state(%rip), %r11d
        cmpl FREE_MOST+pyjit_state(%rip), %r11d
        jge \call
        incl FREE_COUNT+pyjit_state(%rip)
        movq FREE_INTS+pyjit_state(%rip), %r11
        movq %r11, 8(%rax)
        movq %rax, FREE_INTS+pyjit_state(%rip)
        movl $1, %eax
        ret
1:
        cmpq PyFloat_Type@GOTPCREL(%rip), %r11
        jne \call
        movq FLOATS+pyjit_state(%rip), %r11
        testq %r11, %r11
        je \call
        movl (%r11), %r11d                      /* numfree */
        cmpl FLOATS_MOST+pyjit_state(%rip), %r11d
        jge \call
        movq FLOATS+pyjit_state(%rip), %r11
        incl (%r11)
        movq 8(%r11), %r10                      /* free_list */
        movq %r10, 8(%rax)
        movq %rax, 8(%r11)
        movl $1, %eax
        ret
        .size \name, .-\name
.endm

        .hidden pyjit_state

DEFINE_CALL_ASIDE call_aside, 1
DEFINE_FREE_ASIDE free_aside, call_aside

/* For code that has no doubles in registers; link_x86_64.c chooses. */
DEFINE_CALL_ASIDE call_aside_without_doubles, 0
DEFINE_FREE_ASIDE free_aside_without_doubles, call_aside_without_doubles

        .section .note.GNU-stack, "", @progbits
#endif
