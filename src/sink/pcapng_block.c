/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcapng_block.c - the bytes of pcapng blocks and options.
 *
 * Lengths are patched in when a block ends. A buffer that could not grow is left alone;
 * the caller asks buf_failed() once, before it writes.
 */
#include "sink/pcapng_block.h"

#include <string.h>

/* Bytes that align a length to 32 bits. */
static size_t padding(size_t len)
{
	return -len & 3;
}

/* Section 3.1: type, total length, body, total length again. */
size_t pcapng_block_begin(struct buf *b, uint32_t type)
{
	size_t start = b->len;

	pcapng_block_u32(b, type);
	pcapng_block_u32(b, 0);
	return start;
}

void pcapng_block_end(struct buf *b, size_t start)
{
	uint32_t len;

	/* opt_endofopt, section 3.5 */
	pcapng_block_u16(b, PCAPNG_OPT_END);
	pcapng_block_u16(b, 0);
	if (buf_failed(b))
		return;
	len = b->len - start + sizeof(len);
	memcpy(b->data + start + sizeof(uint32_t), &len, sizeof(len));
	pcapng_block_u32(b, len);
}

void pcapng_block_u16(struct buf *b, uint16_t value)
{
	buf_add(b, &value, sizeof(value));
}

void pcapng_block_u32(struct buf *b, uint32_t value)
{
	buf_add(b, &value, sizeof(value));
}

void pcapng_block_u64(struct buf *b, uint64_t value)
{
	buf_add(b, &value, sizeof(value));
}

void pcapng_block_time(struct buf *b, uint64_t value)
{
	pcapng_block_u32(b, value >> 32);
	pcapng_block_u32(b, value);
}

void pcapng_block_padded(struct buf *b, const void *data, size_t len)
{
	buf_add(b, data, len);
	buf_add_zero(b, padding(len));
}

void pcapng_block_option(struct buf *b, uint16_t code, const void *data, size_t len)
{
	if (len > PCAPNG_BLOCK_OPTION_MAX)
		return;
	pcapng_block_u16(b, code);
	pcapng_block_u16(b, len);
	pcapng_block_padded(b, data, len);
}

void pcapng_block_option_str(struct buf *b, uint16_t code, const char *s)
{
	if (*s)
		pcapng_block_option(b, code, s, strlen(s));
}

void pcapng_block_comment(struct buf *b, const struct buf *comment)
{
	if (!buf_failed(comment))
		pcapng_block_option(b, PCAPNG_OPT_COMMENT, comment->data, comment->len);
	else
		b->failed = true;
}

void pcapng_block_option_u32(struct buf *b, uint16_t code, uint32_t value)
{
	pcapng_block_option(b, code, &value, sizeof(value));
}

void pcapng_block_option_u64(struct buf *b, uint16_t code, uint64_t value)
{
	pcapng_block_option(b, code, &value, sizeof(value));
}

void pcapng_block_option_time(struct buf *b, uint16_t code, uint64_t value)
{
	pcapng_block_u16(b, code);
	pcapng_block_u16(b, sizeof(value));
	pcapng_block_time(b, value);
}
