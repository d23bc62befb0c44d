/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * window.bpf.h - the first bytes of the packet, copied once, whole.
 *
 * The filter reads them by plain loads and the snapshot begins with them. A link header that does
 * not exist is made up and an accelerated VLAN tag put back here, so the filter means what it would
 * mean on the file that is written. The window stands in a per-CPU slot, not on the stack: the
 * chain and 192 bytes are more than a 6.1 verifier allows.
 */
#ifndef WINDOW_BPF_H
#define WINDOW_BPF_H

#include <bpf/bpf_endian.h>

#include "complete.bpf.h"
#include "early.bpf.h"
#include "ether.bpf.h"
#include "geometry.bpf.h"
#include "paged.bpf.h"
#include "parts.bpf.h"
#include "ring.bpf.h"

#define WINDOW_MAC_LEN 12 /* destination and source address */

/*
 * Take a slot that is free, safely against interrupts and preemption on one CPU. Where there is a
 * compare-and-swap, giving it back is a mere store: an atomic operation there would wait until the
 * record, which is in no cache, is written. Else by the atomic add that 5.10 has: two that meet may
 * both step back; they try the next.
 */
static __always_inline bool window_claim(struct window_slot *slot)
{
	if (cfg.own_ring)
		return !__sync_val_compare_and_swap(&slot->busy, 0, 1);
	__sync_fetch_and_add(&slot->busy, 1);
	if (*(volatile u32 *)&slot->busy == 1)
		return true;
	__sync_fetch_and_add(&slot->busy, -1);
	return false;
}

static __always_inline void window_release(struct window_slot *slot)
{
	if (cfg.own_ring)
		ring_store_release(&slot->busy, 0);
	else
		__sync_fetch_and_add(&slot->busy, -1);
}

/*
 * Read paged bytes behind the `have` real ones in the window, up to its end. Returns how many came,
 * or a negative error.
 */
static __always_inline long window_read_paged(struct xcap_filter_ctx *f, struct xcap_packet *p,
					      u64 have)
{
	u64 at = p->shift + have, want = p->total - have;
	s64 offset = have - p->data_offset;

	if (offset < 0)
		return -1;
	XCAP_OPAQUE(at);
	if (at > XCAP_WINDOW)
		return -1;
	XCAP_OPAQUE(want);
	if (want > XCAP_WINDOW - at)
		want = XCAP_WINDOW - at;
	XCAP_OPAQUE(want);
	if (want > XCAP_WINDOW)
		return -1;
	return paged_read(f, p->data + at, want, offset) ? -1 : (long)want;
}

/*
 * Paged bytes by the packet's parts, which are found first, as the filter wants them, too: those
 * behind the valid ones, up to `end` in the window. 0 or negative.
 */
static __always_inline long window_read_parts(struct xcap_packet *p, u64 end)
{
	u64 valid, reach;

	parts_find(p, p->event.skb);
	valid = *(volatile u32 *)&p->valid;
	reach = (u64)p->shift + p->reach;
	if (end > reach)
		end = reach;
	if (end <= valid)
		return 0;
	parts_seek(p, valid - p->shift, valid, end);
	p->valid = end;
	return parts_copy(p, p->data, XCAP_WINDOW, XCAP_WINDOW, 20);
}

__attribute__((noinline)) long xcap_window_parts(u64 row, u64 end)
{
	struct window_slot *slot = slot_at(row);

	return slot ? window_read_parts(&slot->packet, end) : -1;
}

/* Put the tag of skb->vlan_tci behind the addresses, which are moved up by its length. */
static __always_inline void window_insert_tag(u8 *data, const struct skb_view *v)
{
	*(u32 *)(data + 0) = *(u32 *)(data + 4);
	*(u32 *)(data + 4) = *(u32 *)(data + 8);
	*(u32 *)(data + 8) = *(u32 *)(data + 12);
	*(u16 *)(data + 12) = v->vlan_proto;
	*(u16 *)(data + 14) = bpf_htons(v->vlan_tci);
}

/* Zero addresses, the tag if there is one, the protocol. */
static __always_inline void window_make_ether(u8 *data, const struct skb_view *v, u16 protocol)
{
	*(u64 *)data = 0;
	*(u32 *)(data + 8) = 0;
	if (v->has_vlan) {
		*(u16 *)(data + 12) = v->vlan_proto;
		*(u16 *)(data + 14) = bpf_htons(v->vlan_tci);
		*(u16 *)(data + 16) = protocol;
	} else {
		*(u16 *)(data + 12) = protocol;
	}
}

