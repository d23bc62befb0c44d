/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ebpf_print.c - a small disassembler for what cbpf2ebpf emits (see ebpf_print.h).
 */
#include "filter/ebpf_print.h"

#include <stdbool.h>
#include <string.h>

#include "filter/cbpf2ebpf_gen.h"

#define COMMENT_COLUMN 34

/* One line: the instruction, and what its bytes are. */
struct line {
	char text[96], comment[48];
};

static const char *const alu_ops[16] = {
	[BPF_ADD >> 4] = "+=",	[BPF_SUB >> 4] = "-=",	[BPF_MUL >> 4] = "*=",
	[BPF_DIV >> 4] = "/=",	[BPF_OR >> 4] = "|=",	[BPF_AND >> 4] = "&=",
	[BPF_LSH >> 4] = "<<=", [BPF_RSH >> 4] = ">>=", [BPF_MOD >> 4] = "%=",
	[BPF_XOR >> 4] = "^=",	[BPF_MOV >> 4] = "=",
};

static const char *const jump_ops[16] = {
	[BPF_JEQ >> 4] = "==",	 [BPF_JGT >> 4] = ">",	  [BPF_JGE >> 4] = ">=",
	[BPF_JSET >> 4] = "&",	 [BPF_JNE >> 4] = "!=",	  [BPF_JSGT >> 4] = "s>",
	[BPF_JLT >> 4] = "<",	 [BPF_JLE >> 4] = "<=",	  [BPF_JSLT >> 4] = "s<",
	[BPF_JSGE >> 4] = "s>=", [BPF_JSLE >> 4] = "s<=",
};

static unsigned int width_of(const struct bpf_insn *insn)
{
	static const unsigned int widths[] = {4, 2, 1, 8}; /* BPF_W, BPF_H, BPF_B, BPF_DW */

	return widths[BPF_SIZE(insn->code) >> 3];
}

/* What stands at this place of struct xcap_packet. */
static void name_scalar(const struct bpf_insn *insn, const struct cbpf2ebpf_layout *l,
			struct line *line)
{
	const struct {
		int off;
		const char *name;
	} fields[] = {
		{l->valid, "bytes in the window"}, {l->wire_len, "length on the wire"},
		{l->avail_len, "length"},	   {l->ifindex, "ifindex"},
		{l->protocol, "protocol"},	   {l->pkt_type, "packet type"},
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].off == insn->off) {
			snprintf(line->comment, sizeof(line->comment), "%s", fields[i].name);
			return;
		}
}

static void name_bytes(const struct bpf_insn *insn, const struct cbpf2ebpf_layout *l,
		       struct line *line)
{
	int at = insn->off - l->data;

	if (insn->src_reg != REG_PACKET) /* an indirect load: the offset is still in R2 */
		snprintf(line->comment, sizeof(line->comment), "packet[r2:%u]", width_of(insn));
	else if (at >= 0 && at < (int)l->window)
		snprintf(line->comment, sizeof(line->comment), "packet[%d:%u]", at, width_of(insn));
	else
		name_scalar(insn, l, line);
}

/* Lengths and offsets in decimal, ethertypes and addresses in hex. */
static void print_imm(char *text, size_t size, int32_t imm)
{
	snprintf(text, size, imm > -256 && imm < 256 ? "%d" : "%#x", imm);
}

static bool print_alu(const struct bpf_insn *insn, struct line *line)
{
	char r = BPF_CLASS(insn->code) == BPF_ALU ? 'w' : 'r', operand[16];
	const char *op = alu_ops[BPF_OP(insn->code) >> 4];

	if (BPF_OP(insn->code) == BPF_END) {
		snprintf(line->text, sizeof(line->text), "r%u = %s%d r%u", insn->dst_reg,
			 BPF_SRC(insn->code) == BPF_TO_BE ? "be" : "le", insn->imm, insn->dst_reg);
		return true;
	}
	if (BPF_OP(insn->code) == BPF_NEG) {
		snprintf(line->text, sizeof(line->text), "%c%u = -%c%u", r, insn->dst_reg, r,
			 insn->dst_reg);
		return true;
	}
	if (!op)
		return false;
	print_imm(operand, sizeof(operand), insn->imm);
	if (BPF_SRC(insn->code) == BPF_X)
		snprintf(operand, sizeof(operand), "%c%u", r, insn->src_reg);
	snprintf(line->text, sizeof(line->text), "%c%u %s %s", r, insn->dst_reg, op, operand);
	return true;
}

