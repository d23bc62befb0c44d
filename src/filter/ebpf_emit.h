/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ebpf_emit.h - a growing eBPF function: instructions, and jumps to labels that may come later.
 *
 * Called by cbpf2ebpf only. A failed allocation or a function that is too long is remembered,
 * further emits are ignored, and ebpf_emit_link() reports it: callers check once. Labels are small
 * numbers: the first `n_labels` are the caller's own, more are made by ebpf_emit_new_label().
 */
#ifndef FILTER_EBPF_EMIT_H
#define FILTER_EBPF_EMIT_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/bpf.h>

/* Instructions the kernel takes in one program (BPF_COMPLEXITY_LIMIT_INSNS). */
#define EBPF_EMIT_MAX 1000000

struct ebpf_emit_label {
	uint32_t pos; /* instruction, or UINT32_MAX: not placed yet */
	bool wanted;  /* something jumps here */
};

struct ebpf_emit_jump {
	uint32_t insn, label;
};

struct ebpf_emit {
	struct bpf_insn *insns;
	struct ebpf_emit_jump *jumps;
	struct ebpf_emit_label *labels;
	uint32_t *calls; /* indexes of the calls made by ebpf_emit_call() */
	uint32_t len, n_jumps, n_labels, n_calls;
	uint32_t cap, cap_jumps, cap_labels, cap_calls;
	int error; /* 0, -ENOMEM, or -ERANGE: longer than EBPF_EMIT_MAX */
};

/* 0 or -ENOMEM; in both cases ebpf_emit_fini() may be called. */
int ebpf_emit_init(struct ebpf_emit *e, uint32_t n_labels);
void ebpf_emit_fini(struct ebpf_emit *e);

/* `op` is BPF_MOV, BPF_ADD...; the 32-bit forms clear the upper half of dst. */
void ebpf_emit_alu32_imm(struct ebpf_emit *e, int op, int dst, uint32_t imm);
void ebpf_emit_alu32_reg(struct ebpf_emit *e, int op, int dst, int src);
void ebpf_emit_alu64_imm(struct ebpf_emit *e, int op, int dst, int32_t imm);
void ebpf_emit_alu64_reg(struct ebpf_emit *e, int op, int dst, int src);

/* dst = *(src + off), 1, 2 or 4 bytes, zero-extended, the machine's byte order. */
void ebpf_emit_load(struct ebpf_emit *e, uint32_t size, int dst, int src, int off);
/* The same for packet bytes: network byte order. */
void ebpf_emit_load_be(struct ebpf_emit *e, uint32_t size, int dst, int src, int off);
/* *(u32 *)(dst + off) = src */
void ebpf_emit_store(struct ebpf_emit *e, int dst, int off, int src);
/* As ebpf_emit_store(), the whole register. */
void ebpf_emit_store64(struct ebpf_emit *e, int dst, int off, int src);

void ebpf_emit_goto(struct ebpf_emit *e, uint32_t label);
/* `code` is a whole opcode without BPF_K or BPF_X: BPF_JMP | BPF_JLT, BPF_JMP32 | BPF_JEQ... */
void ebpf_emit_jump_imm(struct ebpf_emit *e, int code, int dst, uint32_t imm, uint32_t label);
void ebpf_emit_jump_reg(struct ebpf_emit *e, int code, int dst, int src, uint32_t label);

/* A call of another BPF function, noted in `calls`; its target is filled in by the caller. */
void ebpf_emit_call(struct ebpf_emit *e);
void ebpf_emit_exit(struct ebpf_emit *e);

uint32_t ebpf_emit_new_label(struct ebpf_emit *e);
/* Place a label before the next instruction. */
void ebpf_emit_label(struct ebpf_emit *e, uint32_t label);
bool ebpf_emit_is_wanted(const struct ebpf_emit *e, uint32_t label);

/* Fill in all jumps. 0, -ENOMEM, or -ERANGE: too long, or a jump of more than 32,767. */
int ebpf_emit_link(struct ebpf_emit *e);

#endif
