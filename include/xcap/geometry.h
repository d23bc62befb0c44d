/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * geometry.h - where in an skb the packet starts, and how long it is: the rules, on mere numbers.
 *
 * They follow what each layer of the stack leaves in the header offsets. The BPF object calls them
 * for every packet (bpf/geometry.bpf.h); the same text is compiled for tests/unit/test_geometry.c,
 * which goes through all combinations.
 *   L2       mac_header is set, not behind network_header, on an Ethernet, loopback or no device
 *   L3       else, network_header is set: a link header is made up in front of it
 *   L4       else, transport_header is set: local output, the IP header is still to come
 *   PAYLOAD  else: local output of TCP before it has a header at all
 * The length is skb->len + (data - start), always: data may stand before or behind the start.
 */
#ifndef XCAP_GEOMETRY_H
#define XCAP_GEOMETRY_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define GEOMETRY_UNSET	   0xffff /* of mac_header and transport_header */
#define GEOMETRY_NO_DEVICE 0xffff /* of dev_type */
#define GEOMETRY_ETHER	   1	  /* ARPHRD_ETHER */
#define GEOMETRY_LOOP	   772	  /* ARPHRD_LOOPBACK: has an Ethernet header */
#define GEOMETRY_NETLINK   824	  /* ARPHRD_NETLINK: messages, not packets */
#define GEOMETRY_ETH_LEN   14
#define GEOMETRY_TAG_LEN   4
#define GEOMETRY_LEN_MAX   (1 << 20) /* no skb is longer; BIG TCP stays below 512 KiB */

#define GEOMETRY_IPV4 0x0800 /* ETH_P_IP */
#define GEOMETRY_IPV6 0x86dd /* ETH_P_IPV6 */
/* Ethertype where the skb has none: IEEE 802, Local Experimental Ethertype 1 */
#define GEOMETRY_NO_PROTOCOL 0x88b5

enum geometry_kind {
	GEOMETRY_NONE, /* not a packet, or none that could be found */
	GEOMETRY_L2,
	GEOMETRY_L3,
	GEOMETRY_FAKE,	  /* --fake-hdr: bytes of an unknown kind behind a made-up link header */
	GEOMETRY_L4,	  /* real from the transport header on; IP has to be made */
	GEOMETRY_PAYLOAD, /* real from skb->data on; IP and TCP have to be made */
};

/* What the skb says. */
struct geometry_skb {
	__u64 head, data; /* addresses */
	__u32 len, data_len;
	__u16 mac, network, transport; /* offsets from head */
	__u16 dev_type;		       /* ARPHRD_*, GEOMETRY_NO_DEVICE */
};

struct geometry {
	__u64 start;	   /* address of the packet's first real byte */
	__u64 data_offset; /* skb->data - start, signed */
	__u32 total;	   /* real bytes, paged ones included */
	__u32 linear;	   /* of these, in the linear area */
};

static inline _Bool geometry_offset_is_set(__u16 offset)
{
	return offset && offset != GEOMETRY_UNSET;
}

/* A device whose packets begin with an Ethernet header, or none that says otherwise. */
static inline _Bool geometry_has_link_header(__u16 dev_type)
{
	return dev_type == GEOMETRY_ETHER || dev_type == GEOMETRY_LOOP ||
	       dev_type == GEOMETRY_NO_DEVICE;
}

static inline __u32 geometry_kind(const struct geometry_skb *s)
{
	if (!s->head || s->dev_type == GEOMETRY_NETLINK)
		return GEOMETRY_NONE;
	/* behind the network header it is left from an inner packet, at it the device has none */
	if (s->mac != GEOMETRY_UNSET && (!s->network || s->mac < s->network) &&
	    geometry_has_link_header(s->dev_type))
		return s->mac || s->network || s->dev_type != GEOMETRY_NO_DEVICE ? GEOMETRY_L2
										 : GEOMETRY_NONE;
	if (geometry_offset_is_set(s->network))
		return GEOMETRY_L3;
	return geometry_offset_is_set(s->transport) ? GEOMETRY_L4 : GEOMETRY_PAYLOAD;
}

static inline __u64 geometry_start(const struct geometry_skb *s, __u32 kind)
{
	if (kind == GEOMETRY_L2)
		return s->head + s->mac;
	if (kind == GEOMETRY_L3)
		return s->head + s->network;
	return kind == GEOMETRY_L4 ? s->head + s->transport : s->data;
}

/* Lengths from a start; false: the numbers contradict each other, there is no such packet. */
static inline _Bool geometry_measure(const struct geometry_skb *s, __u64 start, struct geometry *g)
{
	__s64 before = s->data - start;

	g->start = start;
	g->data_offset = before;
	g->total = s->len + before;
	g->linear = s->len - s->data_len + before;
	return start >= s->head && g->total <= GEOMETRY_LEN_MAX && g->linear <= g->total;
}

/*
 * Ethertype (all in host order) for a packet that starts at its network header: IP is believed if
 * the version agrees with skb->protocol, and where that is not set yet (local output) it is what
 * the version says. 0: not a packet.
 */
static inline __u16 geometry_protocol(__u8 first_byte, __u16 protocol)
{
	__u16 says = first_byte >> 4 == 4   ? GEOMETRY_IPV4
		     : first_byte >> 4 == 6 ? GEOMETRY_IPV6
					    : 0;

	if (!protocol)
		return says;
	if (protocol == GEOMETRY_IPV4 || protocol == GEOMETRY_IPV6)
		return says == protocol ? says : 0;
	return protocol;
}

#endif
