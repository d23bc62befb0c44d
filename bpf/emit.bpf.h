/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * emit.bpf.h - a record: size it, reserve it, fill it, submit it, count what is lost.
 *
 * The ring wants a constant size and the verifier a constant bound, so records come in size
 * classes. The snapshot is the window, then, for packets longer than it, one read of the rest
 * straight into the record. Nothing is reserved before every predicate has passed.
 */
#ifndef EMIT_BPF_H
#define EMIT_BPF_H

#include "filter.bpf.h"
#include "meta.bpf.h"
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
	if (!f->dynptr) {
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
	if (!f->dynptr || from + n <= p->linear)
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
	_Pragma("unroll") for (u32 i = (from) / 8; i < (to) / 8; i++) words[i] = source[i]

/* The event, as far as this run wants it, and the window's part: whole words, a constant number. */
static __always_inline void emit_head(struct xcap_packet *p, struct xcap_event *e, u32 size)
{
	u64 *words = (u64 *)e, *source = (u64 *)&p->event;

	EMIT_WORDS(0, XCAP_EVENT_SHORT);
	if (cfg.event_bytes > XCAP_EVENT_SHORT)
		EMIT_WORDS(XCAP_EVENT_SHORT, XCAP_EVENT_OWNED);
	if (cfg.event_bytes > XCAP_EVENT_OWNED)
		EMIT_WORDS(XCAP_EVENT_OWNED, XCAP_EVENT_WHOLE);
	words = (u64 *)emit_data(e);
	source = (u64 *)p->data;
	EMIT_WORDS(0, size < XCAP_WINDOW ? size : XCAP_WINDOW);
}

struct emit_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, XCAP_RING_DEFAULT);
};

enum emit_result { EMIT_FILLED, EMIT_FULL, EMIT_FAULT };

/* A record with so many bytes for the packet, a constant, and a stack behind them. */
#define EMIT_RESERVE(bytes)                                                                        \
	do {                                                                                       \
		e = bpf_ringbuf_reserve(ring, cfg.event_bytes + (bytes) + room, 0);                \
		if (!e)                                                                            \
			return EMIT_FULL;                                                          \
		*event = e;                                                                        \
		if (room)                                                                          \
			p->event.stack_len = stack_take(ctx, emit_data(e) + (bytes), room);        \
	} while (0)

/* A class is for packets longer than the one before it has room for; are there any? */
#define EMIT_CLASS(before, size)                                                                   \
	if (cfg.capture_max > (before) && cap_len <= (size)) {                                     \
		EMIT_RESERVE(size);                                                                \
		emit_head(p, e, size);                                                             \
		if ((size) > XCAP_WINDOW && emit_tail(f, p, emit_data(e), size))                   \
			return EMIT_FAULT;                                                         \
		return EMIT_FILLED;                                                                \
	}

/*
 * Packets in parts: each copy is bounded by a constant alone, so there is room for one more of them
 * behind the class. The turns are its chunks and the parts that are copied: a packet of more and
 * smaller parts takes a larger class, the last of which has turns for all that there can be.
 */
#define EMIT_PARTS_CLASS(size, chunk, turns)                                                       \
	if (p->cap_len <= (size) && last < (turns) - (size) / (chunk)) {                           \
		EMIT_RESERVE((size) + (chunk));                                                    \
		emit_head(p, e, XCAP_WINDOW);                                                      \
		parts_seek(p, XCAP_WINDOW - p->shift, XCAP_WINDOW, p->cap_len);                    \
		return parts_copy(p, emit_data(e), size, chunk, turns) ? EMIT_FAULT : EMIT_FILLED; \
	}

static __always_inline enum emit_result emit_reserve_parts(struct xcap_packet *p, void *ring,
							   void *ctx, u64 room,
							   struct xcap_event **event)
{
	u64 last = parts_search(p, p->cap_len - p->shift - 1);
	struct xcap_event *e;

	EMIT_PARTS_CLASS(256, 64, 12)
	EMIT_PARTS_CLASS(2048, 256, 26)
	EMIT_PARTS_CLASS(8192, 1024, 30)
	EMIT_PARTS_CLASS(32768, 4096, 48)
	EMIT_PARTS_CLASS(65536, 8192, XCAP_PARTS + 8)
	return EMIT_FULL;
}

/*
 * Reserve a record in *event, take the stack into the last `room` bytes of it and copy the packet;
 * on EMIT_FAULT the caller discards it.
 */
static __always_inline enum emit_result emit_reserve(struct xcap_filter_ctx *f,
						     struct xcap_packet *p, void *ring, void *ctx,
						     u64 room, struct xcap_event **event)
{
	struct xcap_event *e;
	u32 cap_len = p->cap_len;

	if (f->pages && p->in_parts)
		return emit_reserve_parts(p, ring, ctx, room, event);
	if (f->dynptr && cfg.capture_max > XCAP_WINDOW && p->pulled) {
		EMIT_RESERVE(EMIT_PULLED_MAX + XCAP_SNAPLEN_MAX + 1);
		emit_head(p, e, XCAP_WINDOW);
		return emit_tail_pulled(f, p, emit_data(e)) ? EMIT_FAULT : EMIT_FILLED;
	}
	EMIT_CLASS(0, 16)
	EMIT_CLASS(16, 64)
	EMIT_CLASS(64, 96)
	EMIT_CLASS(96, 128)
	EMIT_CLASS(128, 192)
	EMIT_CLASS(192, 256)
	EMIT_CLASS(256, 512)
	EMIT_CLASS(512, 1024)
	EMIT_CLASS(1024, 1536)
	EMIT_CLASS(1536, 2048)
	EMIT_CLASS(2048, 4096)
	EMIT_CLASS(4096, 9216)
	EMIT_CLASS(9216, 16384)
	EMIT_CLASS(16384, 32768)
	EMIT_CLASS(32768, 65536)
	return EMIT_FULL;
}

#endif
