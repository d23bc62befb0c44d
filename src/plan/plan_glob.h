/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_glob.h - globs of -f over everything that takes an skb.
 */
#ifndef PLAN_PLAN_GLOB_H
#define PLAN_PLAN_GLOB_H

#include "base/err.h"
#include "plan/plan.h"
#include "plan/plan_set.h"
#include "plan/spec.h"

/* What globs matched and what did not become a probe. */
struct plan_glob_counts {
	uint32_t matched;
	uint32_t inlined;  /* no symbol of that name */
	uint32_t excluded; /* on the list of plan_glob_excludes() */
	uint32_t no_way;   /* no mechanism works here; counted when the ladders are made */
	uint32_t refused;  /* for any other reason; --debug names it */
};

/*
 * Add what the globs of `specs` name, and is not taken away by '!' behind them, to `set`; what is
 * in it already stays as it is. One pass over BTF. hits[i] counts what item i matched. A glob that
 * matches nothing is ERR_USAGE with near names.
 */
int plan_glob_expand(const struct plan_kernel *kernel, const struct spec_list *specs,
		     struct plan_set *set, uint32_t *hits, struct plan_glob_counts *counts,
		     struct err *err);

/* Does the item name this function or tracepoint? group: its category, or its module ("" vmlinux).
 * is_exit: the probe is at the function's return. */
bool plan_glob_matches(const struct spec *spec, bool is_tracepoint, bool is_exit, const char *group,
		       const char *name);

/* "12 of 1,501 places are left out: ...", if any is. */
void plan_glob_say(const struct plan_glob_counts *counts);

/*
 * The documented list of what a glob leaves out though it takes an skb: places that our own
 * programs pass (they would see themselves), and netlink's attributes, which are written by the
 * thousand and are never a packet. Named exactly, each can be probed.
 */
bool plan_glob_excludes(const char *name);

#endif
