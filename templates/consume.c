/* Builtins that use generators up: loops within one instruction. Each item comes in r0 from resume_next (generator.c);
 * `again` leads there. While a trace function is set the rest is left to C. */
#include "template.h"

#include "pyjit/consume.h"

/* Where such a loop begins. */
RAW_CALLING_OPERATION(loop_begin, EXIT(again)) {
    (void)again;
    CONTINUE();
}

/* What the items go into. */
CALLING_OPERATION(consume_begin, PTR(make), SLOT(consumer), PTR(at), EXIT(error)) {
    frame->prev_instr = at;
    PyObject *made = CALL(make, PyObject *, (void))();
    if (unlikely(made == NULL)) LEAVE(error);
    consumer = made;
}

#define TRACED() (tstate->cframe->use_tracing)

/* Declares `item`, what has been yielded; goes on if there is no more. */
#define TAKE_ITEM(error)                                                                           \
    PyObject *item = (PyObject *)r0;                                                               \
    if (unlikely(item == NULL)) LEAVE(error);                                                      \
    if (unlikely(r1 != 0)) {                                                                       \
        Py_DECREF(item);                                                                           \
        CONTINUE();                                                                                \
    }

/* To the next one; `add` is what C does with each, `levels` are those of the builtin function's call. */
#define NEXT_ITEM(consumer, iterator, add, levels, again, error)                                   \
    if (likely(!TRACED())) LEAVE(again);                                                           \
    int rest = consume_rest((PyObject *)(consumer), iterator, (ConsumeItem)(add), (int)(levels));  \
    if (unlikely(rest < 0)) LEAVE(error);                                                          \
    CONTINUE()

/* Is an item of this truth? The bool that says so goes into r0. `found` and `not_found` are those of any() or all(). */
RAW_CALLING_OPERATION(consume_truth, SLOT(iterator), IMM(truth), PTR(found), PTR(not_found), EXIT(again), EXIT(error)) {
    PyObject *item = (PyObject *)r0, *result = not_found;
    if (unlikely(item == NULL)) LEAVE(error);
    if (unlikely(r1 != 0)) {
        Py_DECREF(item);
    } else {
        int64_t this_truth;
        if (likely((void *)item == ADDRESS(_Py_FalseStruct) || (void *)item == ADDRESS(_Py_TrueStruct))) {
            this_truth = (void *)item == ADDRESS(_Py_TrueStruct);
            Py_DECREF(item);
        } else {
            this_truth = consume_truth_item(item);
            if (unlikely(this_truth < 0)) LEAVE(error);
        }
        if (this_truth == truth) {
            result = found;
        } else {
            if (likely(!TRACED())) LEAVE(again);
            int rest = consume_truth_rest(iterator, (int)truth);
            if (unlikely(rest < 0)) LEAVE(error);
            result = rest != 0 ? found : not_found;
        }
    }
    Py_INCREF(result);
    r0 = (int64_t)result;
    CONTINUE();
}

/* sum() */
RAW_CALLING_OPERATION(consume_sum, SLOT(consumer), SLOT(iterator), EXIT(again), EXIT(error)) {
    TAKE_ITEM(error)
    Consumer *sum = (Consumer *)consumer;
    PyTypeObject *type = Py_TYPE(item);
    bool added = false;
    if (sum->phase == CONSUMER_FLOAT && (void *)type == ADDRESS(PyFloat_Type)) {
        sum->real += ((PyFloatObject *)item)->ob_fval;
        added = true;
    } else if (sum->phase == CONSUMER_INT && (void *)type == ADDRESS(PyLong_Type) && (size_t)(Py_SIZE(item) + 1) <= 2) {
        int64_t number = (int64_t)((PyLongObject *)item)->ob_digit[0] * Py_SIZE(item);
        added = likely(!__builtin_add_overflow(sum->number, number, &number));
        if (added) sum->number = number;
    }
    if (likely(added)) {
        Py_DECREF(item);
    } else if (unlikely(consume_sum_item((PyObject *)sum, item) < 0)) {
        LEAVE(error);
    }
    NEXT_ITEM(sum, iterator, ADDRESS(consume_sum_item), 0, again, error);
}

/* list() and what makes a list first. */
RAW_CALLING_OPERATION(consume_list, SLOT(consumer), SLOT(iterator), IMM(levels), EXIT(again), EXIT(error)) {
    TAKE_ITEM(error)
    PyListObject *list = (PyListObject *)consumer;
    Py_ssize_t size = Py_SIZE(list);
    if (likely(size < list->allocated)) {
        PyList_SET_ITEM(list, size, item);
        Py_SET_SIZE(list, size + 1);
    } else if (unlikely(consume_list_item((PyObject *)list, item) < 0)) {
        LEAVE(error);
    }
    NEXT_ITEM(list, iterator, ADDRESS(consume_list_item), levels, again, error);
}

/* Whatever else items go into, by a function of consume.h. */
RAW_CALLING_OPERATION(consume_other, SLOT(consumer), SLOT(iterator), PTR(add), IMM(levels), EXIT(again), EXIT(error)) {
    TAKE_ITEM(error)
    if (unlikely(CALL(add, int, (PyObject *, PyObject *))(consumer, item) < 0)) LEAVE(error);
    NEXT_ITEM(consumer, iterator, add, levels, again, error);
}

/* The result goes into r0. */
CALLING_OPERATION(consume_end, SLOT(consumer), SLOT(self), PTR(end), EXIT(error)) {
    PyObject *result = CALL(end, PyObject *, (PyObject *, PyObject *))(consumer, self);
    if (unlikely(result == NULL)) LEAVE(error);
    r0 = (int64_t)result;
}
