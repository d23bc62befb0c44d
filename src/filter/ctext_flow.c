/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ctext_flow.c - dataflow for the C text (see ctext_flow.h).
 *
 * Forward, until nothing changes: one pass, and a few more where a program jumps back (protochain).
 * The known length only shrinks where ways meet, so it ends.
 */
#include "filter/ctext_flow.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>

uint64_t ctext_flow_end(const struct cbpf_insn *insn)
{
	bool msh = BPF_CLASS(insn->code) == BPF_LDX && BPF_MODE(insn->code) == BPF_MSH;
	bool abs = BPF_CLASS(insn->code) == BPF_LD && BPF_MODE(insn->code) == BPF_ABS;

	return msh || abs ? (uint64_t)insn->k + cbpf_load_size(insn->code) : 0;
}

bool ctext_flow_is_reject(const struct cbpf_insn *insn)
{
	return ctext_flow_end(insn) > UINT32_MAX ||
	       (insn->k == 0 && (insn->code == (BPF_ALU | BPF_DIV | BPF_K) ||
				 insn->code == (BPF_ALU | BPF_MOD | BPF_K)));
}

enum ctext_branch ctext_flow_branch(const struct cbpf_insn *insn)
{
	switch (BPF_OP(insn->code) | BPF_SRC(insn->code)) {
	case BPF_JA:
		return CTEXT_ALWAYS;
	case BPF_JGE | BPF_K:
		return insn->k == 0 ? CTEXT_ALWAYS : CTEXT_DEPENDS;
	case BPF_JGT | BPF_K:
		return insn->k == UINT32_MAX ? CTEXT_NEVER : CTEXT_DEPENDS;
	case BPF_JSET | BPF_K:
		return insn->k == 0 ? CTEXT_NEVER : CTEXT_DEPENDS;
	}
	return CTEXT_DEPENDS;
}

uint32_t ctext_flow_yes(const struct cbpf_prog *prog, uint32_t pc)
{
	const struct cbpf_insn *insn = &prog->insns[pc];

	return pc + 1 + (BPF_OP(insn->code) == BPF_JA ? insn->k : insn->jt); /* k may be negative */
}

uint32_t ctext_flow_no(const struct cbpf_prog *prog, uint32_t pc)
{
	return pc + 1 + prog->insns[pc].jf;
}

/* A way to `pc`; true if that is news. */
static bool reach(struct ctext_flow *flow, uint32_t pc, uint32_t valid)
{
	struct ctext_point *point = &flow->points[pc];

	if (point->reached && point->valid <= valid)
		return false;
	point->reached = true;
	point->valid = valid;
	return true;
}

static bool reach_next(struct ctext_flow *flow, const struct cbpf_prog *prog, uint32_t pc)
{
	const struct cbpf_insn *insn = &prog->insns[pc];
	uint32_t valid = flow->points[pc].valid;
	bool news = false;

	if (BPF_CLASS(insn->code) == BPF_RET || ctext_flow_is_reject(insn))
		return false;
	if (BPF_CLASS(insn->code) != BPF_JMP) {
		uint64_t end = ctext_flow_end(insn);

		return reach(flow, pc + 1, end > valid ? (uint32_t)end : valid);
	}
	if (ctext_flow_branch(insn) != CTEXT_NEVER)
		news |= reach(flow, ctext_flow_yes(prog, pc), valid);
	if (ctext_flow_branch(insn) != CTEXT_ALWAYS)
		news |= reach(flow, ctext_flow_no(prog, pc), valid);
	return news;
}

/* The line of a jump: which of its targets is the next line, which needs a label. */
static void mark_target(struct ctext_flow *flow, const struct cbpf_prog *prog, uint32_t pc,
			uint32_t target)
{
	if (target == pc + 1)
		flow->points[target].falls = true;
	else if (BPF_CLASS(prog->insns[target].code) != BPF_RET)
		flow->points[target].label = true;
}

