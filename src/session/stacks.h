/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stacks.h - kernel stacks by name, equal ones stored once.
 *
 * Used by the reader for each record that brings one. What BPF itself adds at the top is cut, so
 * that the first frame is the probed place. An address without a symbol stays an address: a stack
 * is never another's, and never guessed.
 */
#ifndef SESSION_STACKS_H
#define SESSION_STACKS_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/plan.h"
#include "record/record.h"

/* Different stacks that are kept; later ones are named each time that they come. */
#define STACKS_MAX 16384

struct stacks;

/* Stacks have `depth` frames at most. The kernel stays the caller's, for longer. NULL and errno. */
struct stacks *stacks_new(const struct plan_kernel *kernel, uint32_t depth);
void stacks_free(struct stacks *stacks); /* takes NULL */

/* Where a stack begins. */
enum stacks_origin {
	STACKS_FROM_REGISTERS,	/* kprobes: at the probed place */
	STACKS_FROM_TRACEPOINT, /* in the program, which bpf_trace_run*() called */
	STACKS_FROM_TRAMPOLINE, /* in the program, which a trampoline made for the probe called */
};

/*
 * The stack of `n` addresses, the innermost first, as bpf_get_stack() gives them. NULL: there is no
 * frame but those of the machinery, or no memory.
 */
const struct record_stack *stacks_get(struct stacks *stacks, const uint64_t *addresses, uint32_t n,
				      enum stacks_origin origin);

#endif
