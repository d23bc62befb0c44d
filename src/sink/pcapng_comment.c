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

#include "base/utf8.h"

static const char digits[] = "0123456789abcdef";

static bool is_plain(uint32_t c, bool keep_blanks)
{
	return utf8_is_plain(c) && c != '\\' && (c != ' ' || keep_blanks);
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
		if (is_plain(utf8_decode((const char *)s, &char_len), keep_blanks))
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
