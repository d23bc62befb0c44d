/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ctext.c - the lines of the C text (see ctext.h; what is written where: ctext_flow.h).
 */
#include "filter/ctext.h"

#include <errno.h>
#include <linux/filter.h>
#include <string.h>

#include "base/util.h"
#include "filter/ctext_flow.h"

#define FUNCTION      "xcap_match"
#define COMMENT_WIDTH 92

struct text {
	FILE *out;
	const struct cbpf_prog *prog;
	struct ctext_flow flow;
};

/* Ethertypes that filters compare with: read as hex, where ports are read as decimal. */
static const uint16_t ethertypes[] = {0x0800, 0x0806, 0x8035, 0x8100, 0x86dd, 0x8847,
				      0x8848, 0x8863, 0x8864, 0x88a8, 0x9100};

static void print_number(const struct text *t, uint32_t k)
{
	bool hex = false;

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(ethertypes); i++)
		hex |= ethertypes[i] == k;
	fprintf(t->out, k > UINT16_MAX ? "0x%08x" : hex ? "0x%04x" : "%u", k);
}

static void print_return(const struct text *t, const struct cbpf_insn *insn, const char *indent)
{
	if (BPF_RVAL(insn->code) == BPF_A)
		fprintf(t->out, "%sreturn a != 0;\n", indent);
	else
		fprintf(t->out, "%sreturn %d;\n", indent, insn->k != 0);
}

/* From here to `target`; nothing if that is the next line. */
static void print_goto(const struct text *t, uint32_t pc, uint32_t target, const char *indent)
{
	const struct cbpf_insn *insn = &t->prog->insns[target];

	if (target == pc + 1)
		return;
	if (BPF_CLASS(insn->code) == BPF_RET)
		print_return(t, insn, indent);
	else
		fprintf(t->out, "%sgoto L%u;\n", indent, target);
}

/* dst = the bytes at `place`, which the packet has. */
static void print_fetch(const struct text *t, const char *place, uint32_t k, uint32_t size)
{
	if (size == 1)
		fprintf(t->out, "\ta = packet[%s%u];\n", place, k);
	else
		fprintf(t->out, "\ta = be%u(packet + %s%u);\n", 8 * size, place, k);
}

static void print_ld(const struct text *t, const struct cbpf_insn *insn, uint32_t pc)
{
	uint32_t size = cbpf_load_size(insn->code);
	uint64_t end = ctext_flow_end(insn);
	char dst = BPF_CLASS(insn->code) == BPF_LDX ? 'x' : 'a';

	if (end > t->flow.points[pc].valid)
		fprintf(t->out, "\tif (caplen < %u)\n\t\treturn 0;\n", (uint32_t)end);
	switch (BPF_MODE(insn->code)) {
	case BPF_ABS:
		print_fetch(t, "", insn->k, size);
		break;
	case BPF_IND:
		fprintf(t->out, "\tif (caplen < (uint64_t)x + %llu)\n\t\treturn 0;\n",
			(unsigned long long)insn->k + size);
		print_fetch(t, "x + ", insn->k, size);
		break;
	case BPF_MSH:
		fprintf(t->out, "\tx = 4 * (packet[%u] & 0xf);\n", insn->k);
		break;
	case BPF_IMM:
		fprintf(t->out, "\t%c = %u;\n", dst, insn->k);
		break;
	case BPF_LEN:
		fprintf(t->out, "\t%c = len;\n", dst);
		break;
	case BPF_MEM:
		fprintf(t->out, "\t%c = m[%u];\n", dst, insn->k);
		break;
	}
}

static void print_st(const struct text *t, const struct cbpf_insn *insn, uint32_t pc)
{
	(void)pc;
	if (t->flow.mem_read & (1u << insn->k))
		fprintf(t->out, "\tm[%u] = %c;\n", insn->k,
			BPF_CLASS(insn->code) == BPF_ST ? 'a' : 'x');
}

static void print_shift(const struct text *t, const struct cbpf_insn *insn)
{
	const char *op = BPF_OP(insn->code) == BPF_LSH ? "<<" : ">>";

	if (BPF_SRC(insn->code) == BPF_X)
		fprintf(t->out, "\ta = x < 32 ? a %s x : 0;\n", op);
	else if (insn->k > 31)
		fprintf(t->out, "\ta = 0;\n");
	else
		fprintf(t->out, "\ta %s= %u;\n", op, insn->k);
}

static bool is_bitwise(int op)
{
	return op == BPF_AND || op == BPF_OR || op == BPF_XOR;
}

