/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ctext_flow.h - which instructions of a classic BPF program the C text has, and what it knows
 * there.
 *
 * Called by ctext.c only. A jump to a return is written as that return, so many returns have no
 * line of their own; a check of the packet's length that was made on every way here is not made
 * again; what is not read is not declared. All this is for the reader, and for -Wextra.
 */
#ifndef FILTER_CTEXT_FLOW_H
#define FILTER_CTEXT_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "filter/cbpf.h"

enum ctext_branch { CTEXT_NEVER, CTEXT_ALWAYS, CTEXT_DEPENDS };

struct ctext_point {
	bool reached;
	bool falls;	/* reached from the instruction before it */
	bool label;	/* something jumps here */
	uint32_t valid; /* caplen is at least this */
};

struct ctext_flow {
	struct ctext_point *points; /* one per instruction */
	bool has_a, has_x, reads_a, reads_x, reads_packet, reads_len;
	bool calls_be16, calls_be32;
	uint16_t mem_read; /* bit i: M[i] */
};

/* 0 or -ENOMEM. Free with ctext_flow_fini(). */
int ctext_flow_init(struct ctext_flow *flow, const struct cbpf_prog *prog);
void ctext_flow_fini(struct ctext_flow *flow);

/* Has the C text this instruction? */
bool ctext_flow_is_written(const struct ctext_flow *flow, uint32_t pc);

/* A load at a constant place: the bytes that the packet must have, else 0. More than 32 bits hold:
 * no packet has them. */
uint64_t ctext_flow_end(const struct cbpf_insn *insn);
/* Does the program end here with a reject, whatever the packet? */
bool ctext_flow_is_reject(const struct cbpf_insn *insn);
/* Is a conditional jump taken? */
enum ctext_branch ctext_flow_branch(const struct cbpf_insn *insn);
/* Where a jump leads if its condition holds (BPF_JA: always), and if not. */
uint32_t ctext_flow_yes(const struct cbpf_prog *prog, uint32_t pc);
uint32_t ctext_flow_no(const struct cbpf_prog *prog, uint32_t pc);

#endif
