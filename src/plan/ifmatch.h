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
 * Add a glob over interface names ('*', '?', '[a-z]', '[!a-z]'), as pattern number `index` (from 0, <
 * XCAP_IF_PATTERNS) limited to namespace `netns` (0: any). ERR_USAGE if it is malformed or all patterns
 * together exceed XCAP_IF_STATES states. The struct starts zeroed.
 */
int ifmatch_add(struct xcap_if_match *match, unsigned int index, const char *pattern,
		uint32_t netns, struct err *err);

/* The automaton in user space, as the BPF object runs it: does `name` in `netns` match a pattern? */
bool ifmatch_run(const struct xcap_if_match *match, unsigned int n_patterns, const char *name,
		 uint32_t netns);

#endif
