/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shrink.h - instructions are taken out of a program before the load, and all that goes by the
 * distance between those that stay is put right: jumps, calls, records about functions and lines.
 *
 * The kernel takes out what is dead, too, but moves all that follows for each piece of it.
 */
#ifndef SESSION_SHRINK_H
#define SESSION_SHRINK_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

/* Records that all begin with the offset of an instruction, in its order. */
struct shrink_info {
	void *records;
	uint32_t n, size;
};

struct shrink_program {
	struct bpf_insn *insns;
	uint32_t n_insns;
	struct shrink_info funcs, lines;
};

/* The first of the two that a 64-bit constant or an address takes. */
static inline bool shrink_is_wide(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

static inline bool shrink_is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL);
}

static inline bool shrink_is_exit(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_EXIT);
}

static inline bool shrink_is_goto(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_JA);
}

/* A jump, with or without a condition. */
static inline bool shrink_is_branch(const struct bpf_insn *insn)
{
	return (BPF_CLASS(insn->code) == BPF_JMP || BPF_CLASS(insn->code) == BPF_JMP32) &&
	       !shrink_is_call(insn) && !shrink_is_exit(insn);
}

/* Does it name another instruction by its distance? A call of a function of the program does. */
static inline bool shrink_has_target(const struct bpf_insn *insn)
{
	return shrink_is_branch(insn) ||
	       (shrink_is_call(insn) && insn->src_reg == BPF_PSEUDO_CALL) ||
	       (shrink_is_wide(insn) && insn->src_reg == BPF_PSEUDO_FUNC);
}

/* Which; n_insns: none. */
static inline uint32_t shrink_target(const struct shrink_program *program, uint32_t i)
{
	const struct bpf_insn *insn = &program->insns[i];
	int64_t target;

	if (!shrink_has_target(insn))
		return program->n_insns;
	target = (int64_t)i + 1 + (shrink_is_branch(insn) ? insn->off : insn->imm);
	return target >= 0 && target < program->n_insns ? (uint32_t)target : program->n_insns;
}

/*
 * Leave those of which kept[i] says so (n_insns of them; the second half of a wide one goes with
 * the first), less jumps that are left with nothing to jump over. In place. 0, or -ENOMEM and
 * nothing has happened.
 */
int shrink_to(struct shrink_program *program, bool *kept);

#endif