static bool print_jump(const struct bpf_insn *insn, uint32_t at, struct line *line)
{
	char r = BPF_CLASS(insn->code) == BPF_JMP32 ? 'w' : 'r', operand[16];
	const char *op = jump_ops[BPF_OP(insn->code) >> 4];
	int64_t target = (int64_t)at + 1 + insn->off;

	if (insn->code == (BPF_JMP | BPF_EXIT)) {
		snprintf(line->text, sizeof(line->text), "exit");
	} else if (insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_CALL) {
		snprintf(line->text, sizeof(line->text), "r0 = xcap_load(r1, r2, r3)");
	} else if (insn->code == (BPF_JMP | BPF_JA)) {
		snprintf(line->text, sizeof(line->text), "goto %lld", (long long)target);
	} else if (op) {
		print_imm(operand, sizeof(operand), insn->imm);
		if (BPF_SRC(insn->code) == BPF_X)
			snprintf(operand, sizeof(operand), "%c%u", r, insn->src_reg);
		snprintf(line->text, sizeof(line->text), "if %c%u %s %s goto %lld", r,
			 insn->dst_reg, op, operand, (long long)target);
	}
	return *line->text;
}

static bool print_memory(const struct bpf_insn *insn, const struct cbpf2ebpf_layout *layout,
			 struct line *line)
{
	bool load = BPF_CLASS(insn->code) == BPF_LDX;
	unsigned int base = load ? insn->src_reg : insn->dst_reg, bits = 8 * width_of(insn);

	if (BPF_MODE(insn->code) != BPF_MEM)
		return false;
	if (load)
		snprintf(line->text, sizeof(line->text), "r%u = *(u%u *)(r%u %+d)", insn->dst_reg,
			 bits, base, insn->off);
	else
		snprintf(line->text, sizeof(line->text), "*(u%u *)(r%u %+d) = r%u", bits, base,
			 insn->off, insn->src_reg);
	if (base == BPF_REG_1 && insn->off == layout->packet)
		snprintf(line->comment, sizeof(line->comment), "struct xcap_packet *");
	else if (load && base != BPF_REG_10)
		name_bytes(insn, layout, line);
	return true;
}

static bool print_insn(const struct cbpf2ebpf_code *code, const struct cbpf2ebpf_layout *layout,
		       uint32_t at, struct line *line)
{
	const struct bpf_insn *insn = &code->insns[at];

	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		return print_alu(insn, line);
	case BPF_JMP:
	case BPF_JMP32:
		return print_jump(insn, at, line);
	case BPF_LDX:
	case BPF_STX:
		return print_memory(insn, layout, line);
	}
	return false;
}

void ebpf_print(const struct cbpf2ebpf_code *code, const struct cbpf2ebpf_layout *layout, FILE *out)
{
	for (uint32_t i = 0; i < code->len; i++) {
		const struct bpf_insn *insn = &code->insns[i];
		struct line line = {0};

		if (!print_insn(code, layout, i, &line))
			snprintf(line.text, sizeof(line.text),
				 "code %#x dst %u src %u off %d imm %#x", insn->code, insn->dst_reg,
				 insn->src_reg, insn->off, insn->imm);
		if (*line.comment)
			fprintf(out, "%4u: %-*s ; %s\n", i, COMMENT_COLUMN, line.text,
				line.comment);
		else
			fprintf(out, "%4u: %s\n", i, line.text);
	}
}
