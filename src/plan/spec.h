/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * spec.h - the text after -f, parsed. Pure: knows nothing of the running kernel.
 *
 *	spec      = item { "," item }                 blanks around commas are fine
 *	item      = [ "!" ] ( [ kind ":" ] target [ place ] | "@" set )
 *	kind      = kprobe k kretprobe kr fentry f fexit fr kprobe-multi km
 *	            raw_tp rtp tp_btf tracepoint tp
 *	target    = function | category ":" name (after tracepoint/tp/raw_tp/tp_btf) | A ":" B
 *	place     = "@" N [ "@" M ] | "+" OFFSET "@%" REGISTER      N, M from 1
 *
 * Each part of a target may be a glob ('*', '?', '[a-z]', '[!a-z]'). "!" takes away what its target
 * names from what the items before it named; a glob and such an item have no place. What a set is
 * made of, plan_sets.h knows: its items stand in the place of the one that names it.
 */
#ifndef PLAN_SPEC_H
#define PLAN_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum spec_kind {
	SPEC_ANY,	   /* no kind: function, or A:B */
	SPEC_TRACEPOINT,   /* tracepoint: tp: */
	SPEC_RAW_TP,	   /* raw_tp: rtp: - forces the mechanism */
	SPEC_TP_BTF,	   /* tp_btf: - forces the mechanism */
	SPEC_KPROBE,	   /* kprobe: k: */
	SPEC_FENTRY,	   /* fentry: f: */
	SPEC_KPROBE_MULTI, /* kprobe-multi: km: */
	SPEC_KRETPROBE,	   /* kretprobe: kr: - at the function's return */
	SPEC_FEXIT,	   /* fexit: fr: - at the function's return */
};

struct spec {
	enum spec_kind kind;
	char category[64]; /* of A:B: A, a tracepoint's category or a module's name; "" none */
	char name[128];	   /* function or tracepoint */
	int skb_arg;	   /* from 1; 0: not given */
	int ext_arg;	   /* @N@M: M, from 1; 0: not given */
	bool glob;	   /* name or category holds '*', '?' or '[' */
	bool negated;	   /* '!' before it: taken away from what the items before it named */
	bool has_offset;   /* also where it is 0 */
	uint64_t offset;   /* function+OFFSET, bytes; kprobe only */
	char reg[8];	   /* @%REG at an offset: the register that holds the skb; "" none */
	bool is_set;	   /* '@' before it: name is that of a set, and nothing else is given */
	bool of_set;	   /* put in by a set: that there is no such thing is no error */
	bool goal;	   /* of a set: a packet that was here has arrived */
	int pos;	   /* offset of this item in the text it came from, for carets */
	char text[256];	   /* the item as the user wrote it */
};

struct spec_list {
	struct spec *items;
	uint32_t n;
};

/*
 * Append the items of `text` to list. ERR_USAGE with a caret into text on the first fault. A blank
 * inside an item gets the hint that -f is the probe and -e the filter. Kinds of product.md that are
 * not built yet are unknown kinds: the error lists those that there are.
 */
int spec_parse(const char *text, struct spec_list *list, struct err *err);
void spec_free(struct spec_list *list);

/* May the name of a set have this character? */
bool spec_is_set_char(char c);

#endif
