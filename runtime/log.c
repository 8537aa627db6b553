/* The log: lines appended to a file, or written to stderr. */
#include "pyjit/log.h"

#include "cpython/interface.h"
#include "pyjit/settings.h"

#include <stdarg.h>
#include <stdio.h>

static FILE *stream;

void log_open(void)
{
    const char *name = settings_get()->log;
    if (name == NULL || stream != NULL) {
        return;
    }
    if (strcmp(name, "stderr") == 0) {
        stream = stderr;
        return;
    }
    stream = fopen(name, "ae"); /* appended to, closed in child programs */
    if (stream == NULL) {
        PySys_WriteStderr("pyjit: PYJIT_LOG takes a path that can be written, or stderr, "
                          "not '%.200s'; not logging\n", name);
        return;
    }
    setvbuf(stream, NULL, _IOLBF, BUFSIZ); /* whole lines, also when processes share the file */
}

bool log_enabled(void)
{
    return stream != NULL;
}

void log_line(const char *format, ...)
{
    if (stream == NULL) {
        return;
    }
    va_list values;
    va_start(values, format);
    vfprintf(stream, format, values);
    va_end(values);
    putc('\n', stream);
}
