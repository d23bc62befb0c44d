/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf2ebpf.c - the translator: checks the program, walks it, and translates all but packet loads.
 *
 * Only instructions that can be reached are emitted, for old kernels refuse others. All jumps go
 * forward: a program with a backward jump (protochain) is laid out `unroll` + 1 times, one round
 * behind the other, and a backward jump leads into the next round. Because no jump goes back, one
 * pass in program order is also the whole dataflow analysis. See cbpf2ebpf_gen.h for the two copies
 * and the registers.
 */
#include "filter/cbpf2ebpf.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>

#include "filter/cbpf2ebpf_gen.h"

#define TAX (BPF_MISC | BPF_TAX)
#define TXA (BPF_MISC | BPF_TXA)

/* One instruction on its way through the translator. */
struct step {
	size_t node; /* round * program length + pc */
	uint32_t pc;
	const struct cbpf_insn *insn;
	struct gen_fact fact;
	bool ends; /* what follows is not reached from here */
};

#define ALU(op) [BPF_ALU | (op) | BPF_K] = true, [BPF_ALU | (op) | BPF_X] = true
#define JMP(op) [BPF_JMP | (op) | BPF_K] = true, [BPF_JMP | (op) | BPF_X] = true
#define PKT(mode)                                                                                  \
	[BPF_LD | BPF_W | (mode)] = true, [BPF_LD | BPF_H | (mode)] = true,                        \
			  [BPF_LD | BPF_B | (mode)] = true

static const bool valid_codes[256] = {
	PKT(BPF_ABS),
	PKT(BPF_IND),
	[BPF_LD | BPF_W | BPF_LEN] = true,
	[BPF_LD | BPF_IMM] = true,
	[BPF_LD | BPF_MEM] = true,
	[BPF_LDX | BPF_B | BPF_MSH] = true,
	[BPF_LDX | BPF_W | BPF_LEN] = true,
	[BPF_LDX | BPF_IMM] = true,
	[BPF_LDX | BPF_MEM] = true,
	[BPF_ST] = true,
	[BPF_STX] = true,
	ALU(BPF_ADD),
	ALU(BPF_SUB),
	ALU(BPF_MUL),
	ALU(BPF_DIV),
	ALU(BPF_MOD),
	ALU(BPF_AND),
	ALU(BPF_OR),
	ALU(BPF_XOR),
	ALU(BPF_LSH),
	ALU(BPF_RSH),
	[BPF_ALU | BPF_NEG] = true,
	[BPF_JMP | BPF_JA] = true,
	JMP(BPF_JEQ),
	JMP(BPF_JGT),
	JMP(BPF_JGE),
	JMP(BPF_JSET),
	[BPF_RET | BPF_K] = true,
	[BPF_RET | BPF_A] = true,
	[TAX] = true,
	[TXA] = true,
};

static bool is_mem_read(const struct cbpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_MEM) || insn->code == (BPF_LDX | BPF_MEM);
}

static bool is_mem_write(const struct cbpf_insn *insn)
{
	return insn->code == BPF_ST || insn->code == BPF_STX;
}

static bool is_division_by_zero(const struct cbpf_insn *insn)
{
	return insn->k == 0 && (insn->code == (BPF_ALU | BPF_DIV | BPF_K) ||
				insn->code == (BPF_ALU | BPF_MOD | BPF_K));
}

/* Where a BPF_JA leads; k is signed, as in libpcap ("ip6 protochain" jumps back). */
static int64_t ja_target(uint32_t pc, const struct cbpf_insn *insn)
{
	return (int64_t)pc + 1 + (int32_t)insn->k;
}

static bool is_jump_out(const struct cbpf_prog *prog, uint32_t pc)
{
	const struct cbpf_insn *insn = &prog->insns[pc];
	uint32_t left = prog->len - 1 - pc;

	if (BPF_CLASS(insn->code) != BPF_JMP)
		return false;
	if (BPF_OP(insn->code) == BPF_JA)
		return ja_target(pc, insn) < 0 || ja_target(pc, insn) >= prog->len;
	return insn->jt >= left || insn->jf >= left;
}

