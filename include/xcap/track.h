/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * track.h - the rows by which a packet is known again, and the places where they change hands.
 *
 * A packet is where its bytes are: the table's key is skb->head, which all clones share. The rows
 * are made where a packet matches (bpf/track.bpf.h), follow it by hooks in the kernel's own
 * functions (enum xcap_hook), and go with the last reference; session/track.c sweeps what is left.
 */
#ifndef XCAP_TRACK_H
#define XCAP_TRACK_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* What a hook's function does to its skb; the program is patched with it: XCAP_MARK_PROBE. */
enum xcap_hook {
	XCAP_HOOK_FREE,	      /* lets go of a reference; with the last one the packet goes */
	XCAP_HOOK_GONE,	      /* the memory becomes another packet's, or a part of one */
	XCAP_HOOK_STOLEN,     /* the same if the second argument says so */
	XCAP_HOOK_COPY,	      /* (new, old): the same packet in other memory */
	XCAP_HOOK_CHILD,      /* (to, from): another packet, made from that one */
	XCAP_HOOK_RETRANSMIT, /* (sk, skb): what is sent from now on is another packet */
	XCAP_HOOK_MOVE,	      /* the bytes move to other memory; one program at each end */
	XCAP_HOOK_SEGMENT,    /* returns a list of packets made from this one; likewise */
	XCAP_HOOKS,
};

/*
 * What NAT leaves alone of a packet; 0: not known, agrees with anything. For kernels whose hooks
 * do not see all.
 */
struct xcap_content {
	__u64 rest;   /* TCP: acknowledgement; ICMP: type and sequence; else: the payload's begin */
	__u32 seq;    /* TCP; of a fragment its offset and flags */
	__u16 ip_id;  /* IPv4 */
	__u16 len;    /* of the IP packet, but of TCP, which GRO makes longer */
	__u8 version; /* 4 or 6; 0: not IP */
	__u8 proto;
	__u8 known; /* enum xcap_content_known: what of this was read; zero is a value as any */
	__u8 pad[5];
};

enum xcap_content_known {
	XCAP_CONTENT_PROTO = 1 << 0, /* with the version */
	XCAP_CONTENT_SEQ = 1 << 1,
	XCAP_CONTENT_REST = 1 << 2,
	XCAP_CONTENT_IP_ID = 1 << 3,
	XCAP_CONTENT_LEN = 1 << 4,
};

#define XCAP_TRACKED_SHARED	1 /* the id has, or had, more than one row: see `shared` */
#define XCAP_TRACKED_RETRANSMIT 2 /* its next record says so */
#define XCAP_TRACKED_MOVING	4 /* it is `skb` that moves; others here are other packets */

struct xcap_tracked {
	__u64 id;      /* 0: the row is on its way out */
	__u64 parent;  /* for its next record; 0: none */
	__u64 origin;  /* the packet that this is a fragment of, cut at its joints; 0: none */
	__u64 skb;     /* which moves; approximate: skb whose row is the same packet's, or head */
	__u64 seen_ns; /* last hit, monotonic */
	__u64 release_ns; /* when one of two references went, and ... */
	__u32 releasing;  /* ... how many do at this time */
	__u32 ifindex;	  /* of the first hit */
	struct xcap_content content;
	__u16 probe; /* of the first hit */
	__u16 flags; /* XCAP_TRACKED_... */
	__u32 pad;
};

/* Of the capture; a cache line pair of its own, as every hit reads what would be beside it. */
struct xcap_track_counts {
	__u64 tracked;	 /* packets that were given an id */
	__u64 untracked; /* that were not: the table was full */
	__u64 ends_lost; /* XCAP_EV_END for which the ring had no room */
	__u64 made;	 /* rows, and ... */
	__u64 deleted;	 /* ... those that programs took out again; the sweeper counts its own */
	__u64 pad[11];
};

#endif
