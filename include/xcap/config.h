/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * config.h - what user space tells the BPF object before it is loaded.
 *
 * struct xcap_config is its read-only data: the verifier knows every value and removes the code
 * that this run does not need. struct xcap_probe is one row per probe in the map `probes`.
 */
#ifndef XCAP_CONFIG_H
#define XCAP_CONFIG_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif
#include "limits.h"

/* How packets are told apart over their life. */
enum xcap_track {
	XCAP_TRACK_OFF,
	XCAP_TRACK_EXACT,	/* every free and every change of the head is seen, by functions */
	XCAP_TRACK_APPROXIMATE, /* by tracepoints alone: what NAT leaves alone must agree too */
};

enum xcap_stack_where {
	XCAP_STACK_NONE,
	XCAP_STACK_ALL,
	XCAP_STACK_DROPS, /* where kfree_skb is hit */
};

/* Offsets in structs of the kernel, by which the Ethernet address of a next hop is found. */
struct xcap_neigh {
	__u16 known; /* 0: this kernel lacks one of them */
	__u16 arp_parms, nd_parms, tbl, nht;
	__u16 nud_state, ha, dev, key;
	__u16 rt_type, rt_gw_family, rt_gw4, rt_gw6;
	__u16 rt6_gateway, rt6_flags;
	__u16 pad;
};

struct xcap_config {
	__u64 ring_key;		/* own ring: see xcap_ring_head */
	__u64 preempt_delta;	/* &preempt_count - &runqueues of one CPU, from BTF; 0: not known */
	__u64 vmemmap_base;	/* addresses of these variables; 0: not known, and paged bytes */
	__u64 page_offset_base; /* are read where there is a dynptr only */
	__u32 snaplen;		/* 0: no packet bytes are wanted */
	__u32 capture_max;	/* the snaplen; all bytes where a packet may go out undecided */
	__u32 has_filter;	/* a packet filter was injected */
	__u32 filter_asks;	/* ... for the direction, the interface or skb->protocol */
	__u32 filter_is_short;	/* it looks at XCAP_WINDOW_EARLY bytes, as a rule ... */
	__u32 early_ip4;	/* ... at so many of IPv4 in Ethernet: words, two to all of them */
	__u32 has_dynptr;	/* bpf_dynptr_from_skb works in tp_btf (6.12) */
	__u32 has_rdonly_cast;	/* bpf_rdonly_cast (6.2) */
	__u32 has_loops;	/* bpf_iter_num_* (6.4) */
	__u32 n_if_patterns;	/* interface patterns of -i; 0: any */
	__u32 event_bytes;	/* of struct xcap_event in a record, XCAP_EVENT_SHORT... */
	__u32 want_comm;
	__u32 want_context;
	__u32 want_device;
	__u32 want_segments;
	__u32 want_addresses;	 /* Ethernet addresses of headers that are made up ... */
	struct xcap_neigh neigh; /* ... which takes these */
	__u32 skb_data;		 /* the packet starts at skb->data + skb_data_offset */
	__s32 skb_data_offset;
	__u32 fake_hdr;	    /* an skb without a packet goes out behind a made-up link header */
	__u32 wakeup_bytes; /* wake the reader each time that this much was written */
	__u32 own_ring;	    /* records go through the map `memory`, the kernel's ring is the bell */
	__u32 ring_mask;    /* its size - 1 */
	__u32 probe_count;  /* rows per CPU in the counters' array */
	__u32 track;	    /* enum xcap_track */
	__u32 track_follow; /* --track: a tracked packet passes where the filter no longer matches
			     */
	__u32 want_ends;    /* an XCAP_EV_END for each tracked packet that is freed */
	__u32 want_stack;   /* enum xcap_stack_where */
	__u32 stack_bytes;  /* room for the stack at the end of each record */
	__u32 want_chain;   /* note the netfilter chain at work, for drops */
	__u32 by_address;   /* a kprobe's cookie is found by the place that was hit */
	__u32 n_cpus;	    /* possible ones */
	__u32 n_reasons;    /* --reason: only drops for one of these; 0: for any */
	__u32 reasons[XCAP_REASONS];
};

/*
 * -i as one automaton over at most 16 characters of the device's name (Shift-And with self-loops
 * for '*'): state bit b is "the first b tokens of the pattern matched". `accepts[c]` has the bits
 * whose token takes character c. A pattern matches when its `final` bit is set after the name's
 * end.
 */
struct xcap_if_match {
	__u64 accepts[256];
	__u64 start; /* first bits */
	__u64 loops; /* bits that '*' keeps set */
	__u64 final[XCAP_IF_PATTERNS];
	__u32 netns[XCAP_IF_PATTERNS]; /* 0: in any namespace */
};

/*
 * Where a probe stands behind the hand-over of the skb, another CPU may have changed or freed it
 * by then: its fields are read as mere memory, its pages not at all.
 */
enum xcap_given {
	XCAP_GIVEN_NOT,
	XCAP_GIVEN_AWAY,     /* qdisc_enqueue of a queue without a lock */
	XCAP_GIVEN_BY_DEVICE /* net_dev_xmit; argument 3 is the device that sent it */
};

struct xcap_probe {
	__u32 skb_arg;	   /* which argument is the skb, from 0 */
	__u8 direction;	   /* enum xcap_direction, when the probe itself tells */
	__u8 is_kfree_skb; /* arguments: skb, location, reason */
	__u8 has_reason;   /* the kernel passes a reason (5.17) */
	__u8 given;	   /* enum xcap_given */
	__u8 sock_arg;	   /* which argument is a struct sock *, from 1; 0: none */
	__u8 flow_arg;	   /* which one is a struct flowi4, flowi6 or flowi *, from 1; 0: none */
	__u8 only_tracked; /* passes packets that have an id, whatever the filter says of them */
	__u8 gives_no_id;  /* the memory may be free by now: packets seen here first get none */
};

#endif
