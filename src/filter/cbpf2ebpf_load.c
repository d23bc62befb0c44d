/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf2ebpf_load.c - packet loads of a translated filter (see cbpf2ebpf_gen.h).
 *
 * Each load is one of four: inside the window by a constant offset, beyond it by a constant offset,
 * or relative to X where X has a known bound or has not. Offsets are compared in 64 bits, as
 * libpcap's bpf_filter() means them: k + X does not wrap.
 */
#include "filter/cbpf2ebpf_gen.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>

/*
 * No skb is as long as this. Up to here an offset fits an immediate, also with a size added, and
 * cannot be taken for a mark of xcap/template.h.
 */
#define OFFSET_MAX 0x00ffffffu

/* The data's place must also fit the 16-bit offset of a load. */
static uint32_t window_size(const struct cbpf2ebpf_layout *layout)
{
	uint32_t reach = (uint32_t)(INT16_MAX - layout->data);

	return layout->window < reach ? layout->window : reach;
}

static bool is_in_window(const struct gen *g, uint32_t k, uint32_t size)
{
	return (uint64_t)k + size <= window_size(g->layout);
}

static bool is_fixed_load(const struct cbpf_insn *insn)
{
	if (BPF_CLASS(insn->code) == BPF_LDX)
		return BPF_MODE(insn->code) == BPF_MSH;
	return BPF_CLASS(insn->code) == BPF_LD && BPF_MODE(insn->code) == BPF_ABS;
}

static int find_slot(const struct gen *g, uint32_t k, uint32_t size)
{
	for (uint32_t i = 0; i < g->n_slots; i++)
		if (g->slots[i].k == k && g->slots[i].size == size)
			return (int)i;
	return -1;
}

void cbpf2ebpf_load_plan(struct gen *g)
{
	uint32_t word = 0;

	for (uint32_t pc = 0; pc < g->prog->len; pc++) {
		const struct cbpf_insn *insn = &g->prog->insns[pc];
		uint32_t size = cbpf_load_size(insn->code);

		if (!is_fixed_load(insn) || insn->k > OFFSET_MAX ||
		    find_slot(g, insn->k, size) >= 0)
			continue;
		while ((word < CBPF_MEM_WORDS && g->mem_read & (1u << word)) || word == GEN_X_WORD)
			word++;
		if (word == GEN_STACK_WORDS)
			return;
		g->slots[g->n_slots++] = (struct gen_slot){insn->k, size, gen_stack_off(word++)};
	}
}

/* dst = xcap_load(ctx, R2, size), or out of the program with its error. */
static void call_load(struct gen *g, uint32_t size, int dst)
{
	ebpf_emit_load(&g->e, 8, BPF_REG_1, BPF_REG_10, GEN_CTX_OFF);
	ebpf_emit_alu64_imm(&g->e, BPF_MOV, BPF_REG_3, (int32_t)size);
	ebpf_emit_call(&g->e);
	ebpf_emit_jump_imm(&g->e, BPF_JMP | BPF_JSLT, BPF_REG_0, 0, GEN_LOAD_FAILED);
	ebpf_emit_alu32_reg(&g->e, BPF_MOV, dst, BPF_REG_0);
}

/* Ask for bytes at a constant offset, after the cheap question whether the packet has them. */
static void call_load_abs(struct gen *g, uint32_t k, uint32_t size, int dst)
{
	ebpf_emit_load(&g->e, 4, BPF_REG_4, REG_PACKET, g->layout->avail_len);
	ebpf_emit_jump_imm(&g->e, BPF_JMP | BPF_JLT, BPF_REG_4, k + size, GEN_REJECT);
	ebpf_emit_alu64_imm(&g->e, BPF_MOV, BPF_REG_2, (int32_t)k);
	call_load(g, size, dst);
}

