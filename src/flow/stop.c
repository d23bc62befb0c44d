/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stop.c - whether a record or a journey is what --stop-on waits for.
 */
#include "flow/stop.h"

#include <string.h>
#include <strings.h>

bool stop_is_set(const struct stop_condition *stop)
{
	return stop->drop || stop->incomplete || stop->has_latency || stop->n_reasons;
}

static bool has_reason(const struct stop_condition *stop, const struct record *record)
{
	static const char prefix[] = "SKB_DROP_REASON_";

	for (uint32_t i = 0; record->reason && i < stop->n_reasons; i++) {
		const char *name = stop->reasons[i];

		if (strncasecmp(name, prefix, strlen(prefix)) == 0)
			name += strlen(prefix);
		if (strcasecmp(name, record->reason) == 0)
			return true;
	}
	return false;
}

bool stop_on_record(const struct stop_condition *stop, const struct capture_info *info,
		    const struct record *record)
{
	if (!stop_is_set(stop) || !info->probes[record->probe].is_kfree_skb)
		return false;
	return stop->drop || has_reason(stop, record);
}

bool stop_on_journey(const struct stop_condition *stop, const struct capture_info *info,
		     const struct journey *journey)
{
	if (stop->drop && journey->end == JOURNEY_DROPPED)
		return true;
	if (stop->incomplete &&
	    (journey->end == JOURNEY_DROPPED || journey->end == JOURNEY_CONSUMED ||
	     (journey->end == JOURNEY_OPEN && !journey->cut)))
		return true;
	if (stop->has_latency && journey->took_ns > stop->latency_ns)
		return true;
	for (uint32_t i = 0; stop->n_reasons && i < journey->n_hops; i++)
		if (info->probes[journey->hops[i].record.probe].is_kfree_skb &&
		    has_reason(stop, &journey->hops[i].record))
			return true;
	return false;
}
