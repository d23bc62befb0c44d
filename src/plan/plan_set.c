/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_set.c - an array with an open hash beside it: thousands of probes are put together in a few
 * milliseconds, before the user has let go of the key.
 */
#include "plan/plan_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint32_t hash_of(const struct plan_probe *probe)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (const char *s = probe->name; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h ^ h >> 16;
}

static bool is_same(const struct plan_probe *a, const struct plan_probe *b)
{
	return a->is_tracepoint == b->is_tracepoint && a->is_exit == b->is_exit &&
	       a->offset == b->offset && (a->skb_reg < 0) == (b->skb_reg < 0) &&
	       strcmp(a->name, b->name) == 0 && strcmp(a->module, b->module) == 0 &&
	       strcmp(a->category, b->category) == 0;
}

void plan_set_free(struct plan_set *set)
{
	free(set->list);
	free(set->slots);
	memset(set, 0, sizeof(*set));
}

struct plan_probe *plan_set_find(const struct plan_set *set, const struct plan_probe *probe)
{
	uint32_t at;

	if (!set->n_slots)
		return NULL;
	for (at = hash_of(probe) % set->n_slots; set->slots[at]; at = (at + 1) % set->n_slots) {
		struct plan_probe *other = &set->list[set->slots[at] - 1];

		if (is_same(other, probe))
			return other;
	}
	return NULL;
}

static void enter(struct plan_set *set, uint32_t index)
{
	uint32_t at = hash_of(&set->list[index]) % set->n_slots;

	while (set->slots[at])
		at = (at + 1) % set->n_slots;
	set->slots[at] = index + 1;
}

/* The hash has twice as many slots as the array has rows. */
static int grow(struct plan_set *set, uint32_t cap)
{
	uint32_t *slots = calloc(2 * (size_t)cap, sizeof(*slots));
	struct plan_probe *list = reallocarray(set->list, cap, sizeof(*list));

	if (list)
		set->list = list;
	if (!list || !slots) {
		free(slots);
		return -ENOMEM;
	}
	free(set->slots);
	set->slots = slots;
	set->n_slots = 2 * cap;
	set->cap = cap;
	for (uint32_t i = 0; i < set->n; i++)
		enter(set, i);
	return 0;
}

void plan_set_reserve(struct plan_set *set, uint32_t n)
{
	if (set->cap < n)
		(void)grow(set, n); /* adding tries again, and tells */
}

int plan_set_add(struct plan_set *set, const struct plan_probe *probe)
{
	if (set->n == set->cap && grow(set, set->cap ? 2 * set->cap : 16))
		return -ENOMEM;
	set->list[set->n] = *probe;
	enter(set, set->n++);
	return 0;
}
