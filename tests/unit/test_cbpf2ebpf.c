/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_cbpf2ebpf.c - translated filters against libpcap, in a checked interpreter.
 *
 * Each verdict of the translated code is compared with libpcap's bpf_filter() (with cbpf_run() for
 * the loads that libpcap cannot do in user space). xcap_load() is played by the test, which also
 * checks that it is asked only for bytes that are in the packet, not in the window, and needed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "ebpf_run.h"
#include "filter/cbpf.h"
#include "filter/cbpf2ebpf.h"
#include "filter_data.h"
#include "pcap_ref.h"

#define DLT_ETHERNET 1
#define STACK_MAX    80
#define WINDOW	     192

/* As in the BPF object, but with the data last, so that one byte too far is outside. */
struct context {
	uint32_t wire_len, valid, avail_len, ifindex;
	uint16_t protocol;
	uint8_t pkt_type;
	uint8_t data[WINDOW];
};

static const struct cbpf2ebpf_layout layout = {
	.data = offsetof(struct context, data),
	.valid = offsetof(struct context, valid),
	.wire_len = offsetof(struct context, wire_len),
	.avail_len = offsetof(struct context, avail_len),
	.ifindex = offsetof(struct context, ifindex),
	.protocol = offsetof(struct context, protocol),
	.pkt_type = offsetof(struct context, pkt_type),
	.window = WINDOW,
	.unroll = 8,
};

static const struct cbpf_meta meta = {.ifindex = 7, .protocol = 0x0800, .pkt_type = 0};

/* One packet as xcap_load() sees it. */
struct scene {
	struct context ctx;
	const struct cbpf_prog *prog;
	const uint8_t *packet;
	uint32_t fails_from; /* loads that end beyond it give fails_with */
	int64_t fails_with;
	bool failed;
	uint32_t loads;
	const char *fault;
};

static struct {
	unsigned long verdicts, accepted, undecided, loads, failed;
} count;

static int64_t scene_load(void *arg, const void *ctx, uint64_t offset, uint64_t size)
{
	struct scene *s = arg;
	int64_t value = 0;

	s->loads++;
	if (ctx != &s->ctx)
		s->fault = "xcap_load() without the context";
	else if (size != 1 && size != 2 && size != 4)
		s->fault = "xcap_load() of a strange size";
	else if (offset > s->ctx.avail_len || offset + size > s->ctx.avail_len)
		s->fault = "xcap_load() beyond the packet";
	else if (offset + size <= s->ctx.valid)
		s->fault = "xcap_load() of bytes in the window";
	else if (pcap_ref_run(s->prog, s->packet, s->ctx.wire_len, (uint32_t)(offset + size - 1)))
		s->fault = "xcap_load() of bytes that the program does not need";
	if (s->fault)
		return CBPF2EBPF_LOAD_OUTSIDE;
	if (offset + size > s->fails_from) {
		s->failed = true;
		return s->fails_with;
	}
	for (uint64_t i = 0; i < size; i++)
		value = value << 8 | s->packet[offset + i];
	return value;
}

static void scene_init(struct scene *s, const struct cbpf_prog *prog, const uint8_t *packet,
		       uint32_t wire_len, uint32_t cap_len, uint32_t valid)
{
	*s = (struct scene){.prog = prog, .packet = packet, .fails_from = UINT32_MAX};
	s->ctx.wire_len = wire_len;
	s->ctx.avail_len = cap_len;
	s->ctx.valid = UTIL_MIN(UTIL_MIN(valid, cap_len), WINDOW);
	s->ctx.ifindex = meta.ifindex;
	s->ctx.protocol = meta.protocol;
	s->ctx.pkt_type = meta.pkt_type;
	memset(s->ctx.data, 0xee, sizeof(s->ctx.data));
	memcpy(s->ctx.data, packet, s->ctx.valid);
}

static uint64_t scene_run(struct scene *s, const struct cbpf2ebpf_code *code)
{
	struct ebpf_run run = {.insns = code->insns,
			       .len = code->len,
			       .ctx = &s->ctx,
			       .ctx_size = sizeof(s->ctx),
			       .stack_max = STACK_MAX,
			       .load = scene_load,
			       .arg = s};

	ebpf_run(&run);
	if (run.fault || s->fault)
		fail_msg("%s", run.fault ? run.fault : s->fault);
	count.verdicts++;
	count.loads += s->loads;
	return run.result;
}

