/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_link.h - what of the filter cannot match at a probe, noted there.
 */
#ifndef PLAN_PLAN_LINK_H
#define PLAN_PLAN_LINK_H

#include "plan/plan.h"

/* Does the filter look at the link header's addresses? */
bool plan_link_asks_addresses(const struct cbpf_prog *prog);

/* Add to the note of each probe that cannot answer the plan's filter, or a part of it. */
void plan_link_note(struct plan *plan);

#endif
