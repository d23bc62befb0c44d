/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_drops.h - what `xcap drop` adds to a capture: which drops are shown, and what is said of
 * them at the end.
 */
#ifndef CMD_CAPTURE_DROPS_H
#define CMD_CAPTURE_DROPS_H

#include <stdio.h>

#include "base/err.h"
#include "cmd/opts.h"
#include "flow/drops.h"
#include "plan/plan.h"

struct netcount;

struct capture_drops {
	struct drops *drops; /* for the pipeline; NULL: not `xcap drop` */
	struct netcount *counters;
};

/* Before the probes report. Nothing for other commands. 0 or ERR_FAILED. */
int capture_drops_init(struct capture_drops *drops, const struct config *config,
		       const struct plan *plan, const struct plan_kernel *kernel, struct err *err);

/* Below the totals. */
void capture_drops_print(const struct capture_drops *drops, FILE *out);

void capture_drops_fini(struct capture_drops *drops);

#endif
