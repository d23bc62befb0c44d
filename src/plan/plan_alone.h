/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_alone.h - which probes no other probe shares its function with.
 *
 * Before 5.15 a kprobe's program is told where it was hit, and not which probe that is.
 */
#ifndef PLAN_PLAN_ALONE_H
#define PLAN_PLAN_ALONE_H

#include "plan/plan.h"

/* Sets is_alone of the probes at a function's entry, whose address has to be known. Without memory
 * none is. */
void plan_alone_mark(struct plan *plan);

#endif
