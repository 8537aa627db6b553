/* Facts: what is known of a value beyond its type. That its class is this one in this state, or that it is
 * this very object. A code object's contexts name its facts by number.
 *
 * A fact holds only until code may run that could change a class or free the object: whatever lets such
 * code run forgets facts first. No fact owns anything: two are the same if pointer and stamp are, and the
 * stamp is chosen such that machine code made for one is right for anything the other is true of. */
#ifndef PYJIT_FACTS_H
#define PYJIT_FACTS_H

#include "cpython/interface.h"

#include <stdbool.h>
#include <stdint.h>

#define FACTS_MOST 255 /* of a code object; number 0 stands for none */

typedef struct {
    void *object;    /* FACT_CLASS: the class; FACT_OBJECT: the object; borrowed, perhaps no longer there */
    uint64_t stamp;  /* FACT_CLASS: the version of the class */
    bool is_object;  /* the value is this object; else it is an instance of this class */
} Fact;

typedef struct {
    Fact *facts;
    int count, capacity;
} FactTable;

/* The number of the fact that a value is of this class, in its present state; 0 if there can be none. */
int fact_of_class(FactTable *table, PyTypeObject *type);

/* The number of the fact that a dict is this one, unchanged; 0 if there can be none. */
int fact_of_dict(FactTable *table, PyObject *dict);

/* The number of the fact that a value is this object; 0 if there can be none. */
int fact_of_object(FactTable *table, PyObject *object);

/* The object of an object's fact, NULL for number 0 and for facts about classes. Borrows. */
PyObject *fact_object(const FactTable *table, int number);

/* The class that a fact is about, NULL for number 0 and for facts about objects. Borrows. */
PyTypeObject *fact_class(const FactTable *table, int number);

/* Is a fact, which is not number 0, true of the value now? */
bool fact_holds(const FactTable *table, int number, PyObject *value);

/* Is a fact of fact_of_dict(), which is not number 0, true of this dict now? */
bool fact_holds_of_dict(const FactTable *table, int number, PyObject *dict);

/* A number that the function has until its code or its defaults change, and no other ever; 0: none. */
uint32_t fact_function_version(PyFunctionObject *function);

#endif
