/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_link.h - what of the filter cannot match at a probe, noted there.
 */
#ifndef PLAN_PLAN_LINK_H
#define PLAN_PLAN_LINK_H

#include "plan/plan.h"

/* Add to the note of each probe that cannot answer the plan's filter, or a part of it. */
void plan_link_note(struct plan *plan);

#endif
