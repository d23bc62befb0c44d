/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame.c - what frame.h says.
 */
#include "session/frame.h"

static uint32_t access_size(const struct bpf_insn *insn)
{
	static const uint8_t sizes[] = {
		[BPF_W >> 3] = 4, [BPF_H >> 3] = 2, [BPF_B >> 3] = 1, [BPF_DW >> 3] = 8};

	return sizes[BPF_SIZE(insn->code) >> 3];
}

/* From the slot at this offset of the frame to its end. */
static uint64_t slots_from(int64_t offset)
{
	if (offset <= -FRAME_BYTES)
		return UINT64_MAX;
	return offset >= 0 ? 0 : UINT64_MAX << ((offset + FRAME_BYTES) / FRAME_SLOT);
}

uint64_t frame_slots(const struct bpf_insn *insn)
{
	int64_t end = insn->off + (int64_t)access_size(insn);

	return slots_from(insn->off) & ~slots_from((end + FRAME_SLOT - 1) & -FRAME_SLOT);
}

bool frame_is_slot(const struct bpf_insn *insn, uint32_t *slot)
{
	*slot = (uint32_t)(insn->off + FRAME_BYTES) / FRAME_SLOT;
	return BPF_SIZE(insn->code) == BPF_DW && !(insn->off % FRAME_SLOT) && insn->off < 0 &&
	       insn->off >= -FRAME_BYTES;
}

/*
 * The lowest offset of the frame that the address taken here leads to; it is moved down right
 * behind, or anybody may do so.
 */
static int64_t address_taken(const struct bpf_insn *insn, const struct bpf_insn *next)
{
	bool is_copy = insn->code == (BPF_ALU64 | BPF_MOV | BPF_X) && !insn->off;

	if (is_copy && next->code == (BPF_ALU64 | BPF_ADD | BPF_K) &&
	    next->dst_reg == insn->dst_reg)
		return next->imm;
	return -FRAME_BYTES;
}

/* Does it make an address of the stack from r10, or hand it on? */
static bool takes_address(const struct bpf_insn *insn)
{
	bool is_jump = BPF_CLASS(insn->code) == BPF_JMP || BPF_CLASS(insn->code) == BPF_JMP32;

	if (BPF_CLASS(insn->code) == BPF_STX)
		return insn->src_reg == BPF_REG_10 ||
		       (insn->dst_reg == BPF_REG_10 && !frame_is_plain_store(insn));
	return insn->src_reg == BPF_REG_10 && frame_by_register(insn) &&
	       (frame_is_alu(insn) || is_jump);
}

/*
 * Slots of the function from `from` to `to` that a pointer may lead to. One that is moved down
 * later on leads farther: by as much as all such moves together.
 */
static uint64_t open_slots(const struct shrink_program *program, uint32_t from, uint32_t to)
{
	int64_t lowest = 0, down = 0;

	for (uint32_t i = from; i < to; i++) {
		const struct bpf_insn *insn = &program->insns[i];
		bool adds = insn->code == (BPF_ALU64 | BPF_ADD | BPF_K);

		if (takes_address(insn)) {
			int64_t offset = address_taken(insn, i + 1 < to ? insn + 1 : insn);

			lowest = offset < lowest ? offset : lowest;
		} else if (adds && insn->imm < 0 && !(i > from && takes_address(insn - 1))) {
			down += insn->imm;
		}
	}
	return lowest < 0 ? slots_from(lowest + down) : 0;
}

void frame_open(const struct shrink_program *program, uint64_t *open)
{
	uint32_t n = program->n_insns, from = 0;

	/* where functions begin has a mark at first */
	for (uint32_t i = 0; i < n; i++)
		if (!shrink_is_branch(&program->insns[i]) && shrink_target(program, i) < n)
			open[shrink_target(program, i)] = 1;
	for (uint32_t i = 1; i <= n; i++) {
		uint64_t slots;

		if (i < n && !open[i])
			continue;
		slots = open_slots(program, from, i);
		for (; from < i; from++)
			open[from] = slots;
	}
}
