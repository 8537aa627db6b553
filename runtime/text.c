/* Text of values: ints of one or two digits of CPython's are written here, the rest by PyObject_Str. */
#include "pyjit/text.h"

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
