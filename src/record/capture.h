/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture.h - what the receivers of records must know of the capture as a whole.
 *
 * struct capture_info is built from the plan before the first record; struct capture_totals after
 * the last one. Sinks store and print them; they never change them.
 */
#ifndef RECORD_CAPTURE_H
#define RECORD_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "record/journey.h"
#include "xcap/event.h"

struct capture_probe {
	const char *spec; /* accepted by -f again: "ip_rcv@1", "tracepoint:net:netif_receive_skb" */
	const char
		*name; /* short, for columns and interface names: "ip_rcv", "netif_receive_skb" */
	const char *mechanism; /* "tp_btf", "raw_tp", "fentry", "kprobe"; NULL: not attached */
	bool is_kfree_skb;     /* its records are drops */
	bool named;	       /* by the user, one by one: that a packet did not reach it is told */
	bool is_goal;	       /* a packet that was here has got where it was sent */
	bool is_added;	       /* by xcap, for gathering: says nothing of packets not followed */
};

/* Link types of files: LINKTYPE_* of https://www.tcpdump.org/linktypes.html. */
enum capture_link {
	CAPTURE_LINK_EN10MB = 1,
	CAPTURE_LINK_RAW = 101,
	CAPTURE_LINK_LINUX_SLL2 = 276,
};

struct capture_info {
	const struct capture_probe *probes;
	uint32_t n_probes;
	int link_type;		  /* of files: enum capture_link; a record's packet is Ethernet */
	uint32_t snaplen;	  /* the bytes of a packet that are captured at most */
	const char *filter;	  /* the expression, "" none */
	const char *command_line; /* as typed, words quoted where needed */
	const char *os;		  /* "Linux 6.18.0 x86_64" */
	const char *version;	  /* "xcap 0.1.0" */
	int track;		  /* enum xcap_track */
	uint32_t ifname_width;	  /* widest "eth0@web" known at the start, for the column */
};

/* Sums over all CPUs; rejected is computed. */
struct capture_counts {
	uint64_t seen, rejected, fault, nested, undecidable, sampled, limited;
	uint64_t matched, sent, ring_full, table_full, discarded;
	bool missed_known; /* false: this kernel does not count missed hits */
	uint64_t missed;   /* hits for which the program did not run; outside seen */
};

/* Of -g: what became of the packets. */
struct capture_journeys {
	bool are;		     /* packets were gathered; else all is 0 */
	uint64_t ends[JOURNEY_ENDS]; /* shown, by enum journey_end */
	uint64_t fast;		     /* not shown: took less than --min-latency */
	uint64_t unbased;	     /* not shown: never at the probe of --gather-baseline */
	uint64_t cut;		     /* of those shown: closed early, the buffer was full */
};

/* Of -g: times to a probe, over all journeys that came there from elsewhere. */
struct capture_times {
	uint64_t n, p50_ns, p90_ns, p99_ns, max_ns;
};

/* Of -g: what all journeys tell of one probe. */
struct capture_hop {
	uint64_t seen, missing; /* hops; journeys that are known not to have been there */
	struct capture_times since_previous, since_first; /* of hops that were not the first */
};

struct capture_totals {
	const struct capture_counts *probes; /* n_probes of capture_info */
	uint32_t n_probes;
	uint64_t shown;	      /* records given to the sinks */
	uint64_t settled_out; /* undecided in the kernel, rejected by user space */
	uint64_t hidden;      /* drops that nobody misses, not shown */
	uint64_t after_limit; /* came after -c was reached */
	uint64_t unwritten;   /* came with or after a sink's failure: in no file as a whole */
	uint64_t left_out;    /* no output has a form for them: the link type is RAW */
	uint64_t held_back;   /* in journeys that are not shown for what they are */
	uint64_t strays; /* -g: drops of packets that no other probe had seen, or that are none */
	struct capture_journeys journeys;
	const struct capture_hop *hops; /* -g: n_probes; NULL: not gathered */
	uint64_t unconverted;	   /* not in the file for that: left_out, and shown as text only */
	uint64_t start_ns, end_ns; /* wall clock */
	uint64_t tracked;	   /* packets that were given an id */
	uint64_t untracked;	   /* that were not: the table was full */
	uint64_t aged;		   /* that were forgotten: nothing was heard of them for long */
	uint64_t ends_lost;	   /* ends of packets for which the ring had no room */
	bool output_failed;	   /* shown counts records too that were still buffered then */
};

/* Events that were, or may have been, asked for and are nowhere: the sum of all loss causes. */
uint64_t capture_lost(const struct capture_counts *counts);

/* What `seen` and `matched` have to be, by the sums of xcap/event.h. */
uint64_t capture_seen_sum(const struct capture_counts *counts);
uint64_t capture_matched_sum(const struct capture_counts *counts);

/* The counters by number: names as files have them, NULL at the end; missed is not among them. */
const char *capture_count_name(unsigned int i);
uint64_t capture_count(const struct capture_counts *counts, unsigned int i);

/* Of the totals those that tell what became of records and of packets, in the same way. */
const char *capture_total_name(unsigned int i);
uint64_t capture_total(const struct capture_totals *totals, unsigned int i);

/* Add `counts` to `sum`; missed_known stays true only while it is true of all. */
void capture_add(struct capture_counts *sum, const struct capture_counts *counts);

#endif
