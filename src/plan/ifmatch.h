/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ifmatch.h - -i patterns as one automaton that the kernel runs (struct xcap_if_match). Pure.
 */
#ifndef PLAN_IFMATCH_H
#define PLAN_IFMATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "xcap/config.h"

/*
 * The contract with the BPF object. A pattern of n tokens (a character, '?', or a set in brackets;
 * a star is none) owns n + 1 neighbouring state bits: bit p of them is "the first p tokens took all
 * characters so far". A star between tokens p and p + 1 is an attribute of state p: its bit in
 * `loops`. State p's bit is in accepts[c] where token p + 1 takes c. The last state of a pattern is
 * in no accepts[], so that the shift never reaches the next pattern's bits. There is no other step,
 * and none before the first or after the last character:
 *
 *	uint64_t s = match->start;
 *	for (i = 0; i < XCAP_IFNAME && name[i]; i++)
 *		s = ((s & match->accepts[(uint8_t)name[i]]) << 1) | (s & match->loops);
 *	pattern k matches: (s & match->final[k]) && (!match->netns[k] || match->netns[k] == netns)
 *
 * accepts[0] is 0, start and final[] have one bit per pattern.
 */

/*
 * Add a glob over interface names ('*', '?', '[a-z]', '[!a-z]'), as pattern number `index` (from 0,
 * < XCAP_IF_PATTERNS; in order) limited to namespace `netns` (0: any). ERR_USAGE if it is
 * malformed, can match no name, or all patterns together exceed XCAP_IF_STATES states; then match
 * is unchanged. The struct starts zeroed.
 */
int ifmatch_add(struct xcap_if_match *match, unsigned int index, const char *pattern,
		uint32_t netns, struct err *err);

/* The automaton in user space, as the BPF object runs it: does `name` in `netns` match a pattern?
 */
bool ifmatch_run(const struct xcap_if_match *match, unsigned int n_patterns, const char *name,
		 uint32_t netns);

#endif