/* What is wrong with an instruction, or NULL. */
static const char *fault_of(const struct cbpf_prog *prog, uint32_t pc)
{
	const struct cbpf_insn *insn = &prog->insns[pc];
	int class = BPF_CLASS(insn->code);

	if (insn->code > 0xff || !valid_codes[insn->code])
		return "no such operation";
	if ((is_mem_read(insn) || is_mem_write(insn)) && insn->k >= CBPF_MEM_WORDS)
		return "no such word of scratch memory";
	if (is_division_by_zero(insn))
		return "division by zero";
	if (is_jump_out(prog, pc))
		return "jump out of the program";
	if (pc == prog->len - 1 && class != BPF_RET && class != BPF_JMP)
		return "the program ends without a return";
	return NULL;
}

static int check_program(const struct cbpf_prog *prog, struct err *err)
{
	if (!prog->len)
		return err_set(err, ERR_USAGE, "invalid filter program: it is empty");
	for (uint32_t pc = 0; pc < prog->len; pc++) {
		const char *fault = fault_of(prog, pc);

		if (fault)
			return err_set(err, ERR_USAGE,
				       "invalid filter program: instruction %u (code %#x): %s", pc,
				       prog->insns[pc].code, fault);
	}
	return 0;
}

static uint32_t node_label(const struct gen *g, size_t node)
{
	return (uint32_t)(GEN_NODES + node + (g->slow ? g->n_rounds * g->prog->len : 0));
}

/* A way into `node` on which `fact` holds; returns its label. */
static uint32_t reach(struct gen *g, size_t node, const struct gen_fact *fact)
{
	struct gen_fact *known = &g->facts[node];

	if (!known->reached) {
		*known = *fact;
	} else {
		known->kept &= fact->kept;
		if (fact->min_valid < known->min_valid)
			known->min_valid = fact->min_valid;
		if (fact->x_max > known->x_max)
			known->x_max = fact->x_max;
	}
	return node_label(g, node);
}

/* A load from the kernel's side of the packet; false if k is not one. */
static bool load_ancillary(struct gen *g, uint32_t k)
{
	const struct cbpf2ebpf_layout *l = g->layout;
	const struct {
		uint32_t k, size;
		int off;
	} fields[] = {
		{CBPF_AD_PROTOCOL, 2, l->protocol},
		{CBPF_AD_PKTTYPE, 1, l->pkt_type},
		{CBPF_AD_IFINDEX, 4, l->ifindex},
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (fields[i].k != k)
			continue;
		ebpf_emit_load(&g->e, fields[i].size, REG_A, REG_PACKET, fields[i].off);
		return true;
	}
	return false;
}

/* The modes that BPF_LD and BPF_LDX share. */
static void load_plain(struct gen *g, const struct cbpf_insn *insn, int dst)
{
	switch (BPF_MODE(insn->code)) {
	case BPF_LEN:
		ebpf_emit_load(&g->e, 4, dst, REG_PACKET, g->layout->wire_len);
		break;
	case BPF_IMM:
		ebpf_emit_alu32_imm(&g->e, BPF_MOV, dst, insn->k);
		break;
	case BPF_MEM:
		ebpf_emit_load(&g->e, 4, dst, BPF_REG_10, gen_stack_off(insn->k));
		break;
	}
}

static void step_ld(struct gen *g, struct step *s)
{
	uint32_t k = s->insn->k, size = cbpf_load_size(s->insn->code);

	if (BPF_MODE(s->insn->code) == BPF_IND)
		s->ends = !cbpf2ebpf_load_ind(g, &s->fact, k, size);
	else if (BPF_MODE(s->insn->code) != BPF_ABS)
		load_plain(g, s->insn, REG_A);
	else if (!load_ancillary(g, k))
		s->ends = !cbpf2ebpf_load_abs(g, &s->fact, k, size, REG_A);
}

