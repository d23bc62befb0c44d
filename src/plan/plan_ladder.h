/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_ladder.h - the ways to attach one probe, cheapest first, each with its why.
 */
#ifndef PLAN_PLAN_LADDER_H
#define PLAN_PLAN_LADDER_H

#include "base/err.h"
#include "plan/plan.h"

/*
 * Fill the ladder of a resolved probe. A kind that forces a mechanism leaves that rung alone.
 * ERR_UNSUPPORTED with each mechanism and its why if no rung is usable.
 */
int plan_ladder(const struct plan_kernel *kernel, enum spec_kind kind, struct plan_probe *probe,
		struct err *err);

/* The first usable rung; NULL without one. */
const struct plan_rung *plan_ladder_first(const struct plan_probe *probe);

/* Ask the kernel of the plan; why may be NULL. */
bool plan_ladder_feature(const struct plan_kernel *kernel, enum feature feature, char *why,
			 size_t size);

#endif
