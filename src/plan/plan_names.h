/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_names.h - "did you mean": hints for a function or tracepoint that does not exist.
 */
#ifndef PLAN_PLAN_NAMES_H
#define PLAN_PLAN_NAMES_H

#include "base/err.h"
#include "plan/plan.h"

/* Each adds a hint to err if there is something near `word`, and returns whether it did. */
bool plan_names_hint_function(const struct plan_kernel *kernel, const char *word, struct err *err);

/* `category` may be "" (not known). */
bool plan_names_hint_tracepoint(const struct plan_kernel *kernel, const char *category,
				const char *name, struct err *err);

/* If there is a module of that name that could be loaded. */
bool plan_names_hint_module(const char *name, struct err *err);

/* For a glob that matches nothing: names near to it without its stars, or why what it matches will
 * not do. */
void plan_names_hint_glob(const struct plan_kernel *kernel, const struct spec *spec,
			  struct err *err);

#endif
