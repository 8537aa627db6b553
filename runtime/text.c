/* Text of values: ints of one or two digits of CPython's are written here, the rest by PyObject_Str. Text of parts. */
#include "pyjit/text.h"

#include "pyjit/names.h"

#define DIGITS_MOST 19 /* of a number below 2^60, with its sign */

/* The decimal digits of a number. */
static PyObject *
text_of_number(uint64_t number, bool negative)
{
    char digits[DIGITS_MOST + 1], *end = digits + sizeof digits, *start = end;
    do {
        *--start = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    if (negative) {
        *--start = '-';
    }
    PyObject *text = PyUnicode_New(end - start, '9');
    if (text != NULL) {
        memcpy(PyUnicode_1BYTE_DATA(text), start, (size_t)(end - start));
    }
    return text;
}

/* New reference to str(value). */
PyObject *
text_of(PyObject *value)
{
    if (!PyLong_CheckExact(value) || Py_SIZE(value) < -2 || Py_SIZE(value) > 2) {
        return PyObject_Str(value);
    }
    Py_ssize_t size = Py_SIZE(value);
    const digit *digits = ((PyLongObject *)value)->ob_digit;
    uint64_t number = size == 0 ? 0 : digits[0];
    if (size == 2 || size == -2) {
        number |= (uint64_t)digits[1] << PyLong_SHIFT;
    }
    return text_of_number(number, size < 0);
}

/* ---- for compiled code ------------------------------------------------------------------------- */

/* The text, or NULL without an exception: the generic operation will find so, too. */
static PyObject *
without_error(PyObject *text)
{
    if (text == NULL) {
        PyErr_Clear();
    }
    return text;
}

/* The text of an int. */
PyObject *
text_of_int(int64_t number)
{
    if (_Py_tracemalloc_config.tracing) {
        return NULL;
    }
    return without_error(text_of_number(number < 0 ? -(uint64_t)number : (uint64_t)number, number < 0));
}

/* Strings one behind the other. */
PyObject *
text_joined(PyObject *const *parts, Py_ssize_t count)
{
    if (_Py_tracemalloc_config.tracing) {
        return NULL;
    }
    Py_ssize_t length = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (!PyUnicode_IS_COMPACT_ASCII(parts[i]) || PyUnicode_GET_LENGTH(parts[i]) > PY_SSIZE_T_MAX / 2 - length) {
            return without_error(_PyUnicode_JoinArray(pyjit_names.empty, parts, count));
        }
        length += PyUnicode_GET_LENGTH(parts[i]);
    }
    PyObject *text = without_error(PyUnicode_New(length, 'z'));
    char *end = text == NULL ? NULL : PyUnicode_DATA(text);
    for (Py_ssize_t i = 0; i < count && text != NULL && length > 0; i++) {
        memcpy(end, PyUnicode_DATA(parts[i]), (size_t)PyUnicode_GET_LENGTH(parts[i]));
        end += PyUnicode_GET_LENGTH(parts[i]);
    }
    return text;
}
