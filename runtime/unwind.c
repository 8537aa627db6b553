/* Exceptions on their way through frames: tracebacks, the exception table, the handler's view.
 * Which frame is left and where execution goes on is the caller's business. */
#include "pyjit/frames.h"

/* Adds an entry for a frame to the traceback of the pending exception, as PyTraceBack_Here() does, which looks
 * for the line in the code's table from its beginning. False if there is no memory. */
static bool add_entry(PyThreadState *tstate, PyFrameObject *object, int line)
{
    PyObject *type, *value, *next;
    _PyErr_Fetch(tstate, &type, &value, &next);
    PyTracebackObject *entry = PyObject_GC_New(PyTracebackObject, &PyTraceBack_Type);
    if (entry == NULL) {
        PyErr_Restore(type, value, next);
        return false;
    }
    entry->tb_next = (PyTracebackObject *)next;
    entry->tb_frame = (PyFrameObject *)Py_NewRef(object);
    entry->tb_lasti = _PyInterpreterFrame_LASTI(object->f_frame) * (int)sizeof(_Py_CODEUNIT);
    entry->tb_lineno = line;
    PyObject_GC_Track(entry);
    _PyErr_Restore(tstate, type, value, (PyObject *)entry);
    return true;
}

void unwind_add_traceback(PyThreadState *tstate, _PyInterpreterFrame *frame, int line)
{
    assert(tstate->cframe->current_frame == frame);
    if (_PyFrame_IsIncomplete(frame)) {
        return;
    }
    PyFrameObject *object = (PyFrameObject *)Py_XNewRef(frame->frame_obj);
    if (object == NULL) {
        /* Making the frame object may collect garbage, and failing to must not cost the program
         * its exception. */
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        object = PyThreadState_GetFrame(tstate);
        PyErr_Restore(type, value, traceback);
    }
    if (object != NULL) {
        bool traced = object->f_lineno != 0; /* then that is the line */
        if (line <= 0 || traced || !add_entry(tstate, object, line)) {
            PyTraceBack_Here(object); /* a failure is chained to the exception */
        }
        Py_DECREF(object);
    }
}

/* -- The exception table ----------------------------------------------------------------------- */

/* The table (Objects/exception_handling_notes.txt) is a sequence of entries in order of start:
 * start, length, target, depth * 2 + push_lasti. A number is written in groups of six bits, most
 * significant first; MORE is set in each of its bytes but the last, FIRST in an entry's first. */
enum { ENTRY_FIRST = 0x80, NUMBER_MORE = 0x40, NUMBER_BITS = 0x3f };

/* A table longer than this many bytes is halved before it is searched from the front. */
#define SCAN_BYTES 48

/* Reads the number at *cursor and moves the cursor behind it. */
static int read_number(const uint8_t **cursor)
{
    uint8_t byte = *(*cursor)++;
    int number = byte & NUMBER_BITS;
    while (byte & NUMBER_MORE) {
        byte = *(*cursor)++;
        number = (number << 6) | (byte & NUMBER_BITS);
    }
    return number;
}

/* The last entry of a long table that starts at or before `offset`, or one not far before it. */
static const uint8_t *narrow(const uint8_t *first, const uint8_t *end, int offset)
{
    while (end - first > SCAN_BYTES) {
        const uint8_t *middle = first + (end - first) / 2;
        while (!(*middle & ENTRY_FIRST)) {
            middle--;
        }
        const uint8_t *cursor = middle;
        if (read_number(&cursor) <= offset) {
            first = middle;
        } else {
            end = middle;
        }
    }
    return first;
}

bool unwind_find_handler(PyCodeObject *code, int offset, Handler *handler)
{
    const uint8_t *table = (const uint8_t *)PyBytes_AS_STRING(code->co_exceptiontable);
    const uint8_t *end = table + PyBytes_GET_SIZE(code->co_exceptiontable);
    const uint8_t *cursor = narrow(table, end, offset);
    while (cursor < end) {
        int start = read_number(&cursor);
        int length = read_number(&cursor);
        int target = read_number(&cursor);
        int depth_and_lasti = read_number(&cursor);
        if (start > offset) {
            return false;
        }
        if (offset < start + length) {
            *handler = (Handler){target, depth_and_lasti >> 1, depth_and_lasti & 1};
            return true;
        }
    }
    return false;
}

/* -- The handler's view ------------------------------------------------------------------------ */

PyObject *unwind_take_exception(PyThreadState *tstate)
{
    PyObject *type, *value, *traceback;
    _PyErr_Fetch(tstate, &type, &value, &traceback);
    _PyErr_NormalizeException(tstate, &type, &value, &traceback);
    PyException_SetTraceback(value, traceback == NULL ? Py_None : traceback);
    Py_XDECREF(traceback);
    Py_XDECREF(type);
    return value;
}
