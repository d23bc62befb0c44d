/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * core.bpf.c - the read-only data, and the chain that every hit goes through.
 *
 * Read capture() from top to bottom: that is what happens to an skb. Front ends stand behind it and
 * call it; user space reads the ring and the counters, and writes `enabled`.
 */
#include "maps.bpf.h"
#include "packet.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* Set by user space before the load; the verifier removes what a run does not need. */
const volatile struct xcap_config cfg = {};
const volatile struct xcap_if_match if_match = {};
const volatile struct xcap_chain_layout chain_layout = {};

/* Flipped by user space when every probe is attached, and back before they are detached. */
volatile __u32 enabled = 0;

/* The part of the ring that was written when the reader was last woken: see ring.bpf.h. */
volatile __u64 woken_at = 0;

/* What became of packets that are followed; alone in its cache lines. */
struct xcap_track_counts track_counts __attribute__((aligned(128))) = {};

static __always_inline struct window_slot *claim_slot(void)
{
	struct window_slot *slot;

#pragma unroll /* 5.10 takes the loop, whose counter is on the stack, for an endless one */
	for (u32 i = 0; i < XCAP_SLOTS; i++) {
		u32 row = i;

		slot = bpf_map_lookup_elem(&slots, &row);
		if (!slot)
			return 0;
		if (!window_claim(slot))
			continue;
		slot->row = i;
		return slot;
	}
	return 0;
}

static __always_inline struct meta_cpu *this_cpu(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&cpus, &zero);
}

__hidden void xcap_chain_note(u64 kind, u64 skb, u64 chain, u64 state)
{
	u32 zero = 0;
	struct chain_note *note = bpf_map_lookup_elem(&chain_notes, &zero);

	if (note && enabled)
		chain_put(note, kind, skb, chain, state);
}

__hidden void xcap_chain_forget(u64 kind, u64 skb)
{
	u32 zero = 0;
	struct chain_note *note = bpf_map_lookup_elem(&chain_notes, &zero);

	if (note && (!skb || note->skb == chain_skb(kind, skb)))
		note->skb = 0;
}

/* Not inlined: it is the drops' alone, and its stack is its own. */
__hidden __attribute__((noinline)) u64 xcap_chain_of(u64 skb)
{
	u32 zero = 0;
	struct chain_note *note = bpf_map_lookup_elem(&chain_notes, &zero);

	return note ? chain_take(note, &chain_names, skb) : 0;
}

static __always_inline void emit(const struct xcap_ctx *c, struct xcap_filter_ctx *f,
				 struct xcap_packet *p, struct xcap_counters *count,
				 struct meta_cpu *cpu)
{
	struct xcap_event *e = 0;
	enum emit_result result =
		emit_reserve(f, p, c->ctx, stack_room(xcap_drop(c, p)), &e, count);

	if (result == EMIT_FULL || !e) {
		count_lost(count, &count->ring_full, cpu);
		return;
	}
	if (result == EMIT_FAULT) {
		ring_discard(e, p->stamp);
		COUNT(fault);
		if (cfg.own_ring)
			__sync_fetch_and_add(&count->sent, -1);
		return;
	}
	if (!cfg.own_ring)
		COUNT(sent);
	ring_submit(e, p->stamp, cpu);
}

/* The entry part of an exit probe. What waits is counted when it comes back. */
static __always_inline void keep(struct xcap_ctx *c, struct xcap_packet *p,
				 struct xcap_counters *count, struct meta_cpu *cpu)
{
	if (keep_put(&kept, c, p))
		count_lost(count, &count->table_full, cpu);
	else
		__sync_fetch_and_add(&count->seen, -1);
}

