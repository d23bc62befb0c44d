/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcapng_comment.c - key=value text, escaped.
 *
 * Runs once per packet: numbers are formatted by hand, and runs of plain characters are copied as
 * a whole.
 */
#include "sink/pcapng_comment.h"

#include <stdbool.h>
#include <string.h>

static const char digits[] = "0123456789abcdef";

/*
 * The character that s begins with, and its bytes in *len (RFC 3629, section 4). 0 with *len 1 for
 * a byte that begins none: overlong, a surrogate, beyond U+10FFFF or cut off.
 */
static uint32_t decode_utf8(const unsigned char *s, size_t *len)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	uint32_t c = n == 1 ? s[0] : s[0] & (0xff >> (n + 1));
	size_t i;

	*len = 1;
	if (n == 0 || s[0] > 0xf4)
		return 0;
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n] || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff)
		return 0;
	*len = n;
	return c;
}

static bool is_plain(uint32_t c, bool keep_blanks)
{
	if (c < 0x7f)
		return (c > ' ' && c != '\\') || (c == ' ' && keep_blanks);
	/* C1 controls and no-break space; general punctuation has blanks and bidi controls */
	return c > 0xa0 && c != 0x1680 && !(c >= 0x2000 && c <= 0x206f) && c != 0x3000 &&
	       c != 0xfeff;
}

static void escape_byte(struct buf *b, unsigned char byte)
{
	const char hex[] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};

	buf_add(b, hex, sizeof(hex));
}

/* The first len bytes of text, which must not end inside a character. */
static void escape(struct buf *b, const char *text, size_t len, bool keep_blanks)
{
	const unsigned char *s = (const unsigned char *)text, *run = s, *end = s + len;
	size_t char_len, i;

	for (; s < end; s += char_len) {
		if (is_plain(decode_utf8(s, &char_len), keep_blanks))
			continue;
		buf_add(b, run, s - run);
		for (i = 0; i < char_len; i++)
			escape_byte(b, s[i]);
		run = s + char_len;
	}
	buf_add(b, run, s - run);
}

void pcapng_comment_escape(struct buf *b, const char *s)
{
	escape(b, s, strlen(s), false);
}

/* As many bytes of s as one line takes, up to the beginning of a character. */
static size_t line_part(const char *s, size_t len)
{
	size_t n = PCAPNG_COMMENT_LINE;

	if (len <= n)
		return len;
	while (n && (s[n] & 0xc0) == 0x80)
		n--;
	/* continuation bytes and nothing else: none of them is a character */
	return n ? n : PCAPNG_COMMENT_LINE;
}

void pcapng_comment_line(struct buf *b, const char *key, const char *value)
{
	size_t len = strlen(value), n;
	const char *colon = ": ";

	do {
		n = line_part(value, len);
		buf_add_str(b, key);
		buf_add_str(b, colon);
		escape(b, value, n, true);
		buf_add_char(b, '\n');
		value += n;
		len -= n;
		colon = "+: ";
	} while (len);
}

bool pcapng_comment_is_utf8(const char *s)
{
	const unsigned char *c = (const unsigned char *)s;
	size_t len;

	for (; *c; c += len)
		if (!decode_utf8(c, &len))
			return false;
	return true;
}

static void add_key(struct buf *b, const char *key)
{
	if (b->len && b->data[b->len - 1] != '\n')
		buf_add_char(b, ' ');
	buf_add_str(b, key);
	buf_add_char(b, '=');
}

void pcapng_comment_str(struct buf *b, const char *key, const char *value)
{
	add_key(b, key);
	escape(b, value, strlen(value), false);
}

/* The last `end - s` characters of a number are at s. */
static char *format(char *end, uint64_t value, unsigned int base)
{
	do {
		*--end = digits[value % base];
		value /= base;
	} while (value);
	return end;
}

void pcapng_comment_dec(struct buf *b, const char *key, uint64_t value)
{
	char text[20], *end = text + sizeof(text), *s = format(end, value, 10);

	add_key(b, key);
	buf_add(b, s, end - s);
}

void pcapng_comment_hex(struct buf *b, const char *key, uint64_t value)
{
	char text[16], *end = text + sizeof(text), *s = format(end, value, 16);

	add_key(b, key);
	buf_add_str(b, "0x");
	buf_add(b, s, end - s);
}