static void step_ldx(struct gen *g, struct step *s)
{
	if (BPF_MODE(s->insn->code) != BPF_MSH) {
		load_plain(g, s->insn, REG_X);
		s->fact.x_max = BPF_MODE(s->insn->code) == BPF_IMM ? s->insn->k : UINT32_MAX;
		return;
	}
	s->ends = !cbpf2ebpf_load_abs(g, &s->fact, s->insn->k, 1, REG_X);
	if (s->ends)
		return;
	ebpf_emit_alu32_imm(&g->e, BPF_AND, REG_X, 0xf);
	ebpf_emit_alu32_imm(&g->e, BPF_LSH, REG_X, 2);
	s->fact.x_max = 0xf << 2;
}

static void step_st(struct gen *g, struct step *s)
{
	int src = s->insn->code == BPF_ST ? REG_A : REG_X;

	if (g->mem_read & (1u << s->insn->k))
		ebpf_emit_store(&g->e, BPF_REG_10, gen_stack_off(s->insn->k), src);
}

/* Shifts by 32 or more give 0; eBPF would take the count modulo 32. */
static void shift_by_x(struct gen *g, int op)
{
	uint32_t zero = ebpf_emit_new_label(&g->e), done = ebpf_emit_new_label(&g->e);

	ebpf_emit_jump_imm(&g->e, BPF_JMP32 | BPF_JGT, REG_X, 31, zero);
	ebpf_emit_alu32_reg(&g->e, op, REG_A, REG_X);
	ebpf_emit_goto(&g->e, done);
	ebpf_emit_label(&g->e, zero);
	ebpf_emit_alu32_imm(&g->e, BPF_MOV, REG_A, 0);
	ebpf_emit_label(&g->e, done);
}

static void step_alu(struct gen *g, struct step *s)
{
	int op = BPF_OP(s->insn->code);
	bool by_x = BPF_SRC(s->insn->code) == BPF_X;
	bool is_shift = op == BPF_LSH || op == BPF_RSH;

	if (by_x && (op == BPF_DIV || op == BPF_MOD))
		ebpf_emit_jump_imm(&g->e, BPF_JMP32 | BPF_JEQ, REG_X, 0, GEN_REJECT);
	if (op == BPF_NEG)
		ebpf_emit_alu32_imm(&g->e, BPF_NEG, REG_A, 0);
	else if (is_shift && by_x)
		shift_by_x(g, op);
	else if (is_shift && s->insn->k > 31)
		ebpf_emit_alu32_imm(&g->e, BPF_MOV, REG_A, 0);
	else if (by_x)
		ebpf_emit_alu32_reg(&g->e, op, REG_A, REG_X);
	else
		ebpf_emit_alu32_imm(&g->e, op, REG_A, s->insn->k);
}

static void jump_if(struct gen *g, const struct cbpf_insn *insn, int op, uint32_t label)
{
	if (BPF_SRC(insn->code) == BPF_X)
		ebpf_emit_jump_reg(&g->e, BPF_JMP32 | op, REG_A, REG_X, label);
	else
		ebpf_emit_jump_imm(&g->e, BPF_JMP32 | op, REG_A, insn->k, label);
}

static void step_ja(struct gen *g, struct step *s)
{
	int64_t target = ja_target(s->pc, s->insn);
	size_t round = s->node / g->prog->len + (target <= s->pc);

	s->ends = true;
	if (round == g->n_rounds)
		ebpf_emit_goto(&g->e, GEN_UNDECIDED);
	else
		ebpf_emit_goto(&g->e, reach(g, round * g->prog->len + (size_t)target, &s->fact));
}

static void step_jmp(struct gen *g, struct step *s)
{
	static const uint8_t inverse[256] = {
		[BPF_JEQ] = BPF_JNE, [BPF_JGT] = BPF_JLE, [BPF_JGE] = BPF_JLT};
	const struct cbpf_insn *insn = s->insn;
	int op = BPF_OP(insn->code);
	uint32_t yes, no;

	if (op == BPF_JA) {
		step_ja(g, s);
		return;
	}
	s->ends = true; /* both ways are entered here; the one that is next falls through */
	yes = reach(g, s->node + 1 + insn->jt, &s->fact);
	no = reach(g, s->node + 1 + insn->jf, &s->fact);
	if (yes != no && insn->jt == 0 && inverse[op]) {
		jump_if(g, insn, inverse[op], no);
		return;
	}
	if (yes != no)
		jump_if(g, insn, op, yes);
	if (insn->jf)
		ebpf_emit_goto(&g->e, no);
}

