/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_ladder.h - the ways to attach one probe, best first, each with its why.
 */
#ifndef PLAN_PLAN_LADDER_H
#define PLAN_PLAN_LADDER_H

#include "base/err.h"
#include "plan/plan.h"

/*
 * Up to so many functions the cheapest hit decides, above it the cheapest way to attach and detach:
 * measured on 6.12 in an emulated machine, 200 fentry take 4.7 s on and 27 s off, 200 kprobes 1 s
 * and 8 s, any number by one kprobe-multi link a quarter of a second each.
 */
#define PLAN_LADDER_FEW 16

/* What holds for all probes of a plan. */
struct plan_ladder_policy {
	bool many;		     /* more functions than PLAN_LADDER_FEW */
	bool many_tracepoints;	     /* the same of tracepoints */
	const char *backend;	     /* --backend; NULL: none */
	enum plan_mechanism ends[2]; /* of the backend: at the entry, at the return */
};

/* The policy for so many probes. ERR_USAGE for a backend that there is not. */
int plan_ladder_policy(const char *backend, uint32_t n_functions, uint32_t n_tracepoints,
		       struct plan_ladder_policy *policy, struct err *err);

/*
 * Fill the ladder of a resolved probe; texts keeps its reasons. A kind or a backend that forces a
 * mechanism leaves that rung alone. ERR_UNSUPPORTED with each mechanism and its why if no rung is
 * usable, ERR_USAGE if the backend does not fit the probe.
 */
int plan_ladder(const struct plan_kernel *kernel, const struct plan_ladder_policy *policy,
		struct plan_probe *probe, struct plan_text **texts, struct err *err);

/* Is one's ladder the other's, too, by one policy? False also where that takes longer to tell. */
bool plan_ladder_is_same(const struct plan_probe *a, const struct plan_probe *b);

/* The first usable rung; NULL without one. */
const struct plan_rung *plan_ladder_first(const struct plan_probe *probe);

/* Ask the kernel of the plan; why may be NULL. */
bool plan_ladder_feature(const struct plan_kernel *kernel, enum feature feature, char *why,
			 size_t size);

#endif
