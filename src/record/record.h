/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * record.h - one event, complete: what happened to which packet, where and when.
 *
 * It comes from the ring buffer (session/reader) or, later, from a pcapng file; nothing that takes
 * a record can tell which. All strings and bytes belong to the producer and live until the callee
 * returns. Empty strings and zeros mean "not known", as each field says.
 */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include <stdint.h>

#include "xcap/event.h"

/* A kernel stack; equal ones are one, and live as long as the capture. */
struct record_stack {
	uint64_t id; /* from 1, in the order of first appearance; 0: there were too many different
			ones, this one lives until the callee returns */
	uint32_t n;
	const char *const *frames; /* "nf_hook_slow+0x9d", "foo+0x1 [mod]"; the innermost first */
};

/*
 * What may differ from one packet of a flow to the next comes first; what they mostly have in
 * common begins at `probe` (sink/pcapng_cache.h). A producer sets every field and leaves the bytes
 * between them alone.
 */
struct record {
	uint64_t number;       /* from 1, in the order of output */
	uint64_t ts_ns;	       /* wall clock, ns since the epoch (UTC) */
	uint64_t skb;	       /* address */
	const uint8_t *packet; /* an Ethernet frame */
	uint32_t len;	       /* bytes on the wire, including the link header */
	uint32_t cap_len;      /* bytes at packet; 0 with XCAP_EV_NO_PACKET */
	uint32_t lost_before;  /* lost on this CPU since its previous record */
	/* of a packet that is tracked: the same at every probe; 0: it is not */
	uint64_t id;
	uint64_t parent;		  /* the packet that this one was made from (a segment's, a
					     retransmission's); 0 */
	const struct record_stack *stack; /* NULL: none was taken */
	const char
		*netns_name; /* "" for xcap's own namespace; else its name, or its inode as text */

	uint32_t probe; /* row in capture.probes */
	uint32_t cpu;
	uint32_t pid, tid;    /* current task; the packet's only when context is XCAP_CTX_TASK */
	char comm[XCAP_COMM]; /* its name, "" not known; may hold any byte but NUL */
	char ifname[XCAP_IFNAME]; /* "" no device */
	uint32_t ifindex;	  /* 0: no device */
	uint32_t netns;		  /* inode of the network namespace, 0: not known */
	uint32_t mark;
	uint16_t protocol;    /* skb->protocol, host order */
	uint16_t dev_type;    /* ARPHRD_*, 0xffff: no device */
	uint16_t flags;	      /* enum xcap_event_flag */
	uint16_t gso_size;    /* payload of one segment of a super-packet, 0: it is none */
	uint16_t gso_segs;    /* segments, 0: not known */
	uint8_t context;      /* enum xcap_context */
	uint8_t direction;    /* enum xcap_direction */
	uint8_t pkt_type;     /* PACKET_HOST... (linux/if_packet.h) */
	uint8_t rebuilt;      /* enum xcap_rebuilt: headers that the skb did not have */
	uint8_t sk_state;     /* TCP_LISTEN and the like (netinet/tcp.h); 0: no socket known */
	const char *reason;   /* drop reason, e.g. "NETFILTER_DROP"; NULL: none here */
	const char *location; /* "nf_hook_slow+0x9d" or "foo+0x1 [mod]"; NULL: none here */
	const char *nf_path; /* netfilter drop: "ip INPUT", by the stack (flow/); NULL: not known */
	const char *nf_table, *nf_chain; /* netfilter drop: at work then; NULL: not known */
	uint64_t ret;			 /* XCAP_EV_HAS_RETURN: what the function returned */
	uint64_t ext;			 /* XCAP_EV_HAS_EXT: value of argument M of @N@M */
	uint64_t lost;			 /* events lost on this CPU since the start */
};

/* What an exit probe's function returned, in words. */
struct record_return {
	char text[24];	   /* decimal where it is small, also below zero; else 0x... */
	const char *error; /* "EACCES" where it is -1..-4095 and that has a name; else NULL */
};

struct record_return record_return(const struct record *record);

/* "softirq": what the CPU was doing; NULL: not known. */
const char *record_context(const struct record *record);

/* "LISTEN", as ss(8) calls the state of the TCP socket; NULL: none is known. */
const char *record_sk_state(const struct record *record);

/* "ip,tcp": the headers that were rebuilt; "" none. */
const char *record_rebuilt(const struct record *record);

#endif
