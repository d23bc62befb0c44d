/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_chain.h - the hooks that tell which netfilter table and chain dropped a packet.
 */
#ifndef PLAN_PLAN_CHAIN_H
#define PLAN_PLAN_CHAIN_H

#include "plan/plan.h"

/*
 * Fill plan->chains for the functions that there are: those of modules that are not loaded have no
 * chains. Where they cannot be probed the names are not known, which is no error.
 */
void plan_chain(const struct plan_kernel *kernel, struct plan *plan);

#endif
