/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_track.h - by what packets are followed from probe to probe on this kernel.
 */
#ifndef PLAN_PLAN_TRACK_H
#define PLAN_PLAN_TRACK_H

#include "base/err.h"
#include "plan/plan.h"

/*
 * Where the request follows packets or wants their ends: add the probe for drops that nobody named,
 * and choose the hooks. Where functions cannot be probed it is tracepoints, and that is said. The
 * plan has its probes already.
 */
int plan_track(const struct plan_request *request, const struct plan_kernel *kernel,
	       struct plan *plan, struct err *err);

/* Of a plan that failed too. */
void plan_track_free(struct plan *plan);

/* "exact", "approximate" */
const char *plan_track_name(uint32_t track);

/* What a hook is for, in words. */
const char *plan_track_use(enum xcap_hook hook);

#endif
