/* Moves: between frame slots, constants and registers; the reference counts that go with them. */
#include "template.h"

#include "release.h"

/* ---- slots ---------------------------------------------------------------------------------- */

OPERATION(copy_incref, SLOT(from), SLOT(to)) {
    PyObject *object = from;
    Py_INCREF(object);
    to = object;
}

OPERATION(copy_borrowed, SLOT(from), SLOT(to)) {
    to = from;
}

OPERATION(store_constant, PTR(object), SLOT(to)) {
    Py_INCREF((PyObject *)object);
    to = object;
}

OPERATION(store_constant_borrowed, PTR(object), SLOT(to)) {
    to = object;
}

OPERATION(store_null, SLOT(to)) {
    to = NULL;
}

OPERATION(increment, SLOT(x)) {
    Py_INCREF(x);
}

OPERATION(check_bound, SLOT(x), EXIT(unbound)) {
    if (unlikely(x == NULL)) LEAVE(unbound);
}

OPERATION(swap_slots, SLOT(x), SLOT(y)) {
    PyObject *object = x;
    x = y;
    y = object;
}

/* ---- storing a local: the old value goes last ------------------------------------------------- */

OPERATION(store_local, SLOT(from), SLOT(to), EXIT(release)) {
    PyObject *old = to;
    to = from;
    if (old != NULL) RELEASE(old, release);
}

OPERATION(store_local_incref, SLOT(from), SLOT(to), EXIT(release)) {
    PyObject *object = from, *old = to;
    Py_INCREF(object);
    to = object;
    if (old != NULL) RELEASE(old, release);
}

OPERATION(store_local_constant, PTR(object), SLOT(to), EXIT(release)) {
    PyObject *old = to;
    Py_INCREF((PyObject *)object);
    to = object;
    if (old != NULL) RELEASE(old, release);
}

/* Unbinds a local. */
OPERATION(clear_local, SLOT(x), EXIT(release)) {
    PyObject *old = x;
    x = NULL;
    if (old != NULL) RELEASE(old, release);
}

/* The same where all locals are in memory: Python code may run from here. */
OPERATION(store_local_here, SLOT(from), SLOT(to), PTR(at)) {
    PyObject *old = to;
    to = from;
    if (old != NULL && drop_reference(old)) {
        frame->prev_instr = at;
        FREE_ASIDE(void, free_object, old);
    }
}

OPERATION(store_local_incref_here, SLOT(from), SLOT(to), PTR(at)) {
    PyObject *object = from, *old = to;
    Py_INCREF(object);
    to = object;
    if (old != NULL && drop_reference(old)) {
        frame->prev_instr = at;
        FREE_ASIDE(void, free_object, old);
    }
}

OPERATION(store_local_constant_here, PTR(object), SLOT(to), PTR(at)) {
    PyObject *old = to;
    Py_INCREF((PyObject *)object);
    to = object;
    if (old != NULL && drop_reference(old)) {
        frame->prev_instr = at;
        FREE_ASIDE(void, free_object, old);
    }
}

OPERATION(clear_local_here, SLOT(x), PTR(at)) {
    PyObject *old = x;
    x = NULL;
    if (old != NULL && drop_reference(old)) {
        frame->prev_instr = at;
        FREE_ASIDE(void, free_object, old);
    }
}

/* The same where the old value, if any, is of a type whose end runs no Python code. */
OPERATION(store_local_plain, SLOT(from), SLOT(to)) {
    PyObject *old = to;
    to = from;
    if (old != NULL && drop_reference(old)) FREE_ASIDE(void, free_object, old);
}

OPERATION(store_local_incref_plain, SLOT(from), SLOT(to)) {
    PyObject *object = from, *old = to;
    Py_INCREF(object);
    to = object;
    if (old != NULL && drop_reference(old)) FREE_ASIDE(void, free_object, old);
}

OPERATION(store_local_constant_plain, PTR(object), SLOT(to)) {
    PyObject *old = to;
    Py_INCREF((PyObject *)object);
    to = object;
    if (old != NULL && drop_reference(old)) FREE_ASIDE(void, free_object, old);
}

/* ---- releasing stack entries ------------------------------------------------------------------ */

OPERATION(release, SLOT(x), EXIT(release)) {
    PyObject *object = x;
    RELEASE(object, release);
}

/* The same where all locals are in memory: Python code may run from here. */
OPERATION(release_here, SLOT(x), PTR(at)) {
    PyObject *object = x;
    if (drop_reference(object)) {
        frame->prev_instr = at;
        FREE_ASIDE(void, free_object, object);
    }
}

/* Of a type whose end runs no Python code. */
OPERATION(release_plain, SLOT(x)) {
    PyObject *object = x;
    if (drop_reference(object)) FREE_ASIDE(void, free_object, object);
}

/* ---- registers -------------------------------------------------------------------------------- */

OPERATION(move_int, IREG(from), IREG(to)) {
    to = from;
}

OPERATION(move_float, FREG(from), FREG(to)) {
    to = from;
}

OPERATION(swap_ints, IREG(a), IREG(b)) {
    int64_t value = a;
    a = b;
    b = value;
}

OPERATION(swap_floats, FREG(a), FREG(b)) {
    double value = a;
    a = b;
    b = value;
}

OPERATION(load_int_constant, PTR(value), IREG(to)) {
    to = (int64_t)value;
}

OPERATION(load_small_int, IMM(value), IREG(to)) {
    to = value;
}

OPERATION(load_float_constant, PTR(value), FREG(to)) {
    to = double_from_bits(value);
}
