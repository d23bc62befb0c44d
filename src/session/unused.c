/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unused.c - what unused.h says: which registers and stack slots are looked at behind each
 * instruction, from the end of the program on until nothing is added any more.
 *
 * An instruction that nobody wants looks at nothing itself. What is in a slot that a pointer may
 * lead to is taken to be looked at.
 */
#include "session/unused.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "session/frame.h"

#define ARGS_MAX 5

/* Bit i: register i, or the slot of that number. */
struct live {
	uint64_t slots;
	uint16_t regs;
};

struct work {
	const struct shrink_program *program;
	const struct unused_calls *calls;
	struct live *live; /* in front of each instruction */
	uint64_t *open;	   /* of each: see frame_open() */
	uint8_t *round;	   /* when that was changed last */
};

/* Of the helpers that the programs call; another one looks at five. */
static const struct {
	uint32_t helper, n_args;
} helpers[] = {
	{BPF_FUNC_map_lookup_elem, 2},	    {BPF_FUNC_map_delete_elem, 2},
	{BPF_FUNC_probe_read_kernel, 3},    {BPF_FUNC_probe_read_kernel_str, 3},
	{BPF_FUNC_ktime_get_ns, 0},	    {BPF_FUNC_get_smp_processor_id, 0},
	{BPF_FUNC_get_attach_cookie, 1},    {BPF_FUNC_get_current_task, 0},
	{BPF_FUNC_get_current_pid_tgid, 0}, {BPF_FUNC_get_current_comm, 2},
	{BPF_FUNC_ringbuf_reserve, 3},	    {BPF_FUNC_ringbuf_submit, 2},
	{BPF_FUNC_ringbuf_discard, 2},	    {BPF_FUNC_ringbuf_output, 4},
};

static uint16_t bit(unsigned int reg)
{
	return (uint16_t)(1U << reg);
}

/* How many of r1 to r5 a function of the program is declared with. */
static uint32_t args_of_function(const struct work *w, uint32_t at)
{
	const struct shrink_info *funcs = &w->program->funcs;

	for (uint32_t i = 0; i < funcs->n && w->calls->btf; i++) {
		const struct bpf_func_info *info =
			(void *)((char *)funcs->records + (size_t)i * funcs->size);
		const struct btf_type *t;

		if (info->insn_off != at)
			continue;
		t = btf__type_by_id(w->calls->btf, info->type_id);
		t = t ? btf__type_by_id(w->calls->btf, t->type) : NULL;
		return t && btf_is_func_proto(t) ? btf_vlen(t) : ARGS_MAX;
	}
	return ARGS_MAX;
}

static uint32_t args_of_call(const struct work *w, uint32_t i)
{
	const struct bpf_insn *insn = &w->program->insns[i];

	if (insn->src_reg == BPF_PSEUDO_CALL)
		return args_of_function(w, shrink_target(w->program, i));
	if (insn->src_reg == BPF_PSEUDO_KFUNC_CALL) {
		for (uint32_t j = 0; j < w->calls->n_kfuncs; j++)
			if (w->calls->kfuncs[j].id == (uint32_t)insn->imm)
				return w->calls->kfuncs[j].n_args;
		return ARGS_MAX;
	}
	for (size_t j = 0; j < UTIL_ARRAY_SIZE(helpers); j++)
		if (helpers[j].helper == (uint32_t)insn->imm)
			return helpers[j].n_args;
	return ARGS_MAX;
}

/* r1 to r5 as far as it has arguments. */
static uint16_t args_mask(uint32_t n_args)
{
	return (uint16_t)(((1U << (n_args < ARGS_MAX ? n_args : ARGS_MAX)) - 1) << BPF_REG_1);
}

/* Behind it, on all ways on. */
static struct live live_behind(const struct work *w, uint32_t i)
{
	const struct bpf_insn *insn = &w->program->insns[i];
	uint32_t n = w->program->n_insns, next = i + 1 + shrink_is_wide(insn);
	struct live live = {0, 0}, more = {0, 0};

	if (shrink_is_exit(insn))
		return live;
	if (!shrink_is_goto(insn) && next < n)
		live = w->live[next];
	if (shrink_is_branch(insn))
		more = w->live[shrink_target(w->program, i)];
	live.slots |= more.slots;
	live.regs |= more.regs;
	return live;
}

/* Is what it computes, loads or stores looked at, or does it do more than that? */
static bool is_wanted(const struct work *w, uint32_t i, struct live behind)
{
	const struct bpf_insn *insn = &w->program->insns[i];

	if (frame_is_alu(insn) || BPF_CLASS(insn->code) == BPF_LDX || shrink_is_wide(insn))
		return behind.regs & bit(insn->dst_reg);
	if (frame_is_plain_store(insn) && insn->dst_reg == BPF_REG_10)
		return frame_slots(insn) & (behind.slots | w->open[i]);
	return true;
}

static void use_alu(const struct bpf_insn *insn, struct live *live)
{
	if (BPF_OP(insn->code) == BPF_MOV)
		live->regs &= ~bit(insn->dst_reg);
	if (BPF_OP(insn->code) != BPF_END && frame_by_register(insn))
		live->regs |= bit(insn->src_reg);
}

