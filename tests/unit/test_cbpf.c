/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_cbpf.c - expressions compiled by libpcap: programs, complaints and their carets; cbpf_run().
 *
 * That cbpf_run() agrees with libpcap on packets is checked with the translator, in
 * test_cbpf2ebpf.c; here is what libpcap cannot run in user space.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "filter/cbpf.h"
#include "xcap/limits.h"
#include "filter_data.h"

#define DLT_ETHERNET 1
#define DLT_RAW_IP   12

static const struct cbpf_meta no_meta;

static void compile(const char *expr, int dlt, struct cbpf_prog *prog)
{
	struct err err;

	err_clear(&err);
	if (cbpf_compile(expr, dlt, prog, &err))
		fail_msg("'%s': %s", expr, err.msg);
	assert_false(err_is_set(&err));
}

static void check_complaint(const char *expr, const char *words, int pos, const char *hint)
{
	struct cbpf_prog prog;
	struct err err;

	err_clear(&err);
	assert_int_equal(cbpf_compile(expr, DLT_ETHERNET, &prog, &err), -EINVAL);
	assert_int_equal(err.status, ERR_USAGE);
	if (!strstr(err.msg, words))
		fail_msg("'%s': '%s' does not say '%s'", expr, err.msg, words);
	if (err.pos != pos)
		fail_msg("'%s': caret at %d, not %d", expr, err.pos, pos);
	if (strcmp(err.hint, hint) != 0)
		fail_msg("'%s': hint '%s', not '%s'", expr, err.hint, hint);
	assert_string_equal(err.text, pos < 0 ? "" : expr);
	assert_null(prog.insns);
	assert_int_equal(prog.len, 0);
}

static void empty_expression__accepts_all(void **state)
{
	struct cbpf_prog prog;

	(void)state;
	compile("", DLT_ETHERNET, &prog);
	assert_true(cbpf_run(&prog, (const uint8_t *)"", 0, 0, &no_meta) > 0);
	assert_true(cbpf_run(&prog, (const uint8_t *)"x", 1500, 1, &no_meta) > 0);
	cbpf_free(&prog);
	cbpf_free(&prog);
}

static void link_type__moves_the_offsets(void **state)
{
	static const uint8_t ip[20] = {0x45, [9] = 6};
	struct cbpf_prog raw, ethernet;

	(void)state;
	compile("ip proto 6", DLT_RAW_IP, &raw);
	compile("ip proto 6", DLT_ETHERNET, &ethernet);
	assert_true(cbpf_run(&raw, ip, 20, 20, &no_meta) > 0);
	assert_int_equal(cbpf_run(&ethernet, ip, 20, 20, &no_meta), 0);
	cbpf_free(&raw);
	cbpf_free(&ethernet);
}

static void link_type__unknown__is_an_error(void **state)
{
	struct cbpf_prog prog;
	struct err err;

	(void)state;
	assert_int_equal(cbpf_compile("ip", 9999, &prog, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "9999"));
}

static void complaints__come_in_libpcaps_words_with_a_caret_at_the_word(void **state)
{
	(void)state;
	check_complaint("tcp and port foo", "unknown port 'foo'", 13, "");
	check_complaint("gateway 1.2.3.4", "'gateway' requires a name", 0, "");
	check_complaint("tcp or ip broadcast", "netmask not known, so 'ip broadcast' not supported",
			7, "name the address, as in 'dst host 10.0.0.255'");
	check_complaint("host 1.2.3.400", "invalid IPv4 address '1.2.3.400'", 5, "");
	check_complaint("net 1.2.3.4/8", "non-network bits set", 4, "");
	check_complaint("udp and port 99999", "illegal port number 99999", 13, "");
	check_complaint("vlan 5000", "5000 greater than maximum 4095", 5, "");
	check_complaint("tcp and udp", "expression rejects all packets", -1, "");
	check_complaint("tcp[0:3] = 1", "data size must be 1, 2, or 4", -1, "");
}

static void syntax_errors__have_the_caret_at_the_first_wrong_word(void **state)
{
	(void)state;
	check_complaint("tcp and and udp", "syntax error", 8, "");
	check_complaint("tcp port", "syntax error", 8, "");
	check_complaint("tcp and (udp", "syntax error", 12, "");
	check_complaint("tcp and (udp or port 80))", "syntax error", 24, "");
	check_complaint("tcp[0] = 1 @", "syntax error", 11, "");
	check_complaint("tcp | udp", "syntax error", 6, "");
	check_complaint("tcp[((tcp[12] & 0xf0) >>> 2):4] = 1", "syntax error", 24, "");
	check_complaint("(tcp[0] > 3 and tcp[1", "syntax error", 21, "");
}

