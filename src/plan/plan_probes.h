/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_probes.h - all items of -f to the probes of a plan.
 */
#ifndef PLAN_PLAN_PROBES_H
#define PLAN_PLAN_PROBES_H

#include "base/err.h"
#include "plan/plan.h"
#include "plan/spec.h"

/*
 * Fill plan->probes, each with its ladder: what was named one by one, then what globs name. What
 * cannot be probed is an error if it was named, and counted in one note if a glob named it.
 */
int plan_probes(const struct plan_request *request, const struct plan_kernel *kernel,
		const struct spec_list *specs, struct plan *plan, struct err *err);

#endif
