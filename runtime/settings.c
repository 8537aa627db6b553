/* The settings: PYJIT_* of the environment, checked and with their defaults. */
#include "pyjit/settings.h"

#include "cpython/interface.h"

#include <errno.h>

static Settings settings = {
    .threshold = SETTINGS_DEFAULT_THRESHOLD,
    .late_threshold = SETTINGS_LATE_THRESHOLD,
    .loop_heat = SETTINGS_LOOP_HEAT,
    .branch_heat = SETTINGS_BRANCH_HEAT,
    .tick = SETTINGS_DEFAULT_TICK,
    .code_limit = SETTINGS_DEFAULT_CODE_LIMIT,
};

/* -- Parsing: each takes the text of a value, and returns false if it makes no sense ------------ */

/* Reads digits at the start of the text; *rest is what follows them. */
static bool parse_number(const char *text, const char **rest, uint64_t *number)
{
    if (!Py_ISDIGIT(*text)) {
        return false;
    }
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    *rest = end;
    return errno == 0;
}

static bool parse_threshold(const char *text)
{
    const char *rest;
    uint64_t number;
    if (!parse_number(text, &rest, &number) || *rest != '\0' || number < 1 || number > INT_MAX) {
        return false;
    }
    settings.threshold = settings.late_threshold = (int)number;
    settings.loop_heat = Py_MIN(SETTINGS_LOOP_HEAT, settings.threshold);
    settings.branch_heat = Py_MIN(SETTINGS_BRANCH_HEAT, settings.threshold);
    return true;
}

static bool parse_tick(const char *text)
{
    const char *rest;
    uint64_t number;
    if (!parse_number(text, &rest, &number) || *rest != '\0' || number > 1000000) {
        return false;
    }
    settings.tick = (int)number;
    return true;
}

static bool parse_code_limit(const char *text)
{
    const char *rest;
    uint64_t number;
    if (!parse_number(text, &rest, &number)) {
        return false;
    }
    int shift = *rest == 'K' || *rest == 'k' ? 10 : *rest == 'M' || *rest == 'm' ? 20 : 0;
    if (rest[shift != 0] != '\0' || number < 1 || number > ((uint64_t)1 << 30) >> shift) {
        return false;
    }
    settings.code_limit = (size_t)number << shift;
    return true;
}

static bool parse_switch(const char *text, bool *on)
{
    if ((*text != '0' && *text != '1') || text[1] != '\0') {
        return false;
    }
    *on = *text == '1';
    return true;
}

static bool parse_stats(const char *text)
{
    return parse_switch(text, &settings.stats);
}

static bool parse_verify(const char *text)
{
    return parse_switch(text, &settings.verify);
}

static bool parse_log(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = PyMem_RawMalloc(size); /* lives as long as the process */
    if (copy != NULL) {
        settings.log = memcpy(copy, text, size);
    }
    return true;
}

static bool parse_fault(const char *text)
{
    const char *rest;
    uint64_t number;
    if (!parse_number(text, &rest, &number) || number < 1) {
        return false;
    }
    bool after = *rest == '+';
    if (rest[after] != '\0') {
        return false;
    }
    settings.fault_at = number;
    settings.fault_after = after;
    return true;
}

static const struct {
    const char *name;
    bool (*parse)(const char *text);
    const char *takes;
} table[] = {
    {"PYJIT_THRESHOLD", parse_threshold, "a whole number from 1"},
    {"PYJIT_TICK", parse_tick, "a number of microseconds from 0 to 1000000"},
    {"PYJIT_CODE_LIMIT", parse_code_limit, "a number of bytes from 1 to 1024M, with K or M"},
    {"PYJIT_STATS", parse_stats, "0 or 1"},
    {"PYJIT_VERIFY", parse_verify, "0 or 1"},
    {"PYJIT_LOG", parse_log, "a path, or stderr"},
    {"PYJIT_FAULT", parse_fault, "a whole number from 1, or one followed by +"},
};

/* -- Reading ----------------------------------------------------------------------------------- */

/* Does this interpreter ignore the environment (-E, -I)? */
static bool ignores_environment(void)
{
    PyObject *flags = PySys_GetObject("flags");
    PyObject *flag = flags == NULL ? NULL : PyObject_GetAttrString(flags, "ignore_environment");
    bool ignores = flag != NULL && PyObject_IsTrue(flag) == 1;
    Py_XDECREF(flag);
    PyErr_Clear();
    return ignores;
}

void settings_read(void)
{
    if (ignores_environment()) {
        return;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(table); i++) {
        const char *text = getenv(table[i].name);
        if (text != NULL && *text != '\0' && !table[i].parse(text)) {
            PySys_WriteStderr("pyjit: %s takes %s, not '%.100s'; using the default\n",
                              table[i].name, table[i].takes, text);
        }
    }
}

const Settings *settings_get(void)
{
    return &settings;
}
