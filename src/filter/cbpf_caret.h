/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf_caret.h - where in a filter expression libpcap's complaint is about.
 *
 * libpcap says what is wrong but not where. Called by cbpf.c after a failed compile; a guess that
 * is not certain is no caret at all. Pure text: looks up no names.
 */
#ifndef FILTER_CBPF_CARET_H
#define FILTER_CBPF_CARET_H

#include <stdbool.h>

struct cbpf_caret {
	int pos;	  /* offset in the expression from 0; -1: not found */
	const char *near; /* a word of the language like the one there, or NULL; static */
};

/* True if libpcap's grammar takes `expr`, even where it then has another complaint. */
typedef bool (*cbpf_caret_grammar_fn)(const char *expr, void *arg);

/* Find what `words` (libpcap's message) is about in `expr`. */
void cbpf_caret_find(struct cbpf_caret *caret, const char *expr, const char *words,
		     cbpf_caret_grammar_fn is_grammatical, void *arg);

#endif
