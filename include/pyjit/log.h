/* The log (PYJIT_LOG): a line for each thing the compiler decides that a user may ask about. */
#ifndef PYJIT_LOG_H
#define PYJIT_LOG_H

#include <stdbool.h>

/* Opens the log the settings name; a path that cannot be opened costs one line on stderr. */
void log_open(void);

/* Is there a log? Ask before working out what to write. */
bool log_enabled(void);

/* Writes one line, printf-style, without its newline. Nothing without a log. */
__attribute__((format(printf, 1, 2))) void log_line(const char *format, ...);

#endif
