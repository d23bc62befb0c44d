/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stack.bpf.h - the kernel stack at the moment of the hit, straight into the record.
 *
 * Its room is the end of the record's memory, a constant to the verifier: 0, and all of this gone,
 * where no stack is wanted. Equal ones are found by user space (session/stacks.c): ids of a map in
 * the kernel, freed while records hold them, would show another stack.
 */
#ifndef STACK_BPF_H
#define STACK_BPF_H

#include "xcap.bpf.h"

/* Bytes of a stack for this hit. */
static __always_inline u64 stack_room(u64 drop)
{
	if (cfg.want_stack == XCAP_STACK_ALL)
		return cfg.stack_bytes;
	if (cfg.want_stack == XCAP_STACK_DROPS && drop)
		return cfg.stack_bytes;
	return 0;
}

/* Return addresses that were written to `to`, the innermost first; 0: the kernel gave none. */
__hidden __attribute__((noinline)) u64 stack_take(void *ctx, void *to, u64 room)
{
	long n = bpf_get_stack(ctx, to, room, 0);

	return n > 0 ? n / sizeof(u64) : 0;
}

#endif