static void misspelt_words__get_the_caret_and_a_hint(void **state)
{
	(void)state;
	check_complaint("hst 1.2.3.4", "syntax error", 0, "did you mean 'host'?");
	check_complaint("tcp and not prt 80", "syntax error", 12, "did you mean 'port'?");
	check_complaint("tcp prot 80", "syntax error", 4, "did you mean 'proto'?");
}

static void long_expression__is_not_repeated_whole_in_the_message(void **state)
{
	char *hosts = filter_data_hosts(84), *expr = calloc(1, strlen(hosts) + 20);
	struct cbpf_prog prog;
	struct err err;

	(void)state;
	assert_non_null(expr);
	strcat(strcpy(expr, hosts), " or port foo");
	assert_int_equal(cbpf_compile(expr, DLT_ETHERNET, &prog, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "...': unknown port 'foo'"));
	assert_true(strlen(err.msg) < 200);
	assert_memory_equal(err.text + err.pos, "foo", 4);
	free(expr);
	free(hosts);
}

static void newline_in_the_expression__is_a_blank_above_the_caret(void **state)
{
	struct cbpf_prog prog;
	struct err err;

	(void)state;
	assert_int_equal(cbpf_compile("tcp and\nport foo", DLT_ETHERNET, &prog, &err), -EINVAL);
	assert_string_equal(err.text, "tcp and port foo");
	assert_int_equal(err.pos, 13);
}

static void direction_and_ifindex__are_told_apart(void **state)
{
	static const struct {
		const char *expr;
		bool direction, ifindex;
	} cases[] = {
		{"inbound", true, false},      {"outbound and tcp", true, false},
		{"ifindex 3", false, true},    {"inbound and ifindex 3", true, true},
		{"tcp port 80", false, false}, {"", false, false},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++) {
		struct cbpf_prog prog;

		compile(cases[i].expr, DLT_ETHERNET, &prog);
		assert_int_equal(cbpf_uses_direction(&prog), cases[i].direction);
		assert_int_equal(cbpf_uses_ifindex(&prog), cases[i].ifindex);
		assert_int_equal(cbpf_uses_skb(&prog), cases[i].direction || cases[i].ifindex);
		cbpf_free(&prog);
	}
}

static uint32_t run_with(const char *expr, const struct cbpf_meta *meta)
{
	static const uint8_t packet[60];
	struct cbpf_prog prog;
	uint32_t verdict;

	compile(expr, DLT_ETHERNET, &prog);
	verdict = cbpf_run(&prog, packet, sizeof(packet), sizeof(packet), meta);
	cbpf_free(&prog);
	return verdict;
}

static void run__inbound_and_outbound__follow_the_packet_type(void **state)
{
	static const struct cbpf_meta in = {.pkt_type = PACKET_HOST};
	static const struct cbpf_meta out = {.pkt_type = PACKET_OUTGOING};

	(void)state;
	assert_true(run_with("inbound", &in) > 0);
	assert_int_equal(run_with("inbound", &out), 0);
	assert_true(run_with("outbound", &out) > 0);
	assert_int_equal(run_with("outbound", &in), 0);
}

static void run__ifindex__is_compared_whole(void **state)
{
	static const struct cbpf_meta meta = {.ifindex = 0x10007};

	(void)state;
	assert_true(run_with("ifindex 65543", &meta) > 0);
	assert_int_equal(run_with("ifindex 7", &meta), 0);
}

static void run__protocol__is_in_host_order(void **state)
{
	struct cbpf_insn insns[] = {{BPF_LD | BPF_H | BPF_ABS, 0, 0, CBPF_AD_PROTOCOL},
				    {BPF_RET | BPF_A, 0, 0, 0}};
	const struct cbpf_prog prog = {insns, 2};
	const struct cbpf_meta meta = {.protocol = 0x86dd};

	(void)state;
	assert_int_equal(cbpf_run(&prog, (const uint8_t *)"", 0, 0, &meta), 0x86dd);
}

static void run__length__is_that_on_the_wire(void **state)
{
	struct cbpf_prog prog;

	(void)state;
	compile("greater 1000", DLT_ETHERNET, &prog);
	assert_true(cbpf_run(&prog, (const uint8_t *)"", 1000, 0, &no_meta) > 0);
	assert_int_equal(cbpf_run(&prog, (const uint8_t *)"", 999, 0, &no_meta), 0);
	cbpf_free(&prog);
}

