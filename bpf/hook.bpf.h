/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hook.bpf.h - what happens to a packet that is followed: freed, copied, moved, cut up, sent again.
 *
 * The front ends of track.bpf.c are attached where the kernel does that, each with its enum
 * xcap_hook as a constant, so that a program holds no more than its own part. The first look-up
 * ends nearly every call: the packet is not followed.
 */
#ifndef HOOK_BPF_H
#define HOOK_BPF_H

#include "count.bpf.h"
#include "track.bpf.h"

#define HOOK_REFS	0xffff /* of dataref: the upper half says how many want no header */
#define HOOK_AT_ONCE_NS 1000
#define HOOK_SEGMENTS	48
#define HOOK_ERR_MIN	-4095L
#define HOOK_FULL	-7 /* -E2BIG, of an update */

struct hook_maps {
	void *heads, *shared, *frames;
	struct meta_cpu *cpu;
};

/* A call under way of a function whose end matters, too: by its stack frame. */
struct hook_frame {
	u64 head, skb;
	u64 was_shared; /* clones keep the old memory */
	struct xcap_tracked row;
};

struct hook_frames {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* XCAP_KEPT_MAX where there are such hooks */
	__type(key, u64);
	__type(value, struct hook_frame);
};

static __always_inline u64 hook_head(u64 skb)
{
	u64 head = 0;

	bpf_probe_read_kernel(&head, sizeof(head), &((struct sk_buff *)skb)->head);
	return head;
}

/* How many skbs share the memory. */
static __always_inline u32 hook_refs(u64 addr, u64 head)
{
	struct sk_buff *skb = (void *)addr;
	u64 info = head + VIEW_READ(false, skb, end);
	u32 refs = 0;

	if (!BPF_CORE_READ_BITFIELD_PROBED(skb, cloned))
		return 1;
	bpf_probe_read_kernel(
		&refs, sizeof(refs),
		(void *)(info + bpf_core_field_offset(struct skb_shared_info, dataref)));
	return refs & HOOK_REFS;
}

/* The packet is nowhere any more; only gather wants to know. */
static __always_inline void hook_end(struct hook_maps *m, u64 id)
{
	struct xcap_event *e;
	u64 stamp = 0;

	if (!cfg.want_ends)
		return;
	e = ring_reserve(sizeof(*e), &stamp);
	if (!e) {
		TRACK_COUNT(ends_lost);
		if (m->cpu)
			__sync_fetch_and_add(&m->cpu->lost, 1);
		return;
	}
	__builtin_memset(e, 0, sizeof(*e));
	e->ts_ns = bpf_ktime_get_ns();
	e->id = id;
	e->lost = m->cpu ? m->cpu->lost : 0;
	e->probe = XCAP_PROBE_END;
	e->cpu = bpf_get_smp_processor_id();
	e->flags = XCAP_EV_END;
	ring_submit(e, stamp, m->cpu);
}

/* One row less of a packet; with the last one it has ended. */
static __always_inline void hook_less(struct hook_maps *m, u64 id, u16 flags)
{
	u64 *n;

	if (flags & XCAP_TRACKED_SHARED) {
		n = bpf_map_lookup_elem(m->shared, &id);
		if (n) {
			__sync_fetch_and_add(n, -1);
			/* of two that take the last ones at once, one gets to delete it */
			if (*(volatile u64 *)n || bpf_map_delete_elem(m->shared, &id))
				return;
		}
	}
	hook_end(m, id);
}

/* One row more; false: there is no room to count it. */
static __always_inline bool hook_more(struct hook_maps *m, struct xcap_tracked *t)
{
	u64 id = t->id, one = 1, *n;

	bpf_map_update_elem(m->shared, &id, &one, BPF_NOEXIST);
	n = bpf_map_lookup_elem(m->shared, &id);
	if (!n) {
		TRACK_COUNT(untracked);
		return false;
	}
	__sync_fetch_and_add(n, 1);
	t->flags |= XCAP_TRACKED_SHARED;
	return true;
}

