/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter_random.c - random classic BPF programs (see filter_random.h).
 */
#include "filter_random.h"

#include <linux/filter.h>

#include "base/util.h"

static uint32_t seed;

void filter_random_seed(uint32_t start)
{
	seed = start;
}

uint32_t filter_random_below(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

static uint32_t random_k(void)
{
	switch (filter_random_below(6)) {
	case 0:
		return filter_random_below(40);
	case 1:
		return filter_random_below(128);
	case 2:
		return filter_random_below(300);
	case 3:
		return filter_random_below(3) ? filter_random_below(1600)
					      : filter_random_below(UINT32_MAX);
	case 4:
		return 12 + filter_random_below(20);
	}
	return filter_random_below(4) ? filter_random_below(64)
				      : 0xffffe000u - filter_random_below(64);
}

static void random_alu(struct cbpf_insn *insn)
{
	static const uint8_t ops[] = {BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_MOD, BPF_AND,
				      BPF_OR,  BPF_XOR, BPF_LSH, BPF_RSH, BPF_NEG};
	int op = ops[filter_random_below(UTIL_ARRAY_SIZE(ops))];

	insn->code = BPF_ALU | op | (op != BPF_NEG && filter_random_below(2) ? BPF_X : BPF_K);
	/* a constant shift by 32 or more is undefined in libpcap's C */
	if (op == BPF_LSH || op == BPF_RSH)
		insn->k %= 32;
	if ((op == BPF_DIV || op == BPF_MOD) && !insn->k)
		insn->k = 7;
}

/* A conditional jump or BPF_JA to one of the `left` instructions that follow the next. */
static void random_jump(struct cbpf_insn *insn, uint32_t left)
{
	static const uint8_t ops[] = {BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET};

	if (filter_random_below(8) == 0) {
		*insn = (struct cbpf_insn){.code = BPF_JMP | BPF_JA,
					   .k = filter_random_below(left + 1)};
		return;
	}
	insn->code = BPF_JMP | ops[filter_random_below(UTIL_ARRAY_SIZE(ops))] |
		     (filter_random_below(3) ? BPF_K : BPF_X);
	insn->jt = (uint8_t)filter_random_below(UTIL_MIN(left, 254u) + 1);
	insn->jf = (uint8_t)filter_random_below(UTIL_MIN(left, 254u) + 1);
	if (filter_random_below(2))
		insn->k = filter_random_below(256);
}

static void random_insn(struct cbpf_insn *insn, uint32_t left)
{
	static const uint8_t sizes[] = {BPF_W, BPF_H, BPF_B};
	static const uint8_t plain[] = {
		BPF_LDX | BPF_B | BPF_MSH, BPF_LD | BPF_LEN,  BPF_LDX | BPF_LEN,
		BPF_LD | BPF_IMM,	   BPF_LDX | BPF_IMM, BPF_MISC | BPF_TAX,
		BPF_MISC | BPF_TXA,	   BPF_LDX | BPF_IMM,
	};
	static const uint8_t memory[] = {BPF_LD | BPF_MEM, BPF_LDX | BPF_MEM, BPF_ST, BPF_STX};

	*insn = (struct cbpf_insn){.k = random_k()};
	switch (filter_random_below(8)) {
	case 0:
	case 1:
		insn->code = BPF_LD | sizes[filter_random_below(3)] | BPF_ABS;
		break;
	case 2:
		insn->code = BPF_LD | sizes[filter_random_below(3)] | BPF_IND;
		break;
	case 3:
		insn->code = plain[filter_random_below(UTIL_ARRAY_SIZE(plain))];
		if (filter_random_below(2))
			insn->k = filter_random_below(64);
		break;
	case 4:
		insn->code = memory[filter_random_below(UTIL_ARRAY_SIZE(memory))];
		insn->k = filter_random_below(CBPF_MEM_WORDS);
		break;
	case 5:
		random_alu(insn);
		break;
	default:
		random_jump(insn, left);
	}
}

/* All of M[] is written first, for libpcap does not clear it. */
void filter_random_program(struct cbpf_prog *prog)
{
	prog->len = CBPF_MEM_WORDS + 4 + filter_random_below(60);
	for (uint32_t i = 0; i < CBPF_MEM_WORDS; i++)
		prog->insns[i] = (struct cbpf_insn){.code = BPF_ST, .k = i};
	for (uint32_t i = CBPF_MEM_WORDS; i + 1 < prog->len; i++)
		random_insn(&prog->insns[i], prog->len - 2 - i);
	prog->insns[prog->len - 1] =
		(struct cbpf_insn){.code = BPF_RET | (filter_random_below(3) ? BPF_A : BPF_K),
				   .k = filter_random_below(UINT32_MAX)};
}
