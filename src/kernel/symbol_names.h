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

/* A way through the table, of which there is a piece. */
struct symbol_names {
	const uint8_t *at, *end; /* of the piece */
	uint32_t n;		 /* how many names were passed */
	uint32_t all;		 /* how many the table has */
	bool is_last;		 /* the table ends where the piece does */
};

/*
 * Pass names until one is a function's that may be wanted (NULL: until the next of any kind), and
 * that one, too. 1: it is in *name; 0: the piece has no more names, or only a part of the next one;
 * -EINVAL: the table makes no sense.
 */
int symbol_names_seek(const struct symbol_tokens *tokens, const struct symbol_wanted *wanted,
		      struct symbol_names *names, struct symbol_packed *name);

/* The name without its type and with a 0 behind it, into SYMBOL_NAMES_LETTERS bytes. Returns its
 * length, or 0 if it is longer. */
size_t symbol_names_text(const struct symbol_tokens *tokens, const struct symbol_packed *name,
			 char *out);

#endif