static void print_alu(const struct text *t, const struct cbpf_insn *insn, uint32_t pc)
{
	static const char ops[16] = {
		[BPF_ADD >> 4] = '+', [BPF_SUB >> 4] = '-', [BPF_MUL >> 4] = '*',
		[BPF_DIV >> 4] = '/', [BPF_OR >> 4] = '|',  [BPF_AND >> 4] = '&',
		[BPF_MOD >> 4] = '%', [BPF_XOR >> 4] = '^',
	};
	int op = BPF_OP(insn->code);
	bool by_x = BPF_SRC(insn->code) == BPF_X;

	(void)pc;
	if (op == BPF_NEG) {
		fprintf(t->out, "\ta = -a;\n");
		return;
	}
	if (op == BPF_LSH || op == BPF_RSH) {
		print_shift(t, insn);
		return;
	}
	if (by_x && (op == BPF_DIV || op == BPF_MOD))
		fprintf(t->out, "\tif (x == 0)\n\t\treturn 0;\n");
	fprintf(t->out, "\ta %c= ", ops[op >> 4]);
	if (by_x)
		fprintf(t->out, "x;\n");
	else /* a decimal constant would be signed, and wider */
		fprintf(t->out, is_bitwise(op) || insn->k > INT32_MAX ? "%#x;\n" : "%u;\n",
			insn->k);
}

/* "if (a == 80)", or if it does not hold. */
static void print_if(const struct text *t, const struct cbpf_insn *insn, bool holds)
{
	static const char *const ops[2][16] = {
		{[BPF_JEQ >> 4] = "!=", [BPF_JGT >> 4] = "<=", [BPF_JGE >> 4] = "<"},
		{[BPF_JEQ >> 4] = "==", [BPF_JGT >> 4] = ">", [BPF_JGE >> 4] = ">="},
	};
	const char *op = ops[holds][BPF_OP(insn->code) >> 4];

	fprintf(t->out, "\tif (");
	if (op)
		fprintf(t->out, "a %s ", op);
	else
		fprintf(t->out, holds ? "a & " : "!(a & ");
	if (BPF_SRC(insn->code) == BPF_X)
		fprintf(t->out, "x");
	else if (op)
		print_number(t, insn->k);
	else
		fprintf(t->out, "%#x", insn->k);
	fprintf(t->out, op || holds ? ")\n" : "))\n");
}

static void print_jmp(const struct text *t, const struct cbpf_insn *insn, uint32_t pc)
{
	enum ctext_branch branch = ctext_flow_branch(insn);
	uint32_t yes, no;

	if (branch == CTEXT_NEVER) {
		print_goto(t, pc, ctext_flow_no(t->prog, pc), "\t");
		return;
	}
	yes = ctext_flow_yes(t->prog, pc);
	if (branch == CTEXT_ALWAYS || insn->jt == insn->jf) {
		print_goto(t, pc, yes, "\t");
		return;
	}
	no = ctext_flow_no(t->prog, pc);
	print_if(t, insn, yes != pc + 1);
	print_goto(t, pc, yes != pc + 1 ? yes : no, "\t\t");
	if (yes != pc + 1)
		print_goto(t, pc, no, "\t");
}

static void print_ret(const struct text *t, const struct cbpf_insn *insn, uint32_t pc)
{
	(void)pc;
	print_return(t, insn, "\t");
}

static void print_misc(const struct text *t, const struct cbpf_insn *insn, uint32_t pc)
{
	(void)pc;
	fprintf(t->out, BPF_MISCOP(insn->code) == BPF_TAX ? "\tx = a;\n" : "\ta = x;\n");
}

static void (*const lines[8])(const struct text *t, const struct cbpf_insn *insn, uint32_t pc) = {
	[BPF_LD] = print_ld,   [BPF_LDX] = print_ld,	[BPF_ST] = print_st,
	[BPF_STX] = print_st,  [BPF_ALU] = print_alu,	[BPF_JMP] = print_jmp,
	[BPF_RET] = print_ret, [BPF_MISC] = print_misc,
};

static void print_declarations(const struct text *t)
{
	const struct ctext_flow *f = &t->flow;

	if (f->has_a || f->has_x)
		fprintf(t->out, "\tuint32_t %s%s%s;\n", f->has_a ? "a = 0" : "",
			f->has_a && f->has_x ? ", " : "", f->has_x ? "x = 0" : "");
	if (f->mem_read)
		fprintf(t->out, "\tuint32_t m[%d] = {0};\n", CBPF_MEM_WORDS);
	if (f->has_a || f->has_x || f->mem_read)
		fputc('\n', t->out);
	/* what is not looked at */
	if (!f->reads_packet)
		fprintf(t->out, "\t(void)packet;\n\t(void)caplen;\n");
	if (!f->reads_len)
		fprintf(t->out, "\t(void)len;\n");
	if (f->has_a && !f->reads_a)
		fprintf(t->out, "\t(void)a;\n");
	if (f->has_x && !f->reads_x)
		fprintf(t->out, "\t(void)x;\n");
}

