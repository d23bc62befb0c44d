/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * emit.bpf.h - a record: how long it will be, room for it, what it is filled with.
 *
 * The snapshot is the window, then, for packets longer than it, one read of the rest straight into
 * the record. Nothing is reserved before every predicate has passed. This is how it goes in our own
 * ring, and what it shares with emit_class.bpf.h, which is for the kernel's.
 */
#ifndef EMIT_BPF_H
#define EMIT_BPF_H

#include "count.bpf.h"
#include "filter.bpf.h"
#include "stack.bpf.h"

/*
 * Paged packets whose data pointer stands beyond the window (after long headers were pulled) need
 * two reads behind each other; the first one's length is bounded by this.
 */
#define EMIT_PULLED_MAX 4096

/* How much can be captured of what is wanted; XCAP_EV_PARTIAL where that is less. */
static __always_inline u8 emit_plan(const struct xcap_filter_ctx *f, struct xcap_packet *p,
				    u32 snaplen)
{
	u32 linear_end = p->linear + p->shift, cap = p->wire_len < snaplen ? p->wire_len : snaplen;
	s64 pulled = p->data_offset - (XCAP_WINDOW - p->shift);

	p->pulled = p->in_parts = 0;
	p->cap_len = cap;
	if (cap <= p->valid)
		return 0;
	if (p->valid < XCAP_WINDOW) {
		p->cap_len = p->valid;
		return XCAP_EV_PARTIAL;
	}
	if (cap <= linear_end)
		return 0;
	if (parts_serve(f, p)) {
		p->in_parts = 1;
		if (cap <= p->reach + p->shift)
			return 0;
		p->cap_len = p->reach + p->shift;
		return XCAP_EV_PARTIAL;
	}
	if (!xcap_has_dynptr()) {
		p->cap_len = linear_end > XCAP_WINDOW ? linear_end : XCAP_WINDOW;
		return XCAP_EV_PARTIAL;
	}
	if (pulled > 0)
		p->pulled = pulled;
	return 0;
}

/* Bytes [WINDOW, cap) of the packet; `size` is the record's room for packet bytes, a constant. */
static __always_inline long emit_tail(struct xcap_filter_ctx *f, struct xcap_packet *p, u8 *data,
				      u32 size)
{
	u64 n = p->cap_len - XCAP_WINDOW, from = XCAP_WINDOW - p->shift;

	XCAP_OPAQUE(n);
	if (n > size - XCAP_WINDOW)
		return -1;
	if (!xcap_has_dynptr() || from + n <= p->linear)
		return bpf_probe_read_kernel(data + XCAP_WINDOW, n, (void *)(p->start + from));
	return paged_read(f, data + XCAP_WINDOW, n, from - p->data_offset);
}

/* As emit_tail(), in two reads: linear bytes up to skb->data, then the rest from there. */
static __always_inline long emit_tail_pulled(struct xcap_filter_ctx *f, struct xcap_packet *p,
					     u8 *data)
{
	u64 n1 = p->pulled, n2 = p->cap_len - XCAP_WINDOW - p->pulled;

	XCAP_OPAQUE(n1);
	if (n1 > EMIT_PULLED_MAX)
		return -1;
	XCAP_OPAQUE(n2);
	if (n2 > XCAP_SNAPLEN_MAX - XCAP_WINDOW)
		return -1;
	if (bpf_probe_read_kernel(data + XCAP_WINDOW, n1,
				  (void *)(p->start + XCAP_WINDOW - p->shift)))
		return -1;
	return paged_read(f, data + XCAP_WINDOW + n1, n2, 0);
}

/* Where the packet of a record is. */
static __always_inline u8 *emit_data(struct xcap_event *e)
{
	return (u8 *)e + cfg.event_bytes;
}

/* Words [from, to) of the event, and the same of the record; constants. */
#define EMIT_WORDS(from, to)                                                                       \
	_Pragma("unroll") for (u32 w_ = (from) / 8; w_ < (to) / 8; w_++) words[w_] = source[w_]

