/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * list_sets.h - `xcap list @` and `xcap list @rx`: the sets of probes, and what is used here.
 */
#ifndef CMD_LIST_SETS_H
#define CMD_LIST_SETS_H

#include "base/err.h"
#include "plan/plan.h"

/*
 * Print the set of this name, or all where it is "", to stdout: each with its places. flags are
 * enum list_entry_flag. The error is a set that there is not, or a file of own sets that is none.
 */
int list_sets_print(const struct plan_kernel *kernel, const char *name, unsigned int flags,
		    struct err *err);

#endif
