/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prog_random.c - random programs of classic BPF (see prog_random.h).
 */
#include "prog_random.h"

#include <linux/filter.h>

#include "base/util.h"

static uint32_t seed;

void prog_random_seed(uint32_t value)
{
	seed = value;
}

uint32_t prog_random_below(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(seed >> 8) * below >> 24);
}

/* Operations of a random program, the frequent ones more than once. Shifts are by X: by a constant
 * of 32 or more they are undefined in libpcap's C. */
static const uint8_t random_codes[] = {
	BPF_LD | BPF_B | BPF_ABS,
	BPF_LD | BPF_H | BPF_ABS,
	BPF_LD | BPF_W | BPF_ABS,
	BPF_LD | BPF_B | BPF_IND,
	BPF_LD | BPF_H | BPF_IND,
	BPF_LD | BPF_W | BPF_IND,
	BPF_LDX | BPF_B | BPF_MSH,
	BPF_LDX | BPF_B | BPF_MSH,
	BPF_LD | BPF_LEN,
	BPF_LDX | BPF_LEN,
	BPF_LD | BPF_IMM,
	BPF_LDX | BPF_IMM,
	BPF_LD | BPF_MEM,
	BPF_LDX | BPF_MEM,
	BPF_ST,
	BPF_STX,
	BPF_MISC | BPF_TAX,
	BPF_MISC | BPF_TXA,
	BPF_ALU | BPF_ADD | BPF_K,
	BPF_ALU | BPF_ADD | BPF_X,
	BPF_ALU | BPF_SUB | BPF_X,
	BPF_ALU | BPF_SUB | BPF_K,
	BPF_ALU | BPF_MUL | BPF_K,
	BPF_ALU | BPF_MUL | BPF_X,
	BPF_ALU | BPF_DIV | BPF_X,
	BPF_ALU | BPF_MOD | BPF_X,
	BPF_ALU | BPF_AND | BPF_K,
	BPF_ALU | BPF_OR | BPF_X,
	BPF_ALU | BPF_XOR | BPF_K,
	BPF_ALU | BPF_LSH | BPF_X,
	BPF_ALU | BPF_RSH | BPF_X,
	BPF_ALU | BPF_NEG,
	BPF_JMP | BPF_JA,
	BPF_JMP | BPF_JEQ | BPF_K,
	BPF_JMP | BPF_JGT | BPF_K,
	BPF_JMP | BPF_JGE | BPF_K,
	BPF_JMP | BPF_JEQ | BPF_X,
	BPF_JMP | BPF_JSET | BPF_K,
	BPF_JMP | BPF_JGT | BPF_X,
};

static uint32_t random_constant(void)
{
	static const uint32_t odd[] = {0,	   1,	       31,	   32,
				       0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};

	if (prog_random_below(12) == 0)
		return odd[prog_random_below(UTIL_ARRAY_SIZE(odd))];
	return prog_random_below(prog_random_below(2) ? 64 : 300);
}

/* M[] is written first, for libpcap does not clear it. */
void prog_random_fill(struct cbpf_prog *prog)
{
	prog->len = CBPF_MEM_WORDS + 3 + prog_random_below(40);
	for (uint32_t i = 0; i < CBPF_MEM_WORDS; i++)
		prog->insns[i] = (struct cbpf_insn){.code = BPF_ST, .k = i};
	for (uint32_t i = CBPF_MEM_WORDS; i < prog->len - 1; i++) {
		struct cbpf_insn *insn = &prog->insns[i];
		uint32_t left = prog->len - 1 - i;

		*insn = (struct cbpf_insn){
			.code = random_codes[prog_random_below(sizeof(random_codes))],
			.k = random_constant()};
		if (BPF_CLASS(insn->code) == BPF_JMP) {
			insn->jt = (uint8_t)prog_random_below(left);
			insn->jf = (uint8_t)prog_random_below(left);
			if (BPF_OP(insn->code) == BPF_JA)
				insn->k = prog_random_below(left);
		} else if (BPF_MODE(insn->code) == BPF_MEM || BPF_CLASS(insn->code) == BPF_ST ||
			   BPF_CLASS(insn->code) == BPF_STX) {
			insn->k %= CBPF_MEM_WORDS;
		}
	}
	prog->insns[prog->len - 1] =
		(struct cbpf_insn){.code = BPF_RET | (prog_random_below(3) ? BPF_A : BPF_K),
				   .k = prog_random_below(3)};
}
