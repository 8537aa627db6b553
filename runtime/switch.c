/* Whether the JIT is on. Owns the life of the engine: it starts once for the process, and ends with its interpreter. */
#include "pyjit/switch.h"

#include "pyjit/away.h"
#include "pyjit/compatibility.h"
#include "pyjit/engine.h"
#include "pyjit/log.h"
#include "pyjit/settings.h"
#include "pyjit/state.h"
#include "pyjit/stats.h"
#include "pyjit/wait.h"

#include <string.h>

static bool prepared;
static bool started;
static bool ended; /* with the interpreter it was started in; what it knows went with that */

/* ---- the engine's life ------------------------------------------------------------------------- */

/* Called when the interpreter has ended. */
static void
note_end(void)
{
    ended = true;
    pyjit_state.installed = false;
}

/* Starts the engine, once for the process. Returns 0, or -1 with a reason in *why. */
static int
start(const char **why)
{
    if (ended) {
        *why = "the interpreter has been started again in this process";
        return -1;
    }
    if (started) {
        return 0;
    }
    if (engine_start(why) < 0) {
        return -1;
    }
    if (Py_AtExit(note_end) < 0) {
        *why = "CPython has no place left for what is to be told when it ends";
        return -1;
    }
    started = true;
    if (settings_get()->stats) {
        Py_AtExit(stats_print); /* without a free place there is no table */
    }
    return 0;
}

/* Says once for each reason why the JIT is off. */
static void
warn_off(const char *why)
{
    static char said[256];
    if (strncmp(said, why, sizeof said - 1) != 0) {
        strncpy(said, why, sizeof said - 1);
        PySys_WriteStderr("pyjit: off: %s\n", why);
    }
}

/* ---- on and off -------------------------------------------------------------------------------- */

void
switch_prepare(void)
{
    if (!prepared) {
        prepared = true;
        settings_read();
        log_open();
    }
}

bool
switch_on(PyObject *samples)
{
    if (switch_is_on()) {
        away_over();
        return true;
    }
    char text[200];
    const char *why = text;
    if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
        return false;
    }
    if (compatibility_check(samples, text, sizeof text) < 0 || start(&why) < 0) {
        PyErr_Clear();
        warn_off(why);
        log_line("off: %s", why);
        return false;
    }
    engine_install();
    log_line("on");
    return true;
}

void
switch_off(void)
{
    if (switch_is_on()) {
        engine_remove();
        log_line("off");
    }
}

bool
switch_is_on(void)
{
    return pyjit_state.installed && PyInterpreterState_Get() == PyInterpreterState_Main();
}

bool
switch_serves(void)
{
    return started && !ended && PyInterpreterState_Get() == PyInterpreterState_Main();
}

/* ---- after waiting ----------------------------------------------------------------------------- */

Py_EXPORTED_SYMBOL TurnOn pyjit_turn_on;

/* What wait.c calls. There were no settings when the process started; what the environment says now is not for it. */
_PyFrameEvalFunction
pyjit_turn_on(PyObject *samples)
{
    prepared = true;
    return switch_on(samples) ? engine_eval_frame : NULL;
}
