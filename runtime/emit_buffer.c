/* Emitters: subscripts of what holds unboxed numbers side by side: bytes, bytearray, array.array. */
#include "pyjit/emit.h"

#include "pyjit/attribute.h"
#include "pyjit/names.h"

#include <limits.h>
#include <string.h>

/* How numbers lie in an object. */
typedef struct {
    const ArrayDescription *description; /* of an array, else NULL */
    intptr_t items;                      /* byte offset of the pointer to them; 0: they are in the object */
    int get, set;                        /* operations; set -1: none */
    ValueType type;                      /* of the numbers */
    int64_t low, high;                   /* that can be written, unless that is any */
} Buffer;

/* By the type code of an array. Codes that are missing here are done by CPython. */
static const struct {
    char code;
    int size; /* bytes of an item */
    int get, set;
    ValueType type;
    int64_t low, high;
} layouts[] = {
    {'b', 1, OP_buffer_get_i8, OP_buffer_set_8, TYPE_INT, INT8_MIN, INT8_MAX},
    {'B', 1, OP_buffer_get_u8, OP_buffer_set_8, TYPE_INT, 0, UINT8_MAX},
    {'h', 2, OP_buffer_get_i16, OP_buffer_set_16, TYPE_INT, INT16_MIN, INT16_MAX},
    {'H', 2, OP_buffer_get_u16, OP_buffer_set_16, TYPE_INT, 0, UINT16_MAX},
    {'i', 4, OP_buffer_get_i32, OP_buffer_set_32, TYPE_INT, INT32_MIN, INT32_MAX},
    {'I', 4, OP_buffer_get_u32, -1, TYPE_INT, 0, 0},
    {'l', 8, OP_buffer_get_i64, OP_buffer_set_64, TYPE_INT, INT64_MIN, INT64_MAX},
    {'q', 8, OP_buffer_get_i64, OP_buffer_set_64, TYPE_INT, INT64_MIN, INT64_MAX},
    {'d', 8, OP_buffer_get_double, OP_buffer_set_double, TYPE_FLOAT, 0, 0},
};

/* Is it the type array of CPython's module of that name? */
static bool
is_array_type(PyTypeObject *type)
{
    if (type->tp_basicsize != sizeof(ArrayObject) || strcmp(type->tp_name, "array.array") != 0 ||
        !PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)) {
        return false;
    }
    PyObject *module = ((PyHeapTypeObject *)type)->ht_module;
    PyModuleDef *definition = module == NULL ? NULL : PyModule_GetDef(module);
    return definition != NULL && strcmp(definition->m_name, "array") == 0;
}

/* Finds out how numbers lie in an array. False if that is none that is done here. */
static bool
find_layout(PyObject *array, Buffer *buffer)
{
    const ArrayDescription *description = ((ArrayObject *)array)->description;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(layouts); i++) {
        if (layouts[i].code == description->code && layouts[i].size == description->size) {
            *buffer = (Buffer){description,     offsetof(ArrayObject, items), layouts[i].get,
                               layouts[i].set,  layouts[i].type,              layouts[i].low,
                               layouts[i].high};
            return true;
        }
    }
    return false;
}

/* Finds out how numbers lie in an object. False if it is none that is done here. */
static bool
find_buffer(PyObject *object, Buffer *buffer)
{
    if (PyBytes_CheckExact(object)) {
        *buffer = (Buffer){NULL, 0, OP_bytes_get, -1, TYPE_INT, 0, 0};
        return true;
    }
    if (PyByteArray_CheckExact(object)) {
        *buffer = (Buffer){NULL,     offsetof(PyByteArrayObject, ob_start), OP_buffer_get_u8, OP_buffer_set_8,
                           TYPE_INT, 0,                                     UINT8_MAX};
        return true;
    }
    PyTypeObject *type = Py_TYPE(object);
    if (!is_array_type(type)) {
        return false;
    }
    (void)plan_lookup(type, pyjit_names.name); /* gives the type its version */
    return plan_type_version(type) != 0 && find_layout(object, buffer);
}

/* How numbers lie in the second entry, as far as can be told before a guard. False if that is none that is done here, or
 * b->ended. */
static bool
predict(Block *b, Buffer *buffer)
{
    ValueType type = block_type(b, 1);
    if ((type != TYPE_UNKNOWN && type != TYPE_OTHER && type != TYPE_BYTES) || block_must_be_generic(b) ||
        b->ctx.depth > CTX_STACK) {
        return false;
    }
    PyObject *sample = block_sample(b, 1);
    if (sample == NULL && b->frame != NULL && b->start != b->first) {
        block_defer(b);
    }
    return sample != NULL && find_buffer(sample, buffer);
}

/* Emits the guards that the second entry is what was predicted. */
static void
guard_buffer(Block *b, const Buffer *buffer)
{
    emit_guard_class(b, 1, Py_TYPE(block_sample(b, 1)));
    if (buffer->description != NULL) {
        ASM(&b->as, OP_guard_array, block_object_slot(b, 1), (intptr_t)buffer->description,
            (intptr_t)block_exit_miss(b));
    }
}

/* BINARY_SUBSCR of numbers side by side. False if it is not that, or b->ended. */
bool
emit_buffer_get(Block *b)
{
    Buffer buffer;
    if (!predict(b, &buffer) || block_learn(b, 0, 1u << TYPE_INT) != TYPE_INT) {
        return false;
    }
    guard_buffer(b, &buffer);
    intptr_t from = block_object_slot(b, 1);
    if (buffer.type == TYPE_FLOAT) {
        int index = block_int_register(b, 0, 0), to = block_take_float(b, 0);
        ASM(&b->as, buffer.get, from, buffer.items, index, to, (intptr_t)block_exit_generic(b));
        block_drop(b, 2);
        block_push_register(b, TYPE_FLOAT, to);
        return true;
    }
    int x = block_int_result(b, 0, 0);
    if (buffer.items == 0) {
        ASM(&b->as, buffer.get, from, x, (intptr_t)block_exit_generic(b));
    } else {
        ASM(&b->as, buffer.get, from, buffer.items, x, (intptr_t)block_exit_generic(b));
    }
    block_drop(b, 2);
    block_push_register(b, TYPE_INT, x);
    return true;
}

/* STORE_SUBSCR of numbers side by side. False if it is not that, or b->ended. */
bool
emit_buffer_set(Block *b)
{
    Buffer buffer;
    if (!predict(b, &buffer) || buffer.set < 0 || block_learn(b, 0, 1u << TYPE_INT) != TYPE_INT ||
        block_learn(b, 2, 1u << buffer.type) != buffer.type) {
        return false;
    }
    guard_buffer(b, &buffer);
    intptr_t into = block_object_slot(b, 1);
    int index = block_int_register(b, 0, 0);
    int value = buffer.type == TYPE_FLOAT ? block_float_register(b, 2, 0) : block_int_register(b, 2, 1u << index);
    intptr_t rare = (intptr_t)block_exit_generic(b);
    if (buffer.type == TYPE_INT && buffer.high != INT64_MAX) {
        ASM(&b->as, OP_guard_int_range, value, (intptr_t)buffer.low, (intptr_t)buffer.high, rare);
    }
    ASM(&b->as, buffer.set, into, buffer.items, index, value, rare);
    block_drop(b, 3);
    return true;
}
