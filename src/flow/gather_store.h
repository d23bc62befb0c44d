/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gather_store.h - the journeys that gather has open: found by key, in order of age, bounded.
 *
 * Records belong to the reader and are gone with the next one: a hop is a copy with its packet and
 * all that it points to, but for the stack, which lives as long as the capture.
 */
#ifndef FLOW_GATHER_STORE_H
#define FLOW_GATHER_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/record.h"

struct gather_hop {
	struct gather_hop *next;
	struct record record;
	char behind[]; /* its strings, then its packet */
};

/* A list by age. A journey is in one of the two: it goes on, or its end was seen. */
struct gather_list {
	struct gather_open *oldest, *newest;
};

struct gather_open {
	struct gather_open *bucket_next;
	struct gather_open *older, *newer;
	struct gather_list *list;
	uint64_t key;
	struct gather_hop *first, *last; /* in the order they came */
	uint32_t n_hops;
	size_t bytes;
	uint64_t stamp_ns; /* the newest time known when it came into its list */
	uint64_t parent;
	bool retransmit, continued;
	bool freed;	/* the kernel said so */
	uint64_t named; /* continued: the named probes where it was before, a bit for each */
};

struct gather_store {
	struct gather_open **buckets;
	uint32_t n_buckets; /* a power of two */
	uint32_t n, max;    /* journeys */
	size_t bytes;
	struct gather_list open, ended;
};

/* Room for `max` journeys. 0 or -ENOMEM; gather_store_fini() also after a failure. */
int gather_store_init(struct gather_store *store, uint32_t max);
void gather_store_fini(struct gather_store *store);

struct gather_open *gather_store_find(const struct gather_store *store, uint64_t key);
/* A new one in the list `open`; the key must not be in use. NULL: no memory, or max are open. */
struct gather_open *gather_store_new(struct gather_store *store, uint64_t key);
/* A copy of the record as the last hop. 0 or -ENOMEM. */
int gather_store_append(struct gather_store *store, struct gather_open *open,
			const struct record *record);
/* To the young end of `list`, one of the store's. */
void gather_store_move(struct gather_open *open, struct gather_list *list, uint64_t stamp_ns);
/* No longer found, in no list; its hops stay until gather_store_free(). */
void gather_store_take(struct gather_store *store, struct gather_open *open);
void gather_store_free(struct gather_open *open);

#endif
