/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_sets.h - sets of probes by one word: "@rx", and the user's own.
 *
 * A member may have alternatives, because kernels differ: the first that is there, carries an skb
 * and can be probed is taken. What this kernel lacks is a note, never an error; a set of which
 * nothing is left is one.
 */
#ifndef PLAN_PLAN_SETS_H
#define PLAN_PLAN_SETS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "plan/plan.h"
#include "plan/plan_ladder.h"
#include "plan/plan_sets_file.h"
#include "plan/spec.h"

struct plan_sets_set {
	const char *name;    /* without its '@' */
	const char *summary; /* "" where the user's file has it */
	const char *members; /* comma-separated */
	uint32_t line;	     /* of the user's file; 0: xcap's own */
};

struct plan_sets {
	struct plan_sets_file file;
	struct plan_sets_set *list; /* xcap's own, then the file's others */
	uint32_t n;
};

struct plan_sets_member {
	char text[512]; /* its alternatives: "ip_rcv_core|ip_rcv" */
	bool goal;	/* a packet that was here has arrived */
};

/* Free in either case. A file that cannot be read or understood is the error. */
int plan_sets_open(struct plan_sets *sets, struct err *err);
void plan_sets_close(struct plan_sets *sets);

/* ERR_USAGE with near names if there is no such set. */
const struct plan_sets_set *plan_sets_find(const struct plan_sets *sets, const char *name,
					   struct err *err);

/*
 * Call fn for each member, also of sets that are members. Stops when fn returns non-zero and
 * returns that; ERR_USAGE for a set that is part of itself.
 */
typedef int (*plan_sets_fn)(void *arg, const struct plan_sets_member *member);
int plan_sets_for_each(const struct plan_sets *sets, const struct plan_sets_set *set,
		       plan_sets_fn fn, void *arg, struct err *err);

/*
 * The alternative that is probed here: 0, its spec, and (no glob) the probe with its ladder; else
 * -errno and why not. The ladder's texts are kept in *texts.
 */
int plan_sets_choose(const struct plan_kernel *kernel, const struct plan_ladder_policy *policy,
		     const struct plan_sets_member *member, struct spec *spec,
		     struct plan_probe *probe, struct plan_text **texts, struct err *why);

/* Put in the place of each item that names a set what is probed of it here, and say what is not. */
int plan_sets_expand(const struct plan_kernel *kernel, const char *backend, struct spec_list *specs,
		     struct err *err);

#endif
