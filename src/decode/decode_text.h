/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode_text.h - numbers, addresses and names as text, without printf.
 *
 * These write most of every line, millions of times; they are what makes a line cheap. All output
 * is printable ASCII.
 */
#ifndef DECODE_DECODE_TEXT_H
#define DECODE_DECODE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct decode_name {
	uint32_t value;
	const char *name;
};

/* The name of value in a table that ends with a NULL name; NULL if it has none. */
const char *decode_text_name(const struct decode_name *table, uint32_t value);

/* Names of the set bits, joined by `separator`; "none" if no known bit is set. */
void decode_text_bits(struct buf *out, const struct decode_name *table, uint32_t bits,
		      const char *separator);

void decode_text_u64(struct buf *out, uint64_t value);
/* `digits` decimal digits, with leading zeros; value must fit. */
void decode_text_digits(struct buf *out, uint64_t value, unsigned int digits);
/* "0x1f", at least `digits` digits. */
void decode_text_hex(struct buf *out, uint64_t value, unsigned int digits);
/* The bytes as hex digits, without a prefix. */
void decode_text_bytes(struct buf *out, const uint8_t *bytes, size_t len);

/* ", length 64" */
void decode_text_length(struct buf *out, uint32_t length);

/* "[|tcp]": the packet ends inside the header of `layer`. One blank before it, if there is none. */
void decode_text_truncated(struct buf *out, const char *layer);

/* addr: 4, 16 and 6 bytes. IPv6 as RFC 5952 wants it. */
void decode_text_ip4(struct buf *out, const uint8_t *addr);
void decode_text_ip6(struct buf *out, const uint8_t *addr);
void decode_text_mac(struct buf *out, const uint8_t *addr);

/* s with everything but printable ASCII, blanks and backslashes included, as \xNN: one word. */
void decode_text_word(struct buf *out, const char *s);

#endif
