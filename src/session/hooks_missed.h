/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks_missed.h - hits of a session's probes for which the kernel did not run the program.
 */
#ifndef SESSION_HOOKS_MISSED_H
#define SESSION_HOOKS_MISSED_H

#include "session/hooks.h"

/* Sets missed and missed_known. */
void hooks_missed_count(const struct hooks *hooks, uint32_t probe, struct capture_counts *counts);

/* Hits that one end missed, as far as they are counted: by its program, by its link, or by both. */
uint64_t hooks_missed_of_end(const struct hook_end *end);

/* The same of all probes, also of those among which it cannot be divided. */
uint64_t hooks_missed_sum(const struct hooks *hooks);

/* Take the counts down, before the links are closed, which have them. */
void hooks_missed_settle(struct hooks *hooks);

#endif
