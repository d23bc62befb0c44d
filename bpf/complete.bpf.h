/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * complete.bpf.h - what an IP header has to get yet when a probe of local output sees it.
 *
 * The header is in the window already, with addresses and protocol; its length, and the header of a
 * datagram behind it, are written by functions that come later.
 */
#ifndef COMPLETE_BPF_H
#define COMPLETE_BPF_H

#include "rebuild.bpf.h"

/*
 * Is the IP header at `at` of the window still to be completed? Local output writes its length
 * late: skb->protocol is not set by then, or only the length is what the memory held before. `n`
 * real bytes are there. A header that the user wrote to a raw socket (transport and network header
 * are one) stays as it is, and so does what came from a device, which can have padding behind it.
 */
static __always_inline bool complete_is_due(struct xcap_packet *p, const struct skb_view *v,
					    u64 flow, u64 at, u64 n)
{
	u8 *h = REBUILD_AT(p, at), version = h[0] >> 4;
	u16 said;

	if (p->kind != GEOMETRY_L3 || n < (version == 4 ? REBUILD_IP4_LEN : REBUILD_IP6_LEN))
		return false;
	if (!v->protocol)
		return true;
	if (p->data_offset || v->transport == v->network ||
	    v->protocol != bpf_htons(geometry_protocol(h[0], 0)))
		return false;
	said = version == 4 ? *(u16 *)(h + 2) : *(u16 *)(h + 4);
	return flow ||
	       (v->mac > v->network &&
		said != rebuild_length(version == 4 ? p->total : p->total - REBUILD_IP6_LEN));
}

/*
 * Put the length in. In udp_send_skb() and its twin for IPv6 there is no UDP header yet, either:
 * where a flow is among the arguments of a function that sends, it has the ports; elsewhere they
 * have been written. The IP header stands behind what was made up.
 */
static __always_inline void complete_headers(struct xcap_packet *p, const struct skb_view *v)
{
	u64 flow = p->flow, at = p->shift;
	u32 length = p->total, behind = v->transport - v->network;
	u8 *h = REBUILD_AT(p, at), *udp = REBUILD_AT(p, at + behind);
	bool is_4 = h[0] >> 4 == 4;
	u32 ports = 0;

	p->event.rebuilt = XCAP_REBUILT_IP;
	if (is_4) {
		*(u16 *)(h + 2) = rebuild_length(length);
		*(u16 *)(h + 10) = 0;
	} else {
		*(u16 *)(h + 4) = rebuild_length(length - REBUILD_IP6_LEN);
	}
	if (!flow || v->transport == GEOMETRY_UNSET || behind > REBUILD_IP6_LEN ||
	    h[is_4 ? 9 : 6] != REBUILD_UDP)
		return;
	if (is_4)
		bpf_core_read(&ports, sizeof(ports), &((struct flowi4 *)flow)->uli);
	else
		bpf_core_read(&ports, sizeof(ports), &((struct flowi6 *)flow)->uli);
	/* struct { dport, sport; } */
	*(u32 *)udp = ports >> 16 | ports << 16;
	*(u16 *)(udp + 4) = rebuild_length(length - behind);
	*(u16 *)(udp + 6) = 0;
	p->event.rebuilt |= XCAP_REBUILT_UDP;
}

/* Always 0: before Linux 6.8 a global function has to return something. */
__attribute__((noinline)) u64 xcap_complete(u64 row)
{
	struct window_slot *slot = slot_at(row);

	if (slot)
		complete_headers(&slot->packet, &slot->view);
	return 0;
}

#endif
