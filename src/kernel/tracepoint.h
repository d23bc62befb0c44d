/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tracepoint.h - categories and names of tracepoints.
 *
 * BTF has the prototype of each tracepoint but not its category. Categories come from tracefs where
 * it is mounted or can be mounted detached (fsopen/fsmount: nothing is left behind), else from a
 * built-in table of those that carry an skb.
 */
#ifndef KERNEL_TRACEPOINT_H
#define KERNEL_TRACEPOINT_H

#include <stdbool.h>
#include <stddef.h>

struct tracepoint_table;

/* Never fails for lack of tracefs; NULL only without memory. */
struct tracepoint_table *tracepoint_open(void);
void tracepoint_close(struct tracepoint_table *table); /* takes NULL */

/* Is there "category:name"? 1 yes, 0 no, -1 not known (no tracefs, not in the built-in table). */
int tracepoint_exists(const struct tracepoint_table *table, const char *category, const char *name);

/* The category of `name`, or NULL. */
const char *tracepoint_category(const struct tracepoint_table *table, const char *name);

/* True if the list came from tracefs. */
bool tracepoint_from_tracefs(const struct tracepoint_table *table);

/* 0 if it did, else -errno: why tracefs could not be read. */
int tracepoint_error(const struct tracepoint_table *table);

/* "category:name" of all known ones, for near-name hints. Stays the table's. */
const char *const *tracepoint_names(const struct tracepoint_table *table, size_t *n);

#endif
