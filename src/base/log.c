/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log.c - lines on stderr. The level is the program's only mutable global.
 */
#include "base/log.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum log_level level = LOG_LEVEL_NOTE;

void log_set_level(enum log_level new_level)
{
	level = new_level;
}

enum log_level log_get_level(void)
{
	return level;
}

/* A word of the user's may have anything in it: what is one line stays one, and no escape sequence
 * reaches the terminal. */
static void flatten(char *text)
{
	for (; *text; text++)
		if (isspace((unsigned char)*text))
			*text = ' ';
		else if (iscntrl((unsigned char)*text))
			*text = '?';
}

static void write_line(const char *prefix, bool one_line, const char *fmt, va_list ap)
{
	char line[4096];
	int used = snprintf(line, sizeof(line), "%s", prefix);
	int n = vsnprintf(line + used, sizeof(line) - used - 1, fmt, ap);

	if (n < 0)
		return;
	used += n < (int)sizeof(line) - used - 1 ? n : (int)sizeof(line) - used - 2;
	if (one_line)
		flatten(line);
	if (*prefix)
		line[used++] = '\n';
	/* a stderr that cannot be written to leaves no place to say so */
	if (write(STDERR_FILENO, line, used) < 0)
		return;
}

#define LOG_AT(name, min_level, prefix, one_line)                                                  \
	void log_##name(const char *fmt, ...)                                                      \
	{                                                                                          \
		va_list ap;                                                                        \
                                                                                                   \
		if (level < (min_level))                                                           \
			return;                                                                    \
		va_start(ap, fmt);                                                                 \
		write_line(prefix, one_line, fmt, ap);                                             \
		va_end(ap);                                                                        \
	}

LOG_AT(error, LOG_LEVEL_QUIET, "xcap: error: ", true)
LOG_AT(warning, LOG_LEVEL_QUIET, "xcap: warning: ", true)
LOG_AT(hint, LOG_LEVEL_QUIET, "xcap: hint: ", true)
LOG_AT(plain, LOG_LEVEL_QUIET, "", false)
LOG_AT(note, LOG_LEVEL_NOTE, "xcap: ", true)
LOG_AT(debug, LOG_LEVEL_DEBUG, "xcap: debug: ", false)
