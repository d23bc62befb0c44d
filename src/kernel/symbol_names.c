/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol_names.c - names from tokens. Most are only looked at: by their first token, which tells
 * functions from data, and by the first letters, which tell whether anybody wants them.
 */
#include "kernel/symbol_names.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "base/util.h"

#define WORD	8
#define PADDING "__pfx_" /* in front of each function (6.2 and later), and never executed */

int symbol_names_set_tokens(struct symbol_tokens *tokens, const char *table, size_t len,
			    const uint16_t *index)
{
	if (len > sizeof(tokens->letters))
		return -EINVAL;
	memcpy(tokens->letters, table, len);
	for (size_t i = 0; i < SYMBOL_NAMES_TOKENS; i++) {
		const char *text = tokens->letters + index[i];
		size_t n = index[i] < len ? strnlen(text, len - index[i]) : len;

		if (n > UINT8_MAX || index[i] + n >= len)
			return -EINVAL;
		tokens->text[i] = text;
		tokens->len[i] = n;
		tokens->head[i] = 0;
		memcpy(&tokens->head[i], text, UTIL_MIN(n, WORD));
		tokens->is_function[i] =
			n && strchr("tTwW", *text) && strncmp(text + 1, PADDING, strlen(PADDING));
	}
	return 0;
}

/* The type and the letters that symbol_wanted.h looks at, and zeros behind them if there are fewer:
 * each word brings them with it. */
static inline bool is_wanted(const struct symbol_tokens *tokens, const struct symbol_packed *name,
			     const struct symbol_wanted *wanted)
{
	char letters[1 + 2 * WORD + WORD + UINT8_MAX];
	size_t n = 0;
	uint64_t a, b;

	if (!tokens->is_function[name->at[0]])
		return false;
	memset(letters, 0, 1 + 3 * WORD);
	for (size_t i = 0; i < name->len && n < 1 + 2 * WORD; i++) {
		uint8_t token = name->at[i];

		memcpy(letters + n, &tokens->head[token], WORD);
		if (tokens->len[token] > WORD)
			memcpy(letters + n, tokens->text[token], tokens->len[token]);
		n += tokens->len[token];
	}
	memcpy(&a, letters + 1, WORD);
	memcpy(&b, letters + 1 + WORD, WORD);
	return symbol_wanted_has_number(wanted, symbol_wanted_number(le64toh(a), le64toh(b)));
}

/* No name of 200,000 is worth a call: this is one loop. */
int symbol_names_seek(const struct symbol_tokens *tokens, const struct symbol_wanted *wanted,
		      struct symbol_names *names, struct symbol_packed *name)
{
	const uint8_t *at = names->at, *end = names->end;
	const uint8_t *stop = names->is_last ? end : end - UTIL_MIN(end - at, SYMBOL_NAMES_BYTES);
	uint32_t n = names->n;
	int rc = 0;

	while (n < names->all && at < stop && !rc) {
		size_t len = *at++;

		if (len & 0x80 && at < end)
			len = (len & 0x7f) | (size_t)*at++ << 7;
		*name = (struct symbol_packed){at, len};
		rc = !len || len > (size_t)(end - at)		  ? -EINVAL
		     : !wanted || is_wanted(tokens, name, wanted) ? 1
								  : 0;
		at += len;
		n++;
	}
	if (!rc && names->is_last && n < names->all)
		rc = -EINVAL;
	names->at = at;
	names->n = n;
	return rc;
}

size_t symbol_names_text(const struct symbol_tokens *tokens, const struct symbol_packed *name,
			 char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < name->len; i++) {
		uint8_t token = name->at[i];
		size_t skip = i == 0 && tokens->len[token]; /* the type */
		size_t len = tokens->len[token] - skip;

		if (n + len >= SYMBOL_NAMES_LETTERS)
			return 0;
		memcpy(out + n, tokens->text[token] + skip, len);
		n += len;
	}
	out[n] = '\0';
	return n;
}
