/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_cbpf2ebpf_code.c - which programs the translator refuses, and the form of what it emits.
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

static void check_refused(struct cbpf_prog *prog, enum err_status status, const char *words)
{
	struct cbpf2ebpf_code code;
	struct err err;

	err_clear(&err);
	assert_true(cbpf2ebpf_translate(prog, &filter_scene_layout, &code, &err) < 0);
	assert_int_equal(err.status, status);
	if (!strstr(err.msg, words))
		fail_msg("'%s' does not say '%s'", err.msg, words);
	assert_null(code.insns);
	assert_null(code.load_calls);
}

static void invalid_programs__are_errors_that_name_the_instruction(void **state)
{
	static const struct {
		struct cbpf_insn insn;
		const char *words;
	} cases[] = {
		{{0xff, 0, 0, 0}, "instruction 0 (code 0xff): no such operation"},
		{{0x100, 0, 0, 0}, "no such operation"},
		{{BPF_LDX | BPF_W | BPF_ABS, 0, 0, 0}, "no such operation"},
		{{BPF_RET | BPF_X, 0, 0, 0}, "no such operation"},
		{{BPF_ALU | 0xb0, 0, 0, 0}, "no such operation"},
		{{BPF_LD | BPF_MEM, 0, 0, 16}, "no such word of scratch memory"},
		{{BPF_STX, 0, 0, 0xffffffff}, "no such word of scratch memory"},
		{{BPF_ALU | BPF_DIV | BPF_K, 0, 0, 0}, "division by zero"},
		{{BPF_ALU | BPF_MOD | BPF_K, 0, 0, 0}, "division by zero"},
		{{BPF_JMP | BPF_JA, 0, 0, 1}, "jump out of the program"},
		{{BPF_JMP | BPF_JA, 0, 0, (uint32_t)-2}, "jump out of the program"},
		{{BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0}, "jump out of the program"},
		{{BPF_JMP | BPF_JEQ | BPF_K, 0, 255, 0}, "jump out of the program"},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++) {
		struct cbpf_prog prog = PROG(cases[i].insn, RET(1));

		check_refused(&prog, ERR_USAGE, cases[i].words);
	}
}

static void programs__empty_or_without_a_return__are_errors(void **state)
{
	struct cbpf_prog empty = {0};
	struct cbpf_prog open = PROG(OP(BPF_LD | BPF_IMM, 1));

	(void)state;
	check_refused(&empty, ERR_USAGE, "it is empty");
	check_refused(&open, ERR_USAGE, "ends without a return");
}

/* n instructions that cannot be left out, then a return. */
static struct cbpf_prog long_program(uint32_t n)
{
	struct cbpf_prog prog = {.len = n};

	prog.insns = calloc(n, sizeof(*prog.insns));
	assert_non_null(prog.insns);
	for (uint32_t i = 0; i < n; i++)
		prog.insns[i] = (struct cbpf_insn)OP(BPF_ALU | BPF_ADD | BPF_K, 1);
	prog.insns[n - 1] = (struct cbpf_insn)RET_A;
	return prog;
}

static void program__of_65536_instructions__translates(void **state)
{
	struct cbpf_prog prog = long_program(65536);
	struct cbpf2ebpf_code code;

	(void)state;
	filter_scene_translate("long program", &prog, &code);
	assert_int_equal(filter_scene_play(&prog, &code, (const uint8_t *)"", 0, 0, 0), 65535);
	cbpf2ebpf_free(&code);
	free(prog.insns);
}

static void program__with_a_jump_beyond_32767__is_unsupported_with_a_hint(void **state)
{
	struct cbpf_prog prog = long_program(65536);
	struct cbpf2ebpf_code code;
	struct err err;

	(void)state;
	prog.insns[0] = (struct cbpf_insn){BPF_LD | BPF_B | BPF_ABS, 0, 0, 0};
	check_refused(&prog, ERR_UNSUPPORTED, "too large for the kernel: 65536 instructions");
	assert_true(cbpf2ebpf_translate(&prog, &filter_scene_layout, &code, &err) < 0);
	assert_non_null(strstr(err.hint, "portrange"));
	free(prog.insns);
}

static void load_calls__name_every_call_and_nothing_else(void **state)
{
	struct cbpf_prog prog;
	struct cbpf2ebpf_code code;
	struct err err;
	uint32_t found = 0;

	(void)state;
	assert_int_equal(cbpf_compile("ether[500] = 5 or tcp port 80", 1, &prog, &err), 0);
	filter_scene_translate("calls", &prog, &code);
	for (uint32_t i = 0; i < code.len; i++) {
		if (code.insns[i].code != (BPF_JMP | BPF_CALL))
			continue;
		assert_true(found < code.n_load_calls);
		assert_int_equal(code.load_calls[found++], i);
		assert_int_equal(code.insns[i].src_reg, BPF_PSEUDO_CALL);
	}
	assert_int_equal(found, code.n_load_calls);
	assert_true(found > 0);
	cbpf2ebpf_free(&code);
	cbpf_free(&prog);
}

/* Mark what can be reached from instruction i; all jumps but those out of stubs go forward. */
static void mark(const struct cbpf2ebpf_code *code, bool *seen)
{
	uint32_t *todo = calloc(2 * (size_t)code->len + 1, sizeof(*todo)), n = 1;

	assert_non_null(todo);
	while (n && todo[n - 1] < code->len) {
		uint32_t i = todo[--n];
		const struct bpf_insn *insn = &code->insns[i];
		int class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);
		bool is_jump = (class == BPF_JMP || class == BPF_JMP32) && op != BPF_CALL;

		if (seen[i])
			continue;
		seen[i] = true;
		if (is_jump && op == BPF_EXIT)
			continue;
		if (is_jump)
			todo[n++] = (uint32_t)((int64_t)i + 1 + insn->off);
		if (!is_jump || op != BPF_JA)
			todo[n++] = i + 1;
	}
	assert_int_equal(n, 0); /* else a way leads out of the program */
	free(todo);
}

static void code__has_no_instruction_that_cannot_be_reached(void **state)
{
	struct filter_data data = {0};

	(void)state;
	filter_data_add_builtin(&data);
	for (size_t i = 0; i < data.n_exprs; i++) {
		struct cbpf_prog prog;
		struct cbpf2ebpf_code code;
		struct err err;
		bool *seen;

		assert_int_equal(cbpf_compile(data.exprs[i], 1, &prog, &err), 0);
		filter_scene_translate(data.exprs[i], &prog, &code);
		seen = calloc(code.len, sizeof(*seen));
		assert_non_null(seen);
		mark(&code, seen);
		for (uint32_t k = 0; k < code.len; k++)
			if (!seen[k])
				fail_msg("'%s': instruction %u is dead", data.exprs[i], k);
		free(seen);
		cbpf2ebpf_free(&code);
		cbpf_free(&prog);
	}
	filter_data_fini(&data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(invalid_programs__are_errors_that_name_the_instruction),
		cmocka_unit_test(programs__empty_or_without_a_return__are_errors),
		cmocka_unit_test(program__of_65536_instructions__translates),
		cmocka_unit_test(program__with_a_jump_beyond_32767__is_unsupported_with_a_hint),
		cmocka_unit_test(load_calls__name_every_call_and_nothing_else),
		cmocka_unit_test(code__has_no_instruction_that_cannot_be_reached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
