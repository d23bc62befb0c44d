/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcapng_stack.h - the stack of a packet as a comment of its own.
 *
 * "stack:" and the frames, each in a line, the innermost first. Most packets have one of a few
 * stacks, whose texts are kept. Used by pcapng_packet.c.
 */
#ifndef SINK_PCAPNG_STACK_H
#define SINK_PCAPNG_STACK_H

#include "base/buf.h"
#include "record/record.h"

#define PCAPNG_STACK_ROWS 256 /* a power of two */

struct pcapng_stack_row {
	uint64_t id; /* of the stack; 0: the row is free */
	struct buf text;
};

struct pcapng_stacks {
	struct pcapng_stack_row rows[PCAPNG_STACK_ROWS];
};

void pcapng_stack_init(struct pcapng_stacks *stacks);
void pcapng_stack_fini(struct pcapng_stacks *stacks);

/* Append the comment option to block b. Lack of memory shows in buf_failed(b). */
void pcapng_stack_add(struct buf *b, struct pcapng_stacks *stacks,
		      const struct record_stack *stack);

#endif
