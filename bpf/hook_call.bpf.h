/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hook_call.bpf.h - hooks at both ends of a call: what it was before, and what became of it.
 *
 * The row of the packet waits under the call's stack frame, as in keep.bpf.h.
 */
#ifndef HOOK_CALL_BPF_H
#define HOOK_CALL_BPF_H

#include "hook.bpf.h"

/* The entry of pskb_expand_head(): other packets can come to the old memory before it returns. */
static __always_inline void hook_move(struct hook_maps *m, u64 frame, u64 skb)
{
	struct hook_frame wait = {.skb = skb, .head = hook_head(skb)};
	struct xcap_tracked *t = track_row(m->heads, wait.head);

	bpf_map_delete_elem(m->frames, &frame);
	if (!t)
		return;
	wait.was_shared = hook_refs(skb, wait.head) > 1;
	if (wait.was_shared && !hook_more(m, t))
		return;
	wait.row = *t;
	if (bpf_map_update_elem(m->frames, &frame, &wait, BPF_ANY)) {
		TRACK_COUNT(untracked);
		return;
	}
	if (!wait.was_shared) {
		t->skb = skb;
		t->flags |= XCAP_TRACKED_MOVING;
	}
}

/* Its return, 0 where the bytes have moved. */
static __always_inline void hook_moved(struct hook_maps *m, u64 frame, u64 ret)
{
	struct hook_frame *wait = bpf_map_lookup_elem(m->frames, &frame);
	struct xcap_tracked *t;
	u64 head;

	if (!wait)
		return;
	head = hook_head(wait->skb);
	t = track_row(m->heads, wait->head);
	if (t && t->id != wait->row.id)
		t = 0;
	if ((int)ret || head == wait->head) {
		if (wait->was_shared)
			hook_less(m, wait->row.id, XCAP_TRACKED_SHARED);
		else if (t)
			t->flags &= ~XCAP_TRACKED_MOVING;
	} else if (wait->was_shared) {
		hook_put_copy(m, head, &wait->row);
	} else {
		if (t)
			track_delete(m->heads, wait->head);
		if (!track_put(m->heads, head, &wait->row, BPF_ANY)) {
			TRACK_COUNT(untracked);
			hook_less(m, wait->row.id, wait->row.flags);
		}
	}
	bpf_map_delete_elem(m->frames, &frame);
}

static __always_inline void hook_segment(struct hook_maps *m, u64 frame, u64 skb)
{
	struct hook_frame wait = {.skb = skb};
	struct xcap_tracked *t = track_row(m->heads, hook_head(skb));

	bpf_map_delete_elem(m->frames, &frame);
	if (!t)
		return;
	wait.row.id = t->id;
	if (bpf_map_update_elem(m->frames, &frame, &wait, BPF_ANY))
		TRACK_COUNT(untracked);
}

/*
 * The list that skb_segment() returns: each is a packet of its own. Ids are taken for as many as
 * there can be. Unrolled and with little in it: of a loop the verifier compares all rounds.
 */
static __always_inline void hook_put_segments(struct hook_maps *m, struct window_slot *slot,
					      u64 skb, u64 parent)
{
	struct xcap_tracked row = {
		.parent = parent, .seen_ns = bpf_ktime_get_ns(), .probe = 0xffff};
	u64 n = 0, full = 0;

	row.id = track_id(slot);
	slot->n_ids += HOOK_SEGMENTS;
#pragma unroll
	for (u32 i = 0; i < HOOK_SEGMENTS; i++) {
		u64 head = hook_head(skb);
		long rc;

		if (!head)
			break;
		rc = bpf_map_update_elem(m->heads, &head, &row, BPF_NOEXIST);
		n += !rc;
		full += rc == HOOK_FULL;
		row.id += cfg.n_cpus;
		skb = (u64)VIEW_READ(false, (struct sk_buff *)skb, next);
	}
	__sync_fetch_and_add(&track_counts.tracked, n);
	__sync_fetch_and_add(&track_counts.made, n);
	__sync_fetch_and_add(&track_counts.untracked, full);
}

static __always_inline void hook_segments(struct hook_maps *m, struct window_slot *slot, u64 frame,
					  u64 ret)
{
	struct hook_frame *wait = bpf_map_lookup_elem(m->frames, &frame);
	u64 parent;

	if (!wait)
		return;
	parent = wait->row.id;
	bpf_map_delete_elem(m->frames, &frame);
	/* an error, or nothing to segment */
	if (ret && (s64)ret < HOOK_ERR_MIN)
		hook_put_segments(m, slot, ret, parent);
}

#endif