static bool uses_meta(const struct cbpf_prog *prog)
{
	return cbpf_uses_direction(prog) || cbpf_uses_ifindex(prog);
}

static uint32_t reference(const struct cbpf_prog *prog, const uint8_t *packet, uint32_t wire_len,
			  uint32_t cap_len)
{
	uint32_t own = cbpf_run(prog, packet, wire_len, cap_len, &meta);
	uint32_t theirs = uses_meta(prog) ? own : pcap_ref_run(prog, packet, wire_len, cap_len);

	if (own != theirs)
		fail_msg("cbpf_run() gives %u, libpcap %u", own, theirs);
	return theirs;
}

/* One packet, with `valid` bytes in the window; `what` names the filter if it fails. */
static void check(const char *what, const struct cbpf_prog *prog, const struct cbpf2ebpf_code *code,
		  const struct filter_packet *p, uint32_t cap_len, uint32_t valid)
{
	uint32_t expected = reference(prog, p->bytes, p->wire_len, cap_len);
	struct scene s;
	uint64_t verdict;

	scene_init(&s, prog, p->bytes, p->wire_len, cap_len, valid);
	verdict = scene_run(&s, code);
	count.accepted += expected != 0;
	count.undecided += verdict == CBPF2EBPF_UNDECIDED;
	if (verdict != expected && verdict != CBPF2EBPF_UNDECIDED)
		fail_msg("'%s', cap_len %u, valid %u: %#llx instead of %#x", what, cap_len, valid,
			 (unsigned long long)verdict, expected);
}

/* The same with bytes that xcap_load() cannot give: that is the verdict iff one was asked for. */
static void check_failing(const char *what, const struct cbpf_prog *prog,
			  const struct cbpf2ebpf_code *code, const struct filter_packet *p,
			  uint32_t valid, int64_t failure)
{
	uint64_t expected = failure == CBPF2EBPF_LOAD_UNREADABLE ? CBPF2EBPF_UNREADABLE
			    : failure == CBPF2EBPF_LOAD_OUTSIDE	 ? 0
								 : CBPF2EBPF_FAULT;
	struct scene s;
	uint64_t verdict;

	scene_init(&s, prog, p->bytes, p->wire_len, p->cap_len, valid);
	s.fails_from = valid + 6;
	s.fails_with = failure;
	verdict = scene_run(&s, code);
	count.failed += s.failed;
	if (!s.failed)
		expected = reference(prog, p->bytes, p->wire_len, p->cap_len);
	if (verdict != expected && verdict != CBPF2EBPF_UNDECIDED)
		fail_msg("'%s', valid %u, failing %lld: %#llx instead of %#llx", what, valid,
			 (long long)failure, (unsigned long long)verdict,
			 (unsigned long long)expected);
}

static void start_count(void)
{
	memset(&count, 0, sizeof(count));
}

static void print_count(const char *what)
{
	printf("%s: %lu verdicts compared, %lu of them accept, %lu undecided; %lu xcap_load(), %lu "
	       "of them failing\n",
	       what, count.verdicts, count.accepted, count.undecided, count.loads, count.failed);
}

static void translate(const char *what, const struct cbpf_prog *prog, struct cbpf2ebpf_code *code)
{
	struct err err;

	err_clear(&err);
	if (cbpf2ebpf_translate(prog, &layout, code, &err))
		fail_msg("'%s': %s", what, err.msg);
}

static bool compile(const char *expr, struct cbpf_prog *prog, struct cbpf2ebpf_code *code)
{
	struct err err;

	err_clear(&err);
	if (cbpf_compile(expr, DLT_ETHERNET, prog, &err))
		return false;
	translate(expr, prog, code);
	return true;
}

