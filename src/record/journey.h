/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * journey.h - one packet over all probes: its hops in the order of time, what changed at each, and
 * how it ended.
 *
 * Made by flow/gather, printed by sinks. All belongs to the producer and lives until the callee
 * returns.
 */
#ifndef RECORD_JOURNEY_H
#define RECORD_JOURNEY_H

#include <stdbool.h>
#include <stdint.h>

#include "record/record.h"

enum journey_end {
	JOURNEY_COMPLETE, /* at all probes that were named one by one; or, of sets, a goal was its
			     last place */
	JOURNEY_DROPPED,  /* the last hop is the drop */
	JOURNEY_CONSUMED, /* freed, as packets are that have served, before it came to all of them
			   */
	JOURNEY_OPEN,	  /* nothing more was heard of it until the time-out or the capture's end */
	JOURNEY_UNCERTAIN, /* as open, or not at all probes, but events were lost in its time; or it
			      could not be followed */
	JOURNEY_ENDS,
};

struct journey_hop {
	struct record record; /* with its packet: a copy */
	uint64_t since_first_ns, since_previous_ns;
	bool is_benign;	     /* freed as drops are, but nobody misses it */
	const char *changes; /* "dst 10.0.0.9.80 -> 172.17.0.3.9000; ttl 64 -> 63"; "" none */
};

struct journey {
	uint64_t number; /* from 1, in the order of output */
	uint64_t id;	 /* of the packet, see struct record; 0: put together by content */
	uint64_t parent; /* the packet it was made from; 0: none */
	bool retransmit; /* parent is what TCP sent before */
	enum journey_end end;
	const struct journey_hop *hops; /* at least one */
	uint32_t n_hops;
	uint64_t took_ns; /* from the first hop to the last */
	bool continued;	  /* it was closed by the time-out before, and then heard of again */
	bool cut;	  /* closed before its time: the buffer was full, or the capture ended */
	const uint32_t *missing; /* rows of capture.probes that were named one by one and not
				    reached; none where that is not certain */
	uint32_t n_missing;
	uint64_t lost; /* events lost about its time: why it is uncertain */
};

/* "complete", "DROPPED", "consumed", "open", "uncertain" */
const char *journey_end_name(enum journey_end end);
/* The same in lower case, as files have it. */
const char *journey_end_word(enum journey_end end);

#endif
