/* The counters, and the two ways to look at them: a dict, and a table when the process ends. */
#include "pyjit/stats.h"

#include "pyjit/codemem.h"

#include <stdio.h>

Stats pyjit_stats;

static const struct {
    const char *name, *help;
    const uint64_t *value;
} counters[] = {
#define ENTRY(name, help) {#name, help, &pyjit_stats.name},
    STATS_COUNTERS(ENTRY)
#undef ENTRY
};

/* -- Counts by reason -------------------------------------------------------------------------- */

/* Reasons are few and known when pyjit is built; should there be more, the last entry takes them. */
#define REASONS_MOST 64

typedef struct {
    const char *title;
    int used;
    struct {
        const char *reason;
        uint64_t count;
    } entries[REASONS_MOST];
} Reasons;

static Reasons refusals = {.title = "refusals"};
static Reasons exits = {.title = "exits"};

/* Adds one to the count of this reason. */
static void count(Reasons *reasons, const char *reason)
{
    int i = 0;
    while (i < reasons->used && strcmp(reasons->entries[i].reason, reason) != 0) {
        i++;
    }
    if (i == REASONS_MOST) {
        i--;
        reasons->entries[i].reason = "other";
    } else if (i == reasons->used) {
        reasons->entries[i].reason = reason;
        reasons->used++;
    }
    reasons->entries[i].count++;
}

void stats_count_refusal(const char *reason)
{
    STAT(refused);
    count(&refusals, reason);
}

void stats_count_exit(const char *reason)
{
    STAT(exits_to_interpreter);
    count(&exits, reason);
}

/* -- As a dict --------------------------------------------------------------------------------- */

/* Stores the value in the dict; steals it. Returns 0, or -1 with an exception set (also for NULL). */
static int store(PyObject *dict, const char *name, PyObject *value)
{
    int result = value == NULL ? -1 : PyDict_SetItemString(dict, name, value);
    Py_XDECREF(value);
    return result;
}

/* New dict of counts by reason. */
static PyObject *reasons_as_dict(const Reasons *reasons)
{
    PyObject *dict = PyDict_New();
    for (int i = 0; dict != NULL && i < reasons->used; i++) {
        PyObject *value = PyLong_FromUnsignedLongLong(reasons->entries[i].count);
        if (store(dict, reasons->entries[i].reason, value) < 0) {
            Py_CLEAR(dict);
        }
    }
    return dict;
}

PyObject *stats_as_dict(void)
{
    PyObject *dict = PyDict_New();
    if (dict == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(counters); i++) {
        if (store(dict, counters[i].name, PyLong_FromUnsignedLongLong(*counters[i].value)) < 0) {
            goto failed;
        }
    }
    if (store(dict, "code_memory_used", PyLong_FromSize_t(codemem_used())) < 0 ||
        store(dict, "code_memory_committed", PyLong_FromSize_t(codemem_committed())) < 0 ||
        store(dict, refusals.title, reasons_as_dict(&refusals)) < 0 ||
        store(dict, exits.title, reasons_as_dict(&exits)) < 0) {
        goto failed;
    }
    return dict;
failed:
    Py_DECREF(dict);
    return NULL;
}

/* -- As a table -------------------------------------------------------------------------------- */

/* Prints one line of the table. */
static void print_line(uint64_t value, const char *text)
{
    fprintf(stderr, "%16llu  %s\n", (unsigned long long)value, text);
}

/* Prints the counts by reason, if there are any. */
static void print_reasons(const Reasons *reasons)
{
    if (reasons->used != 0) {
        fprintf(stderr, "pyjit: %s\n", reasons->title);
    }
    for (int i = 0; i < reasons->used; i++) {
        print_line(reasons->entries[i].count, reasons->entries[i].reason);
    }
}

void stats_print(void)
{
    fprintf(stderr, "pyjit: statistics\n");
    for (size_t i = 0; i < Py_ARRAY_LENGTH(counters); i++) {
        if (*counters[i].value != 0) {
            print_line(*counters[i].value, counters[i].help);
        }
    }
    print_line(codemem_used(), "bytes of code memory in use");
    print_line(codemem_committed(), "bytes of code memory committed");
    print_reasons(&refusals);
    print_reasons(&exits);
}
