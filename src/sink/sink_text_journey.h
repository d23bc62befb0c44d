/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sink_text_journey.h - the lines of a journey, for the text sink.
 *
 *	14:03:07.123456 #17 complete 9.8us IP 10.0.0.1.40112 > 10.0.0.9.80: Flags [S], ...
 *	        0.0us        netif_receive_skb  eth0      cpu1
 *	        6.1us +6.1us ip_rcv             eth0@web  cpu1  dst 10.0.0.9.80 -> 172.17.0.3.9000
 *	        NOT received at tcp_v4_rcv
 *
 * The sink writes the time, the packet and what -v adds; all else is here.
 */
#ifndef SINK_SINK_TEXT_JOURNEY_H
#define SINK_SINK_TEXT_JOURNEY_H

#include <stddef.h>

#include "base/buf.h"
#include "record/capture.h"
#include "record/journey.h"

#define SINK_TEXT_JOURNEY_KIN 1024 /* a power of two; of those before, only the ids are said */

struct sink_text_journey {
	const struct capture_info *info;
	/* widths of the columns: as wide as this run needed so far */
	size_t delta_width, probe_width, if_width;
	struct buf word;
	/* journeys that were written, by their packets' ids */
	struct sink_text_journey_shown {
		uint64_t id, number;
	} shown[SINK_TEXT_JOURNEY_KIN];
	/* packets that were written before the one that they were made from, by the id of that */
	struct sink_text_journey_made {
		uint64_t id, first, last, n;
	} made[SINK_TEXT_JOURNEY_KIN];
};

void sink_text_journey_init(struct sink_text_journey *text, const struct capture_info *info);
void sink_text_journey_fini(struct sink_text_journey *text);

/* "#17 complete 9.8us " */
void sink_text_journey_head(struct buf *line, const struct journey *journey);

/* The line of hop i, without its end. */
void sink_text_journey_hop(struct sink_text_journey *text, struct buf *line,
			   const struct journey *journey, uint32_t i);

/* The lines below the hops: where it was not received, why that is not certain, what it was made
 * from and what was made from it, by the numbers of their journeys. */
void sink_text_journey_tail(struct sink_text_journey *text, struct buf *line,
			    const struct journey *journey);

#endif
