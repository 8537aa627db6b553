/* The template language: what a file in templates/ may say.
 *
 * A template file is C with operations in it. tools/stencilgen finds the operations, turns each
 * into one C function per combination of registers, compiles them with Clang and keeps the machine
 * code as stencils. Everything outside operations is ordinary C (helpers, declarations) and must be
 * `static inline` where it is code, so that nothing is left to call.
 *
 *     OPERATION(float_add, FREG(a), FREG(b)) {
 *         a += b;
 *     }
 *     OPERATION(guard_type, SLOT(x), PTR(type), EXIT(miss)) {
 *         if ((void *)Py_TYPE(x) != type) LEAVE(miss);
 *     }
 *
 * The kinds of operation:
 *
 *   OPERATION(name, operands...)              has frame, tstate, r0-r7 and f0-f7; all of them are
 *                                             passed on. A C call inside saves the ones that need it.
 *   CALLING_OPERATION(name, operands...)      has frame, tstate, r0 and r1, which survive C calls at
 *                                             no cost; r2-r7 and all doubles are dead afterwards.
 *   RAW_OPERATION, RAW_CALLING_OPERATION      the same two without the implied way to the next
 *                                             stencil: the body ends by CONTINUE(), LEAVE(exit),
 *                                             TAIL_TO(pointer) or return.
 *   C_FUNCTION(name, result, (parameters))    an ordinary C function, copied as it is; may call
 *                                             ENTER_COMPILED(pointer, frame, tstate).
 *
 * The operands, by which the body names them:
 *
 *   IREG(x)  int64_t variable, one of r0..r7 (r0, r1 in a calling operation); a variant for each
 *   FREG(x)  double variable, one of f0..f7; a variant for each; not in a calling operation
 *   SLOT(x)  PyObject * variable in the frame; SLOT_ADDRESS(x) is its address, SLOT_AS(x, type)
 *            the same memory as a variable of another type
 *   IMM(x)   int64_t constant in the signed 32-bit range
 *   PTR(x)   void * constant, any 64-bit value
 *   FUNC(x)  C function: CALL(x, result, (parameter types))(arguments) is a direct call
 *   EXIT(x)  a way out: LEAVE(x) jumps there with all registers. Exits are taken to be unlikely.
 *            EXIT_ADDRESS(x) is its address as a void *
 *
 * Also for the body:
 *
 *   CONTINUE()         go to the next stencil now; CONTINUE_RARELY() in a raw operation whose hot way is
 *                      another
 *   NEXT_ADDRESS()     the address of the next stencil, a void *
 *   TAIL_TO(pointer)   jump to an address with all registers
 *   return expression  leave compiled code: return a PyObject * to C (raw operations)
 *   ADDRESS(symbol)    the address of any C symbol as a void *. Required for data (types, None,
 *                      runtime tables), which may be far away; functions are simply called
 *   ADDRESS_HERE(symbol)  the same, loaded where it is written; on a way that is rarely gone it then takes no
 *                      register from the usual one
 *   CALL_ASIDE(result, function, argument)  an unlikely call of a C function of one argument (a
 *                      pointer, an int64_t or a double) that keeps all registers and needs no
 *                      stack frame: (result) is its type or void. Py_DECREF and Py_XDECREF use it
 *   FREE_ASIDE(result, function, object)  the same, of a function that frees the object; ints and floats are freed
 *                      without it
 *   CALL_ASIDE_2(result, function, a, b)  the same with two arguments, pointers or int64_t, of a function that
 *                      may be a PTR operand
 *   negated(x), absolute(x)  of a double without a constant in memory
 *   square_root(x)           of a double that is not less than 0
 *   bits_of_double(x)        an int64_t
 *   double_from_bits(x)      the double whose bits are the value of a PTR operand
 *
 * What variants exist is limited in stencils/variants.toml. */
#ifndef PYJIT_TEMPLATE_H
#define PYJIT_TEMPLATE_H

#include <stdbool.h>
#include <stdint.h>

#include "cpython/interface.h"

#define Frame _PyInterpreterFrame

#define likely(condition) __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)

/* --- Registers ------------------------------------------------------------------------------ */

/* Clang assigns preserve_none parameters by position: on x86-64 r12 r13 r14 r15 rdi rsi rdx rcx r8 r9 and
 * xmm0-7, on AArch64 x20-x28 x0 and d0-d7. */
