/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gather.h - records of one packet put together: one journey over all probes.
 *
 * The pipeline feeds records in the ring's order, tells the time now and then, and gets each
 * journey when it is over. Packets are told apart by their id (tracking) or by what they carry.
 * Nothing is expected of the order: of probes, or of records that come from several CPUs. A journey
 * is held for GATHER_GRACE_NS after its end was seen; that it was not somewhere is said only when
 * it is known that nothing was lost about its time.
 */
#ifndef FLOW_GATHER_H
#define FLOW_GATHER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "record/capture.h"
#include "record/journey.h"
#include "record/record.h"

/* What the events of one packet may be out of order, in the ring: exit probes and clones. */
#define GATHER_GRACE_NS 20000000ull

#define GATHER_TIMEOUT_NS 1000000000ull
#define GATHER_BUFFER	  65536 /* as many as are followed, XCAP_TRACK_MAX */
#define GATHER_BUFFER_MIN 16
#define GATHER_BUFFER_MAX (1u << 20)
/* Whatever the number of journeys: their hops' copies in memory. */
#define GATHER_BYTES_MAX (512ull << 20)
/* Hops of one journey; a packet that goes in circles has more than one. */
#define GATHER_HOPS_MAX 1024

#define GATHER_BASELINE_ANY UINT32_MAX

struct gather;

/* Takes a finished journey. `hops` are those of the journey, to be numbered and cut. */
typedef void (*gather_fn)(void *arg, struct journey *journey, struct journey_hop *hops);

struct gather_config {
	bool by_content;
	bool by_pointer;      /* by content: and by the address of the skb */
	uint32_t baseline;    /* row of the probe where a journey must begin; or ..._ANY */
	uint64_t timeout_ns;  /* without a hop; 0: GATHER_TIMEOUT_NS */
	uint32_t buffer_size; /* open journeys; 0: GATHER_BUFFER */
	uint64_t min_latency_ns;
	/* A drop that is none; NULL: all are. */
	bool (*is_benign)(const struct record *record);
	/* Events lost up to now, at all probes; NULL: none is. Beside these, hits that the kernel
	 * did not show to the probes, as far as it counts them; NULL: none. */
	uint64_t (*lost)(void *kernel);
	uint64_t (*missed)(void *kernel);
	/* The wall clock; there where `lost` is. */
	uint64_t (*clock_ns)(void *kernel);
	void *kernel;
	gather_fn on_journey;
	void *arg;
};

/* `info` outlives it. NULL and errno. */
struct gather *gather_new(const struct gather_config *config, const struct capture_info *info,
			  uint64_t now_ns);
void gather_free(struct gather *gather); /* takes NULL */

/* A record; with XCAP_EV_END the news that its packet is gone. */
void gather_add(struct gather *gather, const struct record *record);

/*
 * All records made before now_ns (wall clock) were handed over: what is over by then is closed.
 * Call it several times a second.
 */
void gather_advance(struct gather *gather, uint64_t now_ns);

/* No probe was hit after now_ns, all records were handed over: every open journey comes out. */
void gather_drain(struct gather *gather, uint64_t now_ns);

/* What came, and went to no journey; and journeys that were not handed on, by why. */
void gather_count(const struct gather *gather, struct capture_totals *totals);

#endif