/* Ethertype of a packet without a link header, network order; 0: it is none. */
static __always_inline u16 window_protocol(const struct xcap_packet *p, const struct skb_view *v,
					   u64 n)
{
	u8 first = p->data[v->has_vlan ? GEOMETRY_ETH_LEN + GEOMETRY_TAG_LEN : GEOMETRY_ETH_LEN];

	if (p->kind == GEOMETRY_FAKE)
		return v->protocol ? v->protocol : bpf_htons(GEOMETRY_NO_PROTOCOL);
	if (p->kind != GEOMETRY_L3) /* rebuilt: the version is ours */
		return bpf_htons(geometry_protocol(first, 0));
	return n ? bpf_htons(geometry_protocol(first, bpf_ntohs(v->protocol))) : 0;
}

enum window_result { WINDOW_OK, WINDOW_NO_PACKET, WINDOW_FAULT };

/*
 * The packet's bytes from `have` on, a constant, as far as `end` in the window, which is not before
 * them.
 */
static __always_inline enum window_result window_copy(struct xcap_filter_ctx *f,
						      struct xcap_packet *p, u64 have, u64 end)
{
	u64 shift = p->shift, n = p->linear;
	long more;

	if (end > XCAP_WINDOW)
		end = XCAP_WINDOW;
	XCAP_OPAQUE(shift);
	shift &= XCAP_WINDOW_SLACK - 1;
	if (n > end - shift)
		n = end - shift;
	n -= have;
	XCAP_OPAQUE(n);
	if (n > XCAP_WINDOW)
		return WINDOW_FAULT;
	if (n && bpf_probe_read_kernel(p->data + shift + have, n, (void *)(p->start + have)))
		return WINDOW_FAULT;
	/* what follows takes it from there: so the verifier forgets the ways that led here */
	p->valid = n + have + shift;
	/* where the first bytes came early there are no parts */
	if (!have && parts_serve(f, p) && p->linear < p->total &&
	    xcap_window_parts(slot_row(p), end))
		return WINDOW_FAULT;
	if (xcap_has_dynptr()) {
		n = *(volatile u32 *)&p->valid;
		more = n < end && n - p->shift < p->total ? window_read_paged(f, p, n - p->shift)
							  : 0;
		if (more > 0)
			p->valid = n + more;
	}
	return WINDOW_OK;
}

/*
 * Copy the first bytes and complete the link header. p->valid, p->early and p->wire_len are set;
 * where p->early, window_complete() has to be called for the rest.
 */
static __always_inline enum window_result window_fill(const struct xcap_ctx *c,
						      struct xcap_filter_ctx *f,
						      struct xcap_packet *p,
						      const struct skb_view *v)
{
	u16 protocol;

	p->early = early_is_enough(c, f, p);
	if (p->early)
		early_copy(p);
	else if (window_copy(f, p, 0, XCAP_WINDOW))
		return WINDOW_FAULT;
	p->wire_len = p->total + p->shift;
	if (p->kind != GEOMETRY_L2) {
		protocol = window_protocol(p, v, p->valid - p->shift);
		if (!protocol)
			return WINDOW_NO_PACKET;
		window_make_ether(p->data, v, protocol);
		if (complete_is_due(p, v, p->flow, p->shift, p->valid - p->shift))
			xcap_complete(slot_row(p));
		if (cfg.want_addresses && cfg.neigh.known && !xcap_given(c, p) &&
		    p->kind != GEOMETRY_FAKE)
			ether_addresses(p, v, f->skb, p->sock);
	} else if (v->has_vlan) {
		if (p->valid < WINDOW_MAC_LEN + GEOMETRY_TAG_LEN)
			return WINDOW_NO_PACKET;
		window_insert_tag(p->data, v);
	}
	return WINDOW_OK;
}

/* The packet goes on: what is missing of the first `snaplen` bytes of the window. */
static __always_inline enum window_result window_complete(struct xcap_filter_ctx *f,
							  struct xcap_packet *p, u32 snaplen)
{
	u32 end = p->wire_len < snaplen ? p->wire_len : snaplen;

	if (!p->early || end <= p->valid)
		return WINDOW_OK;
	early_end(p);
	if (end <= p->valid)
		return WINDOW_OK;
	if (end > XCAP_WINDOW)
		end = XCAP_WINDOW;
	if (cfg.filter_is_short && cfg.has_rdonly_cast && end - p->valid <= EARLY_MORE &&
	    end <= p->linear + p->shift) {
		early_copy_more(p, end);
		return WINDOW_OK;
	}
	return window_copy(f, p, XCAP_WINDOW_EARLY, end);
}

#endif