static __always_inline void hook_drop(struct hook_maps *m, u64 head, struct xcap_tracked *t)
{
	u64 id = t->id;
	u16 flags = t->flags;

	/* a table that is busy on this CPU keeps the row, which is nobody's from now on */
	t->id = 0;
	if (track_delete(m->heads, head))
		hook_less(m, id, flags);
}

/*
 * A reference goes. Of two that go at the same moment on two CPUs each sees the other: the row goes
 * rather than be believed of the next packet in this memory.
 */
static __always_inline void hook_free(struct hook_maps *m, u64 skb)
{
	u64 head = hook_head(skb), now;
	struct xcap_tracked *t = track_row(m->heads, head);
	u32 refs;

	if (cfg.track == XCAP_TRACK_APPROXIMATE)
		track_delete(m->heads, skb);
	if (!t)
		return;
	refs = hook_refs(skb, head);
	if (refs == 2) {
		now = bpf_ktime_get_ns();
		if (now - t->release_ns > HOOK_AT_ONCE_NS)
			t->releasing = 0;
		t->release_ns = now;
		__sync_fetch_and_add(&t->releasing, 1);
		if (*(volatile u32 *)&t->releasing > 1 && hook_refs(skb, head) <= 2)
			refs = 1;
	}
	if (refs <= 1)
		hook_drop(m, head, t);
}

static __always_inline void hook_gone(struct hook_maps *m, u64 skb)
{
	u64 head = hook_head(skb);
	struct xcap_tracked *t = track_row(m->heads, head);

	if (t)
		hook_drop(m, head, t);
}

/* Give `head` a row like this one, but for what is told once. */
static __always_inline void hook_put_copy(struct hook_maps *m, u64 head, struct xcap_tracked *row)
{
	row->flags = XCAP_TRACKED_SHARED;
	row->parent = 0;
	row->release_ns = 0;
	if (track_put(m->heads, head, row, BPF_NOEXIST))
		return;
	TRACK_COUNT(untracked);
	hook_less(m, row->id, row->flags);
}

static __always_inline void hook_copy(struct hook_maps *m, u64 to, u64 from)
{
	u64 head = hook_head(to);
	struct xcap_tracked *t = track_row(m->heads, hook_head(from)), row;

	if (!t || !head || !hook_more(m, t))
		return;
	row = *t;
	hook_put_copy(m, head, &row);
}

/*
 * A fragment. Into memory that has no bytes yet these are copied from the packet itself. Where they
 * lie in a list already, `from` is the fragment before; the first one keeps the packet's id.
 */
static __always_inline void hook_child(struct hook_maps *m, struct window_slot *slot, u64 to,
				       u64 from)
{
	struct xcap_tracked *t = track_row(m->heads, hook_head(from));
	struct xcap_tracked row = {.seen_ns = bpf_ktime_get_ns(), .probe = 0xffff};
	u64 head = hook_head(to);

	/* one that came in as it is goes on under its own id */
	if (!t || !head || track_row(m->heads, head))
		return;
	row.parent = t->id;
	if (VIEW_READ(false, (struct sk_buff *)to, len))
		row.parent = row.origin = t->origin ? t->origin : t->id;
	row.id = track_next_id(slot);
	if (track_put(m->heads, head, &row, BPF_ANY))
		return;
	TRACK_COUNT(untracked);
	__sync_fetch_and_add(&track_counts.tracked, -1);
}

/* TCP sends it again: under a new id; the old one will not be heard of any more. */
static __always_inline void hook_retransmit(struct hook_maps *m, struct window_slot *slot, u64 skb)
{
	u64 head = hook_head(skb), id;
	struct xcap_tracked *t = track_row(m->heads, head);
	u16 flags;

	/* not seen since the last time: the same call, by another name */
	if (!t || (t->parent && t->flags & XCAP_TRACKED_RETRANSMIT))
		return;
	id = t->id;
	flags = t->flags;
	t->flags = XCAP_TRACKED_RETRANSMIT;
	t->parent = id;
	t->id = track_next_id(slot);
	hook_less(m, id, flags);
}

#endif