#define LEAF_PARAMETERS                                                                            \
    Frame *frame, PyThreadState *tstate, int64_t r0, int64_t r1, int64_t r2, int64_t r3,           \
        int64_t r4, int64_t r5, int64_t r6, int64_t r7, double f0, double f1, double f2,           \
        double f3, double f4, double f5, double f6, double f7
#define LEAF_ARGUMENTS                                                                             \
    frame, tstate, r0, r1, r2, r3, r4, r5, r6, r7, f0, f1, f2, f3, f4, f5, f6, f7
#define CALLING_PARAMETERS Frame *frame, PyThreadState *tstate, int64_t r0, int64_t r1
#define CALLING_ARGUMENTS frame, tstate, r0, r1

#define COMPILED __attribute__((preserve_none))
#define HOLE __attribute__((visibility("hidden")))

typedef PyObject *LeafStencil(LEAF_PARAMETERS) COMPILED;
typedef PyObject *CallingStencil(CALLING_PARAMETERS) COMPILED;

/* --- Going elsewhere ------------------------------------------------------------------------ */

extern HOLE LeafStencil NEXT_LEAF;
extern HOLE CallingStencil NEXT_CALLING;

/* The generator defines ARGUMENTS, STENCIL and NEXT before each operation. */
#define JUMP(target) __attribute__((musttail)) return (target)(ARGUMENTS)
#define CONTINUE() JUMP(NEXT)
#define CONTINUE_RARELY() JUMP(NEXT)
#define LEAVE(exit) JUMP(exit)
#define TAIL_TO(pointer) JUMP((STENCIL *)(pointer))
#undef CALL /* an opcode of opcode.h, which templates have no use for */
#define CALL(function, result, parameters) ((result(*) parameters)(void *)(function))
#define ENTER_COMPILED(pointer, frame, tstate) (((CallingStencil *)(pointer))((frame), (tstate), 0, 0))

/* --- Holes ---------------------------------------------------------------------------------- */

#if defined(__x86_64__)

#define HOLE_VALUE(symbol) ((int64_t)(intptr_t)&symbol)
/* An address is never zero to Clang, and two are never equal, but two biased ones may be. The
 * generator takes the bias out again. */
