/* The stencils of the target, compiled in. The tables are declared in the generated operations.h. */
#include PYJIT_STENCILS
