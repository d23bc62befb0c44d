/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nfpath.h - what the stack of a drop tells: which netfilter hook it was, and who freed the packet.
 *
 * Pure; called by flow/drops for each record that has a stack.
 */
#ifndef FLOW_NFPATH_H
#define FLOW_NFPATH_H

#include <stdbool.h>

#include "record/record.h"

/*
 * "ip INPUT", "bridge FORWARD", "netdev ingress": family and hook of a drop by netfilter, from the
 * functions that led there; NULL where it was not netfilter's or they do not tell. Static.
 */
const char *nfpath_find(const struct record *record);

/*
 * The place of a drop: record->location, or, where that is one of the functions that free packets
 * on behalf of others (kfree_skb_list(), skb_queue_purge()), the frame that called them.
 */
const char *nfpath_place(const struct record *record);

/* Is this the frame's function? Offsets, modules and the compiler's suffixes do not count. */
bool nfpath_is_in(const char *frame, const char *function);

#endif