static void call_load_ind(struct gen *g, uint32_t size, int dst)
{
	ebpf_emit_load(&g->e, 4, BPF_REG_4, REG_PACKET, g->layout->avail_len);
	ebpf_emit_alu64_reg(&g->e, BPF_MOV, BPF_REG_3, BPF_REG_2);
	ebpf_emit_alu64_imm(&g->e, BPF_ADD, BPF_REG_3, (int32_t)size);
	ebpf_emit_jump_reg(&g->e, BPF_JMP | BPF_JGT, BPF_REG_3, BPF_REG_4, GEN_REJECT);
	call_load(g, size, dst);
}

/* Note a stub for a load into `dst` and return it; the caller places its `resume`. */
static struct gen_stub add_stub(struct gen *g, uint32_t k, uint32_t size, int dst, bool indirect)
{
	struct gen_stub stub = {.k = k, .size = size, .dst = dst, .indirect = indirect};

	if (g->n_stubs == g->cap_stubs) {
		uint32_t cap = g->cap_stubs ? g->cap_stubs * 2 : 64;
		struct gen_stub *new = reallocarray(g->stubs, cap, sizeof(*new));

		if (!new) {
			g->e.error = -ENOMEM;
			return stub; /* labels are 0, and never linked */
		}
		g->stubs = new;
		g->cap_stubs = cap;
	}
	stub.label = ebpf_emit_new_label(&g->e);
	stub.resume = ebpf_emit_new_label(&g->e);
	g->stubs[g->n_stubs++] = stub;
	return stub;
}

void cbpf2ebpf_load_stubs(struct gen *g)
{
	for (uint32_t i = 0; i < g->n_stubs; i++) {
		const struct gen_stub *stub = &g->stubs[i];

		ebpf_emit_label(&g->e, stub->label);
		if (stub->indirect)
			call_load_ind(g, stub->size, stub->dst);
		else
			call_load_abs(g, stub->k, stub->size, stub->dst);
		ebpf_emit_goto(&g->e, stub->resume);
	}
	g->n_stubs = 0;
}

static void load_abs_fast(struct gen *g, struct gen_fact *fact, uint32_t k, uint32_t size, int dst)
{
	g->guards++;
	if (fact->min_valid >= k + size) {
		g->guards_elided++;
	} else {
		ebpf_emit_jump_imm(&g->e, BPF_JMP | BPF_JLT, REG_VALID, k + size, GEN_RESTART);
		fact->min_valid = k + size;
	}
	ebpf_emit_load_be(&g->e, size, dst, REG_PACKET, g->layout->data + (int)k);
}

/*
 * The number of valid bytes is read afresh each time: from a register the verifier would learn it
 * at one check, foresee the next, and walk what follows once for each range that it may be in.
 */
static void load_abs_guarded(struct gen *g, uint32_t k, uint32_t size, int dst)
{
	struct gen_stub stub = add_stub(g, k, size, dst, false);

	ebpf_emit_load(&g->e, 4, BPF_REG_3, REG_PACKET, g->layout->valid);
	ebpf_emit_jump_imm(&g->e, BPF_JMP | BPF_JLT, BPF_REG_3, k + size, stub.label);
	ebpf_emit_load_be(&g->e, size, dst, REG_PACKET, g->layout->data + (int)k);
	ebpf_emit_label(&g->e, stub.resume);
}

static void load_abs_slow(struct gen *g, struct gen_fact *fact, uint32_t k, uint32_t size, int dst)
{
	int slot = find_slot(g, k, size);

	g->guards++;
	if (slot >= 0 && fact->kept & (1u << slot)) {
		g->guards_elided++;
		ebpf_emit_load(&g->e, 4, dst, BPF_REG_10, g->slots[slot].off);
		return;
	}
	if (is_in_window(g, k, size))
		load_abs_guarded(g, k, size, dst);
	else
		call_load_abs(g, k, size, dst);
	if (slot < 0)
		return;
	ebpf_emit_store(&g->e, BPF_REG_10, g->slots[slot].off, dst);
	fact->kept |= 1u << slot;
}

