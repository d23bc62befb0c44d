/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_index.h - types by kind and name, for who asks for many of them.
 *
 * One name is found soonest by looking at all types; a thousand probes that are named one by one
 * would be a thousand such walks. The index is made when it is worth it.
 */
#ifndef KERNEL_KBTF_INDEX_H
#define KERNEL_KBTF_INDEX_H

#include <stdint.h>

struct kbtf_data;

struct kbtf_index {
	uint32_t n_asked;
	uint32_t mask; /* of ids, whose number is a power of two */
	uint32_t *ids; /* by hash, and behind it; 0: free. NULL: not made yet */
};

/* The first type of that kind and name among the own types of `data`; 0: none. */
uint32_t kbtf_index_find(const struct kbtf_data *data, uint32_t kind, const char *name);

#endif
