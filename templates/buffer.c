/* Subscripts, by unboxed ints, of what holds unboxed numbers side by side: bytes, bytearray, array.array. */
#include "template.h"

#include "index.h"

/* Declares `item`, a pointer to the item with an index. The pointer to the items is at the offset `items` in the
 * object. */
#define ITEM(type, object, items, index, rare)                                                                        \
    int64_t size_ = Py_SIZE(object);                                                                                  \
    PLACE(at_, index, size_, rare)                                                                                    \
    type *item = *(type **)((char *)(object) + items) + at_

OPERATION(guard_array, SLOT(x), PTR(description), EXIT(miss)) {
    if (unlikely((void *)((ArrayObject *)x)->description != description)) LEAVE(miss);
}

OPERATION(guard_int_range, IREG(value), IMM(low), IMM(high), EXIT(rare)) {
    if (unlikely(value < low || value > high)) LEAVE(rare);
}

/* ---- reading: the number takes the index's register ---------------------------------------------------------- */

OPERATION(bytes_get, SLOT(x), IREG(index), EXIT(rare)) {
    int64_t size = Py_SIZE(x);
    PLACE(at, index, size, rare)
    index = (uint8_t)((PyBytesObject *)x)->ob_sval[at];
}

OPERATION(buffer_get_u8, SLOT(x), IMM(items), IREG(index), EXIT(rare)) {
    ITEM(uint8_t, x, items, index, rare);
    index = *item;
}

OPERATION(buffer_get_i8, SLOT(x), IMM(items), IREG(index), EXIT(rare)) {
    ITEM(int8_t, x, items, index, rare);
    index = *item;
}

OPERATION(buffer_get_u16, SLOT(x), IMM(items), IREG(index), EXIT(rare)) {
    ITEM(uint16_t, x, items, index, rare);
    index = *item;
}

OPERATION(buffer_get_i16, SLOT(x), IMM(items), IREG(index), EXIT(rare)) {
    ITEM(int16_t, x, items, index, rare);
    index = *item;
}

OPERATION(buffer_get_u32, SLOT(x), IMM(items), IREG(index), EXIT(rare)) {
    ITEM(uint32_t, x, items, index, rare);
    index = *item;
}

OPERATION(buffer_get_i32, SLOT(x), IMM(items), IREG(index), EXIT(rare)) {
    ITEM(int32_t, x, items, index, rare);
    index = *item;
}

OPERATION(buffer_get_i64, SLOT(x), IMM(items), IREG(index), EXIT(rare)) {
    ITEM(int64_t, x, items, index, rare);
    index = *item;
}

OPERATION(buffer_get_double, SLOT(x), IMM(items), IREG(index), FREG(to), EXIT(rare)) {
    ITEM(double, x, items, index, rare);
    to = *item;
}

/* ---- writing: the number is in range ----------------------------------------------------------------------------- */

OPERATION(buffer_set_8, SLOT(x), IMM(items), IREG(index), IREG(value), EXIT(rare)) {
    ITEM(uint8_t, x, items, index, rare);
    *item = (uint8_t)value;
}

OPERATION(buffer_set_16, SLOT(x), IMM(items), IREG(index), IREG(value), EXIT(rare)) {
    ITEM(uint16_t, x, items, index, rare);
    *item = (uint16_t)value;
}

OPERATION(buffer_set_32, SLOT(x), IMM(items), IREG(index), IREG(value), EXIT(rare)) {
    ITEM(uint32_t, x, items, index, rare);
    *item = (uint32_t)value;
}

OPERATION(buffer_set_64, SLOT(x), IMM(items), IREG(index), IREG(value), EXIT(rare)) {
    ITEM(int64_t, x, items, index, rare);
    *item = value;
}

OPERATION(buffer_set_double, SLOT(x), IMM(items), IREG(index), FREG(value), EXIT(rare)) {
    ITEM(double, x, items, index, rare);
    *item = value;
}
