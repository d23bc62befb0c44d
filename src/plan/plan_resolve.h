/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_resolve.h - from what the user named to a probe of this kernel.
 */
#ifndef PLAN_PLAN_RESOLVE_H
#define PLAN_PLAN_RESOLVE_H

#include "base/err.h"
#include "plan/plan.h"
#include "plan/spec.h"

struct kbtf_target;

/*
 * Fill all of *probe but its ladder: what it is, where its skb is, direction, canonical spec,
 * notes. On error err says what is wrong with the name or the argument, with near names or the list
 * of arguments.
 */
int plan_resolve(const struct plan_kernel *kernel, const struct spec *spec,
		 struct plan_probe *probe, struct err *err);

/* The same for something that was found in BTF by a pass over it. */
int plan_resolve_known(const struct plan_kernel *kernel, const struct spec *spec,
		       const struct kbtf_target *target, struct plan_probe *probe, struct err *err);

/* Add to the probe's note, after "; " if it has one. */
void plan_resolve_note(struct plan_probe *probe, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
