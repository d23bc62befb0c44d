/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_set.h - probes as they are collected, each place once.
 *
 * Two probes are the same if they are at the same tracepoint, or at the same function of the same
 * module, the same offset and the same end of it (entry or return).
 */
#ifndef PLAN_PLAN_SET_H
#define PLAN_PLAN_SET_H

#include "plan/plan.h"

struct plan_set {
	struct plan_probe *list;
	uint32_t n, cap;
	uint32_t *slots; /* index + 1 by hash; 0: free */
	uint32_t n_slots;
};

void plan_set_free(struct plan_set *set);

/* The probe at the same place; NULL if there is none yet. */
struct plan_probe *plan_set_find(const struct plan_set *set, const struct plan_probe *probe);

/* Have room for n probes, if there is memory. Room that is not used costs nothing. */
void plan_set_reserve(struct plan_set *set, uint32_t n);

/* Append a copy. Not looked for before: plan_set_find() is the caller's. 0 or -ENOMEM. */
int plan_set_add(struct plan_set *set, const struct plan_probe *probe);

#endif
