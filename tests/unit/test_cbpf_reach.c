/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_cbpf_reach.c - whether a filter can match, from what is known beforehand; parts of a filter.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"
#include "cbpf_asm.h"
#include "filter/cbpf_parts.h"
#include "filter/cbpf_reach.h"
#include "filter_data.h"
#include "prog_random.h"

#define DLT_ETHERNET 1
#define OUTGOING     (1u << 4)

/* An IPv4 packet without addresses in its link header, going out. */
static const struct cbpf_known ipv4_out = {
	.value = {[12] = 0x08, [14] = 0x40},
	.mask = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0xf0},
	.pkt_types = OUTGOING,
};

static bool can_match(const char *expr, const struct cbpf_known *known)
{
	struct cbpf_prog prog;
	struct err err;
	bool accepts;

	if (cbpf_compile(expr, DLT_ETHERNET, &prog, &err))
		fail_msg("'%s': %s", expr, err.msg);
	accepts = cbpf_reach_accepts(&prog, known);
	cbpf_free(&prog);
	return accepts;
}

static void cbpf_reach__what_known_bits_exclude__cannot_match(void **state)
{
	static const char *const never[] = {
		"ether host 02:00:00:00:00:01",
		"ether src 02:00:00:00:00:01 and tcp",
		"ether multicast",
		"broadcast",
		"vlan",
		"vlan 5 and tcp port 80",
		"arp",
		"ip6",
		"ip6 protochain 6",
		"stp",
		"mpls",
		"inbound",
		"tcp and inbound",
		"not ip",
		"ether[0:4] = 1",
		"ether[ether[0]] = 1",
		"ether[12] << 4 != 0x80",
		"ip[0] & 0xf0 = 0x60",
		"ether[0] + 1 > 1",
	};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(never); i++)
		if (can_match(never[i], &ipv4_out))
			fail_msg("'%s' can match", never[i]);
}

static void cbpf_reach__what_they_leave_open__can_match(void **state)
{
	static const char *const open[] = {
		"",
		"ip",
		"tcp port 80",
		"not ether host 02:00:00:00:00:01",
		"ether host 00:00:00:00:00:00",
		"vlan 5 or udp",
		"outbound",
		"not inbound and tcp",
		"ip[0] & 0xf > 5",
		"ip protochain 6",
		"len > 60",
		"ifindex 7",
		"ether[14] & 0xff = 0x45",
		"ip[ip[0]:2] = 3",
	};
	static const struct cbpf_known nothing = {.value = {0}};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(open); i++) {
		if (!can_match(open[i], &ipv4_out))
			fail_msg("'%s' cannot match", open[i]);
		assert_true(can_match(open[i], &nothing));
	}
	assert_true(can_match("inbound", &nothing));
	assert_true(can_match("vlan and ether host 1:2:3:4:5:6 and outbound", &nothing));
}

static void cbpf_reach__hand_written_programs__follow_memory_and_division(void **state)
{
	static const struct cbpf_known nothing = {.value = {0}};
	const struct cbpf_prog through_memory = PROG(
		OP(BPF_LD | BPF_IMM, 5), OP(BPF_ST, 3), OP(BPF_LDX | BPF_MEM, 3),
		OP(BPF_MISC | BPF_TXA, 0), {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 5}, RET(0), RET(1));
	const struct cbpf_prog division =
		PROG(OP(BPF_LD | BPF_LEN, 0), OP(BPF_ALU | BPF_DIV | BPF_X, 0), RET(1));
	const struct cbpf_prog zero = PROG(OP(BPF_ALU | BPF_AND | BPF_K, 0), RET_A);
	const struct cbpf_prog loop =
		PROG(OP(BPF_ALU | BPF_ADD | BPF_K, 1), {BPF_JMP | BPF_JGE | BPF_K, 1, 0, 3},
		     OP(BPF_JMP | BPF_JA, (uint32_t)-3), RET_A);

	(void)state;
	assert_false(cbpf_reach_accepts(&through_memory, &nothing));
	assert_false(cbpf_reach_accepts(&division, &nothing));
	assert_false(cbpf_reach_accepts(&zero, &nothing));
	assert_true(cbpf_reach_accepts(&loop, &nothing));
}

/* Some bits of the packet, and its packet type, are known. */
static void know(struct cbpf_known *known, const struct filter_packet *p, uint8_t pkt_type)
{
	memset(known, 0, sizeof(*known));
	for (uint32_t i = 0; i < CBPF_REACH_BYTES && i < p->cap_len; i++) {
		known->mask[i] = prog_random_below(3) ? 0xff : (uint8_t)prog_random_below(256);
		known->value[i] = p->bytes[i];
	}
	if (prog_random_below(2))
		known->pkt_types = (uint8_t)(1u << pkt_type | prog_random_below(256));
}

/* "No" for a packet that is accepted would be a lie. Returns 1 for "no". */
static unsigned int check_sound(const char *what, const struct cbpf_prog *prog,
				const struct filter_packet *p)
{
	const struct cbpf_meta meta = {
		.ifindex = 7, .protocol = 0x0800, .pkt_type = (uint8_t)prog_random_below(8)};
	struct cbpf_known known;
	bool reach;

	know(&known, p, meta.pkt_type);
	reach = cbpf_reach_accepts(prog, &known);
	if (!reach && cbpf_run(prog, p->bytes, p->wire_len, p->cap_len, &meta))
		fail_msg("'%s' is said not to match, and does", what);
	return !reach;
}

