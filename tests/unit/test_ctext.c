/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_ctext.c - filters as C text: compiled without a warning, and deciding as libpcap does.
 *
 * The packet is copied to memory of exactly its captured length, so that under AddressSanitizer a
 * byte read too far is seen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/util.h"
#include "cbpf_asm.h"
#include "ctext_so.h"
#include "filter/ctext.h"
#include "filter_data.h"
#include "filter_scene.h"
#include "pcap_ref.h"
#include "prog_random.h"

#define DLT_ETHERNET	1
#define RANDOM_PROGRAMS 1500

static const int link_types[] = {DLT_ETHERNET, 12, 276}; /* EN10MB, RAW, LINUX_SLL2 */

static unsigned long verdicts, accepted;

/* The verdict of function i over the first cap_len bytes is that of `expected`. */
static void check(const struct ctext_so *so, uint32_t i, const char *what,
		  const struct filter_packet *p, uint32_t cap_len, bool expected)
{
	uint8_t *bytes = malloc(cap_len ? cap_len : 1);

	assert_non_null(bytes);
	memcpy(bytes, p->bytes, cap_len);
	if (ctext_so_match(so, i, bytes, cap_len, p->wire_len) != expected)
		fail_msg("'%s' (%u), %u bytes: not %d", what, i, cap_len, expected);
	free(bytes);
	verdicts++;
	accepted += expected;
}

static void check_every_length(const struct ctext_so *so, uint32_t i, const char *what,
			       const struct cbpf_prog *prog, const struct filter_packet *p)
{
	for (uint32_t cap_len = 0; cap_len <= p->cap_len; cap_len++)
		check(so, i, what, p, cap_len,
		      pcap_ref_run(prog, p->bytes, p->wire_len, cap_len) != 0);
}

/* All built-in filters for one link type; packets of another are bytes like any other. */
static void check_link_type(const struct filter_data *data, int dlt)
{
	struct cbpf_prog *progs = calloc(data->n_exprs, sizeof(*progs));
	const char **exprs = calloc(data->n_exprs, sizeof(*exprs));
	struct ctext_so so;
	struct err err;

	assert_true(progs && exprs);
	ctext_so_begin(&so);
	for (size_t i = 0; i < data->n_exprs; i++) {
		if (cbpf_compile(data->exprs[i], dlt, &progs[so.n], &err))
			continue;
		if (filter_scene_uses_meta(&progs[so.n])) {
			cbpf_free(&progs[so.n]);
			continue;
		}
		exprs[so.n] = data->exprs[i];
		ctext_so_add(&so, &progs[so.n]);
	}
	assert_true(so.n > 50);
	ctext_so_load(&so);
	for (uint32_t i = 0; i < so.n; i++) {
		for (size_t j = 0; j < data->n_packets; j++)
			check_every_length(&so, i, exprs[i], &progs[i], &data->packets[j]);
		cbpf_free(&progs[i]);
	}
	ctext_so_end(&so);
	free(progs);
	free(exprs);
}

static void ctext__builtin_filters_for_each_link_type__decide_as_libpcap(void **state)
{
	struct filter_data data = {0};

	(void)state;
	verdicts = accepted = 0;
	filter_data_add_builtin(&data);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(link_types); i++)
		check_link_type(&data, link_types[i]);
	printf("C text: %lu verdicts compared, %lu accept\n", verdicts, accepted);
	assert_true(verdicts > 100000 && accepted > verdicts / 20);
	filter_data_fini(&data);
}

static void ctext__random_programs__decide_as_libpcap(void **state)
{
	static struct cbpf_insn insns[RANDOM_PROGRAMS][PROG_RANDOM_MAX];
	static struct cbpf_prog progs[RANDOM_PROGRAMS];
	struct filter_data data = {0};
	struct ctext_so so;

	(void)state;
	verdicts = accepted = 0;
	prog_random_seed(19920101);
	filter_data_add_builtin(&data);
	ctext_so_begin(&so);
	for (uint32_t i = 0; i < RANDOM_PROGRAMS; i++) {
		progs[i].insns = insns[i];
		prog_random_fill(&progs[i]);
		ctext_so_add(&so, &progs[i]);
	}
	ctext_so_load(&so);
	for (uint32_t i = 0; i < RANDOM_PROGRAMS; i++)
		for (int round = 0; round < 20; round++) {
			const struct filter_packet *p =
				&data.packets[prog_random_below((uint32_t)data.n_packets)];
			uint32_t cap_len =
				round % 2 ? p->cap_len : prog_random_below(p->cap_len + 1);

			check(&so, i, "random program", p, cap_len,
			      pcap_ref_run(&progs[i], p->bytes, p->wire_len, cap_len) != 0);
		}
	printf("C text of random programs: %lu verdicts, %lu accept\n", verdicts, accepted);
	assert_true(accepted > verdicts / 20 && accepted < verdicts);
	ctext_so_end(&so);
	filter_data_fini(&data);
}