#define IMMEDIATE_HOLE(symbol, bias) ((int64_t)((uintptr_t)&symbol + (bias)))
#define WIDE_ADDRESS(symbol)                                                                       \
    ({                                                                                             \
        void *address_;                                                                            \
        __asm__("movabsq $" #symbol ", %0" : "=r"(address_));                                      \
        address_;                                                                                  \
    })
#define WIDE_ADDRESS_HERE(symbol)                                                                  \
    ({                                                                                             \
        void *address_;                                                                            \
        __asm__ volatile("movabsq $" #symbol ", %0" : "=r"(address_));                             \
        address_;                                                                                  \
    })
#define NEAR_ADDRESS(symbol)                                                                       \
    ({                                                                                             \
        void *address_;                                                                            \
        __asm__("leaq " #symbol "(%%rip), %0" : "=r"(address_));                                   \
        address_;                                                                                  \
    })

#elif defined(__aarch64__)

#define HOLE_VALUE(symbol) HOLE_VALUE_(symbol)
#define HOLE_VALUE_(symbol)                                                                        \
    ((int64_t)({                                                                                   \
        int32_t value_;                                                                            \
        __asm__("movz %w0, #:abs_g0_nc:" #symbol "\n\tmovk %w0, #:abs_g1_nc:" #symbol              \
                : "=r"(value_));                                                                   \
        value_;                                                                                    \
    }))
#define IMMEDIATE_HOLE(symbol, bias) HOLE_VALUE(symbol)
#define WIDE_ADDRESS(symbol)                                                                       \
    ({                                                                                             \
        void *address_;                                                                            \
        __asm__("movz %0, #:abs_g0_nc:" #symbol "\n\tmovk %0, #:abs_g1_nc:" #symbol                \
                "\n\tmovk %0, #:abs_g2_nc:" #symbol "\n\tmovk %0, #:abs_g3:" #symbol               \
                : "=r"(address_));                                                                 \
        address_;                                                                                  \
    })
#define WIDE_ADDRESS_HERE(symbol) WIDE_ADDRESS(symbol)
#define NEAR_ADDRESS(symbol) WIDE_ADDRESS(symbol)

#else
#error "no stencils for this architecture yet"
#endif

#define SLOT_HOLE(symbol) (*(PyObject **)((char *)frame + HOLE_VALUE(symbol)))
#define SLOT_ADDRESS(slot) (&(slot))
#define SLOT_AS(slot, type) (*(type *)&(slot))
#define ADDRESS(symbol) WIDE_ADDRESS(symbol)
#define ADDRESS_HERE(symbol) WIDE_ADDRESS_HERE(symbol)
#define EXIT_ADDRESS(exit) WIDE_ADDRESS(exit)
#define NEXT_ADDRESS() NEXT_ADDRESS_(NEXT)
#define NEXT_ADDRESS_(next) NEAR_ADDRESS(next)

/* --- What Clang does better when told ---------------------------------------------------------- */

/* ADD_IN_PLACE(a, b), SUBTRACT_IN_PLACE(a, b): a += b, a -= b; did that overflow? Then a is what remains of
 * the result, from which the opposite gets a back. ADD_IMMEDIATE_IN_PLACE is for an IMM operand.
 * STORE32(memory, immediate): the 32-bit number in memory becomes the IMM operand.
 * DIFFERS32(memory, immediate): is it another than the IMM operand? */
#if defined(__x86_64__)

#define OVERFLOWS_(instruction, a, constraint, b)                                                  \
    ({                                                                                             \
        bool overflow_;                                                                            \
        __asm__(instruction " %2, %1" : "=@cco"(overflow_), "+r"(a) : constraint(b));              \
        overflow_;                                                                                 \
    })
#define ADD_IN_PLACE(a, b) OVERFLOWS_("addq", a, "r", b)
#define ADD_IMMEDIATE_IN_PLACE(a, b) OVERFLOWS_("addq", a, "i", b)
#define SUBTRACT_IN_PLACE(a, b) OVERFLOWS_("subq", a, "r", b)
#define STORE32(memory, immediate) __asm__("movl %1, %0" : "=m"(memory) : "i"(immediate))
#define DIFFERS32(memory, immediate)                                                               \
    ({                                                                                             \
        bool differs_;                                                                             \
        __asm__("cmpl %2, %1" : "=@ccne"(differs_) : "m"(memory), "i"(immediate));                 \
        differs_;                                                                                  \
    })

#else

#define ADD_IN_PLACE(a, b) __builtin_add_overflow(a, b, &(a))
#define ADD_IMMEDIATE_IN_PLACE(a, b) ADD_IN_PLACE(a, b)
#define SUBTRACT_IN_PLACE(a, b) __builtin_sub_overflow(a, b, &(a))
#define STORE32(memory, immediate) ((memory) = (int32_t)(immediate))
#define DIFFERS32(memory, immediate) ((int32_t)(memory) != (int32_t)(immediate))

#endif

/* --- Unlikely calls ------------------------------------------------------------------------- */

/* A C call makes Clang save the registers that C does not keep, often on the hot path already. On
 * x86-64 an unlikely one goes through runtime/call_aside_x86_64.S, which keeps them all. On AArch64
 * C keeps almost everything. */
#if defined(__x86_64__)

#define CALL_ASIDE(result, function, argument)                                                     \
    ((result)({                                                                                    \
        __typeof__(argument) argument_ = (argument);                                               \
        _Static_assert(sizeof(argument_) == 8, "CALL_ASIDE takes one word");                       \
        void *word_;                                                                               \
        __builtin_memcpy(&word_, &argument_, sizeof(word_));                                       \
        call_aside(ADDRESS(function), word_);                                                      \
    }))

/* The same for functions that free an object and return nothing or, if it is gone, 1. */
#define FREE_ASIDE(result, function, object)                                                       \
    ((result)(intptr_t)free_aside(ADDRESS(function), (object)))

/* The same of two words, the function being an expression. */
#define CALL_ASIDE_2(result, function, a, b)                                                       \
    ((result)(intptr_t)call_aside_2((void *)(function), (void *)(a), (void *)(b)))

static inline __attribute__((always_inline)) void *
call_aside(void *function, void *word)
{
    register void *target __asm__("r10") = function;
    __asm__ volatile("call call_aside"
                     : "+a"(word), "+r"(target)
                     :
                     : "r11", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15",
                       "memory", "cc");
    return word;
}

static inline __attribute__((always_inline)) void *
free_aside(void *function, void *word)
{
    register void *target __asm__("r10") = function;
    __asm__ volatile("call free_aside"
                     : "+a"(word), "+r"(target)
                     :
                     : "r11", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15",
                       "memory", "cc");
    return word;
}

static inline __attribute__((always_inline)) void *
call_aside_2(void *function, void *word, void *second)
{
    register void *target __asm__("r10") = function;
    register void *other __asm__("r11") = second;
    __asm__ volatile("call call_aside"
                     : "+a"(word), "+r"(target), "+r"(other)
                     :
                     : "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15",
                       "memory", "cc");
    return word;
}

#else

#define CALL_ASIDE(result, function, argument) ((result)function(argument))
#define FREE_ASIDE(result, function, object) ((result)function(object))
#define CALL_ASIDE_2(result, function, a, b)                                                       \
    (((result(*)(void *, void *))(void *)(function))((void *)(a), (void *)(b)))

#endif

/* --- References ----------------------------------------------------------------------------- */

/* A debug build of CPython counts all references there are, and its objects' counts never fall below
 * zero. What is here counts with it; so everything that changes a count does it by this. */
#ifdef Py_REF_DEBUG
extern void reference_count_negative(PyObject *);
#define COUNT_REFERENCES(change) ((void)(*(Py_ssize_t *)ADDRESS(_Py_RefTotal) += (change)))
#define CHECK_COUNT(object)                                                                        \
    ((object)->ob_refcnt < 0 ? CALL_ASIDE(void, reference_count_negative, object) : (void)0)
#else
#define COUNT_REFERENCES(change) ((void)0)
#define CHECK_COUNT(object) ((void)0)
#endif

static inline __attribute__((always_inline)) void
take_reference(PyObject *object)
{
    COUNT_REFERENCES(1);
    object->ob_refcnt++;
}

/* Was it the last one? */
static inline __attribute__((always_inline)) bool
drop_reference(PyObject *object)
{
    COUNT_REFERENCES(-1);
    object->ob_refcnt--;
    CHECK_COUNT(object);
    return object->ob_refcnt == 0;
}

/* The one that a new object begins with. */
static inline __attribute__((always_inline)) void
first_reference(PyObject *object)
{
    COUNT_REFERENCES(1);
    object->ob_refcnt = 1;
}

extern void free_object(PyObject *);

/* Releasing a reference: that it is the last one is unlikely. */
static inline __attribute__((always_inline)) void
release_reference(PyObject *object)
{
    if (unlikely(drop_reference(object))) FREE_ASIDE(void, free_object, object);
}

#undef Py_INCREF
#undef Py_DECREF
#undef Py_XDECREF
#define Py_INCREF(object) take_reference((PyObject *)(object))
#define Py_DECREF(object) release_reference((PyObject *)(object))
#define Py_XDECREF(object)                                                                         \
    do {                                                                                           \
        PyObject *released_ = (PyObject *)(object);                                                \
        if (released_ != NULL) release_reference(released_);                                                 \
    } while (0)

static inline int64_t bits_of_double(double value) {
    int64_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* A double whose bits a PTR operand holds. */
static inline double double_from_bits(const void *bits) {
    union {
        const void *bits;
        double value;
    } both = {bits};
    return both.value;
}

/* --- Doubles without constants in memory ----------------------------------------------------- */

#if defined(__x86_64__)

static inline double negated(double value) {
    int64_t bits;
    __asm__("movq %1, %0\n\tbtcq $63, %0" : "=r"(bits) : "x"(value) : "cc");
    __asm__("movq %1, %0" : "=x"(value) : "r"(bits));
    return value;
}

static inline double absolute(double value) {
    int64_t bits;
    __asm__("movq %1, %0\n\tbtrq $63, %0" : "=r"(bits) : "x"(value) : "cc");
    __asm__("movq %1, %0" : "=x"(value) : "r"(bits));
    return value;
}

static inline double square_root(double value) {
    double root;
    __asm__("sqrtsd %1, %0" : "=x"(root) : "x"(value));
    return root;
}

#else

static inline double square_root(double value) {
    double root;
    __asm__("fsqrt %d0, %d1" : "=w"(root) : "w"(value));
    return root;
}

static inline double negated(double value) { return -value; }
static inline double absolute(double value) { return __builtin_fabs(value); }

#endif

#endif
