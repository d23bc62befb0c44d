/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * insn.h - eBPF instructions by hand, for the few programs that are a table of them.
 *
 * They ask the kernel something: whether it takes such a program (feature_try), where a symbol is
 * (pagebase), what stands at an address (attach_look). Initializers of struct bpf_insn; registers
 * are BPF_REG_*, words have 64 bits unless a macro says more.
 */
#ifndef KERNEL_INSN_H
#define KERNEL_INSN_H

#include <linux/bpf.h>
#include <stdint.h>

#define INSN(op, d, s, o, i)                                                                       \
	{                                                                                          \
		.code = (op), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (int32_t)(i)      \
	}

#define INSN_MOV_IMM(d, i) INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define INSN_MOV_REG(d, s) INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define INSN_ADD_REG(d, s) INSN(BPF_ALU64 | BPF_ADD | BPF_X, d, s, 0, 0)
#define INSN_ADD_IMM(d, i) INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
#define INSN_AND_IMM(d, i) INSN(BPF_ALU64 | BPF_AND | BPF_K, d, 0, 0, i)
#define INSN_OR_IMM(d, i)  INSN(BPF_ALU64 | BPF_OR | BPF_K, d, 0, 0, i)
#define INSN_SUB_REG(d, s) INSN(BPF_ALU64 | BPF_SUB | BPF_X, d, s, 0, 0)
#define INSN_MUL_REG(d, s) INSN(BPF_ALU64 | BPF_MUL | BPF_X, d, s, 0, 0)
#define INSN_AND_REG(d, s) INSN(BPF_ALU64 | BPF_AND | BPF_X, d, s, 0, 0)
#define INSN_XOR_REG(d, s) INSN(BPF_ALU64 | BPF_XOR | BPF_X, d, s, 0, 0)
#define INSN_XOR_IMM(d, i) INSN(BPF_ALU64 | BPF_XOR | BPF_K, d, 0, 0, i)
#define INSN_LSH_IMM(d, i) INSN(BPF_ALU64 | BPF_LSH | BPF_K, d, 0, 0, i)
#define INSN_RSH_IMM(d, i) INSN(BPF_ALU64 | BPF_RSH | BPF_K, d, 0, 0, i)
#define INSN_RSH_REG(d, s) INSN(BPF_ALU64 | BPF_RSH | BPF_X, d, s, 0, 0)
#define INSN_NEG(d)	   INSN(BPF_ALU64 | BPF_NEG, d, 0, 0, 0)

/* All 64 bits: two instructions. */
#define INSN_LOAD_IMM(d, i)                                                                        \
	INSN(BPF_LD | BPF_DW | BPF_IMM, d, 0, 0, (uint64_t)(i)),                                   \
		INSN(0, 0, 0, 0, (uint64_t)(i) >> 32)

/* The address of a place in an array's first value: two instructions. */
#define INSN_LOAD_MAP_VALUE(d, map_fd, place)                                                      \
	INSN(BPF_LD | BPF_DW | BPF_IMM, d, BPF_PSEUDO_MAP_VALUE, 0, map_fd), INSN(0, 0, 0, 0, place)

/* A function's address, `over` instructions behind the next but one: two instructions. */
#define INSN_LOAD_FUNCTION(d, over)                                                                \
	INSN(BPF_LD | BPF_DW | BPF_IMM, d, BPF_PSEUDO_FUNC, 0, over), INSN(0, 0, 0, 0, 0)

/* d = *(s + o); *(d + o) = s; *(d + o) = i */
#define INSN_LOAD(d, s, o)	  INSN(BPF_LDX | BPF_MEM | BPF_DW, d, s, o, 0)
#define INSN_LOAD_8(d, s, o)	  INSN(BPF_LDX | BPF_MEM | BPF_B, d, s, o, 0)
#define INSN_LOAD_32(d, s, o)	  INSN(BPF_LDX | BPF_MEM | BPF_W, d, s, o, 0)
#define INSN_STORE(d, s, o)	  INSN(BPF_STX | BPF_MEM | BPF_DW, d, s, o, 0)
#define INSN_STORE_IMM(d, o, i)	  INSN(BPF_ST | BPF_MEM | BPF_DW, d, 0, o, i)
#define INSN_STORE_IMM_8(d, o, i) INSN(BPF_ST | BPF_MEM | BPF_B, d, 0, o, i)

/* Over o instructions if d is (not) i; of a register, its lower half. */
#define INSN_JEQ(d, i, o)     INSN(BPF_JMP | BPF_JEQ | BPF_K, d, 0, o, i)
#define INSN_JGT(d, i, o)     INSN(BPF_JMP | BPF_JGT | BPF_K, d, 0, o, i)
#define INSN_JSLE(d, i, o)    INSN(BPF_JMP | BPF_JSLE | BPF_K, d, 0, o, i)
#define INSN_JNE(d, i, o)     INSN(BPF_JMP | BPF_JNE | BPF_K, d, 0, o, i)
#define INSN_JNE_32(d, i, o)  INSN(BPF_JMP32 | BPF_JNE | BPF_K, d, 0, o, i)
#define INSN_JEQ_REG(d, s, o) INSN(BPF_JMP | BPF_JEQ | BPF_X, d, s, o, 0)
#define INSN_JEQ_32(d, i, o)  INSN(BPF_JMP32 | BPF_JEQ | BPF_K, d, 0, o, i)

/* A helper by its BPF_FUNC_* number; a kernel function by its BTF id, of vmlinux. */
#define INSN_CALL(i)	   INSN(BPF_JMP | BPF_CALL, 0, 0, 0, i)
#define INSN_CALL_KFUNC(i) INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, i)
#define INSN_EXIT	   INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

#endif
