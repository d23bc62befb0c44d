/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * emit_class.bpf.h - a record in the kernel's ring buffer, in size classes.
 *
 * The kernel's ring wants a constant size, and the verifier takes what lies behind a record's end
 * for a fault: so there is a class for each range of lengths, and each has copies of its own.
 */
#ifndef EMIT_CLASS_BPF_H
#define EMIT_CLASS_BPF_H

#include "emit.bpf.h"

/* The event and the window's part: whole words, a constant number of them. */
static __always_inline void emit_head(struct xcap_packet *p, struct xcap_event *e, u32 size)
{
	u64 *words = (u64 *)emit_data(e), *source = (u64 *)p->data;

	emit_event(p, e);
	EMIT_WORDS(0, size < XCAP_WINDOW ? size : XCAP_WINDOW);
}

/* A record with so many bytes for the packet, a constant, and a stack behind them. */
#define EMIT_RESERVE(bytes)                                                                        \
	do {                                                                                       \
		e = bpf_ringbuf_reserve(&ring, cfg.event_bytes + (bytes) + room, 0);               \
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

/* Each copy is bounded by a constant alone, so there is room for one more behind the class. */
#define EMIT_PARTS_CLASS(size, chunk, turns)                                                       \
	if (p->cap_len <= (size) && last < (turns) - (size) / (chunk)) {                           \
		EMIT_RESERVE((size) + (chunk));                                                    \
		emit_head(p, e, XCAP_WINDOW);                                                      \
		parts_seek(p, XCAP_WINDOW - p->shift, XCAP_WINDOW, p->cap_len);                    \
		return parts_copy(p, emit_data(e), size, chunk, turns) ? EMIT_FAULT : EMIT_FILLED; \
	}

static __always_inline enum emit_result emit_parts(struct xcap_packet *p, void *ctx, u64 room,
						   struct xcap_event **event)
{
	u64 last = parts_search(p, p->cap_len - p->shift - 1);
	struct xcap_event *e;

	EMIT_PARTS(EMIT_PARTS_CLASS)
	return EMIT_FULL;
}

static __always_inline enum emit_result emit_in_class(struct xcap_filter_ctx *f,
						      struct xcap_packet *p, void *ctx, u64 room,
						      struct xcap_event **event)
{
	struct xcap_event *e;
	u32 cap_len = p->cap_len;

	if (f->pages && p->in_parts)
		return emit_parts(p, ctx, room, event);
	if (xcap_has_dynptr() && cfg.capture_max > XCAP_WINDOW && p->pulled) {
		EMIT_RESERVE(EMIT_PULLED_MAX + XCAP_SNAPLEN_MAX + 1);
		emit_head(p, e, XCAP_WINDOW);
		return emit_tail_pulled(f, p, emit_data(e)) ? EMIT_FAULT : EMIT_FILLED;
	}
	EMIT_CLASS(0, 16)
	EMIT_CLASS(16, 64)
	EMIT_CLASS(64, 96)
	EMIT_CLASS(96, 128)
	EMIT_CLASS(128, XCAP_WINDOW)
	EMIT_CLASS(XCAP_WINDOW, 256)
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

/*
 * Reserve a record in *event, take the stack into the last `room` bytes of it and copy the packet;
 * on EMIT_FAULT the caller discards it. In our own ring it is counted as sent by then.
 */
static __always_inline enum emit_result emit_reserve(struct xcap_filter_ctx *f,
						     struct xcap_packet *p, void *ctx, u64 room,
						     struct xcap_event **event,
						     struct xcap_counters *count)
{
	return cfg.own_ring ? emit_in_own(f, p, ctx, room, event, count)
			    : emit_in_class(f, p, ctx, room, event);
}

#endif