/* The event, as far as this run wants it. */
static __always_inline void emit_event(struct xcap_packet *p, struct xcap_event *e)
{
	u64 *words = (u64 *)e, *source = (u64 *)&p->event;

	EMIT_WORDS(0, XCAP_EVENT_SHORT);
	if (cfg.event_bytes > XCAP_EVENT_SHORT)
		EMIT_WORDS(XCAP_EVENT_SHORT, XCAP_EVENT_OWNED);
	if (cfg.event_bytes > XCAP_EVENT_OWNED)
		EMIT_WORDS(XCAP_EVENT_OWNED, XCAP_EVENT_WHOLE);
}

enum emit_result { EMIT_FILLED, EMIT_FULL, EMIT_FAULT };

/* For the longest packet: bytes that are copied at once, and how often, at most. */
#define EMIT_CHUNK 8192
#define EMIT_TURNS (XCAP_PARTS + (XCAP_SNAPLEN_MAX + 1) / EMIT_CHUNK)

/* Do it with the room, the chunk and the turns of parts_copy() for packets in parts; constants. A
 * packet of more and smaller parts takes a later one, the last of which has turns for all that
 * there can be. */
#define EMIT_PARTS(do_it)                                                                          \
	do_it(256, 64, 12) do_it(2048, 256, 26) do_it(8192, 1024, 30) do_it(32768, 4096, 48)       \
		do_it(XCAP_SNAPLEN_MAX + 1, EMIT_CHUNK, EMIT_TURNS)

/*
 * Of a packet in parts what is behind the window, in our own ring. There is room behind the record:
 * one size serves all. 0 or negative.
 */
__attribute__((noinline)) long xcap_own_parts(u64 row)
{
	struct window_slot *slot = slot_at(row);
	struct xcap_event *e = slot ? ring_own_record(slot->packet.stamp) : 0;
	struct xcap_packet *p = &slot->packet;

	if (!e)
		return -1;
	parts_seek(p, XCAP_WINDOW - p->shift, XCAP_WINDOW, p->cap_len);
	return parts_copy(p, emit_data(e), XCAP_SNAPLEN_MAX + 1, EMIT_CHUNK, EMIT_TURNS);
}

/* What is behind the window. 0 or negative. */
static __always_inline long emit_own_tail(struct xcap_filter_ctx *f, struct xcap_packet *p, u8 *to)
{
	if (f->pages && p->in_parts)
		return xcap_own_parts(slot_row(p));
	if (xcap_has_dynptr() && p->pulled)
		return emit_tail_pulled(f, p, to);
	return emit_tail(f, p, to, XCAP_SNAPLEN_MAX + 1);
}

#define EMIT_STEP 32 /* bytes of the window that go out at once */

/* In our own ring: the room is what the packet has, in steps. See emit_in_class(). */
static __always_inline enum emit_result emit_in_own(struct xcap_filter_ctx *f,
						    struct xcap_packet *p, void *ctx, u64 room,
						    struct xcap_event **event,
						    struct xcap_counters *count)
{
	u64 n = ((u64)p->cap_len + EMIT_STEP - 1) & -(u64)EMIT_STEP, *words;
	const u64 *source = (u64 *)p->data;
	struct xcap_event *e;

	XCAP_OPAQUE(n);
	if (n > XCAP_SNAPLEN_MAX + 1)
		return EMIT_FULL;
	e = ring_reserve_own(cfg.event_bytes + n + room, &p->stamp);
	if (!e)
		return EMIT_FULL;
	/* now: an atomic operation behind the copy would wait for it */
	COUNT(sent);
	*event = e;
	words = (u64 *)emit_data(e);
	if (room)
		p->event.stack_len = stack_take(ctx, (u8 *)words + n, room);
	emit_event(p, e);
#pragma unroll
	for (u32 i = 0; i < XCAP_WINDOW; i += EMIT_STEP)
		if (cfg.capture_max > i && p->cap_len > i)
			EMIT_WORDS(i, i + EMIT_STEP);
	if (cfg.capture_max > XCAP_WINDOW && p->cap_len > XCAP_WINDOW &&
	    emit_own_tail(f, p, emit_data(e)))
		return EMIT_FAULT;
	return EMIT_FILLED;
}

#endif
