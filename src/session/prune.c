/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prune.c - see prune.h: constants are followed along all ways that the program can take; where two
 * of them meet, at a label, what they agree on stays known. A way that a constant closes is not
 * gone, so what is on it takes nothing from what is known behind it.
 */
#include "session/prune.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "session/frame.h"

enum what { UNKNOWN, CONSTANT, ADDRESS }; /* ADDRESS: of the read-only data, with `value` behind */

struct reg {
	enum what what;
	uint64_t value;
};

/* Registers, then those slots of the stack frame that are written to by r10. */
#define PLACES_MAX (MAX_BPF_REG + FRAME_SLOTS)

/* What is known at a label, of all ways there that were gone. */
struct known {
	bool is_reached, is_pending;
	struct reg regs[]; /* n_places of them */
};

/* Of each instruction. */
struct state {
	bool is_label : 1, is_reached : 1;
	bool is_decided : 1, is_taken : 1; /* a branch */
	bool is_constant : 1;		   /* it computes or loads `value` */
	uint32_t value;
	uint32_t label; /* its number in `known` */
};

struct work {
	const struct shrink_program *program;
	const struct bpf_insn *insns; /* its own, n of them */
	uint32_t n;
	const struct prune_constants *constants;
	struct state *states;
	char *known;	   /* of each label a struct known */
	uint32_t *pending; /* labels of which less is known than when they were last gone on from */
	uint32_t n_pending;
	uint64_t *open;		       /* of each instruction: see frame_open() */
	uint8_t place_of[FRAME_SLOTS]; /* 0: it is not followed */
	uint32_t n_places;
};

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

/* What the compiler does to constants before it branches; false: something else. */
static bool compute(uint8_t op, uint64_t a, uint64_t b, unsigned int bits, uint64_t *value)
{
	switch (op) {
	case BPF_MOV:
		*value = b;
		return true;
	case BPF_ADD:
		*value = a + b;
		return true;
	case BPF_SUB:
		*value = a - b;
		return true;
	case BPF_MUL:
		*value = a * b;
		return true;
	case BPF_AND:
		*value = a & b;
		return true;
	case BPF_OR:
		*value = a | b;
		return true;
	case BPF_XOR:
		*value = a ^ b;
		return true;
	case BPF_LSH:
		*value = a << (b % bits);
		return true;
	case BPF_RSH:
		*value = a >> (b % bits);
		return true;
	default:
		return false;
	}
}

static struct reg follow_alu(const struct bpf_insn *insn, const struct reg *regs)
{
	bool is_whole = BPF_CLASS(insn->code) == BPF_ALU64;
	struct reg a = regs[insn->dst_reg], b = {CONSTANT, (uint64_t)(int64_t)insn->imm};
	uint8_t op = BPF_OP(insn->code);

	if (frame_by_register(insn))
		b = regs[insn->src_reg];
	if (insn->off) /* moves that extend the sign, and the like */
		return (struct reg){UNKNOWN, 0};
	if (op == BPF_MOV && is_whole)
		return b;
	if (a.what == ADDRESS && b.what == CONSTANT && op == BPF_ADD && is_whole)
		return (struct reg){ADDRESS, a.value + b.value};
	if ((op != BPF_MOV && a.what != CONSTANT) || b.what != CONSTANT)
		return (struct reg){UNKNOWN, 0};
	if (!is_whole) {
		a.value = (uint32_t)a.value;
		b.value = (uint32_t)b.value;
	}
	if (!compute(op, a.value, b.value, is_whole ? 64 : 32, &b.value))
		return (struct reg){UNKNOWN, 0};
	if (!is_whole)
		b.value = (uint32_t)b.value;
	return b;
}

static struct reg follow_load(const struct work *w, const struct bpf_insn *insn,
			      const struct reg *regs, uint64_t open)
{
	const struct reg *from = &regs[insn->src_reg];
	uint32_t slot;

	if (BPF_MODE(insn->code) != BPF_MEM)
		return (struct reg){UNKNOWN, 0};
	if (from->what == ADDRESS)
		return load_constant(w, from->value + insn->off, insn->code);
	if (insn->src_reg == BPF_REG_10 && frame_is_slot(insn, &slot) && !(open >> slot & 1) &&
	    w->place_of[slot])
		return regs[w->place_of[slot]];
	return (struct reg){UNKNOWN, 0};
}

static void follow_store(const struct work *w, const struct bpf_insn *insn, struct reg *regs)
{
	static const struct reg unknown = {UNKNOWN, 0};
	uint64_t touched = insn->dst_reg == BPF_REG_10 ? frame_slots(insn) : 0;
	uint32_t slot;

	for (uint32_t i = 0; i < FRAME_SLOTS; i++)
		if (touched >> i & 1 && w->place_of[i])
			regs[w->place_of[i]] = unknown;
	if (!frame_is_plain_store(insn)) /* atomic ones may fetch */
		regs[BPF_REG_0] = regs[insn->src_reg] = unknown;
	else if (touched && frame_is_slot(insn, &slot))
		regs[w->place_of[slot]] =
			BPF_CLASS(insn->code) == BPF_STX
				? regs[insn->src_reg]
				: (struct reg){CONSTANT, (uint64_t)(int64_t)insn->imm};
}

