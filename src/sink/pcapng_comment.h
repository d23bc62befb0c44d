/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcapng_comment.h - key=value text for the comments of a pcapng file.
 *
 * Words are separated by one blank; a value never holds one. What could break parsing is written
 * `\xHH`, byte by byte: blanks, control characters, backslashes, bytes that are not UTF-8, and
 * characters that Unicode takes for blanks, controls or changes of direction. So comments are
 * always valid UTF-8 (section 3.5 of the format), and a reader turns `\xHH` into bytes and has the
 * value as it was.
 */
#ifndef SINK_PCAPNG_COMMENT_H
#define SINK_PCAPNG_COMMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* The text s, escaped. */
void pcapng_comment_escape(struct buf *b, const char *s);
/* The same; blanks stay. */
void pcapng_comment_words(struct buf *b, const char *s);

/*
 * "key: value" and a line feed; blanks stay, the value is the rest of the line. A value longer than
 * PCAPNG_COMMENT_LINE bytes goes on in lines "key+: ...", to be joined as they are.
 */
void pcapng_comment_line(struct buf *b, const char *key, const char *value);

/* Bytes of a value in one line; escaped, at most four times as many. */
#define PCAPNG_COMMENT_LINE 8192

/* "key=value", after a blank unless it begins the buffer or a line. Keys have at most 32 bytes. */
void pcapng_comment_str(struct buf *b, const char *key, const char *value);
void pcapng_comment_dec(struct buf *b, const char *key, uint64_t value);
void pcapng_comment_hex(struct buf *b, const char *key, uint64_t value);

#endif
