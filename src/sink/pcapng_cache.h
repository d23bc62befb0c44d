/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcapng_cache.h - comments of packets that were alike.
 *
 * Of two packets of one flow at one probe the comments differ in the address of the skb alone, and
 * putting one together is most of what a packet costs. A comment is used again for a record that
 * is the same in all that a comment can be made of, whatever describes it; only the address is put
 * in. Used by pcapng_packet.c.
 */
#ifndef SINK_PCAPNG_CACHE_H
#define SINK_PCAPNG_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "record/record.h"

#define PCAPNG_CACHE_ROWS 64  /* a power of two */
#define PCAPNG_CACHE_TEXT 508 /* longer comments are not kept */

struct pcapng_cache_row {
	struct record key; /* without what may differ */
	uint32_t iface;	   /* also stands for the names of device and namespace */
	uint32_t len;	   /* of text, 0: the row is free */
	uint32_t skb_at;   /* where in text the 16 digits of the skb stand */
	char text[PCAPNG_CACHE_TEXT];
};

struct pcapng_cache {
	struct pcapng_cache_row rows[PCAPNG_CACHE_ROWS];
};

/*
 * The row for a record on this interface, with *found set if it has its comment: with the address
 * of this skb. NULL: comments of such records are not kept.
 */
struct pcapng_cache_row *pcapng_cache_get(struct pcapng_cache *cache, const struct record *record,
					  uint32_t iface, bool *found);

/* Keep the comment for the record that pcapng_cache_get() gave the row for. */
void pcapng_cache_put(struct pcapng_cache_row *row, const struct buf *comment);

#endif
