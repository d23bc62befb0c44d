/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * neigh.h - where a route tells its next hop, and where the table of neighbours is.
 */
#ifndef KERNEL_NEIGH_H
#define KERNEL_NEIGH_H

#include "kernel/kbtf.h"
#include "xcap/config.h"

/* Fill all of it. 0, or -ENOENT where this kernel lacks one: then `known` is 0. */
int neigh_find_offsets(const struct kbtf *kbtf, struct xcap_neigh *neigh);

#endif
