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
bool shrink_is_branch(const struct bpf_insn *insn);

/* The instruction that this one names by its distance; n_insns: none. */
uint32_t shrink_target(const struct shrink_program *program, uint32_t i);

/*
 * Leave those of which kept[i] says so (n_insns of them; the second half of a wide one goes with
 * the first), less jumps that are left with nothing to jump over. In place. 0, or -ENOMEM and
 * nothing has happened.
 */
int shrink_to(struct shrink_program *program, bool *kept);

#endif
