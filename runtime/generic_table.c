/* The table of generic operations by opcode. The operations themselves are in the other
 * generic_*.c. */
#include "pyjit/generic_ops.h"

#define ENTRY(opcode, name, flags)                        \
    [opcode] = {.run = generic_##name,                    \
                .no_escape = ((flags) & GENERIC_NO_ESCAPE) != 0, \
                .no_error = ((flags) & GENERIC_NO_ERROR) != 0},

const GenericEntry generic_table[256] = {GENERIC_OPERATIONS(ENTRY)};
