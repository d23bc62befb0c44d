/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_iface.h - the -i options: IF, IF@NETNS, globs, "any".
 */
#ifndef PLAN_PLAN_IFACE_H
#define PLAN_PLAN_IFACE_H

#include "base/err.h"
#include "plan/plan.h"

/*
 * Fill plan->if_match and config.n_if_patterns. ERR_USAGE for a name that no interface has, with
 * near names, and for an unknown namespace, with those that there are.
 */
int plan_iface(const struct plan_request *request, const struct plan_kernel *kernel,
	       struct plan *plan, struct err *err);

#endif