static void mark(struct ctext_flow *flow, const struct cbpf_prog *prog, uint32_t pc)
{
	const struct cbpf_insn *insn = &prog->insns[pc];

	if (BPF_CLASS(insn->code) == BPF_RET || ctext_flow_is_reject(insn))
		return;
	if (BPF_CLASS(insn->code) != BPF_JMP) {
		flow->points[pc + 1].falls = true;
		return;
	}
	if (ctext_flow_branch(insn) != CTEXT_NEVER)
		mark_target(flow, prog, pc, ctext_flow_yes(prog, pc));
	if (ctext_flow_branch(insn) != CTEXT_ALWAYS)
		mark_target(flow, prog, pc, ctext_flow_no(prog, pc));
}

static void use_load(struct ctext_flow *flow, const struct cbpf_insn *insn)
{
	bool to_x = BPF_CLASS(insn->code) == BPF_LDX;
	int mode = BPF_MODE(insn->code);

	if (ctext_flow_is_reject(insn))
		return;
	*(to_x ? &flow->has_x : &flow->has_a) = true;
	if (mode == BPF_ABS || mode == BPF_IND || mode == BPF_MSH) {
		flow->reads_packet = true;
		flow->calls_be16 |= cbpf_load_size(insn->code) == 2;
		flow->calls_be32 |= cbpf_load_size(insn->code) == 4;
	}
	flow->reads_len |= mode == BPF_LEN;
	if (mode == BPF_IND)
		flow->has_x = flow->reads_x = true;
	if (mode == BPF_MEM)
		flow->mem_read |= 1u << insn->k;
}

static void use_misc(struct ctext_flow *flow, const struct cbpf_insn *insn)
{
	bool tax = BPF_MISCOP(insn->code) == BPF_TAX;

	flow->has_a = flow->has_x = true;
	flow->reads_a |= tax;
	flow->reads_x |= !tax;
}

/* What an instruction needs declared; stores are looked at when all reads of M[] are known. */
static void use(struct ctext_flow *flow, const struct cbpf_insn *insn)
{
	bool by_x = BPF_SRC(insn->code) == BPF_X;

	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
	case BPF_LDX:
		use_load(flow, insn);
		break;
	case BPF_JMP:
		if (ctext_flow_branch(insn) != CTEXT_DEPENDS || insn->jt == insn->jf)
			break;
		flow->has_a = flow->reads_a = true;
		flow->has_x |= by_x;
		flow->reads_x |= by_x;
		break;
	case BPF_ALU:
		flow->has_a = true;
		if (by_x && BPF_OP(insn->code) != BPF_NEG)
			flow->has_x = flow->reads_x = true;
		break;
	case BPF_RET:
		if (BPF_RVAL(insn->code) == BPF_A)
			flow->has_a = flow->reads_a = true;
		break;
	case BPF_MISC:
		use_misc(flow, insn);
		break;
	}
}

static void use_store(struct ctext_flow *flow, const struct cbpf_insn *insn)
{
	if (!(flow->mem_read & (1u << insn->k)))
		return;
	if (BPF_CLASS(insn->code) == BPF_ST)
		flow->has_a = flow->reads_a = true;
	else
		flow->has_x = flow->reads_x = true;
}

bool ctext_flow_is_written(const struct ctext_flow *flow, uint32_t pc)
{
	const struct ctext_point *point = &flow->points[pc];

	return point->reached && (point->falls || point->label);
}

int ctext_flow_init(struct ctext_flow *flow, const struct cbpf_prog *prog)
{
	bool news = true;

	*flow = (struct ctext_flow){.points = calloc(prog->len + 1, sizeof(*flow->points))};
	if (!flow->points)
		return -ENOMEM;
	flow->points[0] = (struct ctext_point){.reached = true, .falls = true};
	while (news) {
		news = false;
		for (uint32_t pc = 0; pc < prog->len; pc++)
			news |= flow->points[pc].reached && reach_next(flow, prog, pc);
	}
	for (uint32_t pc = 0; pc < prog->len; pc++)
		if (flow->points[pc].reached) {
			mark(flow, prog, pc);
			use(flow, &prog->insns[pc]);
		}
	for (uint32_t pc = 0; pc < prog->len; pc++)
		if (flow->points[pc].reached && (BPF_CLASS(prog->insns[pc].code) == BPF_ST ||
						 BPF_CLASS(prog->insns[pc].code) == BPF_STX))
			use_store(flow, &prog->insns[pc]);
	return 0;
}

void ctext_flow_fini(struct ctext_flow *flow)
{
	free(flow->points);
	*flow = (struct ctext_flow){0};
}
