/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * list_entry.h - one function or tracepoint as `xcap list` shows it: a line, or a JSON object.
 */
#ifndef CMD_LIST_ENTRY_H
#define CMD_LIST_ENTRY_H

#include <stdbool.h>

#include "kernel/kbtf.h"
#include "plan/plan.h"

enum list_entry_flag {
	LIST_ENTRY_PROTOTYPE = 1 << 0,	/* -l */
	LIST_ENTRY_MECHANISMS = 1 << 1, /* -v */
	LIST_ENTRY_JSON = 1 << 2,	/* all of it, as JSON */
};

struct list_entry {
	char *spec; /* as -f takes it: "tracepoint:net:netif_rx@1"; owned */
	char *text; /* the whole line; owned */
};

/*
 * Describe what was found in BTF; category "" for a function. What can attach is asked of `kernel`,
 * once per feature. 0 or -ENOMEM; then nothing has to be freed.
 */
int list_entry_make(struct list_entry *entry, const struct plan_kernel *kernel, unsigned int flags,
		    const char *category, const char *name, const struct kbtf_target *target);
void list_entry_free(struct list_entry *entry);

#endif
