/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * err.h - one error, carried to the place that prints it.
 *
 * A function that takes `struct err *` fills it and never prints. Whoever decides what to do with
 * the failure prints it once, by err_print(). The object is plain memory: nothing to free.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses of xcap, as documented in xcap(8). */
enum err_status {
	ERR_OK = 0,
	ERR_FAILED = 1,	     /* something broke while running */
	ERR_USAGE = 2,	     /* the command line is wrong */
	ERR_UNSUPPORTED = 3, /* this kernel or this user cannot do it */
};

struct err {
	enum err_status status;
	int code;	 /* -errno, or 0 where there is none */
	int pos;	 /* offset of the fault in text, from 0; -1: no caret */
	char msg[768];	 /* one line, lower case, the user's word in single quotes */
	char hint[512];	 /* what to type instead; empty: none */
	char text[1024]; /* the spec or filter that the caret points into; empty: none */
};

/* An err that holds nothing; also resets one. */
void err_clear(struct err *err);

/* True when err holds an error. */
bool err_is_set(const struct err *err);

/*
 * Set message and status; forgets any earlier content. Returns -EINVAL for ERR_USAGE, -EOPNOTSUPP
 * for ERR_UNSUPPORTED and -EIO for ERR_FAILED, so that callers can `return err_set(...)`.
 */
int err_set(struct err *err, enum err_status status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* As err_set() with a cause: appends ": <strerror> (<EXXX>)" and returns -abs(code). */
int err_errno(struct err *err, enum err_status status, int code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Add what the user can do about it. */
void err_hint(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Show `text` under the message with a caret at offset pos (0 <= pos <= strlen(text)); of a long
 * one only what is near the caret is printed. Line ends and other controls are made blanks and '?'.
 */
void err_at(struct err *err, const char *text, int pos);

/* Print "xcap: error: ...", the text with its caret, and "xcap: hint: ..." to stderr. */
void err_print(const struct err *err);

/* "ENOENT" for 2 or -2; "E?" for a number without a name. The string is static. */
const char *err_name(int code);

#endif
