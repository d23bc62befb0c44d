/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * keep.bpf.h - probes at a function's return: what the entry saw waits for what the exit knows.
 *
 * After the return the skb may be gone, and a kretprobe has no arguments. So the entry part runs
 * the whole chain and keeps the record, with the window's bytes, under the stack frame of the call;
 * the exit part adds the return value and its own time stamp, and never touches the skb. A frame is
 * one call's alone, whatever nests in it, interrupts it, or on which CPU it comes back.
 */
#ifndef KEEP_BPF_H
#define KEEP_BPF_H

#include "count.bpf.h"
#include "emit.bpf.h"

struct keep_key {
	u64 frame; /* address on the call's stack, the same at entry and exit */
	u64 probe;
};

/* The head of struct xcap_packet's run of words. */
struct keep_value {
	struct xcap_event event;
	u8 data[XCAP_WINDOW];
};

struct keep_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* XCAP_KEPT_MAX where there are exit probes */
	__type(key, struct keep_key);
	__type(value, struct keep_value);
};

/* A call that never came to its exit probe must not lend its packet to the next in its frame. */
static __always_inline void keep_forget(void *map, const struct xcap_ctx *c)
{
	struct keep_key key = {c->frame, c->probe};

	bpf_map_delete_elem(map, &key);
}

/* Keep the record as far as the window has it; negative: the table is full. */
static __always_inline long keep_put(void *map, const struct xcap_ctx *c, struct xcap_packet *p)
{
	struct keep_key key = {c->frame, c->probe};

	if (p->event.cap_len > p->valid) {
		p->event.cap_len = p->valid;
		p->event.flags |= XCAP_EV_PARTIAL;
	}
	return bpf_map_update_elem(map, &key, &p->event, BPF_ANY);
}

/* At the exit: the record is completed in place; its frame is this call's. */
static __always_inline void keep_complete(struct keep_value *v, const struct xcap_ctx *c, u64 lost)
{
	struct xcap_event *e = &v->event;

	e->ts_ns = bpf_ktime_get_ns();
	e->cpu = bpf_get_smp_processor_id();
	e->lost = lost;
	if (c->has_ret) {
		e->ret = c->ret;
		e->flags |= XCAP_EV_HAS_RETURN;
	}
}

#define KEEP_CLASS(size)                                                                           \
	if (v->event.cap_len <= (size)) {                                                          \
		u64 *to = ring_reserve(sizeof(v->event) + (size) + room, stamp);                   \
		u64 *from = (u64 *)v;                                                              \
		if (!to)                                                                           \
			return 0;                                                                  \
		if (room)                                                                          \
			v->event.stack_len =                                                       \
				stack_take(ctx, to + (sizeof(v->event) + (size)) / 8, room);       \
		_Pragma("unroll") for (u32 i = 0; i < (sizeof(v->event) + (size)) / 8; i++)        \
			to[i] = from[i];                                                           \
		return to;                                                                         \
	}

/* A reserved and filled record; NULL: the ring is full. */
static __always_inline void *keep_reserve(u64 *stamp, void *ctx, u64 room, struct keep_value *v)
{
	KEEP_CLASS(16)
	KEEP_CLASS(64)
	KEEP_CLASS(96)
	KEEP_CLASS(XCAP_WINDOW)
	return 0;
}

/* The exit part: the record is completed and sent. */
static __always_inline void keep_emit(struct keep_value *v, const struct xcap_ctx *c,
				      struct xcap_counters *count, struct meta_cpu *cpu)
{
	u64 stamp = 0;
	void *event;

	keep_complete(v, c, cpu ? cpu->lost : 0);
	event = keep_reserve(&stamp, c->ctx, stack_room(c->drop), v);
	if (event)
		count_submit(count, event, stamp, cpu);
	else
		count_lost(count, &count->ring_full, cpu);
}

#endif
