/* The interned strings of names.h: owns their creation. They live as long as the process. */
#include "pyjit/names.h"

PyjitNames pyjit_names;

/* Interns every name. */
int
names_init(void)
{
#define INTERN_NAME(member, text)                                   \
    if (pyjit_names.member == NULL) {                               \
        pyjit_names.member = PyUnicode_InternFromString(text);      \
        if (pyjit_names.member == NULL) {                           \
            return -1;                                              \
        }                                                           \
    }
    PYJIT_NAMES(INTERN_NAME)
#undef INTERN_NAME
    return 0;
}
