/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_gather.h - -g in a running capture: what it asks of the plan, gather's configuration, and
 * the table of hops at the end.
 */
#ifndef CMD_CAPTURE_GATHER_H
#define CMD_CAPTURE_GATHER_H

#include "base/err.h"
#include "cmd/opts.h"
#include "flow/pipeline.h"
#include "plan/plan.h"
#include "record/capture.h"
#include "session/session.h"

/* How often journeys are looked through: what a user who waits for one can notice. */
#define CAPTURE_GATHER_PERIOD_NS 50000000ull

/* Identity, ends and the stacks of drops, as far as these options need them. */
void capture_gather_request(const struct config *config, struct plan_request *request);

/*
 * Before anything is attached: is there what --gather-baseline and --stop-on name? ERR_USAGE, or
 * ERR_UNSUPPORTED for a reason where the kernel gives none.
 */
int capture_gather_check(const struct config *config, const struct plan *plan,
			 const struct plan_kernel *kernel, struct err *err);

/* Nothing without -g. The session is the source of what was lost. */
int capture_gather_begin(const struct config *config, const struct plan *plan,
			 const struct capture_info *info, struct session *session,
			 struct pipeline *pipeline, struct err *err);

/*
 * After the totals: the table, to standard output where it is all that -q leaves to be said there,
 * else beside the totals.
 */
void capture_gather_print(const struct config *config, const struct hops *hops);

#endif
