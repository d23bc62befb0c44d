/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf_parts.h - the parts of an expression that ask about the link layer or the direction.
 *
 * Called by plan, to name in the user's words what cannot match at a place. Pure text: a part is
 * what stands between "and", "or", "not" and parentheses, as "vlan 5". It may mean something else
 * alone than in its place, or nothing: who compiles it finds out.
 */
#ifndef FILTER_CBPF_PARTS_H
#define FILTER_CBPF_PARTS_H

#include <stddef.h>

struct cbpf_part {
	const char *text; /* in the expression, not terminated */
	size_t len;
};

/* Up to `max` parts, in order; returns how many. */
size_t cbpf_parts_find(const char *expr, struct cbpf_part *parts, size_t max);

#endif
