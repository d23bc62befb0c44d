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

/*
 * The stack of `n` addresses, the innermost first, as bpf_get_stack() gives them. from_program: it
 * was taken where the program stands (tracepoints, trampolines), not from the registers of what was
 * probed: the program's own frames come first. NULL: n is 0, or there is no memory.
 */
const struct record_stack *stacks_get(struct stacks *stacks, const uint64_t *addresses, uint32_t n,
				      bool from_program);

#endif
