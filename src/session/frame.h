/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame.h - the stack frame of a BPF function, 64 slots of 8 bytes, and who comes at them: an
 * instruction by r10, which can be followed, or one by a pointer, which cannot.
 */
#ifndef SESSION_FRAME_H
#define SESSION_FRAME_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

#include "session/shrink.h"

#define FRAME_BYTES 512 /* MAX_BPF_STACK */
#define FRAME_SLOT  8
#define FRAME_SLOTS (FRAME_BYTES / FRAME_SLOT)

static inline bool frame_by_register(const struct bpf_insn *insn)
{
	return BPF_SRC(insn->code) == BPF_X;
}

static inline bool frame_is_alu(const struct bpf_insn *insn)
{
	return BPF_CLASS(insn->code) == BPF_ALU || BPF_CLASS(insn->code) == BPF_ALU64;
}

/* One that is not atomic. */
static inline bool frame_is_plain_store(const struct bpf_insn *insn)
{
	return (BPF_CLASS(insn->code) == BPF_ST || BPF_CLASS(insn->code) == BPF_STX) &&
	       BPF_MODE(insn->code) == BPF_MEM;
}

/* Slots that a load or store by r10 touches. Bit i: that at r10 - FRAME_BYTES + i * FRAME_SLOT. */
uint64_t frame_slots(const struct bpf_insn *insn);

/* Is it the whole of one slot? Then that is number *slot. */
bool frame_is_slot(const struct bpf_insn *insn, uint32_t *slot);

/*
 * open[i]: in the function of instruction i, the slots that a pointer may lead to: those at the
 * lowest address that is taken of its frame and above. Of n_insns; zeros before.
 */
void frame_open(const struct shrink_program *program, uint64_t *open);

#endif
