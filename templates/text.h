/* Strings of one byte a character. */
#ifndef PYJIT_TEXT_H
#define PYJIT_TEXT_H

#include "template.h"

#include "pyjit/state.h"

/* The characters of a compact string of one byte each; NULL if it is another. */
static inline __attribute__((always_inline)) const uint8_t *
latin1_characters(PyObject *string)
{
    PyASCIIObject *ascii = (PyASCIIObject *)string;
    if (unlikely(ascii->state.kind != PyUnicode_1BYTE_KIND || !ascii->state.compact)) return NULL;
    return ascii->state.ascii ? (const uint8_t *)(ascii + 1)
                              : (const uint8_t *)((PyCompactUnicodeObject *)string + 1);
}

/* The length of a string; one of an old kind that is not ready keeps it elsewhere. */
static inline __attribute__((always_inline)) int64_t
text_length(PyObject *string)
{
    int64_t length = ((PyASCIIObject *)string)->length;
    if (unlikely(length == 0)) {
        if (unlikely(!((PyASCIIObject *)string)->state.ready)) return ((PyCompactUnicodeObject *)string)->wstr_length;
    }
    return length;
}

/* The string of one character, which exists once: a new reference. */
static inline __attribute__((always_inline)) PyObject *
character_object(uint8_t character)
{
    PyObject *object = ((PyjitState *)ADDRESS(pyjit_state))->characters[character];
    Py_INCREF(object);
    return object;
}

#endif
