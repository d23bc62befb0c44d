/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gather_rig.h - gather fed with made-up records, and its journeys as text.
 *
 * Four probes: a, b and c named one by one, and drop, a kfree_skb probe that xcap added; with
 * gather_rig_many() they are a glob's. Times are microseconds after GATHER_RIG_START. A journey
 * reads "7 complete a@0 b@5 | ": id, end, hops by time, then "-c" where it was not received,
 * "lost=1", "cut", "cont".
 */
#ifndef GATHER_RIG_H
#define GATHER_RIG_H

#include "base/buf.h"
#include "flow/gather.h"
#include "frame.h"

#define GATHER_RIG_START 1700000000000000000ull

enum { A, B, C, DROP };

struct gather_rig {
	struct gather *gather;
	struct gather_config config; /* to be set before the first record */
	struct capture_probe probes[4];
	struct capture_info info;
	struct buf out, changes;
	uint64_t lost, missed, clock_us; /* what the kernel would say */
	struct frame frame;		 /* of all records to come */
	struct record record;		 /* and the rest of them */
};

struct gather_rig *gather_rig_new(void);
void gather_rig_free(struct gather_rig *rig);
/* The probes are of a glob; with_goal: c is a goal. */
void gather_rig_many(struct gather_rig *rig, bool with_goal);

void gather_rig_hop(struct gather_rig *rig, uint32_t probe, uint64_t us, uint64_t id);
void gather_rig_end(struct gather_rig *rig, uint64_t us, uint64_t id);
/* Time passes; the kernel's clock is there too. */
void gather_rig_advance(struct gather_rig *rig, uint64_t us);
void gather_rig_drain(struct gather_rig *rig, uint64_t us);

/* What came out since the last time. */
void gather_rig_expect(struct gather_rig *rig, const char *journeys);
/* And what was not handed on. */
void gather_rig_expect_counts(struct gather_rig *rig, uint64_t held_back, uint64_t strays);

#endif