static void step_ret(struct gen *g, struct step *s)
{
	if (BPF_RVAL(s->insn->code) == BPF_A)
		ebpf_emit_alu32_reg(&g->e, BPF_MOV, BPF_REG_0, REG_A);
	else
		ebpf_emit_alu32_imm(&g->e, BPF_MOV, BPF_REG_0, s->insn->k);
	ebpf_emit_exit(&g->e);
	s->ends = true;
}

static void step_misc(struct gen *g, struct step *s)
{
	if (s->insn->code == TXA) {
		ebpf_emit_alu32_reg(&g->e, BPF_MOV, REG_A, REG_X);
		return;
	}
	ebpf_emit_alu32_reg(&g->e, BPF_MOV, REG_X, REG_A);
	s->fact.x_max = UINT32_MAX;
}

static void (*const steps[8])(struct gen *g, struct step *s) = {
	[BPF_LD] = step_ld,   [BPF_LDX] = step_ldx, [BPF_ST] = step_st,	  [BPF_STX] = step_st,
	[BPF_ALU] = step_alu, [BPF_JMP] = step_jmp, [BPF_RET] = step_ret, [BPF_MISC] = step_misc,
};

/* A, X and what is read of M[] start as 0. */
static void emit_start(struct gen *g)
{
	ebpf_emit_alu32_imm(&g->e, BPF_MOV, REG_A, 0);
	ebpf_emit_alu32_imm(&g->e, BPF_MOV, REG_X, 0);
	for (uint32_t i = 0; i < CBPF_MEM_WORDS; i++)
		if (g->mem_read & (1u << i))
			ebpf_emit_store(&g->e, BPF_REG_10, gen_stack_off(i), REG_A);
}

/* One copy of the program, FAST or SLOW. */
static void emit_copy(struct gen *g)
{
	size_t n_nodes = g->n_rounds * g->prog->len;

	memset(g->facts, 0, n_nodes * sizeof(*g->facts));
	g->facts[0].reached = true;
	emit_start(g);
	for (size_t node = 0; node < n_nodes && !g->e.error; node++) {
		struct step s = {.node = node, .pc = node % g->prog->len, .fact = g->facts[node]};

		if (!s.fact.reached)
			continue;
		s.insn = &g->prog->insns[s.pc];
		ebpf_emit_label(&g->e, node_label(g, node));
		steps[BPF_CLASS(s.insn->code)](g, &s);
		if (!s.ends)
			reach(g, node + 1, &s.fact);
	}
	cbpf2ebpf_load_stubs(g);
}

/* A failing check of FAST comes here: outside the packet, or only outside the window? */
static void emit_slow(struct gen *g)
{
	ebpf_emit_label(&g->e, GEN_RESTART);
	ebpf_emit_load(&g->e, 4, BPF_REG_3, REG_PACKET, g->layout->avail_len);
	ebpf_emit_jump_reg(&g->e, BPF_JMP | BPF_JLE, BPF_REG_3, REG_VALID, GEN_REJECT);
	g->slow = true;
	emit_copy(g);
}

static void emit_verdict(struct gen *g, uint32_t label, uint64_t verdict)
{
	if (!ebpf_emit_is_wanted(&g->e, label))
		return;
	ebpf_emit_label(&g->e, label);
	ebpf_emit_alu32_imm(&g->e, BPF_MOV, BPF_REG_0, (uint32_t)(verdict >> 32));
	if (verdict)
		ebpf_emit_alu64_imm(&g->e, BPF_LSH, BPF_REG_0, 32);
	ebpf_emit_exit(&g->e);
}

