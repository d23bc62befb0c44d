/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * buf.h - a growing byte buffer that remembers a failed allocation.
 *
 * Used to build lines and blocks: any number of adds, then one check of buf_failed(). A failed
 * buffer ignores further adds.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data; /* not NUL-terminated, except by buf_str() */
	size_t len, cap;
	bool failed;
};

void buf_init(struct buf *b);
void buf_fini(struct buf *b);
/* Forget the content, keep the memory. */
void buf_reset(struct buf *b);
bool buf_failed(const struct buf *b);

/* Room for len bytes behind the content, for who writes there himself. 0 or -ENOMEM. */
int buf_reserve(struct buf *b, size_t len);

void buf_add(struct buf *b, const void *data, size_t len);
void buf_add_str(struct buf *b, const char *s);
void buf_add_char(struct buf *b, char c);
void buf_add_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Blanks until the buffer is `column` bytes long; nothing if it is longer already. */
void buf_pad_to(struct buf *b, size_t column);
/* `n` zero bytes. */
void buf_add_zero(struct buf *b, size_t n);

/* The content as a string owned by the buffer; "" when it failed. */
const char *buf_str(struct buf *b);

#endif
