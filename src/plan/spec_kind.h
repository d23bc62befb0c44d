/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * spec_kind.h - the kinds of probes by name, as data.
 */
#ifndef PLAN_SPEC_KIND_H
#define PLAN_SPEC_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "plan/spec.h"

struct buf;

struct spec_kind_info {
	const char *name, *alias; /* alias: NULL none */
	enum spec_kind kind;
	bool tracepoint;
	bool is_exit; /* at the function's return */
};

/* The kind of that name or alias; NULL if there is none. */
const struct spec_kind_info *spec_kind_find(const char *word, size_t len);

/* NULL for SPEC_ANY. */
const struct spec_kind_info *spec_kind_describe(enum spec_kind kind);

/* True for a kind that other tools have: no category and no module has such a name. */
bool spec_kind_is_foreign(const char *word, size_t len);

/* "kprobe" for SPEC_KPROBE; "" for SPEC_ANY. And the name nearest to a mistyped one, or NULL. */
const char *spec_kind_name(enum spec_kind kind);
const char *spec_kind_near(const char *word);

/* "kprobe (k), kretprobe (kr), ..." */
void spec_kind_list(struct buf *out);

#endif
