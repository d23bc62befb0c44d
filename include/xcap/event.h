/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * event.h - the bytes that travel from the BPF object to user space through the ring buffer.
 *
 * Said once, included by both sides. A ring record is a struct xcap_event as far as it is wanted,
 * then cap_len bytes of packet, then slack up to what was reserved; the slack is
 * never read. Where stacks were asked for, the last xcap_config.stack_bytes of the record's memory
 * have stack_len return addresses, the innermost first. The packet bytes are what the filter saw:
 * an Ethernet frame, whose link header or VLAN tag may be synthetic (see flags).
 */
#ifndef XCAP_EVENT_H
#define XCAP_EVENT_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif
#include "limits.h"

/* xcap_event.flags */
enum xcap_event_flag {
	XCAP_EV_NO_PACKET = 1 << 0,  /* no network packet in this skb; cap_len is 0 */
	XCAP_EV_SYNTH_ETH = 1 << 1,  /* link header made up: zero addresses, skb->protocol */
	XCAP_EV_VLAN_TAG = 1 << 2,   /* accelerated tag of skb->vlan_tci put back into the bytes */
	XCAP_EV_PARTIAL = 1 << 3,    /* paged bytes could not be read here: fewer than asked for */
	XCAP_EV_UNDECIDED = 1 << 4,  /* the filter could not decide; user space has to settle it */
	XCAP_EV_HAS_REASON = 1 << 5, /* reason is valid */
	XCAP_EV_HAS_LOCATION = 1 << 6, /* location is valid */
	XCAP_EV_HAS_RETURN = 1 << 7, /* exit probe: ret is valid, the packet is that of the entry */
	XCAP_EV_HAS_EXT = 1 << 8,    /* ext is valid */
	XCAP_EV_END = 1 << 9,	     /* no hit of a probe: the packet `id` was freed, see track */
	XCAP_EV_RETRANSMIT = 1 << 10, /* the id is new: TCP sends the bytes of `parent` again */
};

/* xcap_event.rebuilt: headers that the skb did not have, made from the sock and the control block
 */
enum xcap_rebuilt {
	XCAP_REBUILT_IP = 1 << 0, /* IPv4 or IPv6 */
	XCAP_REBUILT_TCP = 1 << 1,
	XCAP_REBUILT_UDP = 1 << 2,
};

/* xcap_event.context: what the CPU was doing, from preempt_count */
enum xcap_context {
	XCAP_CTX_UNKNOWN,
	XCAP_CTX_TASK,
	XCAP_CTX_SOFTIRQ,
	XCAP_CTX_HARDIRQ,
	XCAP_CTX_NMI,
};

/* xcap_event.direction, as the probe's host sees it */
enum xcap_direction {
	XCAP_DIR_UNKNOWN,
	XCAP_DIR_IN,
	XCAP_DIR_OUT,
};

/* xcap_event.probe of an XCAP_EV_END: it belongs to no probe, and to no probe's counters */
#define XCAP_PROBE_END 0xffffffffu

/*
 * What a run has no use for stands behind what every run wants, and is left out: a record begins
 * with the first xcap_config.event_bytes of this, one of the three below, and the packet follows.
 */
struct xcap_event {
	__u64 ts_ns; /* CLOCK_MONOTONIC when the probe was hit, ns */
	__u64 skb;   /* address of the sk_buff */
	__u64 lost;  /* events lost on this CPU since the start, all probes */
	__u32 probe; /* row in the probe table; XCAP_PROBE_END with XCAP_EV_END */
	__u32 cpu;
	__u32 ifindex;	/* 0: no device */
	__u32 netns;	/* inode number of the network namespace, 0: unknown */
	__u32 mark;	/* skb->mark */
	__u32 len;	/* length on the wire, link header and VLAN tag included */
	__u32 cap_len;	/* bytes that follow the event */
	__u32 reason;	/* kfree_skb: enum skb_drop_reason; upper 16 bits: sub-system */
	__u16 protocol; /* skb->protocol, host order */
	__u16 dev_type; /* ARPHRD_* of the device, 0xffff: no device */
	__u16 flags;	/* enum xcap_event_flag */
	__u16 gso_size; /* payload of a segment of a GSO or GRO super-packet, 0: it is none */
	__u16 gso_segs; /* segments, where the kernel has counted them; else 0 */
	__u8 rebuilt;	/* enum xcap_rebuilt */
	__u8 context;	/* enum xcap_context */
	__u8 direction; /* enum xcap_direction */
	__u8 pkt_type;	/* skb->pkt_type, PACKET_HOST... */
	__u8 sk_state;	/* of the socket that is known here: TCP_LISTEN and the like; 0: none */
	__u8 stack_len; /* return addresses at the end of the record's memory: see XCAP_STACK_MAX */
	/* who it was */
	__u32 pid; /* thread group id of current */
	__u32 tid; /* thread id of current */
	char ifname[XCAP_IFNAME];
	char comm[XCAP_COMM];
	/* what became of it */
	union {
		__u64 location; /* kfree_skb: return address of the caller that dropped */
		__u64 ret;	/* exit probe: what the function returned, as the register has it */
	};
	__u64 ext;    /* @N@M: value of argument M */
	__u64 id;     /* of the packet, from its first match until it is freed; 0: none was given */
	__u64 parent; /* the id of the packet that this one was made from, at most its first record;
			 0: none */
	__u64 chain;  /* netfilter drop: row of the map `chain_names`, see chain.h; 0: not known */
};

/* Lengths of an event, whole words. */
#define XCAP_EVENT_SHORT __builtin_offsetof(struct xcap_event, pid)
#define XCAP_EVENT_OWNED __builtin_offsetof(struct xcap_event, location)
#define XCAP_EVENT_WHOLE sizeof(struct xcap_event)

/*
 * Counters of one probe on one CPU. They close:
 *   seen = rejected + fault + nested + undecidable + sampled + limited + matched
 *   matched = sent + ring_full + table_full + discarded
 * rejected and matched are not stored: the one is the difference, the other a sum, so that a
 * rejected event moves one counter and one that is sent moves two.
 */
struct xcap_counters {
	__u64 seen;
	__u64 fault;	   /* a read of the skb failed */
	__u64 nested;	   /* all XCAP_SLOTS windows of the CPU were in use */
	__u64 undecidable; /* the filter needed bytes that this kernel does not let us read here */
	__u64 sampled;
	__u64 limited;
	__u64 sent;
	__u64 ring_full;
	__u64 table_full;
	__u64 discarded;
	__u64 reserved[6]; /* two cache lines */
};

#endif
