/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_alone.c - see plan_alone.h.
 */
#include "plan/plan_alone.h"

#include <stdlib.h>

static bool can_be(const struct plan_probe *probe)
{
	return probe->address && !probe->is_tracepoint && !probe->is_exit && !probe->offset &&
	       probe->skb_reg < 0;
}

static int compare(const void *a, const void *b)
{
	const struct plan_probe *const *x = a, *const *y = b;

	return (*x)->address < (*y)->address ? -1 : (*x)->address > (*y)->address;
}

void plan_alone_mark(struct plan *plan)
{
	struct plan_probe **list = calloc(plan->n_probes, sizeof(struct plan_probe *));
	uint32_t n = 0;

	for (uint32_t i = 0; list && i < plan->n_probes; i++)
		if (can_be(&plan->probes[i]))
			list[n++] = &plan->probes[i];
	if (n)
		qsort(list, n, sizeof(struct plan_probe *), compare);
	for (uint32_t i = 0; i < n; i++)
		list[i]->is_alone = (!i || list[i - 1]->address != list[i]->address) &&
				    (i + 1 == n || list[i + 1]->address != list[i]->address);
	free(list);
}
