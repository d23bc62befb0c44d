/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf_reach.c - abstract interpretation of classic BPF, bit by bit.
 *
 * A, X and M[] are values of which some bits are unknown. Where ways meet, a bit that differs
 * becomes unknown; a jump whose outcome the known bits decide is followed one way only. Each round
 * over the program can only make bits unknown, so that loops (protochain) end. The packet type is
 * tried value by value, for "not outgoing" is no matter of bits.
 */
#include "filter/cbpf_reach.h"

#include <linux/filter.h>
#include <stdlib.h>

#define PKT_TYPES 8

/* The bits of `unknown` may be anything; in `value` they are 0. */
struct bits {
	uint32_t value, unknown;
};

struct state {
	bool reached;
	struct bits a, x, mem[CBPF_MEM_WORDS];
};

struct reach {
	const struct cbpf_prog *prog;
	const struct cbpf_known *known;
	uint32_t pkt_type;
	struct state *states; /* before each instruction */
	bool news, accepts;
	uint32_t span; /* see cbpf_reach_span() */
};

static const struct bits anything = {0, UINT32_MAX};

static struct bits exactly(uint32_t value)
{
	return (struct bits){value, 0};
}

static bool is_exact(struct bits b)
{
	return !b.unknown;
}

/* True if that made a bit of *to unknown. */
static bool join(struct bits *to, struct bits from)
{
	uint32_t unknown = to->unknown | from.unknown | (to->value ^ from.value);
	bool news = unknown != to->unknown;

	*to = (struct bits){to->value & ~unknown, unknown};
	return news;
}

static void arrive(struct reach *r, uint32_t pc, const struct state *from)
{
	struct state *to = &r->states[pc];

	if (!to->reached) {
		*to = *from;
		r->news = true;
		return;
	}
	r->news |= join(&to->a, from->a);
	r->news |= join(&to->x, from->x);
	for (int i = 0; i < CBPF_MEM_WORDS; i++)
		r->news |= join(&to->mem[i], from->mem[i]);
}

static struct bits load_packet(const struct cbpf_known *known, uint64_t at, uint32_t size)
{
	struct bits b = {0, 0};

	for (uint32_t i = 0; i < size; i++) {
		bool have = at + i < CBPF_REACH_BYTES;
		uint8_t mask = have ? known->mask[at + i] : 0;

		b.value = b.value << 8 | (have ? known->value[at + i] & mask : 0);
		b.unknown = b.unknown << 8 | (uint8_t)~mask;
	}
	return b;
}

static struct bits load(const struct reach *r, const struct state *s, const struct cbpf_insn *insn)
{
	struct bits b;

	switch (BPF_MODE(insn->code)) {
	case BPF_ABS:
		if (insn->k == CBPF_AD_PKTTYPE)
			return exactly(r->pkt_type);
		if (insn->k == CBPF_AD_PROTOCOL || insn->k == CBPF_AD_IFINDEX)
			return anything;
		return load_packet(r->known, insn->k, cbpf_load_size(insn->code));
	case BPF_IND:
		return is_exact(s->x) ? load_packet(r->known, (uint64_t)insn->k + s->x.value,
						    cbpf_load_size(insn->code))
				      : anything;
	case BPF_MSH:
		b = load_packet(r->known, insn->k, 1);
		return (struct bits){(b.value & 0xf) << 2, (b.unknown & 0xf) << 2};
	case BPF_IMM:
		return exactly(insn->k);
	case BPF_MEM:
		return s->mem[insn->k];
	}
	return anything; /* BPF_LEN */
}

static uint32_t calculate(int op, uint32_t a, uint32_t b)
{
	switch (op) {
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_MUL:
		return a * b;
	case BPF_DIV:
		return a / b;
	case BPF_MOD:
		return a % b;
	case BPF_LSH:
		return b < 32 ? a << b : 0;
	case BPF_RSH:
		return b < 32 ? a >> b : 0;
	}
	return -a; /* BPF_NEG */
}

/* *a changed by an operation; false: it ends the program (division by zero). */
static bool alu(struct bits *a, int op, struct bits b)
{
	uint32_t ones;

	switch (op) {
	case BPF_AND: /* a bit is known where both are, or one is 0 */
		ones = (a->value | a->unknown) & (b.value | b.unknown);
		*a = (struct bits){a->value & b.value, ones & ~(a->value & b.value)};
		return true;
	case BPF_OR:
		ones = a->value | b.value;
		*a = (struct bits){ones, (a->unknown | b.unknown) & ~ones};
		return true;
	case BPF_XOR:
		a->unknown |= b.unknown;
		a->value = (a->value ^ b.value) & ~a->unknown;
		return true;
	}
	if ((op == BPF_DIV || op == BPF_MOD) && is_exact(b) && !b.value)
		return false;
	if ((op == BPF_LSH || op == BPF_RSH) && is_exact(b))
		*a = (struct bits){calculate(op, a->value, b.value),
				   calculate(op, a->unknown, b.value)};
	else if (is_exact(*a) && (is_exact(b) || op == BPF_NEG))
		*a = exactly(calculate(op, a->value, b.value));
	else
		*a = anything;
	return true;
}

