/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gather_goals.c - complete, dropped, consumed, open or uncertain; and where a packet never was.
 *
 * Named one by one, probes are a list of places to be at. Of a set or a glob nobody expects a
 * packet everywhere: there a goal that was reached, or an end without a drop, is what completes it.
 */
#include "flow/gather_goals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int gather_goals_init(struct gather_goals *goals, const struct capture_info *info,
		      bool (*is_benign)(const struct record *record))
{
	memset(goals, 0, sizeof(*goals));
	goals->info = info;
	goals->is_benign = is_benign;
	goals->named = calloc(info->n_probes + 1, sizeof(*goals->named));
	if (!goals->named)
		return -ENOMEM;
	for (uint32_t i = 0; i < info->n_probes; i++) {
		const struct capture_probe *probe = &info->probes[i];

		/* one that could not be attached sees nobody; drops are no place to be at */
		if (probe->named && probe->mechanism && !probe->is_kfree_skb)
			goals->named[goals->n_named++] = i;
		goals->has_goal |= probe->is_goal && probe->mechanism;
	}
	return 0;
}

void gather_goals_fini(struct gather_goals *goals)
{
	free(goals->named);
	memset(goals, 0, sizeof(*goals));
}

bool gather_goals_is_benign(const struct gather_goals *goals, const struct record *record)
{
	return goals->info->probes[record->probe].is_kfree_skb && goals->is_benign &&
	       goals->is_benign(record);
}

bool gather_goals_is_drop(const struct gather_goals *goals, const struct record *record)
{
	return goals->info->probes[record->probe].is_kfree_skb &&
	       !gather_goals_is_benign(goals, record);
}

static bool was_at(const struct journey *journey, uint32_t probe)
{
	for (uint32_t i = 0; i < journey->n_hops; i++)
		if (journey->hops[i].record.probe == probe)
			return true;
	return false;
}

/*
 * Was the goal the last that was seen of it? A device that sends is one, and what it sent may come
 * in again, through a veth pair: where that ends is another matter. A drop that is none is no
 * place.
 */
static bool at_goal(const struct gather_goals *goals, const struct journey *journey)
{
	for (uint32_t i = journey->n_hops; i--;) {
		const struct capture_probe *probe =
			&goals->info->probes[journey->hops[i].record.probe];

		if (!probe->is_kfree_skb)
			return probe->is_goal;
	}
	return false;
}

static uint64_t bit(uint32_t i)
{
	return i < 64 ? 1ull << i : 0;
}

uint64_t gather_goals_seen(const struct gather_goals *goals, const struct journey *journey)
{
	uint64_t seen = 0;

	for (uint32_t i = 0; i < goals->n_named && i < 64; i++)
		if (was_at(journey, goals->named[i]))
			seen |= bit(i);
	return seen;
}

static uint32_t find_missing(const struct gather_goals *goals, const struct gather_facts *facts,
			     const struct journey *journey, uint32_t *missing)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < goals->n_named; i++)
		if (!(facts->before & bit(i)) && !was_at(journey, goals->named[i]))
			missing[n++] = goals->named[i];
	return n;
}

/* What the hops say, as if nothing could be lost. */
static enum journey_end judge(const struct gather_goals *goals, const struct gather_facts *facts,
			      const struct journey *journey)
{
	const struct record *last = &journey->hops[journey->n_hops - 1].record;

	if (gather_goals_is_drop(goals, last))
		return JOURNEY_DROPPED;
	if (goals->n_named ? !journey->n_missing : at_goal(goals, journey))
		return JOURNEY_COMPLETE;
	if (!facts->freed)
		return JOURNEY_OPEN;
	return goals->n_named || goals->has_goal ? JOURNEY_CONSUMED : JOURNEY_COMPLETE;
}

void gather_goals_judge(const struct gather_goals *goals, const struct gather_facts *facts,
			struct journey *journey, uint32_t *missing)
{
	bool reached;

	journey->missing = missing;
	journey->n_missing = find_missing(goals, facts, journey, missing);
	journey->end = judge(goals, facts, journey);
	reached = journey->end == JOURNEY_COMPLETE && (goals->n_named || at_goal(goals, journey));
	if (reached || (journey->end == JOURNEY_DROPPED && !journey->n_missing))
		return;
	if (facts->lost || !facts->followed) {
		/* a drop that was seen is one, whatever else was not */
		journey->end =
			journey->end == JOURNEY_DROPPED ? JOURNEY_DROPPED : JOURNEY_UNCERTAIN;
		journey->lost = facts->lost;
		journey->n_missing = 0;
	} else if (journey->cut) {
		journey->n_missing = 0;
	}
}
