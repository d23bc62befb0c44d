/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode_cursor.h - where the decoder stands in a packet, and checked reads from there.
 *
 * A layer gets a cursor that ends where the layer ends or where the captured bytes end, whichever
 * comes first, so that decode_cursor_has() is the only test a read needs. A read beyond the end
 * gives zero and touches no memory: a forgotten test is a wrong word, never a wild read.
 */
#ifndef DECODE_DECODE_CURSOR_H
#define DECODE_DECODE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

struct decode_cursor {
	const uint8_t *at;
	uint32_t left; /* bytes captured from `at` on, at most `wire` */
	uint32_t wire; /* bytes of this layer from `at` on, captured or not */
};

static inline bool decode_cursor_has(const struct decode_cursor *c, uint32_t n)
{
	return c->left >= n;
}

/* The byte at `offset`; 0 beyond the end. */
static inline uint8_t decode_cursor_u8(const struct decode_cursor *c, uint32_t offset)
{
	return offset < c->left ? c->at[offset] : 0;
}

/* Big endian, as everything on the wire. */
static inline uint16_t decode_cursor_u16(const struct decode_cursor *c, uint32_t offset)
{
	return decode_cursor_u8(c, offset) << 8 | decode_cursor_u8(c, offset + 1);
}

static inline uint32_t decode_cursor_u32(const struct decode_cursor *c, uint32_t offset)
{
	return (uint32_t)decode_cursor_u16(c, offset) << 16 | decode_cursor_u16(c, offset + 2);
}

/* Step over n bytes, or over all that is left. */
static inline void decode_cursor_skip(struct decode_cursor *c, uint32_t n)
{
	uint32_t captured = n < c->left ? n : c->left;

	c->at += captured;
	c->left -= captured;
	c->wire -= n < c->wire ? n : c->wire;
}

/* The layer has at most `wire` bytes: padding and trailers behind it are not its own. */
static inline void decode_cursor_limit(struct decode_cursor *c, uint32_t wire)
{
	if (wire < c->wire)
		c->wire = wire;
	if (c->left > c->wire)
		c->left = c->wire;
}

/* The layer says that it has `wire` bytes, be there fewer or more. */
static inline void decode_cursor_declare(struct decode_cursor *c, uint32_t wire)
{
	c->wire = wire;
	decode_cursor_limit(c, wire);
}

#endif
