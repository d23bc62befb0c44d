/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_cbpf2ebpf_edge.c - edge cases of the translator, each with its own small program.
 *
 * Programs are written by hand where libpcap would not emit the case. The broad comparison with
 * libpcap is in test_cbpf2ebpf.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cbpf_asm.h"
#include "filter/cbpf.h"
#include "filter/cbpf2ebpf.h"
#include "filter_data.h"
#include "filter_scene.h"

static const uint8_t bytes[300] = {
	0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d,
};

static uint64_t run_with(const struct cbpf_prog *prog, const struct cbpf2ebpf_layout *layout)
{
	struct cbpf2ebpf_code code;
	struct err err;
	uint64_t verdict;

	err_clear(&err);
	if (cbpf2ebpf_translate(prog, layout, &code, &err))
		fail_msg("%s", err.msg);
	verdict = filter_scene_play(prog, &code, bytes, sizeof(bytes), sizeof(bytes), UINT32_MAX);
	cbpf2ebpf_free(&code);
	return verdict;
}

static uint64_t run(const struct cbpf_prog *prog)
{
	return run_with(prog, &filter_scene_layout);
}

/* Compile, then every built-in packet whole, cut, and with few bytes in the window. */
static void check_expr(const char *expr)
{
	struct filter_data data = {0};
	struct cbpf_prog prog;
	struct cbpf2ebpf_code code;
	struct err err;

	err_clear(&err);
	filter_data_add_builtin(&data);
	if (cbpf_compile(expr, 1, &prog, &err))
		fail_msg("%s", err.msg);
	filter_scene_translate(expr, &prog, &code);
	for (size_t i = 0; i < data.n_packets; i++) {
		const struct filter_packet *p = &data.packets[i];

		for (uint32_t valid = 0; valid < 100; valid += 11) {
			filter_scene_check(expr, &prog, &code, p, p->cap_len, valid);
			filter_scene_check(expr, &prog, &code, p, p->cap_len / 2, valid);
		}
	}
	cbpf2ebpf_free(&code);
	cbpf_free(&prog);
	filter_data_fini(&data);
}

static void hosts__84_and_85_and_300__decide_as_libpcap(void **state)
{
	static const unsigned int numbers[] = {84, 85, 300};

	(void)state;
	filter_scene_start_count();
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(numbers); i++) {
		char *expr = filter_data_hosts(numbers[i]);

		check_expr(expr);
		free(expr);
	}
	filter_scene_print_count("many hosts");
	assert_true(filter_scene_get_count()->accepted > 0);
	assert_int_equal(filter_scene_get_count()->undecided, 0);
}

/* What libpcap emits for 1,000 hosts, written directly: its optimiser needs a minute for them. */
static void hosts__1000_in_one_chain__translate_and_match_only_the_listed(void **state)
{
	struct cbpf_prog prog = {.len = 2 * 1000 + 2};
	struct cbpf2ebpf_code code;

	(void)state;
	prog.insns = calloc(prog.len, sizeof(*prog.insns));
	assert_non_null(prog.insns);
	for (uint32_t i = 0; i < 1000; i++) {
		prog.insns[2 * i] = (struct cbpf_insn){BPF_LD | BPF_W | BPF_ABS, 0, 0, 2};
		prog.insns[2 * i + 1] = (struct cbpf_insn){
			.code = BPF_JMP | BPF_JEQ | BPF_K,
			.jt = i == 999,
			.k = i < 999 ? 0x0a000000 + i : 0x02030405,
		};
	}
	prog.insns[2000] = (struct cbpf_insn)RET(0);
	prog.insns[2001] = (struct cbpf_insn)RET(77);
	filter_scene_translate("1000 hosts", &prog, &code);
	assert_int_equal(filter_scene_play(&prog, &code, bytes, 300, 300, 300), 77);
	assert_int_equal(filter_scene_play(&prog, &code, bytes, 300, 300, 3), 77);
	assert_int_equal(filter_scene_play(&prog, &code, bytes + 1, 299, 299, 299), 0);
	assert_int_equal(filter_scene_play(&prog, &code, bytes, 300, 5, 5), 0);
	/* one check in FAST, one question in SLOW, whatever the number of loads */
	assert_int_equal(code.n_load_calls, 1);
	assert_int_equal(code.guards - code.guards_elided, 2);
	cbpf2ebpf_free(&code);
	free(prog.insns);
}

