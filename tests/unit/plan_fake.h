/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_fake.h - a small made-up kernel below a temporary folder, for tests of the plan.
 *
 * Its BTF (vmlinux and one module), kallsyms, list of events and named network namespaces are files
 * that the kernel layer reads through $XCAP_KROOT; what it can attach is a table.
 */
#ifndef TESTS_PLAN_FAKE_H
#define TESTS_PLAN_FAKE_H

#include "plan/plan.h"

struct plan_fake {
	char root[64];
	struct plan_kernel kernel;
	struct symbol_table *symbols;
	bool has[FEATURE_COUNT]; /* all true at first */
	const char *why[FEATURE_COUNT];
};

enum plan_fake_flag {
	PLAN_FAKE_NO_TRACEFS = 1 << 0,
	PLAN_FAKE_NO_KALLSYMS = 1 << 1,
	PLAN_FAKE_OLD = 1 << 2, /* kfree_skb without a reason, no BTF of modules: as 5.10 */
	PLAN_FAKE_NO_BTF = 1 << 3,
	PLAN_FAKE_TRACK = 1 << 5, /* also what packets are followed by: plan/plan_track.c */
	PLAN_FAKE_MANY = 1 << 4,  /* also functions many_0000 and so on, argument 2 is the skb */
};

#define PLAN_FAKE_MANY_FUNCTIONS 2500

/* Fails the test if it cannot be made. */
void plan_fake_open(struct plan_fake *fake, unsigned int flags);
void plan_fake_close(struct plan_fake *fake);

#endif