/* With a slot of our own: view, predicates, packet, record. */
static __always_inline void capture_in(struct window_slot *slot, struct xcap_ctx *c,
				       xcap_more *more, struct xcap_counters *count)
{
	struct xcap_filter_ctx f = {.packet = (u64)&slot->packet,
				    .pages = !xcap_has_dynptr() &&
					     (c->drop & XCAP_BY_COOKIE || !c->given) &&
					     cfg.vmemmap_base};
	struct xcap_packet *p = &slot->packet;
	struct skb_view *v = &slot->view;
	struct meta_cpu *cpu;

	p->given = c->given;
	view_fill(v, c);
	p->event.skb = (u64)c->skb;
	f.skb = (u64)xcap_skb(c, p);
	if (cfg.n_if_patterns && !meta_interface(&if_match, v, cfg.n_if_patterns))
		return;
	if (!packet_passes(slot, c, &f, more, count))
		return;
	if (xcap_drop(c, p))
		p->event.flags |= XCAP_EV_HAS_LOCATION;
	if (xcap_drop(c, p) > 1)
		p->event.flags |= XCAP_EV_HAS_REASON;
	p->event.flags |= p->said_flags;
	cpu = this_cpu();
	meta_fill(&p->event, c, v, p, cpu);
	if (cfg.want_chain && xcap_drop(c, p))
		p->event.chain = xcap_chain_of((u64)c->skb);
	if (c->keep)
		keep(c, p, count, cpu);
	else
		emit(c, &f, p, count, cpu);
}

/*
 * The chain: every front end has one of its own, so that what it passes stays in registers. A call
 * and its return are 9 ns where the CPU's branch prediction is guarded (SRSO), a sixth of an empty
 * program. Always returns 0.
 */
static __always_inline int capture(struct xcap_ctx *c, xcap_more *more)
{
	struct xcap_counters *count;
	struct window_slot *slot;
	u32 row = bpf_get_smp_processor_id() * cfg.probe_count + (u32)c->probe;

	if (!enabled)
		return 0;
	count = bpf_map_lookup_elem(&counters, &row);
	if (!count)
		return 0;
	COUNT(seen);
	if (cfg.n_reasons) {
		more(c);
		if (!meta_reason(c))
			return 0;
	}
	if (c->keep)
		keep_forget(&kept, c);
	slot = claim_slot();
	if (!slot) {
		COUNT(nested);
		return 0;
	}
	capture_in(slot, c, more, count);
	window_release(slot);
	return 0;
}

__hidden int xcap_return(struct xcap_ctx *c)
{
	u32 row = bpf_get_smp_processor_id() * cfg.probe_count + (u32)c->probe;
	struct keep_key key = {c->frame, c->probe};
	struct xcap_counters *count;
	struct keep_value *v;

	v = enabled ? bpf_map_lookup_elem(&kept, &key) : 0;
	count = bpf_map_lookup_elem(&counters, &row);
	if (!v || !count)
		return 0;
	COUNT(seen);
	keep_emit(v, c, count, this_cpu());
	bpf_map_delete_elem(&kept, &key);
	return 0;
}

/* Hooks that make new packets, whose ids are a slot's. */
static __always_inline void hooked_with_slot(struct hook_maps *m, struct xcap_hook_ctx *h)
{
	struct window_slot *slot = claim_slot();

	if (!slot) {
		TRACK_COUNT(untracked);
		return;
	}
	if (h->hook == XCAP_HOOK_CHILD)
		hook_child(m, slot, h->skb, h->other);
	else if (h->hook == XCAP_HOOK_RETRANSMIT)
		hook_retransmit(m, slot, h->skb);
	else
		hook_segments(m, slot, h->frame, h->ret);
	window_release(slot);
}

__hidden int xcap_hooked(struct xcap_hook_ctx *h)
{
	struct hook_maps m = {&heads, &shared, &frames, this_cpu()};

	if (!enabled)
		return 0;
	if (h->hook == XCAP_HOOK_FREE)
		hook_free(&m, h->skb);
	else if (h->hook == XCAP_HOOK_GONE || (h->hook == XCAP_HOOK_STOLEN && (u8)h->other))
		hook_gone(&m, h->skb);
	else if (h->hook == XCAP_HOOK_COPY)
		hook_copy(&m, h->skb, h->other);
	else if (h->hook == XCAP_HOOK_MOVE && !h->at_return)
		hook_move(&m, h->frame, h->skb);
	else if (h->hook == XCAP_HOOK_MOVE)
		hook_moved(&m, h->frame, h->ret);
	else if (h->hook == XCAP_HOOK_SEGMENT && !h->at_return)
		hook_segment(&m, h->frame, h->skb);
	else if (h->hook != XCAP_HOOK_STOLEN)
		hooked_with_slot(&m, h);
	return 0;
}

#include "front_fentry.bpf.h"
#include "front_kprobe.bpf.h"
#include "front_tp.bpf.h"