/* What libpcap never compiles, but its language of programs has; against the interpreter. */
static void ctext__edges_of_the_language__decide_as_the_interpreter(void **state)
{
	const struct cbpf_prog progs[] = {
		PROG(OP(BPF_LD | BPF_W | BPF_ABS, 0xffffffff), RET(1)),
		PROG(OP(BPF_LD | BPF_B | BPF_ABS, 0xffffffff), RET(1)),
		PROG(OP(BPF_LDX | BPF_IMM, 0xffffffff), OP(BPF_LD | BPF_B | BPF_IND, 1), RET(1)),
		PROG(OP(BPF_LDX | BPF_IMM, 2), OP(BPF_LD | BPF_B | BPF_IND, 0xffffffff), RET(1)),
		PROG({BPF_JMP | BPF_JGE | BPF_K, 0, 1, 0}, RET(1), RET(0)),
		PROG({BPF_JMP | BPF_JGT | BPF_K, 0, 1, 0xffffffff}, RET(1), RET(0)),
		PROG({BPF_JMP | BPF_JSET | BPF_K, 0, 1, 0}, RET(1), RET(0)),
		PROG({BPF_JMP | BPF_JEQ | BPF_K, 1, 1, 5}, RET(1), RET(0)),
		PROG(OP(BPF_LD | BPF_IMM, 5), OP(BPF_ALU | BPF_DIV | BPF_K, 0), RET(1)),
		PROG(OP(BPF_LD | BPF_IMM, 5), OP(BPF_ALU | BPF_MOD | BPF_X, 0), RET(1)),
		PROG(OP(BPF_LD | BPF_IMM, 5), OP(BPF_ALU | BPF_LSH | BPF_K, 32), RET_A),
		PROG(OP(BPF_LD | BPF_IMM, 0xffffffff), OP(BPF_ALU | BPF_MUL | BPF_K, 0xffffffff),
		     {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 1}, RET(1), RET(0)),
		PROG(OP(BPF_LD | BPF_IMM, 1), OP(BPF_ST, 3), OP(BPF_LDX | BPF_LEN, 0), RET(1)),
		PROG(OP(BPF_LD | BPF_MEM, 7), OP(BPF_ALU | BPF_NEG, 0), RET_A),
		PROG(OP(BPF_LDX | BPF_IMM, 9), OP(BPF_STX, 0), OP(BPF_LD | BPF_MEM, 0), RET_A),
		PROG(OP(BPF_JMP | BPF_JA, 1), RET(0), OP(BPF_LD | BPF_LEN, 0), RET_A),
		/* a loop: 3 rounds of A += 1 */
		PROG(OP(BPF_ALU | BPF_ADD | BPF_K, 1), {BPF_JMP | BPF_JGE | BPF_K, 1, 0, 3},
		     OP(BPF_JMP | BPF_JA, (uint32_t)-3), RET_A),
		PROG(RET_A),
		PROG(RET(0)),
		PROG(RET(262144)),
	};
	uint8_t bytes[20] = {1, 2, 3};
	const struct filter_packet packet = {bytes, 20, 20};
	struct ctext_so so;

	(void)state;
	ctext_so_begin(&so);
	for (uint32_t i = 0; i < UTIL_ARRAY_SIZE(progs); i++)
		ctext_so_add(&so, &progs[i]);
	ctext_so_load(&so);
	for (uint32_t i = 0; i < UTIL_ARRAY_SIZE(progs); i++)
		for (uint32_t cap_len = 0; cap_len <= 20; cap_len++)
			check(&so, i, "edge", &packet, cap_len,
			      cbpf_run(&progs[i], bytes, 20, cap_len, &filter_scene_meta) != 0);
	ctext_so_end(&so);
}

/* The whole text of one program as a file, which has to compile alone. */
static void check_file(const struct cbpf_prog *prog, const char *expr)
{
	char path[] = "/tmp/xcap-ctext.XXXXXX.c";
	FILE *file = fdopen(mkstemps(path, 2), "w");
	struct err err;

	assert_non_null(file);
	err_clear(&err);
	assert_int_equal(ctext_print(prog, expr, "EN10MB", file, &err), 0);
	assert_int_equal(fclose(file), 0);
	if (!ctext_so_compiles(path))
		fail_msg("the C text of '%s' does not compile: %s", expr, path);
	unlink(path);
}

static void ctext_print__file__compiles_alone(void **state)
{
	static const char *const exprs[] = {
		"", "ip", "len > 60", "tcp[13] = 18", "host 10.0.0.1", "ip6 protochain 6"};
	struct cbpf_prog prog;
	struct err err;

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(exprs); i++) {
		assert_int_equal(cbpf_compile(exprs[i], DLT_ETHERNET, &prog, &err), 0);
		check_file(&prog, exprs[i]);
		cbpf_free(&prog);
	}
}

static void ctext_print__expression_that_ends_a_comment__stays_in_it(void **state)
{
	const struct cbpf_prog prog = PROG(RET(1));

	(void)state;
	check_file(&prog, "*/ #error out /*/ \\\n */ #error out");
}

static void ctext_print__inbound__is_an_error_with_a_way_out(void **state)
{
	struct cbpf_prog prog;
	FILE *null = fopen("/dev/null", "w");
	struct err err;

	(void)state;
	assert_non_null(null);
	assert_int_equal(cbpf_compile("inbound", DLT_ETHERNET, &prog, &err), 0);
	assert_int_not_equal(ctext_print(&prog, "inbound", "EN10MB", null, &err), 0);
	assert_int_equal(err.status, ERR_USAGE);
	assert_string_equal(err.msg,
			    "no C text for 'inbound': inbound, outbound and ifindex are not "
			    "in the packet's bytes");
	assert_string_equal(err.hint, "-y LINUX_SLL2 has them there");
	cbpf_free(&prog);
	assert_int_equal(cbpf_compile("inbound", 276, &prog, &err), 0);
	assert_int_equal(ctext_print(&prog, "inbound", "LINUX_SLL2", null, &err), 0);
	cbpf_free(&prog);
	fclose(null);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ctext__builtin_filters_for_each_link_type__decide_as_libpcap),
		cmocka_unit_test(ctext__random_programs__decide_as_libpcap),
		cmocka_unit_test(ctext__edges_of_the_language__decide_as_the_interpreter),
		cmocka_unit_test(ctext_print__file__compiles_alone),
		cmocka_unit_test(ctext_print__expression_that_ends_a_comment__stays_in_it),
		cmocka_unit_test(ctext_print__inbound__is_an_error_with_a_way_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
