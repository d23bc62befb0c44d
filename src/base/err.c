/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * err.c - filling and printing struct err.
 */
#include "base/err.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/util.h"

/* Of the text under an error: as much as fits on a line of 80 columns, and what of it may stand
 * before the caret. */
#define SHOWN_WIDTH  72
#define SHOWN_BEFORE 60

void err_clear(struct err *err)
{
	memset(err, 0, sizeof(*err));
	err->pos = -1;
}

bool err_is_set(const struct err *err)
{
	return err->msg[0] != '\0';
}

const char *err_name(int code)
{
	const char *name = strerrorname_np(abs(code));

	if (name)
		return name;
	/* the kernel's own ENOTSUPP, which libc does not know and BPF likes to return */
	return abs(code) == 524 ? "ENOTSUPP" : "E?";
}

int err_set(struct err *err, enum err_status status, const char *fmt, ...)
{
	va_list ap;

	err_clear(err);
	err->status = status;
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	err->code = status == ERR_USAGE ? -EINVAL : status == ERR_UNSUPPORTED ? -EOPNOTSUPP : -EIO;
	return err->code;
}

int err_errno(struct err *err, enum err_status status, int code, const char *fmt, ...)
{
	va_list ap;
	size_t used;

	err_clear(err);
	err->status = status;
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	err->code = code > 0 ? -code : code;
	used = strlen(err->msg);
	snprintf(err->msg + used, sizeof(err->msg) - used, ": %s (%s)", strerror(-err->code),
		 err_name(err->code));
	return err->code;
}

void err_hint(struct err *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
}

void err_at(struct err *err, const char *text, int pos)
{
	snprintf(err->text, sizeof(err->text), "%s", text);
	for (char *c = err->text; *c; c++)
		if (isspace((unsigned char)*c))
			*c = ' ';
		else if (iscntrl((unsigned char)*c))
			*c = '?';
	err->pos = pos;
}

/* The part of the text around the caret that a line of a terminal holds; each byte takes one
 * column. */
static void print_text(const struct err *err)
{
	int len = (int)strlen(err->text), pos = err->pos, start = 0;
	char shown[SHOWN_WIDTH + 1];

	if (len > SHOWN_WIDTH && pos > SHOWN_BEFORE)
		start = UTIL_MIN(pos - SHOWN_BEFORE, len - SHOWN_WIDTH);
	snprintf(shown, sizeof(shown), "%.*s", SHOWN_WIDTH, err->text + start);
	log_plain("  %s%s%s\n  %*s^\n", start ? "..." : "", shown,
		  start + SHOWN_WIDTH < len ? "..." : "", pos - start + (start ? 3 : 0), "");
}

void err_print(const struct err *err)
{
	log_error("%s", err->msg);
	if (err->text[0] && err->pos >= 0)
		print_text(err);
	if (err->hint[0])
		log_hint("%s", err->hint);
}
