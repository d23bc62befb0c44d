/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * geometry.bpf.h - where in an skb the packet starts, and how long it is.
 *
 * The rules follow what each layer of the stack leaves in the header offsets:
 *   L2  mac_header is set, not behind network_header, on an Ethernet, loopback or unknown device
 *   L3  else, network_header is set (an Ethernet header is then made up in front of it)
 *   else there is no packet that we can show.
 * The length is skb->len + (data - start), always: data may stand before or behind the start.
 */
#ifndef GEOMETRY_BPF_H
#define GEOMETRY_BPF_H

#include "view.bpf.h"
#include "xcap/packet.h"

#define GEOMETRY_ETHER	 1   /* ARPHRD_ETHER */
#define GEOMETRY_LOOP	 772 /* ARPHRD_LOOPBACK */
#define GEOMETRY_NETLINK 824 /* ARPHRD_NETLINK: messages, not packets */
#define GEOMETRY_ETH_LEN 14
#define GEOMETRY_TAG_LEN 4
#define GEOMETRY_LEN_MAX (1 << 20) /* no skb is longer; BIG TCP stays below 512 KiB */

enum geometry_kind { GEOMETRY_NONE, GEOMETRY_L2, GEOMETRY_L3 };

static __always_inline u32 geometry_kind(const struct skb_view *v)
{
	if (!v->head || v->dev_type == GEOMETRY_NETLINK)
		return GEOMETRY_NONE;
	if (v->mac != VIEW_NO_OFFSET && (!v->network || v->mac < v->network) &&
	    (v->dev_type == GEOMETRY_ETHER || v->dev_type == GEOMETRY_LOOP ||
	     v->dev_type == VIEW_NO_DEVICE))
		return v->mac || v->network || v->dev_type != VIEW_NO_DEVICE ? GEOMETRY_L2
									     : GEOMETRY_NONE;
	return v->network && v->network != VIEW_NO_OFFSET ? GEOMETRY_L3 : GEOMETRY_NONE;
}

/* Where the packet is; false: there is none. */
static __always_inline bool geometry_find(const struct skb_view *v, struct xcap_packet *p)
{
	s64 before;

	p->kind = geometry_kind(v);
	if (p->kind == GEOMETRY_NONE)
		return false;
	p->start = v->head + (p->kind == GEOMETRY_L2 ? v->mac : v->network);
	p->shift = (p->kind == GEOMETRY_L2 ? 0 : GEOMETRY_ETH_LEN) +
		   (v->has_vlan ? GEOMETRY_TAG_LEN : 0);
	before = v->data - p->start;
	p->data_offset = before;
	p->total = v->len + before;
	p->linear = v->len - v->data_len + before;
	return p->total <= GEOMETRY_LEN_MAX && p->linear <= p->total;
}

#endif