static void cbpf_reach__builtin_filters__never_denies_a_packet_that_matches(void **state)
{
	struct filter_data data = {0};
	unsigned int n = 0, no = 0;
	struct cbpf_prog prog;
	struct err err;

	(void)state;
	prog_random_seed(1);
	filter_data_add_builtin(&data);
	for (size_t i = 0; i < data.n_exprs; i++) {
		if (cbpf_compile(data.exprs[i], DLT_ETHERNET, &prog, &err))
			continue;
		for (size_t j = 0; j < data.n_packets; j++, n++)
			no += check_sound(data.exprs[i], &prog, &data.packets[j]);
		cbpf_free(&prog);
	}
	printf("%u questions, %u times no\n", n, no);
	assert_true(n > 3000 && no > n / 10);
	filter_data_fini(&data);
}

static void cbpf_reach__random_programs__never_denies_a_packet_that_matches(void **state)
{
	struct cbpf_insn insns[PROG_RANDOM_MAX];
	struct cbpf_prog prog = {.insns = insns};
	struct filter_data data = {0};
	unsigned int no = 0;

	(void)state;
	prog_random_seed(2);
	filter_data_add_builtin(&data);
	for (int i = 0; i < 20000; i++) {
		prog_random_fill(&prog);
		for (int j = 0; j < 4; j++)
			no += check_sound(
				"random program", &prog,
				&data.packets[prog_random_below((uint32_t)data.n_packets)]);
	}
	printf("80000 questions, %u times no\n", no);
	assert_true(no > 1000);
	filter_data_fini(&data);
}

static void assert_parts(const char *expr, const char *expected)
{
	struct cbpf_part parts[4];
	size_t n = cbpf_parts_find(expr, parts, 4);
	char text[256] = "";

	for (size_t i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%.*s", i ? "|" : "",
			 (int)parts[i].len, parts[i].text);
	assert_string_equal(text, expected);
}

static void cbpf_parts_find__parts_of_the_link_layer__are_cut_at_connectives(void **state)
{
	(void)state;
	assert_parts("", "");
	assert_parts("tcp port 80", "");
	assert_parts("vlan 5", "vlan 5");
	assert_parts("not (vlan 5 and  arp )or tcp", "vlan 5|arp");
	assert_parts("!vlan&&ether host 1:2:3:4:5:6||inbound",
		     "vlan|ether host 1:2:3:4:5:6|inbound");
	assert_parts("ether[0] & 1 != 0 and udp", "ether[0] & 1 != 0");
	assert_parts("ether[(1 + 2):2] = 3 or ip", "ether[(1 + 2):2] = 3");
	assert_parts("host android or host orange", "");
	assert_parts("vlan or vlan or vlan or vlan or vlan", "vlan|vlan|vlan|vlan");
	assert_parts("arp[6:2] = 1 and (", "arp[6:2] = 1");
	assert_parts("ether[", "ether[");
}

static void cbpf_reach_span__is_how_far_it_looks_at_such_packets(void **state)
{
	static const struct cbpf_known ipv4 = {
		.value = {[12] = 0x08},
		.mask = {[12] = 0xff, [13] = 0xff},
	};
	static const struct {
		const char *expr;
		uint32_t most; /* a load counts as one of four bytes */
	} rows[] = {
		{"tcp port 9000", 40}, /* 58 of IPv6 */
		{"ip6 host fe80::1", 16},
		{"udp", 28},
		{"host 10.0.0.1 and udp", 34},
		{"vlan and tcp port 80", 16},
		{"tcp[13] & 2 != 0", 51},
		{"inbound and tcp port 9000", 60},
		{"len > 1000", 0},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(rows); i++) {
		struct cbpf_prog prog;
		struct err err = {};
		uint32_t span;

		assert_int_equal(cbpf_compile(rows[i].expr, DLT_ETHERNET, &prog, &err), 0);
		span = cbpf_reach_span(&prog, &ipv4);
		if (span > rows[i].most || span > cbpf_span(&prog) || span + 4 < rows[i].most)
			fail_msg("%s: %u of %u", rows[i].expr, span, cbpf_span(&prog));
		cbpf_free(&prog);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cbpf_reach__what_known_bits_exclude__cannot_match),
		cmocka_unit_test(cbpf_reach__what_they_leave_open__can_match),
		cmocka_unit_test(cbpf_reach__hand_written_programs__follow_memory_and_division),
		cmocka_unit_test(cbpf_reach__builtin_filters__never_denies_a_packet_that_matches),
		cmocka_unit_test(cbpf_reach__random_programs__never_denies_a_packet_that_matches),
		cmocka_unit_test(cbpf_reach_span__is_how_far_it_looks_at_such_packets),
		cmocka_unit_test(cbpf_parts_find__parts_of_the_link_layer__are_cut_at_connectives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
