/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_sets_table.h - the sets of probes that xcap comes with.
 *
 * Members are written as in the file of the user's own sets, see plan_sets_file.h.
 */
#ifndef PLAN_PLAN_SETS_TABLE_H
#define PLAN_PLAN_SETS_TABLE_H

#include <stddef.h>

struct plan_sets_row {
	const char *name;
	const char *summary;
	const char *members;
};

/* By number from 0; NULL behind the last one. */
const struct plan_sets_row *plan_sets_table(size_t i);

#endif
