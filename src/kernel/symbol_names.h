/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol_names.h - the kernel's own table of its symbols' names, as it has them in memory.
 *
 * Each name is one or two bytes of length and as many tokens; a token is a byte that stands for a
 * few letters. The first letter is the symbol's type, as in /proc/kallsyms. Source:
 * scripts/kallsyms.c and kallsyms_expand_symbol() in kernel/kallsyms.c.
 */
#ifndef KERNEL_SYMBOL_NAMES_H
#define KERNEL_SYMBOL_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/symbol_wanted.h"

#define SYMBOL_NAMES_TOKENS  256
#define SYMBOL_NAMES_TABLE   8192 /* more than all tokens' letters take */
#define SYMBOL_NAMES_LETTERS 512  /* KSYM_NAME_LEN, from 6.1 on; 128 before */
/* What a name takes in the table at most: 14 bits of length (6.1: 73bbb94466fd ("kallsyms: support
 * "big" kernel symbols")), but no more tokens than letters, the type among them. */
#define SYMBOL_NAMES_BYTES (2 + SYMBOL_NAMES_LETTERS)

/* What each token stands for. */
struct symbol_tokens {
	char letters[SYMBOL_NAMES_TABLE];
	const char *text[SYMBOL_NAMES_TOKENS];
	uint8_t len[SYMBOL_NAMES_TOKENS];
	uint64_t head[SYMBOL_NAMES_TOKENS];    /* the first 8 letters, 0 behind the last */
	bool is_function[SYMBOL_NAMES_TOKENS]; /* a name that begins so is of a function, and not of
					      what stands in front of one */
};

/* From kallsyms_token_table and kallsyms_token_index; -EINVAL: they are none. */
int symbol_names_set_tokens(struct symbol_tokens *tokens, const char *table, size_t len,
			    const uint16_t *index);

/* One name: its tokens. */
struct symbol_packed {
	const uint8_t *at;
	size_t len;
};

/* The name at `at`, of a table that ends at `end`; what is behind it, or NULL where it makes no
 * sense. */
const uint8_t *symbol_names_next(const uint8_t *at, const uint8_t *end, struct symbol_packed *name);

/* Is it a function's, and may it be wanted? */
bool symbol_names_is_wanted(const struct symbol_tokens *tokens, const struct symbol_packed *name,
			    const struct symbol_wanted *wanted);

/* The name without its type and with a 0 behind it, into SYMBOL_NAMES_LETTERS bytes. Returns its
 * length, or 0 if it is longer. */
size_t symbol_names_text(const struct symbol_tokens *tokens, const struct symbol_packed *name,
			 char *out);

#endif
