/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json_out.h - JSON values (RFC 8259) appended to a buffer, on one line.
 *
 * Our own and not json-c's, which the commands that print JSON once use: it builds an object in
 * memory first and takes 50 us for a packet, where this takes 2.
 * Keys are ours: they need no escaping and have at most 32 bytes; NULL: an element of an array.
 * Commas come by themselves.
 *
 * Strings are always valid UTF-8. A byte that is none is written as the four characters \xHH;
 * controls, and characters that are blanks or change the direction of text, as \uHHHH.
 */
#ifndef SINK_JSON_OUT_H
#define SINK_JSON_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* An object or array; `bracket` is '{', '}', '[' or ']'. */
void json_out_begin(struct buf *b, const char *key, char bracket);
void json_out_end(struct buf *b, char bracket);

/* The key alone: a value made by others follows. */
void json_out_key(struct buf *b, const char *key);

void json_out_str(struct buf *b, const char *key, const char *value);
/* len bytes, none of them NUL, that end with a whole character. */
void json_out_strn(struct buf *b, const char *key, const char *value, size_t len);
void json_out_u64(struct buf *b, const char *key, uint64_t value);
void json_out_i64(struct buf *b, const char *key, int64_t value);
void json_out_bool(struct buf *b, const char *key, bool value);
/* "0x1f": numbers that are addresses or sets of bits, which JSON's readers would round. */
void json_out_hex(struct buf *b, const char *key, uint64_t value);

/* "2023-11-14T22:13:20.123456789Z" (RFC 3339) */
void json_out_time(struct buf *b, const char *key, uint64_t ts_ns);

#endif
