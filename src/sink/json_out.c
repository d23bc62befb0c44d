/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json_out.c - JSON values into a buffer.
 *
 * Runs dozens of times per packet: numbers by hand, runs of plain characters as a whole.
 */
#include "sink/json_out.h"

#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "decode/decode_text.h"

#define NS_PER_S 1000000000ull
#define KEY_MAX	 32 /* see json_out.h */

static const char digits[] = "0123456789abcdef";

void json_out_key(struct buf *b, const char *key)
{
	char word[KEY_MAX + 4], last = b->len ? b->data[b->len - 1] : '{';
	size_t at = 0, len = key ? strlen(key) : 0;

	if (last != '{' && last != '[')
		word[at++] = ',';
	if (key) {
		word[at++] = '"';
		memcpy(word + at, key, len);
		at += len;
		word[at++] = '"';
		word[at++] = ':';
	}
	buf_add(b, word, at);
}

void json_out_begin(struct buf *b, const char *key, char bracket)
{
	/* the outermost */
	if (b->len)
		json_out_key(b, key);
	buf_add_char(b, bracket);
}

void json_out_end(struct buf *b, char bracket)
{
	buf_add_char(b, bracket);
}

static void escape_unit(struct buf *b, uint16_t unit)
{
	const char hex[] = {'\\',
			    'u',
			    digits[unit >> 12],
			    digits[unit >> 8 & 15],
			    digits[unit >> 4 & 15],
			    digits[unit & 15]};

	buf_add(b, hex, sizeof(hex));
}

static void escape_byte(struct buf *b, unsigned char byte)
{
	const char hex[] = {'\\', '\\', 'x', digits[byte >> 4], digits[byte & 15]};

	buf_add(b, hex, sizeof(hex));
}

/* What cannot stand as it is. Characters that are not plain lie below U+10000. */
static void escape(struct buf *b, const char *s, uint32_t c)
{
	if (c == '"' || c == '\\') {
		buf_add_char(b, '\\');
		buf_add_char(b, c);
	} else if (c) {
		escape_unit(b, c);
	} else {
		escape_byte(b, *s);
	}
}

void json_out_strn(struct buf *b, const char *key, const char *value, size_t len)
{
	const char *s = value, *run = value, *end = value + len;
	size_t char_len;
	uint32_t c;

	json_out_key(b, key);
	buf_add_char(b, '"');
	for (; s < end; s += char_len) {
		char_len = 1;
		if (*s >= ' ' && *s < 0x7f && *s != '"' && *s != '\\')
			continue;
		c = utf8_decode(s, &char_len);
		if (c > 0x7f && utf8_is_plain(c))
			continue;
		buf_add(b, run, s - run);
		escape(b, s, c);
		run = s + char_len;
	}
	buf_add(b, run, s - run);
	buf_add_char(b, '"');
}

void json_out_str(struct buf *b, const char *key, const char *value)
{
	json_out_strn(b, key, value, strlen(value));
}

void json_out_u64(struct buf *b, const char *key, uint64_t value)
{
	json_out_key(b, key);
	decode_text_u64(b, value);
}

void json_out_i64(struct buf *b, const char *key, int64_t value)
{
	json_out_key(b, key);
	if (value < 0)
		buf_add_char(b, '-');
	decode_text_u64(b, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void json_out_bool(struct buf *b, const char *key, bool value)
{
	json_out_key(b, key);
	buf_add_str(b, value ? "true" : "false");
}

void json_out_hex(struct buf *b, const char *key, uint64_t value)
{
	json_out_key(b, key);
	buf_add_char(b, '"');
	decode_text_hex(b, value, 1);
	buf_add_char(b, '"');
}

void json_out_time(struct buf *b, const char *key, uint64_t ts_ns)
{
	time_t seconds = ts_ns / NS_PER_S;
	char date[32] = "";
	struct tm tm;

	json_out_key(b, key);
	if (gmtime_r(&seconds, &tm))
		strftime(date, sizeof(date), "\"%Y-%m-%dT%H:%M:%S.", &tm);
	buf_add_str(b, date);
	decode_text_digits(b, ts_ns % NS_PER_S, 9);
	buf_add(b, "Z\"", 2);
}
