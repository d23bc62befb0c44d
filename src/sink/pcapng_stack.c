/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcapng_stack.c - stacks as text, by direct mapping of their ids.
 */
#include "sink/pcapng_stack.h"

#include "sink/pcapng_block.h"
#include "sink/pcapng_comment.h"

void pcapng_stack_init(struct pcapng_stacks *stacks)
{
	for (int i = 0; i < PCAPNG_STACK_ROWS; i++) {
		stacks->rows[i].id = 0;
		buf_init(&stacks->rows[i].text);
	}
}

void pcapng_stack_fini(struct pcapng_stacks *stacks)
{
	for (int i = 0; i < PCAPNG_STACK_ROWS; i++)
		buf_fini(&stacks->rows[i].text);
}

void pcapng_stack_add(struct buf *b, struct pcapng_stacks *stacks, const struct record_stack *stack)
{
	/* those without an id, which are all different, share a row */
	struct pcapng_stack_row *row = &stacks->rows[stack->id & (PCAPNG_STACK_ROWS - 1)];

	if (!stack->id || row->id != stack->id) {
		buf_reset(&row->text);
		buf_add_str(&row->text, "stack:");
		for (uint32_t i = 0; i < stack->n; i++) {
			buf_add_char(&row->text, '\n');
			pcapng_comment_words(&row->text, stack->frames[i]);
		}
		row->id = buf_failed(&row->text) ? 0 : stack->id;
	}
	pcapng_block_comment(b, &row->text);
}
