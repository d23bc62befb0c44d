/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf.c - libpcap's compiler behind an interface of plain data, and an interpreter.
 *
 * The interpreter exists beside libpcap's bpf_filter() because that one rejects every load that
 * asks the kernel (inbound, outbound, ifindex), which xcap has to settle in user space from the
 * record. In all else the two agree, and a test holds them to it.
 */
#include "filter/cbpf.h"

#include <errno.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/cbpf_caret.h"

/* What an accepting program returns: the snapshot length of tcpdump. */
#define ACCEPT_LEN 262144

/*
 * Instructions, before libpcap's optimiser, of what is compiled at all: some 1,090 hosts. The
 * optimiser's time grows with the third power (300 hosts 1.5 s, 500 9 s, 1,000 a minute), and more
 * than this would not fit the range of an eBPF jump but in rare cases.
 */
#define PLAIN_MAX 32767

/* Characters of an expression: 2,100 hosts, for which even plain compilation takes ten seconds. */
#define TEXT_MAX 40000

#define IPV4_LEN 20 /* what X holds, as a rule: the header's length without options */
#define LOAD_MAX 4

/* Characters of the expression that an error message repeats. */
#define QUOTED_MAX 80

/* State of a running program. */
struct machine {
	uint32_t a, x, mem[CBPF_MEM_WORDS];
	const uint8_t *packet;
	uint32_t wire_len, cap_len;
	const struct cbpf_meta *meta;
};

struct compiler {
	pcap_t *pcap;
	struct bpf_program prog;
};

static bool compiles(struct compiler *c, const char *expr, bool optimise)
{
	return pcap_compile(c->pcap, &c->prog, expr, optimise, PCAP_NETMASK_UNKNOWN) >= 0;
}

/* For cbpf_caret_find(): does the grammar take this text, whatever it means? */
static bool is_grammatical(const char *expr, void *arg)
{
	struct compiler c = {.pcap = arg};

	if (!compiles(&c, expr, false))
		return !strstr(pcap_geterr(c.pcap), "syntax error");
	pcap_freecode(&c.prog);
	return true;
}

/* Show the expression with a caret; of one that is too long, what stands before it is left out. */
static void point_at(struct err *err, const char *expr, int pos)
{
	int left_out = pos >= (int)sizeof(err->text) ? pos - (int)sizeof(err->text) / 2 : 0;

	if (pos >= 0)
		err_at(err, expr + left_out, pos - left_out);
}

static int report(struct compiler *c, const char *expr, struct err *err)
{
	const char *more = strlen(expr) > QUOTED_MAX ? "..." : "";
	struct cbpf_caret caret;
	char words[PCAP_ERRBUF_SIZE];
	int rc;

	/* the search for the place compiles again and overwrites libpcap's message */
	snprintf(words, sizeof(words), "%s", pcap_geterr(c->pcap));
	rc = err_set(err, ERR_USAGE, "bad filter '%.*s%s': %s", QUOTED_MAX, expr, more, words);
	cbpf_caret_find(&caret, expr, words, is_grammatical, c->pcap);
	point_at(err, expr, caret.pos);
	if (caret.near)
		err_hint(err, "did you mean '%s'?", caret.near);
	else if (strstr(words, "netmask not known")) /* tcpdump knows one, of its interface */
		err_hint(err, "name the address, as in 'dst host 10.0.0.255'");
	return rc;
}

static int copy_program(const struct bpf_program *from, struct cbpf_prog *to)
{
	to->insns = calloc(from->bf_len, sizeof(*to->insns));
	if (!to->insns)
		return -ENOMEM;
	to->len = from->bf_len;
	for (uint32_t i = 0; i < to->len; i++) {
		const struct bpf_insn *insn = &from->bf_insns[i];

		to->insns[i] = (struct cbpf_insn){insn->code, insn->jt, insn->jf, insn->k};
	}
	return 0;
}

int cbpf_link_type(const char *name)
{
	return pcap_datalink_name_to_val(name);
}

static int too_large(struct err *err, size_t size, const char *what, size_t max)
{
	int rc = err_set(err, ERR_UNSUPPORTED, "the filter is too large: %zu %s, %zu at most", size,
			 what, max);

	err_hint(err, "write hosts as networks ('net 10.0.0.0/24') or ports as 'portrange', or "
		      "capture with a wider filter and narrow the file by 'tcpdump -r'");
	return rc;
}

