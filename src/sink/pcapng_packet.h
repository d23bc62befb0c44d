/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcapng_packet.h - one record as an enhanced packet block (draft-ietf-opsawg-pcapng, section 4.3).
 *
 * Its options: direction and kind of reception where known, the events lost on the CPU since its
 * previous record, process and thread in task context (elsewhere they are not the packet's), and a
 * comment of key=value words, escaped as in pcapng_comment.h, in this order:
 *	probe (its spec) cpu ctx pid tid (if not pid) comm netns ifindex devtype (ARPHRD_*)
 *	skb mark proto (skb->protocol) pkttype (skb->pkt_type) reason location
 *	nf (netfilter: family and hook) table chain sk (state of the TCP socket)
 *	ret and errno (exit probes) ext lost (on this CPU so far) gso segs packet=none len
 *	synth=ether rebuilt=ip,tcp vlan=accel partial=1
 *	settled=user (the kernel could not decide the filter, xcap did)
 *	id parent retransmit=1 (of a packet that is followed; the id is an option too)
 *	journey (its number) end took (ns) missing (specs, with commas) journey_lost
 *	continued=1 cut=1: of the journey that it is a hop of; from missing on at its last hop only
 * What is not known or zero is left out. The stack, where it is asked for, is a second comment: see
 * pcapng_stack.h. A record without packet (packet=none) is a packet of zero
 * bytes, so that the file has as many packets as there were records.
 */
#ifndef SINK_PCAPNG_PACKET_H
#define SINK_PCAPNG_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "record/capture.h"
#include "record/journey.h"
#include "record/packet.h"
#include "record/record.h"
#include "sink/pcapng_cache.h"
#include "sink/pcapng_stack.h"

/* The journey that a packet is a hop of. */
struct pcapng_packet_hop {
	const struct journey *journey; /* NULL: of none */
	bool is_last;
};

/*
 * Append the block of `record`, whose packet packet_make() has made, on interface number `iface` to
 * b; `comment` is scratch, `cache` the file's own, and so is `stacks`; NULL: none are written. Lack
 * of memory shows in buf_failed(b).
 */
void pcapng_packet_add(struct buf *b, struct buf *comment, struct pcapng_cache *cache,
		       struct pcapng_stacks *stacks, const struct capture_info *info,
		       const struct record *record, const struct pcapng_packet_hop *hop,
		       const struct packet *packet, uint32_t iface);

/*
 * The shorter way for a packet whose options are all those of one before it: the row that has them,
 * good until the cache is asked again, and if the device's namespace still has the name that the
 * interface row->iface is called by. NULL: there was none, or the packet has options of its own;
 * then it takes pcapng_packet_add().
 */
const struct pcapng_cache_row *pcapng_packet_known(const struct pcapng_cache *cache,
						   const struct record *record,
						   const struct pcapng_packet_hop *hop);
/* The size of its block, and the block itself. */
size_t pcapng_packet_known_size(const struct pcapng_cache_row *row, const struct packet *packet);
void pcapng_packet_put(char *to, const struct pcapng_cache_row *row, const struct record *record,
		       const struct packet *packet);

#endif
