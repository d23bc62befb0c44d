/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf_asm.h - classic BPF programs written by hand, for the tests of the packet filter.
 */
#ifndef UNIT_CBPF_ASM_H
#define UNIT_CBPF_ASM_H

#include <linux/filter.h>

#include "filter/cbpf.h"

#define RET_A                                                                                      \
	{                                                                                          \
		BPF_RET | BPF_A, 0, 0, 0                                                           \
	}
#define RET(k)                                                                                     \
	{                                                                                          \
		BPF_RET | BPF_K, 0, 0, (k)                                                         \
	}
#define OP(op, k)                                                                                  \
	{                                                                                          \
		(op), 0, 0, (k)                                                                    \
	}
/* A program from a list of instructions. */
#define PROG(...)                                                                                  \
	{                                                                                          \
		.insns = (struct cbpf_insn[]){__VA_ARGS__},                                        \
		.len = sizeof((struct cbpf_insn[]){__VA_ARGS__}) / sizeof(struct cbpf_insn)        \
	}

#endif