static void run__program_that_is_not_valid__rejects(void **state)
{
	static const struct cbpf_insn bad[] = {{0xff, 0, 0, 0},
					       {BPF_LD | BPF_MEM, 0, 0, 16},
					       {BPF_STX, 0, 0, 99},
					       {BPF_ALU | BPF_DIV | BPF_K, 0, 0, 0},
					       {BPF_JMP | BPF_JA, 0, 0, 7},
					       {BPF_JMP | BPF_JA, 0, 0, (uint32_t)-9},
					       {BPF_JMP | BPF_JEQ | BPF_K, 200, 0, 0}};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(bad); i++) {
		struct cbpf_insn insns[] = {bad[i], {BPF_RET | BPF_K, 0, 0, 1}};
		const struct cbpf_prog prog = {insns, 2};

		assert_int_equal(cbpf_run(&prog, (const uint8_t *)"xyz", 3, 3, &no_meta), 0);
	}
}

/* n comparisons of some 14 instructions each, which the optimiser gets done in no time. */
static char *comparisons(unsigned int n)
{
	char *expr = calloc(n, 32);
	size_t len = 0;

	assert_non_null(expr);
	for (unsigned int i = 0; i < n; i++)
		len += (size_t)sprintf(expr + len, "%sip[12:4]=%u", i ? " or " : "", 1000 + i);
	return expr;
}

static void check_too_large(char *expr, const char *words)
{
	struct cbpf_prog prog;
	struct err err;

	err_clear(&err);
	assert_true(cbpf_compile(expr, 1, &prog, &err) < 0);
	assert_int_equal(err.status, ERR_UNSUPPORTED);
	if (!strstr(err.msg, words))
		fail_msg("'%s' does not say '%s'", err.msg, words);
	assert_non_null(strstr(err.hint, "net 10.0.0.0/24"));
	assert_null(prog.insns);
	free(expr);
}

static void expression__too_large_for_the_optimiser__is_unsupported_with_a_hint(void **state)
{
	(void)state;
	check_too_large(filter_data_hosts(1100),
			"instructions before libpcap optimises them, 32767 at most");
	check_too_large(comparisons(2900), "characters, 40000 at most");
}

static void expression__of_1000_comparisons__compiles(void **state)
{
	struct cbpf_prog prog;
	char *expr = comparisons(1000);
	struct err err;

	(void)state;
	err_clear(&err);
	assert_int_equal(cbpf_compile(expr, 1, &prog, &err), 0);
	assert_in_range(prog.len, 1000, 3000);
	cbpf_free(&prog);
	free(expr);
}

static void cbpf_span__is_how_far_the_program_looks(void **state)
{
	static const struct {
		const char *expr;
		bool is_short;
	} rows[] = {
		{"tcp port 80", true},	    {"host 10.0.0.1 and udp", true},
		{"inbound and arp", true},  {"ip6 host fe80::1", true},
		{"tcp[13] & 2 != 0", true}, {"len > 1000", true},
		{"tcp[40] = 1", false},	    {"ether[64] = 1", false},
		{"ip[100:4] = 7", false},   {"vlan and tcp port 80", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cbpf_prog prog;
		struct err err = {};

		assert_int_equal(cbpf_compile(rows[i].expr, 1, &prog, &err), 0);
		if ((cbpf_span(&prog) <= XCAP_WINDOW_EARLY) != rows[i].is_short)
			fail_msg("%s: %u", rows[i].expr, cbpf_span(&prog));
		cbpf_free(&prog);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			expression__too_large_for_the_optimiser__is_unsupported_with_a_hint),
		cmocka_unit_test(expression__of_1000_comparisons__compiles),
		cmocka_unit_test(empty_expression__accepts_all),
		cmocka_unit_test(link_type__moves_the_offsets),
		cmocka_unit_test(link_type__unknown__is_an_error),
		cmocka_unit_test(complaints__come_in_libpcaps_words_with_a_caret_at_the_word),
		cmocka_unit_test(syntax_errors__have_the_caret_at_the_first_wrong_word),
		cmocka_unit_test(misspelt_words__get_the_caret_and_a_hint),
		cmocka_unit_test(long_expression__is_not_repeated_whole_in_the_message),
		cmocka_unit_test(newline_in_the_expression__is_a_blank_above_the_caret),
		cmocka_unit_test(direction_and_ifindex__are_told_apart),
		cmocka_unit_test(run__inbound_and_outbound__follow_the_packet_type),
		cmocka_unit_test(run__ifindex__is_compared_whole),
		cmocka_unit_test(run__protocol__is_in_host_order),
		cmocka_unit_test(run__length__is_that_on_the_wire),
		cmocka_unit_test(run__program_that_is_not_valid__rejects),
		cmocka_unit_test(cbpf_span__is_how_far_the_program_looks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