static void follow(const struct work *w, uint32_t i, struct reg *regs)
{
	static const struct reg unknown = {UNKNOWN, 0};
	const struct bpf_insn *insn = &w->insns[i];
	struct reg *dst = &regs[insn->dst_reg];

	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
		*dst = shrink_is_wide(insn) ? load_wide(w, insn) : unknown;
		break;
	case BPF_LDX:
		*dst = follow_load(w, insn, regs, w->open[i]);
		break;
	case BPF_ALU:
	case BPF_ALU64:
		*dst = follow_alu(insn, regs);
		break;
	case BPF_ST:
	case BPF_STX:
		follow_store(w, insn, regs);
		break;
	case BPF_JMP:
		if (shrink_is_call(insn))
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
	if (shrink_is_branch(insn) && !shrink_is_goto(insn) && a.what == CONSTANT &&
	    b.what == CONSTANT)
		holds = compare(BPF_OP(insn->code), compared(insn, a), compared(insn, b));
	state->is_decided = holds >= 0;
	state->is_taken = holds > 0;
}

/*
 * A load or a computation of a constant becomes a move of 32 bits, which leaves zeros above them.
 * What such a move is already stays as it is.
 */
static void fold(const struct bpf_insn *insn, struct state *state, const struct reg *result)
{
	bool is_move =
		frame_is_alu(insn) && BPF_OP(insn->code) == BPF_MOV && !frame_by_register(insn);

	if (BPF_CLASS(insn->code) != BPF_LDX && (!frame_is_alu(insn) || is_move))
		return;
	state->is_constant = result->what == CONSTANT && result->value <= UINT32_MAX;
	state->value = (uint32_t)result->value;
}

/* What something jumps to or calls, and the start. Returns how many there are. */
static uint32_t number_labels(struct work *w)
{
	uint32_t used = 0;

	w->states[0].is_label = true;
	for (uint32_t i = 0; i < w->n; i++) {
		uint32_t target = shrink_target(w->program, i);

		if (target < w->n)
			w->states[target].is_label = true;
	}
	for (uint32_t i = 0; i < w->n; i++)
		if (w->states[i].is_label)
			w->states[i].label = used++;
	return used;
}

static void number_places(struct work *w)
{
	uint32_t slot;

	w->n_places = MAX_BPF_REG;
	for (uint32_t i = 0; i < w->n; i++) {
		const struct bpf_insn *insn = &w->insns[i];

		if (frame_is_plain_store(insn) && insn->dst_reg == BPF_REG_10 &&
		    frame_is_slot(insn, &slot) && !w->place_of[slot])
			w->place_of[slot] = w->n_places++;
	}
}

static size_t known_size(const struct work *w)
{
	return sizeof(struct known) + w->n_places * sizeof(struct reg);
}

/* At a label. */
static struct known *known_at(const struct work *w, uint32_t i)
{
	return (struct known *)(w->known + w->states[i].label * known_size(w));
}

/* One more way to a label. */
static void arrive(struct work *w, uint32_t i, const struct reg *regs)
{
	struct known *known = known_at(w, i);
	bool news = !known->is_reached;

	if (news)
		memcpy(known->regs, regs, w->n_places * sizeof(*regs));
	for (uint32_t r = 0; r < w->n_places; r++) {
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
	static const struct reg nothing[PLACES_MAX];
	struct known *known = known_at(w, i);
	struct reg regs[PLACES_MAX];

	known->is_pending = false;
	memcpy(regs, known->regs, w->n_places * sizeof(*regs));
	do {
		const struct bpf_insn *insn = &w->insns[i];
		struct state *state = &w->states[i];
		uint32_t target = shrink_target(w->program, i);

		state->is_reached = true;
		decide(insn, regs, state);
		if (target < w->n && (!state->is_decided || state->is_taken))
			arrive(w, target, shrink_is_branch(insn) ? regs : nothing);
		follow(w, i, regs);
		fold(insn, state, &regs[insn->dst_reg]);
		if (shrink_is_exit(insn) || shrink_is_goto(insn) || state->is_taken)
			return;
		i += 1 + shrink_is_wide(insn);
	} while (i < w->n && !w->states[i].is_label);
	if (i < w->n)
		arrive(w, i, regs);
}

static int follow_all(struct work *w)
{
	static const struct reg nothing[PLACES_MAX];

	number_places(w);
	w->known = calloc(number_labels(w), known_size(w));
	if (!w->known)
		return -ENOMEM;
	arrive(w, 0, nothing);
	while (w->n_pending)
		go_on(w, w->pending[--w->n_pending]);
	free(w->known);
	return 0;
}

/* What was found becomes the program's. */
static int rewrite(const struct work *w, struct shrink_program *program)
{
	bool *kept = calloc(w->n, sizeof(*kept));
	int rc;

	if (!kept)
		return -ENOMEM;
	for (uint32_t i = 0; i < w->n; i++) {
		const struct state *state = &w->states[i];
		struct bpf_insn *insn = &program->insns[i];

		kept[i] = state->is_reached && !(state->is_decided && !state->is_taken);
		if (state->is_decided && state->is_taken)
			*insn = (struct bpf_insn){.code = BPF_JMP | BPF_JA, .off = insn->off};
		if (state->is_constant)
			*insn = (struct bpf_insn){.code = BPF_ALU | BPF_MOV | BPF_K,
						  .dst_reg = insn->dst_reg,
						  .imm = (int32_t)state->value};
	}
	rc = shrink_to(program, kept);
	free(kept);
	return rc;
}

int prune_dead(struct shrink_program *program, const struct prune_constants *constants)
{
	struct work w = {
		.program = program,
		.insns = program->insns,
		.n = program->n_insns,
		.constants = constants,
		.states = calloc(program->n_insns + 1, sizeof(*w.states)),
		.pending = calloc(program->n_insns + 1, sizeof(*w.pending)),
		.open = calloc(program->n_insns + 1, sizeof(*w.open)),
	};
	int rc = w.states && w.pending && w.open ? 0 : -ENOMEM;

	if (!rc) {
		frame_open(program, w.open);
		rc = follow_all(&w);
	}
	if (!rc)
		rc = rewrite(&w, program);
	free(w.states);
	free(w.pending);
	free(w.open);
	return rc;
}