bool cbpf2ebpf_load_abs(struct gen *g, struct gen_fact *fact, uint32_t k, uint32_t size, int dst)
{
	if (k > OFFSET_MAX) {
		ebpf_emit_goto(&g->e, GEN_REJECT);
		return false;
	}
	if (g->slow)
		load_abs_slow(g, fact, k, size, dst);
	else if (is_in_window(g, k, size))
		load_abs_fast(g, fact, k, size, dst);
	else
		call_load_abs(g, k, size, dst);
	return true;
}

/* A = bytes at R2, which lies where the window can be; elsewhere than in valid bytes: to `outside`.
 */
static void load_ind_window(struct gen *g, uint32_t size, uint32_t outside)
{
	int valid = g->slow ? BPF_REG_4 : REG_VALID;

	if (g->slow)
		ebpf_emit_load(&g->e, 4, valid, REG_PACKET, g->layout->valid);
	ebpf_emit_alu64_reg(&g->e, BPF_MOV, BPF_REG_3, BPF_REG_2);
	ebpf_emit_alu64_imm(&g->e, BPF_ADD, BPF_REG_3, (int32_t)size);
	ebpf_emit_jump_reg(&g->e, BPF_JMP | BPF_JGT, BPF_REG_3, valid, outside);
	ebpf_emit_alu64_reg(&g->e, BPF_MOV, BPF_REG_3, REG_PACKET);
	ebpf_emit_alu64_reg(&g->e, BPF_ADD, BPF_REG_3, BPF_REG_2);
	ebpf_emit_load_be(&g->e, size, REG_A, BPF_REG_3, g->layout->data);
}

/*
 * R2 = X + k. Where X has no known bound it passes through a word of the stack whose content the
 * verifier does not follow (the word is not aligned to 8). For in an unrolled loop it would walk
 * all ways through the rounds that lead to different ranges of X, three to the power of `unroll` of
 * them for "ip6 protochain"; and on ways that no packet takes, which the verifiers of 6.1 and 6.12
 * do not see to be dead ("geneve && ether host": X is compared with A), the range of X is empty:
 * a pointer to which such a number is added is none any more, and the program is refused.
 */
static void offset_from_x(struct gen *g, uint32_t k, bool bounded)
{
	if (bounded) {
		ebpf_emit_alu64_reg(&g->e, BPF_MOV, BPF_REG_2, REG_X);
	} else {
		ebpf_emit_store(&g->e, BPF_REG_10, gen_stack_off(GEN_X_WORD), REG_X);
		ebpf_emit_load(&g->e, 4, BPF_REG_2, BPF_REG_10, gen_stack_off(GEN_X_WORD));
	}
	if (k)
		ebpf_emit_alu64_imm(&g->e, BPF_ADD, BPF_REG_2, (int32_t)k);
}

bool cbpf2ebpf_load_ind(struct gen *g, const struct gen_fact *fact, uint32_t k, uint32_t size)
{
	uint32_t window = window_size(g->layout);
	bool bounded = !g->has_loop && (uint64_t)fact->x_max + k + size <= window;
	struct gen_stub stub;

	if (k > OFFSET_MAX) {
		ebpf_emit_goto(&g->e, GEN_REJECT);
		return false;
	}
	g->guards++;
	offset_from_x(g, k, bounded);
	if (bounded && !g->slow) {
		load_ind_window(g, size, GEN_RESTART);
		return true;
	}
	stub = add_stub(g, k, size, REG_A, true);
	if (window < size) {
		ebpf_emit_goto(&g->e, stub.label);
	} else {
		if (!bounded)
			ebpf_emit_jump_imm(&g->e, BPF_JMP | BPF_JGT, BPF_REG_2, window - size,
					   stub.label);
		load_ind_window(g, size, stub.label);
	}
	ebpf_emit_label(&g->e, stub.resume);
	return true;
}