static void check_every_length(const char *expr, const struct cbpf_prog *prog,
			       const struct cbpf2ebpf_code *code, const struct filter_packet *p)
{
	static const uint32_t valids[] = {UINT32_MAX, 0, 14, 35, 54, 70};

	for (uint32_t cap_len = 0; cap_len <= p->cap_len; cap_len++) {
		uint32_t n =
			cap_len == p->cap_len || cap_len % 7 == 0 ? UTIL_ARRAY_SIZE(valids) : 1;

		for (uint32_t i = 0; i < n; i++)
			check(expr, prog, code, p, cap_len, valids[i]);
	}
	for (uint32_t i = 0; i < UTIL_ARRAY_SIZE(valids) && !uses_meta(prog); i++) {
		check_failing(expr, prog, code, p, valids[i], CBPF2EBPF_LOAD_UNREADABLE);
		check_failing(expr, prog, code, p, valids[i], CBPF2EBPF_LOAD_FAULT);
		check_failing(expr, prog, code, p, valids[i], CBPF2EBPF_LOAD_OUTSIDE);
	}
}

static void builtin_filters__packets_cut_at_every_length__decide_as_libpcap(void **state)
{
	struct filter_data data = {0};

	(void)state;
	start_count();
	filter_data_add_builtin(&data);
	for (size_t i = 0; i < data.n_exprs; i++) {
		struct cbpf_prog prog;
		struct cbpf2ebpf_code code;

		if (!compile(data.exprs[i], &prog, &code))
			fail_msg("'%s' does not compile", data.exprs[i]);
		for (size_t k = 0; k < data.n_packets; k++)
			check_every_length(data.exprs[i], &prog, &code, &data.packets[k]);
		cbpf2ebpf_free(&code);
		cbpf_free(&prog);
	}
	print_count("built-in filters");
	assert_true(count.accepted > count.verdicts / 100);
	assert_true(count.failed > 1000);
	filter_data_fini(&data);
}

static void public_filters__on_public_captures__decide_as_libpcap(void **state)
{
	struct filter_data data = {0};
	size_t skipped = 0;
	int captures;

	(void)state;
	start_count();
	captures = filter_data_read_shared(&data);
	if (captures < 0)
		skip();
	for (size_t i = 0; i < data.n_exprs; i++) {
		struct cbpf_prog prog;
		struct cbpf2ebpf_code code;

		if (!compile(data.exprs[i], &prog, &code)) {
			skipped++;
			continue;
		}
		for (size_t k = 0; k < data.n_packets; k++) {
			const struct filter_packet *p = &data.packets[k];

			check(data.exprs[i], &prog, &code, p, p->cap_len, UINT32_MAX);
			check(data.exprs[i], &prog, &code, p, p->cap_len, (uint32_t)(i + k) % 80);
		}
		cbpf2ebpf_free(&code);
		cbpf_free(&prog);
	}
	printf("%zu packets of %d captures, %zu expressions, %zu of them not for Ethernet\n",
	       data.n_packets, captures, data.n_exprs, skipped);
	print_count("public filters");
	assert_true(skipped < data.n_exprs / 2);
	assert_true(data.n_packets > 100);
	filter_data_fini(&data);
}

/* --- random programs --- */

static uint32_t seed;

