/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_reason.h - --reason: from names to the numbers that this kernel has for them.
 */
#ifndef PLAN_PLAN_REASON_H
#define PLAN_PLAN_REASON_H

#include "base/err.h"
#include "plan/plan.h"

/* The number of one that `option` names: as plan_reason(). kbtf NULL: no types. */
int plan_reason_find(struct kbtf *kbtf, const char *option, const char *name, uint32_t *reason,
		     struct err *err);

/*
 * Fill plan->config.reasons. ERR_USAGE with near names for one that this kernel does not know,
 * ERR_UNSUPPORTED where it has none at all (before 5.17).
 */
int plan_reason(const struct plan_request *request, const struct plan_kernel *kernel,
		struct plan *plan, struct err *err);

/* Once the probes are known. ERR_USAGE where one of them sees no drops: it would show nothing. */
int plan_reason_check(const struct plan_request *request, const struct plan *plan, struct err *err);

#endif
