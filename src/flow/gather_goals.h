/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gather_goals.h - how a journey ended, from its hops: pure, called by gather.c at its close.
 */
#ifndef FLOW_GATHER_GOALS_H
#define FLOW_GATHER_GOALS_H

#include <stdbool.h>
#include <stdint.h>

#include "record/capture.h"
#include "record/journey.h"

/* The probes of a capture, as journeys are judged by. */
struct gather_goals {
	const struct capture_info *info;
	bool (*is_benign)(const struct record *record);
	uint32_t *named; /* rows that were named one by one, but for those that see drops */
	uint32_t n_named;
	bool has_goal; /* there is a probe with is_goal */
};

/* What is known beside the hops. */
struct gather_facts {
	bool freed;	 /* the packet is gone */
	bool followed;	 /* it had an identity: nothing can be said of one that had not */
	uint64_t before; /* named probes where it was already, a bit for each of the first 64 */
	uint64_t lost;	 /* events lost about its time */
};

/* 0 or -ENOMEM; gather_goals_fini() also after a failure. */
int gather_goals_init(struct gather_goals *goals, const struct capture_info *info,
		      bool (*is_benign)(const struct record *record));
void gather_goals_fini(struct gather_goals *goals);

/* Freed as drops are, but it is none. */
bool gather_goals_is_benign(const struct gather_goals *goals, const struct record *record);

/* A drop that is one. */
bool gather_goals_is_drop(const struct gather_goals *goals, const struct record *record);

/* The named probes among the hops, as bits of gather_facts.before. */
uint64_t gather_goals_seen(const struct gather_goals *goals, const struct journey *journey);

/*
 * Set end, lost, missing and n_missing of a journey with hops in the order of time and `cut` set;
 * `missing` has room for n_named and becomes the journey's.
 */
void gather_goals_judge(const struct gather_goals *goals, const struct gather_facts *facts,
			struct journey *journey, uint32_t *missing);

#endif