/* The cheap way first: it tells how much the optimiser would have to do. */
static int check_size(struct compiler *c, const char *expr, struct err *err)
{
	uint32_t len;

	if (strlen(expr) > TEXT_MAX)
		return too_large(err, strlen(expr), "characters", TEXT_MAX);
	if (!compiles(c, expr, false))
		return report(c, expr, err);
	len = c->prog.bf_len;
	pcap_freecode(&c->prog);
	return len <= PLAIN_MAX ? 0
				: too_large(err, len, "instructions before libpcap optimises them",
					    PLAIN_MAX);
}

int cbpf_compile(const char *expr, int dlt, struct cbpf_prog *prog, struct err *err)
{
	struct compiler c = {.pcap = pcap_open_dead(dlt, ACCEPT_LEN)};
	int rc;

	*prog = (struct cbpf_prog){0};
	if (!c.pcap)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot compile the filter");
	rc = check_size(&c, expr, err);
	if (!rc && !compiles(&c, expr, true)) {
		rc = report(&c, expr, err);
	} else if (!rc) {
		rc = copy_program(&c.prog, prog);
		if (rc)
			err_errno(err, ERR_FAILED, rc, "cannot compile the filter");
		pcap_freecode(&c.prog);
	}
	pcap_close(c.pcap);
	return rc;
}

void cbpf_free(struct cbpf_prog *prog)
{
	free(prog->insns);
	*prog = (struct cbpf_prog){0};
}

/* Read `size` bytes in network order; false if the packet does not have them. */
static bool fetch(const struct machine *m, uint64_t off, uint32_t size, uint32_t *out)
{
	uint32_t value = 0;

	if (off + size > m->cap_len)
		return false;
	for (uint32_t i = 0; i < size; i++)
		value = value << 8 | m->packet[off + i];
	*out = value;
	return true;
}

uint32_t cbpf_load_size(uint16_t code)
{
	return BPF_SIZE(code) == BPF_W ? 4 : BPF_SIZE(code) == BPF_H ? 2 : 1;
}

static bool load_ancillary(const struct cbpf_meta *meta, uint32_t k, uint32_t *out)
{
	switch (k) {
	case CBPF_AD_PROTOCOL:
		*out = meta->protocol;
		return true;
	case CBPF_AD_PKTTYPE:
		*out = meta->pkt_type;
		return true;
	case CBPF_AD_IFINDEX:
		*out = meta->ifindex;
		return true;
	}
	return false;
}

/* BPF_LD and BPF_LDX into *dst; false ends the program with a reject. */
static bool run_load(struct machine *m, const struct cbpf_insn *insn, uint32_t *dst)
{
	switch (BPF_MODE(insn->code)) {
	case BPF_ABS:
		return load_ancillary(m->meta, insn->k, dst) ||
		       fetch(m, insn->k, cbpf_load_size(insn->code), dst);
	case BPF_IND:
		return fetch(m, (uint64_t)insn->k + m->x, cbpf_load_size(insn->code), dst);
	case BPF_MSH:
		if (!fetch(m, insn->k, 1, dst))
			return false;
		*dst = (*dst & 0xf) << 2;
		return true;
	case BPF_IMM:
		*dst = insn->k;
		return true;
	case BPF_LEN:
		*dst = m->wire_len;
		return true;
	case BPF_MEM:
		if (insn->k >= CBPF_MEM_WORDS)
			return false;
		*dst = m->mem[insn->k];
		return true;
	}
	return false;
}

static bool run_store(struct machine *m, const struct cbpf_insn *insn)
{
	if (insn->k >= CBPF_MEM_WORDS)
		return false;
	m->mem[insn->k] = BPF_CLASS(insn->code) == BPF_ST ? m->a : m->x;
	return true;
}

static bool run_alu(struct machine *m, const struct cbpf_insn *insn)
{
	uint32_t operand = BPF_SRC(insn->code) == BPF_X ? m->x : insn->k;
	int op = BPF_OP(insn->code);

	if ((op == BPF_DIV || op == BPF_MOD) && operand == 0)
		return false;
	switch (op) {
	case BPF_ADD:
		m->a += operand;
		return true;
	case BPF_SUB:
		m->a -= operand;
		return true;
	case BPF_MUL:
		m->a *= operand;
		return true;
	case BPF_DIV:
		m->a /= operand;
		return true;
	case BPF_MOD:
		m->a %= operand;
		return true;
	case BPF_AND:
		m->a &= operand;
		return true;
	case BPF_OR:
		m->a |= operand;
		return true;
	case BPF_XOR:
		m->a ^= operand;
		return true;
	case BPF_LSH:
		m->a = operand < 32 ? m->a << operand : 0;
		return true;
	case BPF_RSH:
		m->a = operand < 32 ? m->a >> operand : 0;
		return true;
	case BPF_NEG:
		m->a = -m->a;
		return true;
	}
	return false;
}