static uint32_t rnd(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

static uint32_t random_k(void)
{
	switch (rnd(6)) {
	case 0:
		return rnd(40);
	case 1:
		return rnd(128);
	case 2:
		return rnd(300);
	case 3:
		return rnd(3) ? rnd(1600) : rnd(UINT32_MAX);
	case 4:
		return 12 + rnd(20);
	}
	return rnd(4) ? rnd(64) : 0xffffe000u - rnd(64);
}

static void random_alu(struct cbpf_insn *insn)
{
	static const uint8_t ops[] = {BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_MOD, BPF_AND,
				      BPF_OR,  BPF_XOR, BPF_LSH, BPF_RSH, BPF_NEG};
	int op = ops[rnd(UTIL_ARRAY_SIZE(ops))];

	insn->code = BPF_ALU | op | (op != BPF_NEG && rnd(2) ? BPF_X : BPF_K);
	/* a constant shift by 32 or more is undefined in libpcap's C */
	if (op == BPF_LSH || op == BPF_RSH)
		insn->k %= 32;
	if ((op == BPF_DIV || op == BPF_MOD) && !insn->k)
		insn->k = 7;
}

/* A conditional jump or BPF_JA to one of the `left` instructions that follow the next. */
static void random_jump(struct cbpf_insn *insn, uint32_t left)
{
	static const uint8_t ops[] = {BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET};

	if (rnd(8) == 0) {
		*insn = (struct cbpf_insn){.code = BPF_JMP | BPF_JA, .k = rnd(left + 1)};
		return;
	}
	insn->code = BPF_JMP | ops[rnd(UTIL_ARRAY_SIZE(ops))] | (rnd(3) ? BPF_K : BPF_X);
	insn->jt = (uint8_t)rnd(UTIL_MIN(left, 254u) + 1);
	insn->jf = (uint8_t)rnd(UTIL_MIN(left, 254u) + 1);
	if (rnd(2))
		insn->k = rnd(256);
}

static void random_insn(struct cbpf_insn *insn, uint32_t left)
{
	static const uint8_t sizes[] = {BPF_W, BPF_H, BPF_B};
	static const uint8_t plain[] = {
		BPF_LDX | BPF_B | BPF_MSH, BPF_LD | BPF_LEN,  BPF_LDX | BPF_LEN,
		BPF_LD | BPF_IMM,	   BPF_LDX | BPF_IMM, BPF_MISC | BPF_TAX,
		BPF_MISC | BPF_TXA,	   BPF_LDX | BPF_IMM,
	};
	static const uint8_t memory[] = {BPF_LD | BPF_MEM, BPF_LDX | BPF_MEM, BPF_ST, BPF_STX};

	*insn = (struct cbpf_insn){.k = random_k()};
	switch (rnd(8)) {
	case 0:
	case 1:
		insn->code = BPF_LD | sizes[rnd(3)] | BPF_ABS;
		break;
	case 2:
		insn->code = BPF_LD | sizes[rnd(3)] | BPF_IND;
		break;
	case 3:
		insn->code = plain[rnd(UTIL_ARRAY_SIZE(plain))];
		if (rnd(2))
			insn->k = rnd(64);
		break;
	case 4:
		insn->code = memory[rnd(UTIL_ARRAY_SIZE(memory))];
		insn->k = rnd(CBPF_MEM_WORDS);
		break;
	case 5:
		random_alu(insn);
		break;
	default:
		random_jump(insn, left);
	}
}

/* All of M[] is written first, for libpcap does not clear it. */
static void random_program(struct cbpf_prog *prog)
{
	prog->len = CBPF_MEM_WORDS + 4 + rnd(60);
	for (uint32_t i = 0; i < CBPF_MEM_WORDS; i++)
		prog->insns[i] = (struct cbpf_insn){.code = BPF_ST, .k = i};
	for (uint32_t i = CBPF_MEM_WORDS; i + 1 < prog->len; i++)
		random_insn(&prog->insns[i], prog->len - 2 - i);
	prog->insns[prog->len - 1] = (struct cbpf_insn){.code = BPF_RET | (rnd(3) ? BPF_A : BPF_K),
							.k = rnd(UINT32_MAX)};
}

static void check_random(const struct cbpf_prog *prog, const struct filter_data *data)
{
	static const int64_t failures[] = {CBPF2EBPF_LOAD_UNREADABLE, CBPF2EBPF_LOAD_FAULT};
	struct cbpf2ebpf_code code;

	translate("random program", prog, &code);
	for (int i = 0; i < 3; i++) {
		const struct filter_packet *p = &data->packets[rnd((uint32_t)data->n_packets)];

		check("random program", prog, &code, p, p->cap_len, UINT32_MAX);
		check("random program", prog, &code, p, rnd(p->cap_len + 1), rnd(100));
		check_failing("random program", prog, &code, p, rnd(60), failures[rnd(2)]);
	}
	cbpf2ebpf_free(&code);
}

static void random_programs__100000_of_them__decide_as_libpcap(void **state)
{
	struct cbpf_insn insns[128];
	struct cbpf_prog prog = {.insns = insns};
	struct filter_data data = {0};

	(void)state;
	start_count();
	seed = 20240229;
	filter_data_add_builtin(&data);
	for (int i = 0; i < 100000; i++) {
		random_program(&prog);
		check_random(&prog, &data);
	}
	print_count("random programs");
	assert_true(count.accepted > count.verdicts / 20);
	assert_true(count.failed > 1000);
	filter_data_fini(&data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(builtin_filters__packets_cut_at_every_length__decide_as_libpcap),
		cmocka_unit_test(public_filters__on_public_captures__decide_as_libpcap),
		cmocka_unit_test(random_programs__100000_of_them__decide_as_libpcap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