static void division__by_x_of_zero__rejects(void **state)
{
	struct cbpf_prog div =
		PROG(OP(BPF_LD | BPF_IMM, 9), OP(BPF_ALU | BPF_DIV | BPF_X, 0), RET(1));
	struct cbpf_prog mod =
		PROG(OP(BPF_LD | BPF_IMM, 9), OP(BPF_ALU | BPF_MOD | BPF_X, 0), RET(1));

	(void)state;
	assert_int_equal(run(&div), 0);
	assert_int_equal(run(&mod), 0);
}

static void division__is_unsigned(void **state)
{
	struct cbpf_prog prog =
		PROG(OP(BPF_LD | BPF_IMM, 0xfffffff0), OP(BPF_ALU | BPF_DIV | BPF_K, 2), RET_A);

	(void)state;
	assert_int_equal(run(&prog), 0x7ffffff8);
}

static void shift__by_32_or_more__gives_0(void **state)
{
	static const uint16_t ops[] = {BPF_LSH, BPF_RSH};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(ops); i++) {
		struct cbpf_prog by_x = PROG(OP(BPF_LDX | BPF_IMM, 32), OP(BPF_LD | BPF_IMM, 5),
					     OP(BPF_ALU | ops[i] | BPF_X, 0),
					     OP(BPF_ALU | BPF_ADD | BPF_K, 3), RET_A);
		struct cbpf_prog by_k =
			PROG(OP(BPF_LD | BPF_IMM, 5), OP(BPF_ALU | ops[i] | BPF_K, 32),
			     OP(BPF_ALU | BPF_ADD | BPF_K, 3), RET_A);

		assert_int_equal(run(&by_x), 3);
		assert_int_equal(run(&by_k), 3);
		by_x.insns[0].k = 0xffffffff;
		assert_int_equal(run(&by_x), 3);
	}
}

static void shift__by_31__keeps_one_bit(void **state)
{
	struct cbpf_prog prog = PROG(OP(BPF_LDX | BPF_IMM, 31), OP(BPF_LD | BPF_IMM, 5),
				     OP(BPF_ALU | BPF_LSH | BPF_X, 0), RET_A);

	(void)state;
	assert_int_equal(run(&prog), 0x80000000);
}

static void indirect_load__x_plus_k_beyond_32_bits__rejects_and_does_not_wrap(void **state)
{
	struct cbpf_prog prog =
		PROG(OP(BPF_LDX | BPF_IMM, 0xffffffff), OP(BPF_LD | BPF_B | BPF_IND, 6), RET(1));

	(void)state;
	assert_int_equal(run(&prog), 0);
	prog.insns[0].k = 4;
	assert_int_equal(run(&prog), 1);
}

static bool compares_with_window(const struct cbpf_prog *prog)
{
	struct cbpf2ebpf_code code;
	bool found = false;

	filter_scene_translate("window", prog, &code);
	for (uint32_t i = 0; i < code.len; i++)
		found |= code.insns[i].code == (BPF_JMP | BPF_JGT | BPF_K) &&
			 code.insns[i].imm == (int32_t)filter_scene_layout.window - 1;
	cbpf2ebpf_free(&code);
	return found;
}

/* Without that compare the code is right at run time, but the verifier refuses it. */
static void indirect_load__x_unbounded_on_one_way__is_compared_with_the_window(void **state)
{
	struct cbpf_prog prog =
		PROG(OP(BPF_LDX | BPF_IMM, 4), OP(BPF_LD | BPF_B | BPF_ABS, 0),
		     {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0}, OP(BPF_LDX | BPF_W | BPF_LEN, 0),
		     OP(BPF_LD | BPF_B | BPF_IND, 0), RET(1));

	(void)state;
	assert_true(compares_with_window(&prog));
	prog.insns[3] = (struct cbpf_insn)OP(BPF_LDX | BPF_IMM, 9);
	assert_false(compares_with_window(&prog));
}

