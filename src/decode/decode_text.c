/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode_text.c - formatting of what every line has.
 */
#include "decode/decode_text.h"

#include <stdbool.h>
#include <string.h>

static const char hex_digits[] = "0123456789abcdef";

const char *decode_text_name(const struct decode_name *table, uint32_t value)
{
	for (; table->name; table++)
		if (table->value == value)
			return table->name;
	return NULL;
}

void decode_text_bits(struct buf *out, const struct decode_name *table, uint32_t bits,
		      const char *separator)
{
	bool any = false;

	for (; table->name; table++) {
		if (!(bits & table->value))
			continue;
		if (any)
			buf_add_str(out, separator);
		buf_add_str(out, table->name);
		any = true;
	}
	if (!any)
		buf_add_str(out, "none");
}

void decode_text_digits(struct buf *out, uint64_t value, unsigned int digits)
{
	char text[20];

	for (unsigned int i = digits; i > 0; i--, value /= 10)
		text[i - 1] = '0' + value % 10;
	buf_add(out, text, digits);
}

void decode_text_u64(struct buf *out, uint64_t value)
{
	unsigned int digits = 1;

	for (uint64_t rest = value; rest >= 10; rest /= 10)
		digits++;
	decode_text_digits(out, value, digits);
}

void decode_text_hex(struct buf *out, uint64_t value, unsigned int digits)
{
	char text[18];
	unsigned int n = 1, at = sizeof(text);

	for (uint64_t rest = value; rest >= 16; rest /= 16)
		n++;
	for (n = n < digits ? digits : n; n > 0; n--, value /= 16)
		text[--at] = hex_digits[value % 16];
	text[--at] = 'x';
	text[--at] = '0';
	buf_add(out, text + at, sizeof(text) - at);
}

void decode_text_bytes(struct buf *out, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char text[2] = {hex_digits[bytes[i] >> 4], hex_digits[bytes[i] & 15]};

		buf_add(out, text, sizeof(text));
	}
}

void decode_text_length(struct buf *out, uint32_t length)
{
	buf_add_str(out, ", length ");
	decode_text_u64(out, length);
}

void decode_text_truncated(struct buf *out, const char *layer)
{
	if (out->len && out->data[out->len - 1] != ' ')
		buf_add_char(out, ' ');
	buf_add_str(out, "[|");
	buf_add_str(out, layer);
	buf_add_char(out, ']');
}

/* Writes 0..255 at `at`, returns the place behind it. */
static char *put_u8(char *at, uint8_t value)
{
	if (value >= 100)
		*at++ = '0' + value / 100;
	if (value >= 10)
		*at++ = '0' + value / 10 % 10;
	*at++ = '0' + value % 10;
	return at;
}

void decode_text_ip4(struct buf *out, const uint8_t *addr)
{
	char text[16], *at = text;

	for (int i = 0; i < 4; i++) {
		at = put_u8(at, addr[i]);
		*at++ = '.';
	}
	buf_add(out, text, at - text - 1);
}

/* The longest run of two or more zero groups, the first of equals; length 0: none. */
static void longest_zeros(const uint16_t *groups, int *start, int *length)
{
	*start = -1;
	*length = 0;
	for (int i = 0; i < 8; i++) {
		int run = 0;

		while (i + run < 8 && !groups[i + run])
			run++;
		if (run > 1 && run > *length) {
			*start = i;
			*length = run;
		}
		i += run;
	}
}

static char *put_group(char *at, uint16_t group)
{
	for (int shift = 12; shift > 0; shift -= 4)
		if (group >> shift)
			*at++ = hex_digits[group >> shift & 15];
	*at++ = hex_digits[group & 15];
	return at;
}

void decode_text_ip6(struct buf *out, const uint8_t *addr)
{
	static const uint8_t v4_mapped[12] = {[10] = 0xff, [11] = 0xff};
	uint16_t groups[8];
	char text[40], *at = text;
	int start, length;

	if (memcmp(addr, v4_mapped, sizeof(v4_mapped)) == 0) {
		buf_add_str(out, "::ffff:");
		decode_text_ip4(out, addr + 12);
		return;
	}
	for (int i = 0; i < 8; i++)
		groups[i] = addr[2 * i] << 8 | addr[2 * i + 1];
	longest_zeros(groups, &start, &length);
	for (int i = 0; i < 8; i++) {
		if (i == start) {
			*at++ = ':';
			if (i + length == 8)
				*at++ = ':';
			i += length - 1;
			continue;
		}
		if (i)
			*at++ = ':';
		at = put_group(at, groups[i]);
	}
	buf_add(out, text, at - text);
}

void decode_text_mac(struct buf *out, const uint8_t *addr)
{
	char text[18], *at = text;

	for (int i = 0; i < 6; i++) {
		*at++ = hex_digits[addr[i] >> 4];
		*at++ = hex_digits[addr[i] & 15];
		*at++ = ':';
	}
	buf_add(out, text, at - text - 1);
}

void decode_text_word(struct buf *out, const char *s)
{
	for (; *s; s++) {
		uint8_t c = *s;

		if (c > ' ' && c < 0x7f && c != '\\') {
			buf_add_char(out, c);
			continue;
		}
		buf_add_str(out, "\\x");
		decode_text_bytes(out, &c, 1);
	}
}
