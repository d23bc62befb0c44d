/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ring.bpf.h - room for a record, and the record handed over: in our own ring, see xcap/ring.h, or
 * in the kernel's where that is not to be had.
 *
 * Beside our own ring the kernel's is the bell: what is written to it wakes the reader.
 */
#ifndef RING_BPF_H
#define RING_BPF_H

#include "loop.bpf.h"
#include "meta.bpf.h"
#include "xcap/ring.h"

struct ring_kernel {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, XCAP_RING_DEFAULT);
};

/* Without a type of its value, whose length is known when it is created. */
struct ring_memory {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(u32));
	__uint(value_size, sizeof(struct xcap_ring));
};

/* core.bpf.c has them */
extern struct ring_kernel ring SEC(".maps");
extern struct ring_memory memory SEC(".maps");
extern volatile __u64 woken_at;

#define RING_NONE  (~0ULL)
#define RING_TRIES 64

static __always_inline struct xcap_ring *ring_own(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&memory, &zero);
}

/* One try to move the ring's end on; others may have moved it meanwhile. */
static __always_inline bool ring_claim(struct xcap_ring *r, u64 at, u64 size)
{
	return __sync_val_compare_and_swap(&r->given, at, at + size) == at;
}

static __always_inline bool ring_is_full(struct xcap_ring *r, u64 at, u64 size)
{
	return xcap_ring_is_full(at, size, *(volatile u64 *)&r->taken, cfg.ring_mask + 1ULL);
}

/* One more try: *at is the position, or RING_NONE. False: others were faster. */
static __always_inline bool ring_try(struct xcap_ring *r, u64 size, u64 *at)
{
	u64 given = *(volatile u64 *)&r->given;

	if (ring_is_full(r, given, size))
		return true;
	if (!ring_claim(r, given, size))
		return false;
	*at = given;
	return true;
}

/*
 * The position of so many bytes where the first try was not lucky; RING_NONE: it is full. A global
 * function, which is verified once and not for each size class.
 */
__attribute__((noinline)) u64 xcap_ring_claim(u64 size)
{
	struct xcap_ring *r = cfg.own_ring ? ring_own() : 0;
	u64 at = RING_NONE;

	if (r)
		LOOP(i, RING_TRIES, ring_try(r, size, &at));
	return at;
}

/* A record that was reserved in our own ring, by its stamp. */
static __always_inline void *ring_own_record(u64 stamp)
{
	struct xcap_ring *r = cfg.own_ring ? ring_own() : 0;
	u64 at = (stamp ^ cfg.ring_key) & cfg.ring_mask;

	return r ? (struct xcap_ring_head *)(r->data + at) + 1 : 0;
}

static __always_inline void *ring_reserve_own(u64 size, u64 *stamp)
{
	u64 room = size + sizeof(struct xcap_ring_head), at;
	struct xcap_ring *r = ring_own();
	struct xcap_ring_head *head;

	if (!r)
		return 0;
	at = *(volatile u64 *)&r->given;
	if (ring_is_full(r, at, room))
		return 0;
	if (!ring_claim(r, at, room)) {
		at = xcap_ring_claim(room);
		if (at == RING_NONE)
			return 0;
	}
	*stamp = at ^ cfg.ring_key;
	head = (struct xcap_ring_head *)(r->data + (at & cfg.ring_mask));
	*(u64 *)&head->size = size; /* and is_void */
	return head + 1;
}

/*
 * Room for a record of `size` bytes, a constant and a multiple of 8. NULL: there is none. The stamp
 * is for who hands it over; one of ring_submit() and ring_discard() has to follow.
 */
static __always_inline void *ring_reserve(u64 size, u64 *stamp)
{
	return cfg.own_ring ? ring_reserve_own(size, stamp) : bpf_ringbuf_reserve(&ring, size, 0);
}

/* A store behind everything that comes before it; x86 keeps that order by itself. */
#ifdef __TARGET_ARCH_x86
#define ring_store_release(place, value)                                                           \
	do {                                                                                       \
		asm volatile("" ::: "memory");                                                     \
		*(volatile typeof(*(place)) *)(place) = (value);                                   \
	} while (0)
#else
#define ring_store_release(place, value) ((void)__sync_lock_test_and_set(place, value))
#endif

/* What was written before is there when the stamp is. */
static __always_inline void ring_stamp(void *record, u64 stamp)
{
	struct xcap_ring_head *head = (struct xcap_ring_head *)record - 1;

	ring_store_release(&head->stamp, stamp);
}

/*
 * Is it time to wake the reader? Once for every cfg.wakeup_bytes (a power of two) written, not
 * while that much is waiting: it reads in rounds, and each packet of a round would wake it again.
 * Two CPUs at the border may wake it twice.
 */
static __always_inline bool ring_wakes(u64 at)
{
	at &= -(u64)cfg.wakeup_bytes;
	if (at == woken_at)
		return false;
	woken_at = at;
	return true;
}

/*
 * The record's address tells where in the kernel's ring it is, as well as a helper would; through
 * memory it becomes a number. cpu may be NULL.
 */
static __always_inline u64 ring_kernel_wakes(struct meta_cpu *cpu, void *record)
{
	if (!cpu)
		return 0;
	*(void *volatile *)&cpu->record = record;
	return ring_wakes(*(volatile u64 *)&cpu->record) ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

static __always_inline void ring_submit(void *record, u64 stamp, struct meta_cpu *cpu)
{
	u64 at = stamp ^ cfg.ring_key;

	if (!cfg.own_ring) {
		bpf_ringbuf_submit(record, ring_kernel_wakes(cpu, record));
		return;
	}
	ring_stamp(record, stamp);
	if (ring_wakes(at))
		bpf_ringbuf_output(&ring, &at, sizeof(at), BPF_RB_FORCE_WAKEUP);
}

static __always_inline void ring_discard(void *record, u64 stamp)
{
	if (!cfg.own_ring) {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		return;
	}
	((struct xcap_ring_head *)record - 1)->is_void = 1;
	ring_stamp(record, stamp);
}

#endif