/* Which ways a comparison can go. */
static void compare(int op, struct bits a, struct bits b, bool *yes, bool *no)
{
	uint32_t a_max = a.value | a.unknown, b_max = b.value | b.unknown;
	uint32_t differ = (a.value ^ b.value) & ~(a.unknown | b.unknown);

	switch (op) {
	case BPF_JEQ:
		*yes = !differ;
		*no = differ || !is_exact(a) || !is_exact(b);
		return;
	case BPF_JGT:
		*yes = a_max > b.value;
		*no = a.value <= b_max;
		return;
	case BPF_JGE:
		*yes = a_max >= b.value;
		*no = a.value < b_max;
		return;
	}
	*yes = a_max & b_max; /* BPF_JSET */
	*no = !(a.value & b.value);
}

static void jump(struct reach *r, uint32_t pc, const struct state *s)
{
	const struct cbpf_insn *insn = &r->prog->insns[pc];
	struct bits operand = BPF_SRC(insn->code) == BPF_X ? s->x : exactly(insn->k);
	bool yes = true, no = false;

	if (BPF_OP(insn->code) == BPF_JA) {
		arrive(r, pc + 1 + insn->k, s); /* k may be negative */
		return;
	}
	compare(BPF_OP(insn->code), s->a, operand, &yes, &no);
	if (yes)
		arrive(r, pc + 1 + insn->jt, s);
	if (no)
		arrive(r, pc + 1 + insn->jf, s);
}

/* One instruction from its state to those of what follows. */
static void step(struct reach *r, uint32_t pc)
{
	const struct cbpf_insn *insn = &r->prog->insns[pc];
	struct state s = r->states[pc];
	uint32_t end = cbpf_load_end(insn);
	struct bits value;

	r->span = end > r->span ? end : r->span;
	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
		s.a = load(r, &s, insn);
		break;
	case BPF_LDX:
		s.x = load(r, &s, insn);
		break;
	case BPF_ST:
		s.mem[insn->k] = s.a;
		break;
	case BPF_STX:
		s.mem[insn->k] = s.x;
		break;
	case BPF_ALU:
		value = BPF_SRC(insn->code) == BPF_X ? s.x : exactly(insn->k);
		if (!alu(&s.a, BPF_OP(insn->code), value))
			return;
		break;
	case BPF_JMP:
		jump(r, pc, &s);
		return;
	case BPF_RET:
		value = BPF_RVAL(insn->code) == BPF_A ? s.a : exactly(insn->k);
		r->accepts |= value.value || value.unknown;
		return;
	case BPF_MISC:
		*(BPF_MISCOP(insn->code) == BPF_TAX ? &s.x : &s.a) =
			BPF_MISCOP(insn->code) == BPF_TAX ? s.a : s.x;
		break;
	}
	arrive(r, pc + 1, &s);
}

/* As far as there is something new, or only until it accepts. False: memory is short. */
static bool walk(struct reach *r, bool to_the_end)
{
	r->states = calloc(r->prog->len + 1, sizeof(*r->states));
	if (!r->states)
		return false;
	r->states[0].reached = r->news = true; /* A, X and M[] begin as 0 */
	while (r->news && (to_the_end || !r->accepts)) {
		r->news = false;
		for (uint32_t pc = 0; pc < r->prog->len; pc++)
			if (r->states[pc].reached)
				step(r, pc);
	}
	free(r->states);
	return true;
}

bool cbpf_reach_accepts(const struct cbpf_prog *prog, const struct cbpf_known *known)
{
	bool any = false, asked = cbpf_uses_direction(prog);

	for (uint32_t type = 0; type < (asked ? PKT_TYPES : 1) && !any; type++) {
		struct reach r = {.prog = prog, .known = known, .pkt_type = type};

		if (!asked || !known->pkt_types || known->pkt_types & (1u << type))
			any = !walk(&r, false) || r.accepts;
	}
	return any;
}

uint32_t cbpf_reach_span(const struct cbpf_prog *prog, const struct cbpf_known *known)
{
	struct reach r = {.prog = prog, .known = known};

	if (cbpf_uses_direction(prog) || !walk(&r, true))
		return cbpf_span(prog);
	return r.span;
}