/* How many instructions to skip; BPF_JA may jump back. */
static int64_t run_jump(const struct machine *m, const struct cbpf_insn *insn)
{
	uint32_t operand = BPF_SRC(insn->code) == BPF_X ? m->x : insn->k;
	bool taken = false;

	switch (BPF_OP(insn->code)) {
	case BPF_JA:
		return (int32_t)insn->k;
	case BPF_JEQ:
		taken = m->a == operand;
		break;
	case BPF_JGT:
		taken = m->a > operand;
		break;
	case BPF_JGE:
		taken = m->a >= operand;
		break;
	case BPF_JSET:
		taken = m->a & operand;
		break;
	}
	return taken ? insn->jt : insn->jf;
}

static bool run_misc(struct machine *m, const struct cbpf_insn *insn)
{
	switch (BPF_MISCOP(insn->code)) {
	case BPF_TAX:
		m->x = m->a;
		return true;
	case BPF_TXA:
		m->a = m->x;
		return true;
	}
	return false;
}

/* All but jumps and returns; false ends the program with a reject. */
static bool run_insn(struct machine *m, const struct cbpf_insn *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
		return run_load(m, insn, &m->a);
	case BPF_LDX:
		return run_load(m, insn, &m->x);
	case BPF_ST:
	case BPF_STX:
		return run_store(m, insn);
	case BPF_ALU:
		return run_alu(m, insn);
	case BPF_MISC:
		return run_misc(m, insn);
	}
	return false;
}

uint32_t cbpf_run(const struct cbpf_prog *prog, const uint8_t *packet, uint32_t wire_len,
		  uint32_t cap_len, const struct cbpf_meta *meta)
{
	struct machine m = {
		.packet = packet, .wire_len = wire_len, .cap_len = cap_len, .meta = meta};

	for (int64_t pc = 0; pc >= 0 && pc < prog->len; pc++) {
		const struct cbpf_insn *insn = &prog->insns[pc];

		if (BPF_CLASS(insn->code) == BPF_RET)
			return BPF_RVAL(insn->code) == BPF_A ? m.a : insn->k;
		if (BPF_CLASS(insn->code) == BPF_JMP)
			pc += run_jump(&m, insn);
		else if (!run_insn(&m, insn))
			return 0;
	}
	return 0;
}

uint32_t cbpf_load_end(const struct cbpf_insn *insn)
{
	uint32_t class = BPF_CLASS(insn->code), mode = BPF_MODE(insn->code), end;

	/* ancillary data are no bytes of the packet */
	if ((class != BPF_LD && class != BPF_LDX) || (int32_t)insn->k < 0)
		return 0;
	if (mode != BPF_ABS && mode != BPF_IND && mode != BPF_MSH)
		return 0;
	end = insn->k + (mode == BPF_IND ? IPV4_LEN : 0) + LOAD_MAX;
	return end < insn->k ? UINT32_MAX : end;
}

uint32_t cbpf_span(const struct cbpf_prog *prog)
{
	uint32_t span = 0;

	for (uint32_t i = 0; i < prog->len; i++) {
		uint32_t end = cbpf_load_end(&prog->insns[i]);

		span = end > span ? end : span;
	}
	return span;
}

bool cbpf_has_loop(const struct cbpf_prog *prog)
{
	for (uint32_t i = 0; i < prog->len; i++)
		if (prog->insns[i].code == (BPF_JMP | BPF_JA) && (int32_t)prog->insns[i].k < 0)
			return true;
	return false;
}

static bool uses_ancillary(const struct cbpf_prog *prog, uint32_t k)
{
	for (uint32_t i = 0; i < prog->len; i++) {
		const struct cbpf_insn *insn = &prog->insns[i];

		if (BPF_CLASS(insn->code) == BPF_LD && BPF_MODE(insn->code) == BPF_ABS &&
		    insn->k == k)
			return true;
	}
	return false;
}

bool cbpf_uses_direction(const struct cbpf_prog *prog)
{
	return uses_ancillary(prog, CBPF_AD_PKTTYPE);
}

bool cbpf_uses_ifindex(const struct cbpf_prog *prog)
{
	return uses_ancillary(prog, CBPF_AD_IFINDEX);
}

bool cbpf_uses_skb(const struct cbpf_prog *prog)
{
	return cbpf_uses_direction(prog) || cbpf_uses_ifindex(prog) ||
	       uses_ancillary(prog, CBPF_AD_PROTOCOL);
}
