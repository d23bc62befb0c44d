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
		char_len = 1;
		if (*s > ' ' && *s < 0x7f && *s != '\\')
			continue;
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

void pcapng_comment_words(struct buf *b, const char *s)
{
	escape(b, s, strlen(s), true);
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

/* Room for a key and a number. */
#define WORD_MAX 64

/* " key=" into word, without the blank where the buffer is at the beginning of a line. */
static size_t begin_word(char *word, const struct buf *b, const char *key)
{
	size_t len = strlen(key), at = b->len && b->data[b->len - 1] != '\n';

	word[0] = ' ';
	memcpy(word + at, key, len);
	word[at + len] = '=';
	return at + len + 1;
}

void pcapng_comment_str(struct buf *b, const char *key, const char *value)
{
	char word[WORD_MAX];

	buf_add(b, word, begin_word(word, b, key));
	escape(b, value, strlen(value), false);
}

static void add_number(struct buf *b, const char *key, const char *prefix, uint64_t value,
		       unsigned int base)
{
	char word[WORD_MAX], number[20];
	size_t len = begin_word(word, b, key), at = sizeof(number);

	do {
		number[--at] = digits[value % base];
		value /= base;
	} while (value);
	while (*prefix)
		word[len++] = *prefix++;
	memcpy(word + len, number + at, sizeof(number) - at);
	buf_add(b, word, len + sizeof(number) - at);
}

void pcapng_comment_dec(struct buf *b, const char *key, uint64_t value)
{
	add_number(b, key, "", value, 10);
}

void pcapng_comment_hex(struct buf *b, const char *key, uint64_t value)
{
	add_number(b, key, "0x", value, 16);
}
