/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prune.c - see prune.h: constants are followed along all ways that the program can take; where two
 * of them meet, at a label, what they agree on stays known. A way that a constant closes is not
 * gone, so what is on it takes nothing from what is known behind it.
 *
 * The kernel finds the same, but moves all that is behind for each piece that it takes out.
 */
#include "session/prune.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum what { UNKNOWN, CONSTANT, ADDRESS }; /* ADDRESS: of the read-only data, with `value` behind */

struct reg {
	enum what what;
	uint64_t value;
};

#define N_REGS 16 /* as many as an instruction can name */

/* What is known at a label, of all ways there that were gone. */
struct known {
	bool is_reached, is_pending;
	struct reg regs[N_REGS];
};

/* Of each instruction. */
struct state {
	bool is_label, is_reached;
	bool is_decided, is_taken; /* a branch */
	bool is_constant;	   /* a load, of `value` */
	bool is_unused;		   /* an address that only such a load was for */
	bool is_kept;
	uint32_t value;
	uint32_t label; /* its number in `known` */
	uint32_t at;	/* its new place; of one that goes, that of the next that stays */
};

struct work {
	const struct bpf_insn *insns;
	uint32_t n;
	const struct prune_constants *constants;
	struct state *states;
	struct known *known; /* of each label */
	uint32_t *pending; /* labels of which less is known than when they were last gone on from */
	uint32_t n_pending;
};

static bool is_wide(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

static bool is_jump_class(const struct bpf_insn *insn)
{
	return BPF_CLASS(insn->code) == BPF_JMP || BPF_CLASS(insn->code) == BPF_JMP32;
}

static bool is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL);
}

static bool is_exit(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_EXIT);
}

static bool is_goto(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_JA);
}

static bool is_branch(const struct bpf_insn *insn)
{
	return is_jump_class(insn) && !is_call(insn) && !is_exit(insn);
}

/* The instruction that this one names by its distance, beside the next; n: none. */
static uint32_t target_of(const struct work *w, uint32_t i)
{
	const struct bpf_insn *insn = &w->insns[i];
	int64_t target = w->n;

	if (is_branch(insn))
		target = (int64_t)i + 1 + insn->off;
	else if ((is_call(insn) && insn->src_reg == BPF_PSEUDO_CALL) ||
		 (is_wide(insn) && insn->src_reg == BPF_PSEUDO_FUNC))
		target = (int64_t)i + 1 + insn->imm;
	return target >= 0 && target < w->n ? (uint32_t)target : w->n;
}

/* The number at `place` of the read-only data. */
static struct reg load_constant(const struct work *w, uint64_t place, uint8_t code)
{
	static const size_t sizes[] = {
		[BPF_W >> 3] = 4, [BPF_H >> 3] = 2, [BPF_B >> 3] = 1, [BPF_DW >> 3] = 8};
	size_t size = sizes[BPF_SIZE(code) >> 3];
	struct reg reg = {CONSTANT, 0};

	if (place > w->constants->size || size > w->constants->size - place)
		return (struct reg){UNKNOWN, 0};
	memcpy(&reg.value, (const char *)w->constants->data + place, size); /* little endian */
	return reg;
}

static struct reg load_wide(const struct work *w, const struct bpf_insn *insn)
{
	if (insn->src_reg == BPF_PSEUDO_MAP_VALUE && insn->imm == w->constants->map_fd)
		return (struct reg){ADDRESS, (uint32_t)insn[1].imm};
	if (insn->src_reg)
		return (struct reg){UNKNOWN, 0};
	return (struct reg){CONSTANT, (uint32_t)insn->imm | (uint64_t)insn[1].imm << 32};
}

/* Copies, and what the compiler does to a constant before it branches. */
static struct reg compute(const struct bpf_insn *insn, const struct reg *regs)
{
	bool is_wide_op = BPF_CLASS(insn->code) == BPF_ALU64, by_reg = BPF_SRC(insn->code) == BPF_X;
	struct reg reg = regs[insn->dst_reg];
	struct reg by = {CONSTANT, (uint64_t)(int64_t)insn->imm};

	if (by_reg)
		by = regs[insn->src_reg];
	if (BPF_OP(insn->code) == BPF_MOV)
		reg = by;
	else if (reg.what == CONSTANT && by.what == CONSTANT && BPF_OP(insn->code) == BPF_AND)
		reg.value &= by.value;
	else if (reg.what != UNKNOWN && by.what == CONSTANT && BPF_OP(insn->code) == BPF_ADD)
		reg.value += by.value;
	else
		reg.what = UNKNOWN;
	if (insn->off) /* moves that extend the sign */
		reg.what = UNKNOWN;
	if (!is_wide_op) {
		reg.what = reg.what == CONSTANT ? CONSTANT : UNKNOWN;
		reg.value = (uint32_t)reg.value;
	}
	return reg;
}

