/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * object_load.h - the embedded object opened by libbpf: maps made, programs relocated and kept.
 *
 * Used by object.c, which says how large the maps are and what the constants.
 */
#ifndef SESSION_OBJECT_LOAD_H
#define SESSION_OBJECT_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "plan/plan.h"

struct kbtf;
struct object;

/* Of the object that was opened, before its maps are made. 0 or -errno. */
typedef int object_load_configure(struct object *object, const struct plan *plan);

/* With the templates of each ladder's first rung. 0 or -errno; object_close() also then. */
int object_load(struct object *object, const struct plan *plan, const struct kbtf *types,
		object_load_configure *configure);

/* The templates of all other rungs, too: those that were added are set in `added`, by mechanism,
 * all false before. 0, or -errno and none was added. */
int object_load_more(struct object *object, const struct plan *plan, const struct kbtf *types,
		     bool *added);

/* The template of a mechanism for a probe: where a cookie tells who was hit, that of many. */
enum plan_mechanism object_load_source(const struct object *object, const struct plan_probe *probe,
				       enum plan_mechanism mechanism);

/* Stands in for libbpf's bpf_core_format_spec() where libbpf is linked in: no words. */
int object_load_no_words(char *words, size_t size, const void *relocation);

#endif
