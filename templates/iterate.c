/* Iteration over ranges, lists and tuples without a call. The end goes the generic way. */
#include "template.h"

OPERATION(range_next, SLOT(iterator), IREG(to), EXIT(done)) {
    RangeIterator *it = (RangeIterator *)iterator;
    if (unlikely(it->index >= it->length)) LEAVE(done);
    to = it->start + it->index++ * it->step;
}

OPERATION(list_next, SLOT(iterator), SLOT(to), EXIT(done)) {
    SequenceIterator *it = (SequenceIterator *)iterator;
    PyListObject *list = (PyListObject *)it->sequence;
    if (unlikely(list == NULL || it->index >= Py_SIZE(list))) LEAVE(done);
    PyObject *item = list->ob_item[it->index++];
    Py_INCREF(item);
    to = item;
}

OPERATION(tuple_next, SLOT(iterator), SLOT(to), EXIT(done)) {
    SequenceIterator *it = (SequenceIterator *)iterator;
    PyTupleObject *tuple = (PyTupleObject *)it->sequence;
    if (unlikely(tuple == NULL || it->index >= Py_SIZE(tuple))) LEAVE(done);
    PyObject *item = tuple->ob_item[it->index++];
    Py_INCREF(item);
    to = item;
}

/* zip() of two iterables, to judge by its count. */
OPERATION(guard_zip_of_two, SLOT(x), EXIT(miss)) {
    if (unlikely(((ZipIterator *)x)->count != 2)) LEAVE(miss);
}