static void print_body(const struct text *t)
{
	print_declarations(t);
	for (uint32_t pc = 0; pc < t->prog->len; pc++) {
		const struct cbpf_insn *insn = &t->prog->insns[pc];

		if (!ctext_flow_is_written(&t->flow, pc))
			continue;
		if (t->flow.points[pc].label)
			fprintf(t->out, "L%u:\n", pc);
		if (ctext_flow_is_reject(insn))
			fprintf(t->out, "\treturn 0;\n");
		else
			lines[BPF_CLASS(insn->code)](t, insn, pc);
	}
}

static void print_function(const struct text *t, const char *name)
{
	fprintf(t->out, "int %s(const uint8_t *packet, uint32_t caplen, uint32_t len)\n{\n", name);
	print_body(t);
	fprintf(t->out, "}\n");
}

static void print_be16(FILE *out)
{
	fprintf(out, "static uint32_t be16(const uint8_t *p)\n{\n"
		     "\treturn (uint32_t)p[0] << 8 | p[1];\n}\n\n");
}

static void print_be32(FILE *out)
{
	fprintf(out, "static uint32_t be32(const uint8_t *p)\n{\n"
		     "\treturn (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | "
		     "p[3];\n}\n\n");
}

void ctext_print_helpers(FILE *out)
{
	print_be16(out);
	print_be32(out);
}

int ctext_print_function(const struct cbpf_prog *prog, const char *name, FILE *out)
{
	struct text t = {.out = out, .prog = prog};
	int rc = ctext_flow_init(&t.flow, prog);

	if (rc)
		return rc;
	print_function(&t, name);
	ctext_flow_fini(&t.flow);
	return 0;
}

/* The expression by words, in lines of a comment; nothing in it can end that comment. */
static void print_quoted(const char *expr, FILE *out)
{
	size_t column = 0;

	for (const char *c = expr; *c; c++) {
		bool ends =
			c > expr && ((*c == '/' && c[-1] == '*') || (*c == '*' && c[-1] == '/'));

		if (!column || (*c == ' ' && column > COMMENT_WIDTH)) {
			column = (size_t)fprintf(out, "%s *", column ? "\n" : "");
			if (*c != ' ')
				fputc(' ', out);
		}
		if (ends)
			fputc(' ', out);
		fputc(*c >= ' ' && *c < 0x7f ? *c : '?', out);
		column++;
	}
	fprintf(out, "%s", *expr ? "\n" : " * everything\n");
}

static void print_comment(const struct cbpf_prog *prog, const char *expr, const char *link_type,
			  FILE *out)
{
	fprintf(out, "/*\n");
	print_quoted(expr, out);
	fprintf(out,
		" *\n"
		" * The filter as C, from %u instructions of classic BPF, by xcap %s.\n"
		" * packet: from its link header on, link type %s; caplen: bytes at hand; len: on "
		"the\n"
		" * wire. Returns 1 for a packet that matches, else 0.\n"
		" */\n",
		prog->len, XCAP_VERSION, link_type);
}

/* Loads that no packet can answer. */
static bool asks_the_kernel(const struct cbpf_prog *prog)
{
	return cbpf_uses_direction(prog) || cbpf_uses_ifindex(prog);
}

int ctext_print(const struct cbpf_prog *prog, const char *expr, const char *link_type, FILE *out,
		struct err *err)
{
	struct text t = {.out = out, .prog = prog};
	int rc;

	if (asks_the_kernel(prog)) {
		rc = err_set(err, ERR_USAGE,
			     "no C text for '%.80s': inbound, outbound and ifindex are not in the "
			     "packet's bytes",
			     expr);
		err_hint(err, "-y LINUX_SLL2 has them there");
		return rc;
	}
	rc = ctext_flow_init(&t.flow, prog);
	if (rc)
		return err_errno(err, ERR_FAILED, rc, "cannot write the filter as C");
	print_comment(prog, expr, link_type, out);
	fprintf(out, "#include <stdint.h>\n\n");
	if (t.flow.calls_be16)
		print_be16(out);
	if (t.flow.calls_be32)
		print_be32(out);
	fprintf(out, "int " FUNCTION "(const uint8_t *packet, uint32_t caplen, uint32_t len);\n\n");
	print_function(&t, FUNCTION);
	ctext_flow_fini(&t.flow);
	return 0;
}
