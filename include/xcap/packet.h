/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packet.h - a packet while the chain works on it, as the injected packet filter sees it.
 *
 * struct xcap_packet stands in a per-CPU map: what the verifier knows of a number is forgotten
 * there, so the many ways into the chain (with and without a tag, a link header, paged bytes)
 * become one. struct xcap_filter_ctx is what the filter is called with; it lives on the stack,
 * where pointers keep their kind. session/inject.c tells the translator where the fields are.
 */
#ifndef XCAP_PACKET_H
#define XCAP_PACKET_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#include "event.h"
#include "track.h"

/*
 * A run of bytes in memory. While frags of the kernel are taken over in place, what they have at
 * the same offsets: the page, its length, and in `end` the offset in the page.
 */
struct xcap_part {
	__u64 addr;
	__u32 len;
	__u32 end; /* of it in the packet, from `start` on */
};

/* Where a copy stands that goes over several parts. */
struct xcap_cursor {
	__u32 part; /* the next byte's */
	__u32 from; /* its place in that part */
	__u32 pos;  /* its place at the destination */
	__u32 end;  /* the last byte's there, and one */
};

struct xcap_packet {
	__u64 start;	   /* address of the first real byte */
	__u64 data_offset; /* skb->data - start, signed */
	__u32 valid;	   /* bytes in data */
	__u32 wire_len;	   /* of the packet as the filter sees it */
	__u32 shift;	   /* bytes made up in front of or between the real ones: 0 to 78 */
	__u32 total;	   /* real bytes, paged ones included */
	__u32 linear;	   /* of these, in the linear area */
	__u32 cap_len;	   /* to be captured */
	__u32 pulled; /* linear bytes behind the window, to be read apart from the paged ones */
	__u32 reach;  /* real bytes that can be read by `parts` */
	__u32 n_parts;
	__u32 raw_end;	/* parts behind n_parts, up to this one, are still frags of the kernel */
	__u64 next_skb; /* address of the next skb of the frag_list */
	__u64 vmemmap;	/* bases of the kernel's array of pages, and of what they stand for */
	__u64 page_offset;
	struct xcap_cursor cursor;
	__u32 ifindex;
	__u16 protocol; /* host order */
	__u8 pkt_type;	/* PACKET_OUTGOING when the direction is out */
	__u8 kind;	/* enum geometry_kind */
	/* while headers are made: what the sock tells */
	__u8 version;		     /* 4 or 6; 0: not IP, or the peer is not known */
	__u8 full;		     /* it is a whole sock, not one that waits or is being made */
	__u8 transport;		     /* IPPROTO_* */
	__u8 by_flow;		     /* the addresses are the flow's */
	__u32 in_parts;		     /* bytes behind the window are copied part by part */
	__u8 early;		     /* the window has its first bytes alone */
	__u8 is_late;		     /* what the record says of the skb is still to be read */
	__u8 found;		     /* it can be as long as the skb says */
	__u16 said_flags;	     /* XCAP_EV_* that follow from the probe's arguments */
	__u32 given, drop;	     /* of a program that many probes share, see xcap.bpf.h */
	__u64 sock, flow;	     /* of the probe's arguments, see xcap.bpf.h */
	__u64 stamp;		     /* of the record that is being written, see ring.h */
	struct xcap_tracked tracked; /* what is to be put into the table of packets */
	/* the record: event and data are one run of words */
	struct xcap_event event;
	/* twice: the verifier cannot relate where a read of paged bytes starts to how long it is */
	__u8 data[2 * XCAP_WINDOW + XCAP_WINDOW_SLACK];
	struct xcap_part parts[XCAP_PARTS + XCAP_FRAGS_MAX];
};

struct xcap_filter_ctx {
	__u64 packet; /* struct xcap_packet * */
	__u64 skb;    /* struct sk_buff * */
	__u64 pages;  /* constant: paged bytes are read by their page's address, see `parts` */
};

#endif
