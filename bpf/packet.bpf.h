/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packet.bpf.h - from an skb's view to a decision: where its packet is, its first bytes, whether
 * the filter takes it, how much of it goes out.
 */
#ifndef PACKET_BPF_H
#define PACKET_BPF_H

#include "count.bpf.h"
#include "emit_class.bpf.h"
#include "track.bpf.h"

struct packet_probes {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* one row per probe, set before the load */
	__type(key, u32);
	__type(value, struct xcap_probe);
};

/* core.bpf.c has them */
extern struct track_heads heads SEC(".maps");
extern struct packet_probes probes SEC(".maps");

/* The probe's row: not asked for before the filter has accepted, or a packet is followed. */
static __always_inline const struct xcap_probe *probe_row(const struct xcap_ctx *c)
{
	u32 id = c->probe;

	return bpf_map_lookup_elem(&probes, &id);
}

static __always_inline bool takes_only_tracked(const struct xcap_ctx *c)
{
	const struct xcap_probe *probe = probe_row(c);

	return probe && probe->only_tracked;
}

static __always_inline bool gives_no_id(const struct xcap_ctx *c)
{
	const struct xcap_probe *probe = probe_row(c);

	return probe && probe->gives_no_id;
}

/* The packet filter's answer; false: the packet goes no further, and is counted. */
static __always_inline bool filter_accepts(struct xcap_filter_ctx *f, struct xcap_packet *p,
					   struct xcap_counters *count)
{
	u64 verdict = xcap_filter(f);

	if (verdict == FILTER_KEEP_LOAD)
		verdict = xcap_load(f, 0, 1);
	if (verdict == FILTER_UNREADABLE) {
		COUNT(undecidable);
		return false;
	}
	if (verdict == FILTER_FAULT) {
		COUNT(fault);
		return false;
	}
	if (verdict == FILTER_UNDECIDED)
		p->event.flags |= XCAP_EV_UNDECIDED;
	return verdict != 0;
}

/*
 * An skb without a packet is shown only where no expression asks for one, or it is followed from
 * where it had one.
 */
static __always_inline bool without_packet(struct xcap_ctx *c, const struct skb_view *v,
					   struct xcap_packet *p)
{
	bool known = false, only_tracked = cfg.track && takes_only_tracked(c);

	p->event.flags = XCAP_EV_NO_PACKET;
	p->event.rebuilt = 0;
	p->wire_len = v->len;
	p->cap_len = p->pulled = p->in_parts = 0;
	if (cfg.track) {
		p->valid = 0; /* what the window has is another packet's */
		known = track_find(&heads, c, v, p);
		if (only_tracked && !known)
			return false;
	}
	return !cfg.has_filter || only_tracked || (cfg.track_follow && known);
}

/* Who it is, where packets are followed, and whether it is to be sent. */
static __always_inline bool identify(struct window_slot *slot, struct xcap_ctx *c,
				     struct xcap_filter_ctx *f, struct xcap_counters *count)
{
	struct xcap_packet *p = &slot->packet;
	const struct skb_view *v = &slot->view;
	bool known = cfg.track && track_find(&heads, c, v, p);

	if (cfg.track && takes_only_tracked(c))
		return known;
	if (cfg.has_filter && !(cfg.track_follow && known)) {
		if (cfg.filter_asks) {
			p->ifindex = v->ifindex;
			p->protocol = bpf_ntohs(v->protocol);
			p->pkt_type = meta_pkt_type(p->event.direction, v);
		}
		if (!filter_accepts(f, p, count))
			return false;
	}
	if (cfg.track && !known && !gives_no_id(c))
		track_begin(&heads, slot, c, v, p);
	return true;
}

/* What the record says of the hit and the skb, and what depends on it. */
static __always_inline void read_more(struct xcap_ctx *c, xcap_more *more, struct skb_view *v,
				      struct xcap_packet *p)
{
	const struct xcap_probe *probe = probe_row(c);

	if (!cfg.n_reasons)
		more(c);
	/* from the slot on these are numbers of which the verifier knows nothing: else it would go
	 * through all that follows for each way that they came */
	p->sock = c->sock;
	p->flow = c->flow;
	p->drop = xcap_said_drop(c);
	p->said_flags = c->has_ext ? XCAP_EV_HAS_EXT : 0;
	p->event.reason = c->reason;
	if (cfg.event_bytes == XCAP_EVENT_WHOLE) {
		p->event.location = c->location;
		p->event.ext = c->has_ext ? c->ext : 0;
	}
	view_fill_more(v, c, p);
	p->event.direction = probe ? meta_direction(probe, v) : XCAP_DIR_UNKNOWN;
}

/*
 * Where the packet starts, its missing headers, its first bytes. A packet that has its headers is
 * asked no more before the filter has accepted it.
 */
static __always_inline enum window_result find_packet(struct xcap_ctx *c, struct xcap_filter_ctx *f,
						      xcap_more *more, struct xcap_packet *p,
						      struct skb_view *v)
{
	bool found;
	u8 kind;

	geometry_find(v, p);
	kind = XCAP_AGAIN(p->kind);
	found = XCAP_AGAIN(p->found);
	p->is_late = found && kind == GEOMETRY_L2 && !cfg.filter_asks && !cfg.track &&
		     p->linear >= WINDOW_MAC_LEN + GEOMETRY_TAG_LEN;
	if (!p->is_late) {
		read_more(c, more, v, p);
		kind = XCAP_AGAIN(p->kind);
		found = XCAP_AGAIN(p->found);
	}
	p->event.rebuilt = 0;
	p->shift =
		(kind == GEOMETRY_L2 ? 0 : GEOMETRY_ETH_LEN) + (v->has_vlan ? GEOMETRY_TAG_LEN : 0);
	if (found && kind > GEOMETRY_FAKE)
		found = xcap_rebuild(slot_row(p));
	if (!found && !(cfg.fake_hdr && p->kind != GEOMETRY_L2 && geometry_fake(v, p)))
		return WINDOW_NO_PACKET;
	return window_fill(c, f, p, v);
}

/* Start, window and filter; true: the packet is to be sent. */
static __always_inline bool packet_passes(struct window_slot *slot, struct xcap_ctx *c,
					  struct xcap_filter_ctx *f, xcap_more *more,
					  struct xcap_counters *count)
{
	struct xcap_packet *p = &slot->packet;
	struct skb_view *v = &slot->view;
	enum window_result result = find_packet(c, f, more, p, v);
	u32 snaplen;

	if (result == WINDOW_NO_PACKET)
		return without_packet(c, v, p);
	if (result == WINDOW_FAULT) {
		COUNT(fault);
		return false;
	}
	p->event.flags = (p->kind != GEOMETRY_L2 ? XCAP_EV_SYNTH_ETH : 0) |
			 (v->has_vlan ? XCAP_EV_VLAN_TAG : 0);
	if (!identify(slot, c, f, count))
		return false;
	if (p->is_late)
		read_more(c, more, v, p);
	/* user space settles what is undecided, on all bytes that there are; it cuts them
	 * afterwards */
	snaplen = p->event.flags & XCAP_EV_UNDECIDED ? XCAP_SNAPLEN_MAX : cfg.snaplen;
	if (window_complete(f, p, snaplen)) {
		COUNT(fault);
		return false;
	}
	p->event.flags |= emit_plan(f, p, snaplen);
	return true;
}

#endif
