/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcapng_cache.h - options of packets that were alike.
 *
 * Of two packets of one flow at one probe the options differ in the address of the skb alone, and
 * putting them together is most of what a packet costs. They are used again for a record that is
 * the same in all that they can be made of, whatever describes it; only the address is put in.
 * Used by pcapng_packet.c.
 */
#ifndef SINK_PCAPNG_CACHE_H
#define SINK_PCAPNG_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "record/record.h"

#define PCAPNG_CACHE_ROWS    64	 /* a power of two */
#define PCAPNG_CACHE_OPTIONS 560 /* longer ones are not kept */

/* What is compared: from here to the end of struct record. */
#define PCAPNG_CACHE_KEY offsetof(struct record, probe)

struct pcapng_cache_row {
	uint8_t key[sizeof(struct record) - PCAPNG_CACHE_KEY];
	uint32_t iface; /* also stands for the names of device and namespace */
	uint32_t len;	/* of options with their end; 0: the row is free */
	uint32_t text_at,
		text_len; /* the comment, without what is the packet's own; 0: the row is free */
	uint32_t skb_at;  /* where in them the digits of the skb stand */
	char options[PCAPNG_CACHE_OPTIONS];
};

struct pcapng_cache {
	struct pcapng_cache_row rows[PCAPNG_CACHE_ROWS];
};

/* What a row may hold the options of; the other way round is not so. */
bool pcapng_cache_takes(const struct record *record);

/* The row that has the comment of this record, on whichever interface; NULL: there is none. */
const struct pcapng_cache_row *pcapng_cache_find(const struct pcapng_cache *cache,
						 const struct record *record);

/* The row for a record on this interface, with *found set if it has its comment. */
struct pcapng_cache_row *pcapng_cache_get(struct pcapng_cache *cache, const struct record *record,
					  uint32_t iface, bool *found);

/*
 * Keep `len` bytes of options for the record that pcapng_cache_get() gave the row for; text_len
 * bytes at text_at in them are the comment. len 0: these alone. Nothing is kept of what is too
 * long.
 */
void pcapng_cache_put(struct pcapng_cache_row *row, const char *options, uint32_t len,
		      uint32_t text_at, uint32_t text_len);

/* Copy `len` bytes of the row's options from `from` on, with this skb's address in its place. */
void pcapng_cache_copy(char *to, const struct pcapng_cache_row *row, uint32_t from, uint32_t len,
		       uint64_t skb);

#endif
