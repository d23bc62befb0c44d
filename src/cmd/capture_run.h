/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_run.h - a plan carried out: from loading to the totals, in one thread on one loop.
 */
#ifndef CMD_CAPTURE_RUN_H
#define CMD_CAPTURE_RUN_H

#include "base/err.h"
#include "cmd/capture_sinks.h"
#include "cmd/opts.h"
#include "plan/plan.h"

/*
 * Attach, listen, run until something ends it (-c, --duration, --cmd, a signal, a sink that
 * failed), hand over every packet to the last, print the totals. 0, also when it was stopped or the
 * reader of stdout has gone; else err has what failed first. Nothing is left behind either way.
 */
int capture_run_plan(const struct config *config, const struct plan *plan,
		     const struct plan_kernel *kernel, const struct capture_sinks *sinks,
		     struct err *err);

#endif
