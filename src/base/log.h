/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log.h - everything that xcap says on stderr; stdout carries data only.
 *
 * Each call prints whole lines in one write, so that lines of several processes never mix. Errors,
 * warnings, notes and hints are one line each: line ends in them become blanks.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level {
	LOG_LEVEL_QUIET, /* errors and warnings only (-q) */
	LOG_LEVEL_NOTE,	 /* the default */
	LOG_LEVEL_DEBUG, /* --debug */
};

void log_set_level(enum log_level level);
enum log_level log_get_level(void);

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));   /* xcap: error: */
void log_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* xcap: warning: */
void log_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));    /* xcap: */
void log_hint(const char *fmt, ...) __attribute__((format(printf, 1, 2)));    /* xcap: hint: */
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));   /* xcap: debug: */

/* Text as it is, at every level; the caller ends its lines. */
void log_plain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
