/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * track.h - the hooks by which packets are followed, attached; and the care of the kernel's table.
 */
#ifndef SESSION_TRACK_H
#define SESSION_TRACK_H

#include "base/err.h"
#include "plan/plan.h"
#include "record/capture.h"
#include "session/hooks.h"
#include "session/object.h"

struct track {
	const struct plan *plan;
	const struct object *object;
	int *slow; /* links that take a while to let go of */
	uint32_t n_slow;
	struct hook_end *ends; /* two per hook: at the entry or alone, at the return */
	uint64_t aged, swept;  /* packets that were forgotten, and their rows */
	uint64_t missed;       /* see track_missed(); taken down when the hooks were let go of */
	bool detached;
};

/* 0 or -ENOMEM; the plan and the object stay the caller's and outlive it. */
int track_init(struct track *track, const struct plan *plan, const struct object *object);

/*
 * Attach every hook by the first rung of its ladder that works. One that is needed and cannot be
 * attached is an error, another a note.
 */
int track_attach(struct track *track, struct err *err);

/* Forget packets of which nothing was heard for long, where the table is filling up. */
void track_sweep(struct track *track);

void track_count(const struct track *track, struct capture_totals *totals);

/* Calls that the kernel did not show to the hooks, as far as it counts them. */
uint64_t track_missed(const struct track *track);

void track_detach(struct track *track);
void track_fini(struct track *track);

#endif
