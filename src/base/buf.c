/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * buf.c - growing byte buffer.
 */
#include "base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b)
{
	memset(b, 0, sizeof(*b));
}

void buf_fini(struct buf *b)
{
	free(b->data);
	buf_init(b);
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->failed = false;
}

bool buf_failed(const struct buf *b)
{
	return b->failed;
}

/* Room for `more` bytes and a NUL. */
static bool grow(struct buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 256;
	char *data;

	if (b->failed)
		return false;
	while (cap - b->len <= more)
		cap *= 2;
	if (cap == b->cap)
		return true;
	data = realloc(b->data, cap);
	if (!data) {
		b->failed = true;
		return false;
	}
	b->data = data;
	b->cap = cap;
	return true;
}

int buf_reserve(struct buf *b, size_t len)
{
	return grow(b, len) ? 0 : -ENOMEM;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	if (!len || !grow(b, len))
		return;
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

void buf_add_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_add_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_add_fmt(struct buf *b, const char *fmt, ...)
{
	size_t room = b->cap - b->len;
	va_list ap;
	int n;

	/* nearly always there is room */
	va_start(ap, fmt);
	n = vsnprintf(room ? b->data + b->len : NULL, room, fmt, ap);
	va_end(ap);
	if (n < 0 || !grow(b, n))
		return;
	if ((size_t)n >= room) {
		va_start(ap, fmt);
		vsnprintf(b->data + b->len, n + 1, fmt, ap);
		va_end(ap);
	}
	b->len += n;
}

void buf_pad_to(struct buf *b, size_t column)
{
	if (b->len >= column || !grow(b, column - b->len))
		return;
	memset(b->data + b->len, ' ', column - b->len);
	b->len = column;
}

void buf_add_zero(struct buf *b, size_t n)
{
	if (!n || !grow(b, n))
		return;
	memset(b->data + b->len, 0, n);
	b->len += n;
}

const char *buf_str(struct buf *b)
{
	if (!grow(b, 0))
		return "";
	b->data[b->len] = '\0';
	return b->data;
}