static void emit_verdicts(struct gen *g)
{
	if (ebpf_emit_is_wanted(&g->e, GEN_LOAD_FAILED)) {
		uint32_t unreadable = ebpf_emit_new_label(&g->e);
		uint32_t fault = ebpf_emit_new_label(&g->e);

		ebpf_emit_label(&g->e, GEN_LOAD_FAILED);
		ebpf_emit_jump_imm(&g->e, BPF_JMP | BPF_JEQ, BPF_REG_0,
				   (uint32_t)CBPF2EBPF_LOAD_UNREADABLE, unreadable);
		ebpf_emit_jump_imm(&g->e, BPF_JMP | BPF_JNE, BPF_REG_0,
				   (uint32_t)CBPF2EBPF_LOAD_OUTSIDE, fault);
		ebpf_emit_goto(&g->e, GEN_REJECT);
		emit_verdict(g, unreadable, CBPF2EBPF_UNREADABLE);
		emit_verdict(g, fault, CBPF2EBPF_FAULT);
	}
	emit_verdict(g, GEN_UNDECIDED, CBPF2EBPF_UNDECIDED);
	emit_verdict(g, GEN_REJECT, 0);
}

static void emit_program(struct gen *g)
{
	ebpf_emit_store64(&g->e, BPF_REG_10, GEN_CTX_OFF, BPF_REG_1);
	ebpf_emit_load(&g->e, 8, REG_PACKET, BPF_REG_1, g->layout->packet);
	ebpf_emit_load(&g->e, 4, REG_VALID, REG_PACKET, g->layout->valid);
	emit_copy(g);
	if (ebpf_emit_is_wanted(&g->e, GEN_RESTART))
		emit_slow(g);
	emit_verdicts(g);
}

/* What has to be known of the whole program before its first instruction is translated. */
static int prepare(struct gen *g)
{
	for (uint32_t pc = 0; pc < g->prog->len; pc++) {
		const struct cbpf_insn *insn = &g->prog->insns[pc];

		if (is_mem_read(insn))
			g->mem_read |= 1u << insn->k;
		if (insn->code == (BPF_JMP | BPF_JA) && ja_target(pc, insn) <= pc)
			g->has_loop = true;
	}
	g->n_rounds = g->has_loop ? (size_t)g->layout->unroll + 1 : 1;
	if (g->n_rounds > EBPF_EMIT_MAX * 16ull / g->prog->len)
		return -ERANGE;
	cbpf2ebpf_load_plan(g);
	g->facts = calloc(g->n_rounds * g->prog->len, sizeof(*g->facts));
	if (!g->facts)
		return -ENOMEM;
	return ebpf_emit_init(&g->e, (uint32_t)(GEN_NODES + 2 * g->n_rounds * g->prog->len));
}

static int report(int rc, const struct gen *g, struct err *err)
{
	if (rc != -ERANGE)
		return err_errno(err, ERR_FAILED, rc, "cannot translate the filter");
	rc = err_set(err, ERR_UNSUPPORTED,
		     "the filter is too large for the kernel: %u instructions of classic BPF",
		     g->prog->len);
	err_hint(err, "write hosts as networks ('net 10.0.0.0/24') or ports as 'portrange', "
		      "or capture with a wider filter and narrow the file by 'tcpdump -r'");
	return rc;
}

static void hand_over(struct gen *g, struct cbpf2ebpf_code *code)
{
	*code = (struct cbpf2ebpf_code){.insns = g->e.insns,
					.len = g->e.len,
					.load_calls = g->e.calls,
					.n_load_calls = g->e.n_calls,
					.guards = g->guards,
					.guards_elided = g->guards_elided};
	g->e.insns = NULL;
	g->e.calls = NULL;
}

int cbpf2ebpf_translate(const struct cbpf_prog *prog, const struct cbpf2ebpf_layout *layout,
			struct cbpf2ebpf_code *code, struct err *err)
{
	struct gen g = {.prog = prog, .layout = layout};
	int rc;

	memset(code, 0, sizeof(*code));
	rc = check_program(prog, err);
	if (rc)
		return rc;
	rc = prepare(&g);
	if (!rc) {
		emit_program(&g);
		rc = ebpf_emit_link(&g.e);
	}
	if (rc)
		rc = report(rc, &g, err);
	else
		hand_over(&g, code);
	ebpf_emit_fini(&g.e);
	free(g.facts);
	free(g.stubs);
	return rc;
}

void cbpf2ebpf_free(struct cbpf2ebpf_code *code)
{
	free(code->insns);
	free(code->load_calls);
	memset(code, 0, sizeof(*code));
}
