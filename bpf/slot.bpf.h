/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slot.bpf.h - the memory that a hit works in, one of few per CPU.
 *
 * The verifier goes through a static function once for each call and for all that is known there,
 * through a global one once. Its arguments are numbers, as before Linux 5.13 it takes no others:
 * so what is rare and long is a global function of a slot's row.
 */
#ifndef SLOT_BPF_H
#define SLOT_BPF_H

#include "view.bpf.h"
#include "xcap/packet.h"

struct window_slot {
	u32 busy;  /* claims under way; 1: taken */
	u32 row;   /* its own */
	u64 n_ids; /* given to packets by who had the slot */
	struct skb_view view;
	struct xcap_packet packet;
};

struct window_slots {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XCAP_SLOTS);
	__type(key, u32);
	__type(value, struct window_slot);
};

/* core.bpf.c has them */
extern struct window_slots slots SEC(".maps");

static __always_inline struct window_slot *slot_at(u64 row)
{
	u32 key = row;

	return bpf_map_lookup_elem(&slots, &key);
}

/* The row of the slot that has this packet. */
static __always_inline u64 slot_row(const struct xcap_packet *p)
{
	return ((const struct window_slot *)((const u8 *)p -
					     __builtin_offsetof(struct window_slot, packet)))
		->row;
}

#endif
