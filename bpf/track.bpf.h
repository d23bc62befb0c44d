/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * track.bpf.h - the identity of a packet, as the chain asks for it: is it known already, who was
 * it, and a new id where it matches for the first time.
 *
 * A row's key is skb->head. Where hooks see all that happens to it (exact) the row is believed.
 * Where only tracepoints tell (approximate), frees are missed: the row must also agree with the
 * packet in what NAT leaves alone, and a second row under the skb's address finds a head that
 * moved.
 */
#ifndef TRACK_BPF_H
#define TRACK_BPF_H

#include "content.bpf.h"
#include "meta.bpf.h"
#include "window.bpf.h"
#include "xcap/track.h"

/* Ids of programs that interrupted others on their CPU: apart from all others. */
#define TRACK_NESTED (1ULL << 40)

struct track_heads {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* --track-max where packets are followed */
	__type(key, u64);
	__type(value, struct xcap_tracked);
};

/* How many rows a packet has that was copied: by id. */
struct track_shared {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* likewise */
	__type(key, u64);
	__type(value, u64);
};

extern struct xcap_track_counts track_counts; /* core.bpf.c has it */

#define TRACK_COUNT(field) __sync_fetch_and_add(&track_counts.field, 1)

/* The next id of a slot, which is one program's at a time, so that a plain counter does: 5.10 has
 * no atomic that returns. */
static __always_inline u64 track_id(const struct window_slot *slot)
{
	return slot->row * TRACK_NESTED + slot->n_ids * cfg.n_cpus + bpf_get_smp_processor_id() + 1;
}

static __always_inline u64 track_next_id(struct window_slot *slot)
{
	u64 id = track_id(slot);

	slot->n_ids++;
	TRACK_COUNT(tracked);
	return id;
}

static __always_inline struct xcap_tracked *track_row(void *heads, u64 key)
{
	struct xcap_tracked *t = key ? bpf_map_lookup_elem(heads, &key) : 0;

	return t && t->id ? t : 0;
}

/* Put a row in; false: the table is full, or somebody was quicker. */
static __always_inline bool track_put(void *heads, u64 key, const struct xcap_tracked *row, u64 how)
{
	long rc = bpf_map_update_elem(heads, &key, row, how);

	if (!rc)
		TRACK_COUNT(made);
	return !rc;
}

/* Take a row out; true: it was there, and we were the ones. */
static __always_inline bool track_delete(void *heads, u64 key)
{
	if (bpf_map_delete_elem(heads, &key))
		return false;
	TRACK_COUNT(deleted);
	return true;
}

/* The row of a packet that hooks follow without a gap. */
static __always_inline struct xcap_tracked *track_find_exact(void *heads, const struct xcap_ctx *c,
							     const struct skb_view *v)
{
	struct xcap_tracked *t = track_row(heads, v->head);

	return t && t->flags & XCAP_TRACKED_MOVING && t->skb != (u64)c->skb ? 0 : t;
}

/* By tracepoints alone: by its head, or, where that moved, by the skb that had the old one. */
static __always_inline struct xcap_tracked *track_find_approximate(void *heads,
								   const struct xcap_ctx *c,
								   const struct skb_view *v,
								   struct xcap_packet *p)
{
	struct xcap_tracked *t = track_row(heads, v->head);

	if (t && content_agrees(&t->content, &p->tracked.content))
		return t;
	t = track_row(heads, (u64)c->skb);
	if (!t || !content_agrees(&t->content, &p->tracked.content))
		return 0;
	p->tracked.id = t->id;
	p->tracked.skb = (u64)c->skb;
	p->tracked.probe = t->probe;
	p->tracked.ifindex = t->ifindex;
	p->tracked.seen_ns = t->seen_ns;
	p->tracked.parent = t->parent;
	p->tracked.flags = t->flags;
	t->skb = v->head;
	track_put(heads, v->head, &p->tracked, BPF_ANY);
	return track_row(heads, v->head);
}

/*
 * Does TCP send it again? Asked where no hook tells: the same bytes left here before, by this
 * device. The IPv4 identification is another one. The old row, or none.
 */
static __always_inline struct xcap_tracked *track_find_sent(void *heads, const struct xcap_ctx *c,
							    const struct skb_view *v,
							    const struct xcap_packet *p)
{
	struct xcap_tracked *t = track_row(heads, v->head);

	return t && v->has_sk && p->event.direction == XCAP_DIR_OUT && t->probe == c->probe &&
			       t->ifindex == v->ifindex &&
			       p->tracked.content.proto == CONTENT_TCP &&
			       t->content.proto == CONTENT_TCP &&
			       t->content.seq == p->tracked.content.seq
		       ? t
		       : 0;
}

/* Is the packet known? Its id, and its parent at the first record, go into the event. */
static __always_inline bool track_find(void *heads, const struct xcap_ctx *c,
				       const struct skb_view *v, struct xcap_packet *p)
{
	struct xcap_tracked *t;

	p->event.id = p->event.parent = 0;
	p->tracked.parent = 0;
	p->tracked.flags = 0;
	if (cfg.track == XCAP_TRACK_APPROXIMATE) {
		content_read(&p->tracked.content, p);
		t = track_find_sent(heads, c, v, p);
		if (t) {
			p->tracked.parent = t->id;
			p->tracked.flags = XCAP_TRACKED_RETRANSMIT;
			return false;
		}
		t = track_find_approximate(heads, c, v, p);
	} else {
		t = track_find_exact(heads, c, v);
	}
	if (!t)
		return false;
	t->seen_ns = bpf_ktime_get_ns();
	p->event.id = t->id;
	p->event.parent = t->parent;
	if (t->parent) {
		if (t->flags & XCAP_TRACKED_RETRANSMIT)
			p->event.flags |= XCAP_EV_RETRANSMIT;
		t->parent = 0;
	}
	return true;
}

/* A packet matches that is not known: it gets an id, if there is room for it. */
static __always_inline void track_begin(void *heads, struct window_slot *slot,
					const struct xcap_ctx *c, const struct skb_view *v,
					struct xcap_packet *p)
{
	struct xcap_tracked *row = &p->tracked;

	if (!v->head || xcap_given(c, p))
		return;
	row->id = track_next_id(slot);
	row->origin = 0;
	row->seen_ns = bpf_ktime_get_ns();
	row->release_ns = 0;
	row->releasing = 0;
	row->ifindex = v->ifindex;
	row->probe = c->probe;
	p->event.parent = row->parent;
	if (row->flags & XCAP_TRACKED_RETRANSMIT)
		p->event.flags |= XCAP_EV_RETRANSMIT;
	row->parent = 0;
	row->flags = 0;
	row->skb = (u64)c->skb;
	if (!track_put(heads, v->head, row, BPF_ANY)) {
		TRACK_COUNT(untracked);
		__sync_fetch_and_add(&track_counts.tracked, -1);
		p->event.parent = 0;
		return;
	}
	p->event.id = row->id;
	if (cfg.track == XCAP_TRACK_APPROXIMATE) {
		row->skb = v->head;
		track_put(heads, (u64)c->skb, row, BPF_ANY);
	}
}

#endif
