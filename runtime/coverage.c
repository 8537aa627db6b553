/* Counts for coverage.h. */
#include "pyjit/coverage.h"

#include "pyjit/decode.h"
#include "pyjit/inline.h"

extern const Stencil pyjit_stencils[];
extern const Operation pyjit_operations[];

#define STENCILS_MOST 16384
#define OPERATIONS_MOST 1024
#define KINDS (EXIT_VERIFY + 1)
#define WAYS (COVERAGE_COLD + 1)

static uint32_t stencils[STENCILS_MOST];                            /* placed */
static uint16_t operation_of[STENCILS_MOST];                        /* of those placed */
static uint32_t exits[OPERATIONS_MOST][OPERATION_MAX_OPERANDS];     /* taken */
static uint32_t kinds[KINDS][256];
static uint32_t bytecodes[WAYS][256];

static const char *const kind_names[KINDS] = {
    [EXIT_BRANCH] = "branch",       [EXIT_ERROR] = "error",     [EXIT_LEAVE] = "leave",
    [EXIT_RELEASE] = "release",     [EXIT_SAFEPOINT] = "safepoint", [EXIT_CHECK] = "check",
    [EXIT_RERAISE] = "reraise",     [EXIT_UNINLINE] = "uninline",   [EXIT_ENTRY] = "entry",
    [EXIT_RETURNED] = "returned",   [EXIT_VERIFY] = "verify",     [EXIT_BACK] = "back",
    [EXIT_FINISH] = "finish",       [EXIT_CALL] = "call",
};
static const char *const way_names[WAYS] = {"compiled", "generic", "cold"};

/* ---- counting ---------------------------------------------------------------------------------- */

/* Notes that the exit belongs to an operand; exits are shared, so that there may be several. */
static void
attach(Exit *exit, int operation, int operand)
{
    if (exit->target != 0 && exit_is_to_code(exit)) {
        exits[operation][operand]++; /* it leads to compiled code at once */
        return;
    }
    for (int i = 0; i < EXIT_OWNERS; i++) {
        if (exit->owners[i].known && exit->owners[i].operation == operation &&
            exit->owners[i].operand == operand) {
            return;
        }
        if (!exit->owners[i].known) {
            exit->owners[i] = (ExitOwner){.operation = (uint16_t)operation, .operand = (uint8_t)operand, .known = true};
            return;
        }
    }
}

void
coverage_placed(const Assembler *as)
{
    for (const AsmItem *item = as->items; item < as->items + as->count; item++) {
        ptrdiff_t stencil = asm_wide_stencil(item) - pyjit_stencils; /* a twin counts as the one it is made of */
        stencils[stencil]++;
        operation_of[stencil] = item->operation;
        for (unsigned rest = item->exits; rest != 0; rest &= rest - 1) {
            int operand = __builtin_ctz(rest);
            attach((Exit *)as->values[item->first_value + operand], item->operation, operand);
        }
    }
}

void
coverage_taken(const Exit *exit)
{
    for (int i = 0; i < EXIT_OWNERS && exit->owners[i].known; i++) {
        exits[exit->owners[i].operation][exit->owners[i].operand]++;
    }
    CodeState *state = exit_code((Exit *)exit);
    int opcode = 0;
    if (state != NULL && exit->ctx != NULL) {
        const InlineSite *site = inline_get(state, exit->ctx->site);
        const CodeState *here = site == NULL ? state : site->callee;
        opcode = here == NULL ? 0 : decode_at(here->units, exit->offset).opcode;
    }
    kinds[exit->kind][opcode]++;
}

void
coverage_bytecode(int opcode, CoverageWay way)
{
    bytecodes[way][opcode]++;
}

/* ---- as a dict --------------------------------------------------------------------------------- */

/* Stores a count under a name, if there is one to tell. Returns 0 or -1. */
static int
store(PyObject *dict, PyObject *name, uint32_t count)
{
    PyObject *value = name == NULL || count == 0 ? NULL : PyLong_FromUnsignedLong(count);
    int result = name == NULL ? -1 : count == 0 ? 0 : value == NULL ? -1 : PyDict_SetItem(dict, name, value);
    Py_XDECREF(name);
    Py_XDECREF(value);
    return result;
}

/* Stores counts of opcodes, their names made with a prefix. Returns 0 or -1. */
static int
store_opcodes(PyObject *dict, const char *prefix, const uint32_t *counts)
{
    for (int opcode = 0; opcode < 256; opcode++) {
        if (store(dict, PyUnicode_FromFormat("%s %d", prefix, opcode), counts[opcode]) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Fills the four dicts. Returns 0 or -1. */
static int
fill(PyObject *by_stencil, PyObject *by_exit, PyObject *by_kind, PyObject *by_bytecode)
{
    for (int i = 0; i < STENCILS_MOST; i++) {
        const Operation *op = &pyjit_operations[operation_of[i]];
        if (stencils[i] != 0 &&
            store(by_stencil, PyUnicode_FromFormat("%s %d", op->name, i - op->first_stencil), stencils[i]) < 0) {
            return -1;
        }
    }
    for (int i = 0; i < OPERATIONS_MOST; i++) {
        for (int k = 0; k < OPERATION_MAX_OPERANDS; k++) {
            if (exits[i][k] != 0 &&
                store(by_exit, PyUnicode_FromFormat("%s %d", pyjit_operations[i].name, k), exits[i][k]) < 0) {
                return -1;
            }
        }
    }
    for (int kind = 0; kind < KINDS; kind++) {
        if (store_opcodes(by_kind, kind_names[kind], kinds[kind]) < 0) {
            return -1;
        }
    }
    for (int way = 0; way < WAYS; way++) {
        if (store_opcodes(by_bytecode, way_names[way], bytecodes[way]) < 0) {
            return -1;
        }
    }
    return 0;
}

PyObject *
coverage_as_dict(void)
{
    PyObject *result = Py_BuildValue("{s:{}, s:{}, s:{}, s:{}}", "stencils", "exits", "kinds", "bytecodes");
    if (result != NULL &&
        fill(PyDict_GetItemString(result, "stencils"), PyDict_GetItemString(result, "exits"),
             PyDict_GetItemString(result, "kinds"), PyDict_GetItemString(result, "bytecodes")) < 0) {
        Py_CLEAR(result);
    }
    return result;
}