static void follow(const struct work *w, const struct bpf_insn *insn, struct reg *regs)
{
	static const struct reg unknown = {UNKNOWN, 0};
	struct reg *dst = &regs[insn->dst_reg], *src = &regs[insn->src_reg];

	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
		*dst = is_wide(insn) ? load_wide(w, insn) : unknown;
		break;
	case BPF_LDX:
		*dst = BPF_MODE(insn->code) == BPF_MEM && src->what == ADDRESS
			       ? load_constant(w, src->value + insn->off, insn->code)
			       : unknown;
		break;
	case BPF_ALU:
	case BPF_ALU64:
		*dst = compute(insn, regs);
		break;
	case BPF_STX:
		if (BPF_MODE(insn->code) != BPF_MEM) /* atomic ones may fetch */
			regs[0] = *src = unknown;
		break;
	case BPF_JMP:
		if (is_call(insn))
			memset(regs, 0, 6 * sizeof(*regs));
		break;
	}
}

/* Does a comparison of these hold? 1, 0; -1: not one that is known here. */
static int compare(uint8_t op, uint64_t a, uint64_t b)
{
	switch (op) {
	case BPF_JEQ:
		return a == b;
	case BPF_JNE:
		return a != b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	case BPF_JLT:
		return a < b;
	case BPF_JLE:
		return a <= b;
	case BPF_JSGT:
		return (int64_t)a > (int64_t)b;
	case BPF_JSGE:
		return (int64_t)a >= (int64_t)b;
	case BPF_JSLT:
		return (int64_t)a < (int64_t)b;
	case BPF_JSLE:
		return (int64_t)a <= (int64_t)b;
	case BPF_JSET:
		return (a & b) != 0;
	default:
		return -1;
	}
}

/* Of 32 bits: their sign extended, all comparisons hold as they do of these alone. */
static uint64_t compared(const struct bpf_insn *insn, struct reg reg)
{
	return BPF_CLASS(insn->code) == BPF_JMP32 ? (uint64_t)(int64_t)(int32_t)reg.value
						  : reg.value;
}

static void decide(const struct bpf_insn *insn, const struct reg *regs, struct state *state)
{
	struct reg a = regs[insn->dst_reg], b = {CONSTANT, (uint64_t)(int64_t)insn->imm};
	int holds = -1;

	if (BPF_SRC(insn->code) == BPF_X)
		b = regs[insn->src_reg];
	if (is_branch(insn) && !is_goto(insn) && a.what == CONSTANT && b.what == CONSTANT)
		holds = compare(BPF_OP(insn->code), compared(insn, a), compared(insn, b));
	state->is_decided = holds >= 0;
	state->is_taken = holds > 0;
}

/*
 * A load of read-only data becomes a move of 32 bits, which leaves zeros above them as the load
 * does. The address goes, too, where it stands right before, for this load alone.
 */
static void fold_load(struct work *w, uint32_t i, const struct reg *loaded)
{
	const struct bpf_insn *insn = &w->insns[i];
	struct state *state = &w->states[i];

	if (BPF_CLASS(insn->code) != BPF_LDX)
		return;
	state->is_constant = loaded->what == CONSTANT && loaded->value <= UINT32_MAX;
	state->value = (uint32_t)loaded->value;
	if (i >= 2 && is_wide(&w->insns[i - 2]) && w->insns[i - 2].dst_reg == insn->dst_reg &&
	    insn->src_reg == insn->dst_reg && !state->is_label)
		w->states[i - 2].is_unused = state->is_constant;
}

/* What something jumps to or calls, and the start. Returns how many there are. */
static uint32_t number_labels(struct work *w)
{
	uint32_t used = 0;

	w->states[0].is_label = true;
	for (uint32_t i = 0; i < w->n; i++) {
		uint32_t target = target_of(w, i);

		if (target < w->n)
			w->states[target].is_label = true;
	}
	for (uint32_t i = 0; i < w->n; i++)
		if (w->states[i].is_label)
			w->states[i].label = used++;
	return used;
}

/* One more way to a label. */
static void arrive(struct work *w, uint32_t i, const struct reg *regs)
{
	struct known *known = &w->known[w->states[i].label];
	bool news = !known->is_reached;

	if (news)
		memcpy(known->regs, regs, sizeof(known->regs));
	for (int r = 0; r < N_REGS; r++) {
		struct reg *reg = &known->regs[r];

		if (reg->what == UNKNOWN ||
		    (reg->what == regs[r].what && reg->value == regs[r].value))
			continue;
		reg->what = UNKNOWN;
		news = true;
	}
	known->is_reached = true;
	if (news && !known->is_pending)
		w->pending[w->n_pending++] = i;
	known->is_pending |= news;
}