static void memory__read_before_any_write__is_0(void **state)
{
	struct cbpf_prog prog =
		PROG(OP(BPF_LD | BPF_IMM, 5), OP(BPF_ST, 3), OP(BPF_LD | BPF_MEM, 15),
		     OP(BPF_ALU | BPF_ADD | BPF_K, 8), RET_A);

	(void)state;
	assert_int_equal(run(&prog), 8);
}

/* FAST writes M[0] before its check fails: SLOW must not see that. */
static void memory__after_a_restart__is_0_again(void **state)
{
	struct cbpf_prog prog =
		PROG(OP(BPF_LD | BPF_MEM, 0), OP(BPF_ALU | BPF_ADD | BPF_K, 1), OP(BPF_ST, 0),
		     OP(BPF_LD | BPF_B | BPF_ABS, 20), OP(BPF_LD | BPF_MEM, 0), RET_A);
	struct cbpf2ebpf_code code;

	(void)state;
	filter_scene_translate("restart", &prog, &code);
	assert_int_equal(filter_scene_play(&prog, &code, bytes, 300, 300, 10), 1);
	cbpf2ebpf_free(&code);
}

static void constant_offsets__negative_and_huge__reject(void **state)
{
	static const uint32_t offsets[] = {0xffffffff, 0xfffff00c, 0xfff00000, 0xffe00000,
					   0x80000000, 0x7fffffff, 0x7fff0000, 0x7eadbe02,
					   0x1000000,  0xffffff,   300};
	static const uint16_t codes[] = {BPF_LD | BPF_W | BPF_ABS, BPF_LD | BPF_B | BPF_ABS,
					 BPF_LD | BPF_H | BPF_IND, BPF_LDX | BPF_B | BPF_MSH};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(offsets); i++) {
		for (size_t k = 0; k < UTIL_ARRAY_SIZE(codes); k++) {
			struct cbpf_prog prog = PROG(OP(codes[k], offsets[i]), RET(1));

			assert_int_equal(run(&prog), 0);
		}
	}
}

static void ancillary_loads__of_any_size__give_the_whole_value(void **state)
{
	static const uint16_t sizes[] = {BPF_W, BPF_H, BPF_B};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(sizes); i++) {
		uint16_t code = BPF_LD | BPF_ABS | sizes[i];
		struct cbpf_prog protocol = PROG(OP(code, CBPF_AD_PROTOCOL), RET_A);
		struct cbpf_prog ifindex = PROG(OP(code, CBPF_AD_IFINDEX), RET_A);
		struct cbpf_prog pkt_type =
			PROG(OP(code, CBPF_AD_PKTTYPE), OP(BPF_ALU | BPF_ADD | BPF_K, 2), RET_A);

		assert_int_equal(run(&protocol), filter_scene_meta.protocol);
		assert_int_equal(run(&ifindex), filter_scene_meta.ifindex);
		assert_int_equal(run(&pkt_type), filter_scene_meta.pkt_type + 2);
	}
}

/* A counts how often the loop's jump back was taken, up to `turns`. */
static uint64_t run_loop(uint32_t turns, uint32_t unroll)
{
	struct cbpf_prog prog =
		PROG({BPF_JMP | BPF_JEQ | BPF_K, 2, 0, turns}, OP(BPF_ALU | BPF_ADD | BPF_K, 1),
		     OP(BPF_JMP | BPF_JA, (uint32_t)-3), RET_A);
	struct cbpf2ebpf_layout layout = filter_scene_layout;

	layout.unroll = unroll;
	return run_with(&prog, &layout);
}

static void loop__taken_as_often_as_unrolled__decides_and_once_more_is_undecided(void **state)
{
	(void)state;
	assert_int_equal(run_loop(8, 8), 8);
	assert_int_equal(run_loop(9, 8), CBPF2EBPF_UNDECIDED);
	assert_int_equal(run_loop(1, 1), 1);
	assert_int_equal(run_loop(2, 1), CBPF2EBPF_UNDECIDED);
	assert_int_equal(run_loop(1, 0), CBPF2EBPF_UNDECIDED);
}