static void use_store(const struct bpf_insn *insn, struct live *live)
{
	uint32_t slot;

	if (insn->dst_reg == BPF_REG_10 && frame_is_plain_store(insn) && frame_is_slot(insn, &slot))
		live->slots &= ~(1ULL << slot);
	live->regs |= bit(insn->dst_reg);
	if (BPF_CLASS(insn->code) == BPF_STX)
		live->regs |= bit(insn->src_reg);
	if (!frame_is_plain_store(insn)) /* atomic: a comparison is with r0 */
		live->regs |= bit(BPF_REG_0);
}

static void use_jump(const struct work *w, uint32_t i, struct live *live)
{
	const struct bpf_insn *insn = &w->program->insns[i];

	if (shrink_is_exit(insn)) {
		live->regs = bit(BPF_REG_0);
	} else if (shrink_is_call(insn)) {
		live->regs &= ~(bit(BPF_REG_0) | args_mask(ARGS_MAX));
		live->regs |= args_mask(args_of_call(w, i));
	} else if (!shrink_is_goto(insn)) {
		live->regs |=
			bit(insn->dst_reg) | (frame_by_register(insn) ? bit(insn->src_reg) : 0);
	}
}

/* In front of it. */
static struct live live_before(const struct work *w, uint32_t i)
{
	const struct bpf_insn *insn = &w->program->insns[i];
	struct live live = live_behind(w, i);

	if (!is_wanted(w, i, live))
		return live;
	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
		live.regs &= ~bit(insn->dst_reg);
		break;
	case BPF_LDX:
		live.regs &= ~bit(insn->dst_reg);
		live.regs |= bit(insn->src_reg);
		if (insn->src_reg == BPF_REG_10)
			live.slots |= frame_slots(insn);
		break;
	case BPF_ALU:
	case BPF_ALU64:
		use_alu(insn, &live);
		break;
	case BPF_ST:
	case BPF_STX:
		use_store(insn, &live);
		break;
	default:
		use_jump(w, i, &live);
	}
	return live;
}

/* Instructions that are not taken into account above, and are not in our programs. */
static bool is_foreign(const struct bpf_insn *insn)
{
	if (BPF_CLASS(insn->code) == BPF_LD)
		return insn->code && !shrink_is_wide(insn);
	if (BPF_CLASS(insn->code) == BPF_JMP32)
		return BPF_OP(insn->code) == BPF_JA;
	return BPF_CLASS(insn->code) == BPF_JMP && BPF_OP(insn->code) > BPF_JSLE;
}

/* The second half of a wide instruction is none. */
static bool is_half(const struct shrink_program *program, uint32_t i)
{
	return i > 0 && shrink_is_wide(&program->insns[i - 1]) && !program->insns[i].code;
}

/* Has anything behind it changed since the round before? */
static bool is_due(const struct work *w, uint32_t i, uint8_t round)
{
	const struct bpf_insn *insn = &w->program->insns[i];

	return round == 1 || w->round[i + 1 + shrink_is_wide(insn)] == round ||
	       (shrink_is_branch(insn) && w->round[shrink_target(w->program, i)] >= round - 1);
}

/* One round from the end; false: nothing was added. */
static bool look_back(const struct work *w, uint8_t round)
{
	bool news = false;

	for (uint32_t i = w->program->n_insns; i-- > 0;) {
		struct live live;

		if (!is_due(w, i, round) || is_half(w->program, i))
			continue;
		live = live_before(w, i);
		if (live.regs == w->live[i].regs && live.slots == w->live[i].slots)
			continue;
		w->live[i] = live;
		w->round[i] = round;
		news = true;
	}
	return news;
}

/* More rounds than that there are where loops stand in loops only; then nothing is done. */
#define ROUNDS_MAX 100

static bool look_back_enough(const struct work *w)
{
	for (uint8_t round = 1; round <= ROUNDS_MAX; round++)
		if (!look_back(w, round))
			return true;
	return false;
}

static bool has_foreign(const struct shrink_program *program)
{
	for (uint32_t i = 0; i < program->n_insns; i++)
		if (is_foreign(&program->insns[i]))
			return true;
	return false;
}

int unused_drop(struct shrink_program *program, const struct unused_calls *calls)
{
	uint32_t n = program->n_insns;
	bool *kept = calloc(n + 1, sizeof(*kept));
	/* two behind the last one: it may claim to be wide */
	struct work w = {program, calls, calloc(n + 2, sizeof(*w.live)),
			 calloc(n + 1, sizeof(*w.open)), calloc(n + 2, sizeof(*w.round))};
	int rc = kept && w.live && w.open && w.round ? 0 : -ENOMEM;

	if (!rc && !has_foreign(program)) {
		frame_open(program, w.open);
		if (look_back_enough(&w)) {
			for (uint32_t i = 0; i < n; i++)
				kept[i] = is_wanted(&w, i, live_behind(&w, i));
			rc = shrink_to(program, kept);
		}
	}
	free(w.round);
	free(kept);
	free(w.live);
	free(w.open);
	return rc;
}