/* From a label to the next, or the end; what was found when more was known is found anew. */
static void go_on(struct work *w, uint32_t i)
{
	static const struct reg nothing[N_REGS];
	struct known *known = &w->known[w->states[i].label];
	struct reg regs[N_REGS];

	known->is_pending = false;
	memcpy(regs, known->regs, sizeof(regs));
	do {
		const struct bpf_insn *insn = &w->insns[i];
		struct state *state = &w->states[i];
		uint32_t target = target_of(w, i);

		state->is_reached = true;
		decide(insn, regs, state);
		if (target < w->n && (!state->is_decided || state->is_taken))
			arrive(w, target, is_branch(insn) ? regs : nothing);
		follow(w, insn, regs);
		fold_load(w, i, &regs[insn->dst_reg]);
		if (is_exit(insn) || is_goto(insn) || state->is_taken)
			return;
		i += 1 + is_wide(insn);
	} while (i < w->n && !w->states[i].is_label);
	if (i < w->n)
		arrive(w, i, regs);
}

static int follow_all(struct work *w)
{
	static const struct reg nothing[N_REGS];

	w->known = calloc(number_labels(w), sizeof(*w->known));
	if (!w->known)
		return -ENOMEM;
	arrive(w, 0, nothing);
	while (w->n_pending)
		go_on(w, w->pending[--w->n_pending]);
	free(w->known);
	return 0;
}

/* What stays, from the end: jumps that are left with nothing to jump over go, too. */
static void keep_reached(struct work *w)
{
	uint32_t at = 0, next = w->n; /* the first behind i that stays */

	for (uint32_t i = w->n; i-- > 0;) {
		struct state *state = &w->states[i];
		uint32_t target = target_of(w, i);
		bool jumps = is_goto(&w->insns[i]) || (state->is_decided && state->is_taken);

		state->is_kept = state->is_reached && !state->is_unused &&
				 !(state->is_decided && !state->is_taken) &&
				 !(jumps && target > i && target <= next);
		if (i > 0 && is_wide(&w->insns[i - 1]) && !w->insns[i].code)
			state->is_kept = w->states[i - 1].is_reached && !w->states[i - 1].is_unused;
		if (state->is_kept)
			next = i;
	}
	for (uint32_t i = 0; i < w->n; i++) {
		w->states[i].at = at;
		at += w->states[i].is_kept;
	}
}

static void rewrite(struct work *w, struct prune_program *program)
{
	uint32_t used = 0;

	for (uint32_t i = 0; i < w->n; i++) {
		const struct state *state = &w->states[i];
		struct bpf_insn insn = w->insns[i];
		uint32_t target = target_of(w, i);

		if (!state->is_kept)
			continue;
		if (state->is_decided)
			insn = (struct bpf_insn){.code = BPF_JMP | BPF_JA};
		if (state->is_constant)
			insn = (struct bpf_insn){.code = BPF_ALU | BPF_MOV | BPF_K,
						 .dst_reg = insn.dst_reg,
						 .imm = (int32_t)state->value};
		if (target < w->n && is_branch(&insn))
			insn.off = (int16_t)(w->states[target].at - used - 1);
		else if (target < w->n)
			insn.imm = (int32_t)(w->states[target].at - used - 1);
		program->insns[used++] = insn;
	}
	program->n_insns = used;
}

/* Records of what is gone go, or stand for what follows, unless that has its own. */
static void move_info(const struct work *w, struct prune_info *info, uint32_t n_insns)
{
	char *to = info->records, *from = to;
	uint32_t used = 0;

	for (uint32_t i = 0; i < info->n; i++, from += info->size) {
		uint32_t old, place, last;

		memcpy(&old, from, sizeof(old));
		place = old < w->n ? w->states[old].at : n_insns;
		if (place >= n_insns)
			continue;
		if (used) {
			memcpy(&last, to + (size_t)(used - 1) * info->size, sizeof(last));
			used -= last == place;
		}
		memmove(to + (size_t)used * info->size, from, info->size);
		memcpy(to + (size_t)used++ * info->size, &place, sizeof(place));
	}
	info->n = used;
}

int prune_dead(struct prune_program *program, const struct prune_constants *constants)
{
	struct bpf_insn *insns = calloc(program->n_insns + 1, sizeof(*insns));
	struct work w = {
		.insns = insns,
		.n = program->n_insns,
		.constants = constants,
		.states = calloc(program->n_insns + 1, sizeof(*w.states)),
		.pending = calloc(program->n_insns + 1, sizeof(*w.pending)),
	};
	int rc = insns && w.states && w.pending ? 0 : -ENOMEM;

	if (!rc) {
		memcpy(insns, program->insns, w.n * sizeof(*insns));
		rc = follow_all(&w);
	}
	if (!rc) {
		keep_reached(&w);
		rewrite(&w, program);
		move_info(&w, &program->funcs, program->n_insns);
		move_info(&w, &program->lines, program->n_insns);
	}
	free(insns);
	free(w.states);
	free(w.pending);
	return rc;
}
