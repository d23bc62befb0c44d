/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * losses.h - when events were lost: what gather has to know before it says that a packet was not
 * somewhere.
 *
 * Losses are counted in the kernel at the moment they happen; the counter is looked at every now
 * and then, so that each loss is known to lie between two looks. The records of that time may be
 * read much later: this is about the time of events, never about that of reading.
 */
#ifndef FLOW_LOSSES_H
#define FLOW_LOSSES_H

#include <stdint.h>

/* Spans of time with losses that are remembered; before the oldest of them nothing is certain. */
#define LOSSES_SPANS 256

struct losses {
	struct {
		uint64_t from_ns, to_ns, n;
	} spans[LOSSES_SPANS];	  /* by time; neighbours that touch are one */
	uint32_t n_spans, last;	  /* of those in use, the index of the newest */
	uint64_t known_from_ns;	  /* earlier spans are forgotten */
	uint64_t looked_ns, lost; /* at the last look: the time before it, and what was there */
};

/* From now on; `lost` is the counter as it stands. */
void losses_init(struct losses *losses, uint64_t now_ns, uint64_t lost);

/* The counter, which was read between these two times. */
void losses_note(struct losses *losses, uint64_t before_ns, uint64_t after_ns, uint64_t lost);

/* Events that may have been lost between these times: 0 says that none was. */
uint64_t losses_between(const struct losses *losses, uint64_t from_ns, uint64_t to_ns);

#endif