static void protochain__of_twelve_headers__is_undecided_and_shorter_ones_are_not(void **state)
{
	(void)state;
	filter_scene_start_count();
	check_expr("ip6 protochain 6");
	check_expr("ip6 protochain 17");
	filter_scene_print_count("protochain");
	assert_true(filter_scene_get_count()->undecided > 0);
	assert_true(filter_scene_get_count()->undecided < filter_scene_get_count()->verdicts / 10);
	assert_true(filter_scene_get_count()->accepted > 0);
}

static void window__smaller_than_a_load__asks_for_every_byte(void **state)
{
	struct cbpf_prog prog = PROG(OP(BPF_LD | BPF_W | BPF_IND, 2), RET_A);
	struct cbpf2ebpf_layout layout = filter_scene_layout;
	struct cbpf2ebpf_code code;
	struct err err;

	(void)state;
	layout.window = 2;
	filter_scene_start_count();
	assert_int_equal(cbpf2ebpf_translate(&prog, &layout, &code, &err), 0);
	assert_int_equal(filter_scene_play(&prog, &code, bytes, 300, 300, 2), 0x02030405);
	assert_int_equal(filter_scene_get_count()->loads, 1);
	cbpf2ebpf_free(&code);
}

static void scratch_memory__all_used_and_many_loads__stays_within_the_stack(void **state)
{
	struct cbpf_insn insns[3 * 16 + 64 + 1];
	struct cbpf_prog prog = {.insns = insns};
	struct cbpf2ebpf_code code;

	(void)state;
	for (uint32_t i = 0; i < 16; i++) {
		insns[prog.len++] = (struct cbpf_insn)OP(BPF_LD | BPF_MEM, i);
		insns[prog.len++] = (struct cbpf_insn)OP(BPF_ALU | BPF_ADD | BPF_K, i);
		insns[prog.len++] = (struct cbpf_insn)OP(BPF_ST, i);
	}
	for (uint32_t i = 0; i < 64; i++)
		insns[prog.len++] = (struct cbpf_insn)OP(BPF_LD | BPF_B | BPF_ABS, i % 32);
	insns[prog.len++] = (struct cbpf_insn)RET(4);
	filter_scene_translate("full stack", &prog, &code);
	assert_int_equal(filter_scene_play(&prog, &code, bytes, 300, 300, 300), 4);
	assert_int_equal(filter_scene_play(&prog, &code, bytes, 300, 300, 8), 4);
	assert_int_equal(filter_scene_play(&prog, &code, bytes, 300, 31, 8), 0);
	cbpf2ebpf_free(&code);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts__84_and_85_and_300__decide_as_libpcap),
		cmocka_unit_test(hosts__1000_in_one_chain__translate_and_match_only_the_listed),
		cmocka_unit_test(division__by_x_of_zero__rejects),
		cmocka_unit_test(division__is_unsigned),
		cmocka_unit_test(shift__by_32_or_more__gives_0),
		cmocka_unit_test(shift__by_31__keeps_one_bit),
		cmocka_unit_test(indirect_load__x_plus_k_beyond_32_bits__rejects_and_does_not_wrap),
		cmocka_unit_test(
			indirect_load__x_unbounded_on_one_way__is_compared_with_the_window),
		cmocka_unit_test(memory__read_before_any_write__is_0),
		cmocka_unit_test(memory__after_a_restart__is_0_again),
		cmocka_unit_test(constant_offsets__negative_and_huge__reject),
		cmocka_unit_test(ancillary_loads__of_any_size__give_the_whole_value),
		cmocka_unit_test(
			loop__taken_as_often_as_unrolled__decides_and_once_more_is_undecided),
		cmocka_unit_test(
			protochain__of_twelve_headers__is_undecided_and_shorter_ones_are_not),
		cmocka_unit_test(window__smaller_than_a_load__asks_for_every_byte),
		cmocka_unit_test(scratch_memory__all_used_and_many_loads__stays_within_the_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
