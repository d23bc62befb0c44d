/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ebpf_emit.c - a growing eBPF function (see ebpf_emit.h).
 */
#include "filter/ebpf_emit.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define UNPLACED UINT32_MAX

/* Make room for one more element; false and e->error when there is none. */
static bool grow(struct ebpf_emit *e, void *array, uint32_t n, uint32_t *cap, size_t size)
{
	uint32_t want = *cap ? *cap * 2 : 64;
	void *old, *new;

	if (e->error)
		return false;
	if (n < *cap)
		return true;
	memcpy(&old, array, sizeof(old)); /* `array` is the address of a pointer of any type */
	new = reallocarray(old, want, size);
	if (!new) {
		e->error = -ENOMEM;
		return false;
	}
	memcpy(array, &new, sizeof(new));
	*cap = want;
	return true;
}

int ebpf_emit_init(struct ebpf_emit *e, uint32_t n_labels)
{
	memset(e, 0, sizeof(*e));
	e->labels = calloc(n_labels, sizeof(*e->labels));
	if (!e->labels)
		return -ENOMEM;
	e->cap_labels = e->n_labels = n_labels;
	for (uint32_t i = 0; i < n_labels; i++)
		e->labels[i].pos = UNPLACED;
	return 0;
}

void ebpf_emit_fini(struct ebpf_emit *e)
{
	free(e->insns);
	free(e->jumps);
	free(e->labels);
	free(e->calls);
	memset(e, 0, sizeof(*e));
}

static void emit(struct ebpf_emit *e, int code, int dst, int src, int off, int32_t imm)
{
	if (!e->error && e->len >= EBPF_EMIT_MAX)
		e->error = -ERANGE;
	if (!grow(e, &e->insns, e->len, &e->cap, sizeof(*e->insns)))
		return;
	e->insns[e->len++] = (struct bpf_insn){
		.code = code, .dst_reg = dst, .src_reg = src, .off = off, .imm = imm};
}

void ebpf_emit_alu32_imm(struct ebpf_emit *e, int op, int dst, uint32_t imm)
{
	emit(e, BPF_ALU | op | BPF_K, dst, 0, 0, (int32_t)imm);
}

void ebpf_emit_alu32_reg(struct ebpf_emit *e, int op, int dst, int src)
{
	emit(e, BPF_ALU | op | BPF_X, dst, src, 0, 0);
}

void ebpf_emit_alu64_imm(struct ebpf_emit *e, int op, int dst, int32_t imm)
{
	emit(e, BPF_ALU64 | op | BPF_K, dst, 0, 0, imm);
}

void ebpf_emit_alu64_reg(struct ebpf_emit *e, int op, int dst, int src)
{
	emit(e, BPF_ALU64 | op | BPF_X, dst, src, 0, 0);
}

void ebpf_emit_load(struct ebpf_emit *e, uint32_t size, int dst, int src, int off)
{
	static const int widths[] = {[1] = BPF_B, [2] = BPF_H, [4] = BPF_W, [8] = BPF_DW};

	emit(e, BPF_LDX | BPF_MEM | widths[size], dst, src, off, 0);
}

void ebpf_emit_load_be(struct ebpf_emit *e, uint32_t size, int dst, int src, int off)
{
	ebpf_emit_load(e, size, dst, src, off);
	if (size > 1)
		emit(e, BPF_ALU | BPF_END | BPF_TO_BE, dst, 0, 0, (int32_t)size * 8);
}

void ebpf_emit_store(struct ebpf_emit *e, int dst, int off, int src)
{
	emit(e, BPF_STX | BPF_MEM | BPF_W, dst, src, off, 0);
}

void ebpf_emit_store64(struct ebpf_emit *e, int dst, int off, int src)
{
	emit(e, BPF_STX | BPF_MEM | BPF_DW, dst, src, off, 0);
}

/* The next instruction will be a jump to `label`. */
static void note_jump(struct ebpf_emit *e, uint32_t label)
{
	if (!grow(e, &e->jumps, e->n_jumps, &e->cap_jumps, sizeof(*e->jumps)))
		return;
	e->jumps[e->n_jumps++] = (struct ebpf_emit_jump){e->len, label};
	e->labels[label].wanted = true;
}

void ebpf_emit_goto(struct ebpf_emit *e, uint32_t label)
{
	note_jump(e, label);
	emit(e, BPF_JMP | BPF_JA, 0, 0, 0, 0);
}

void ebpf_emit_jump_imm(struct ebpf_emit *e, int code, int dst, uint32_t imm, uint32_t label)
{
	note_jump(e, label);
	emit(e, code | BPF_K, dst, 0, 0, (int32_t)imm);
}

void ebpf_emit_jump_reg(struct ebpf_emit *e, int code, int dst, int src, uint32_t label)
{
	note_jump(e, label);
	emit(e, code | BPF_X, dst, src, 0, 0);
}

void ebpf_emit_call(struct ebpf_emit *e)
{
	if (!grow(e, &e->calls, e->n_calls, &e->cap_calls, sizeof(*e->calls)))
		return;
	e->calls[e->n_calls++] = e->len;
	emit(e, BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 0);
}

void ebpf_emit_exit(struct ebpf_emit *e)
{
	emit(e, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

uint32_t ebpf_emit_new_label(struct ebpf_emit *e)
{
	if (!grow(e, &e->labels, e->n_labels, &e->cap_labels, sizeof(*e->labels)))
		return 0; /* never linked: the error is remembered */
	e->labels[e->n_labels] = (struct ebpf_emit_label){UNPLACED, false};
	return e->n_labels++;
}

void ebpf_emit_label(struct ebpf_emit *e, uint32_t label)
{
	e->labels[label].pos = e->len;
}

bool ebpf_emit_is_wanted(const struct ebpf_emit *e, uint32_t label)
{
	return e->labels[label].wanted;
}

int ebpf_emit_link(struct ebpf_emit *e)
{
	for (uint32_t i = 0; i < e->n_jumps && !e->error; i++) {
		const struct ebpf_emit_jump *j = &e->jumps[i];
		int64_t off = (int64_t)e->labels[j->label].pos - j->insn - 1;

		if (off < INT16_MIN || off > INT16_MAX)
			e->error = -ERANGE;
		else
			e->insns[j->insn].off = (int16_t)off;
	}
	return e->error;
}
