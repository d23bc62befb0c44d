/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_splice.c - parts of a BPF program that move, and loads that become constants.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"
#include "kernel/insn.h"
#include "session/fold.h"
#include "session/splice.h"

#define RODATA_FD 7
#define OTHER_FD  8

#define CALL_SUBPROG(i) INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, i)
#define ADDRESS(d, fd, offset)                                                                     \
	INSN(BPF_LD | BPF_IMM | BPF_DW, d, BPF_PSEUDO_MAP_VALUE, 0, fd),                           \
	{                                                                                          \
		.imm = offset                                                                      \
	}
#define NOP	     INSN(BPF_JMP | BPF_JA, 0, 0, 0, 0)
#define MOV_32(d, i) INSN(BPF_ALU | BPF_MOV | BPF_K, d, 0, 0, i)

/* The main function jumps over a call of the one at 5; the one at 7 comes last. */
static const struct bpf_insn program[] = {
	INSN_MOV_IMM(BPF_REG_0, 0),
	INSN_JNE(BPF_REG_0, 1, 2), /* to 4 */
	CALL_SUBPROG(2),	   /* of 5 */
	CALL_SUBPROG(3),	   /* of 7 */
	INSN_EXIT,
	INSN_MOV_IMM(BPF_REG_0, 5),
	INSN_EXIT,
	INSN_MOV_IMM(BPF_REG_0, 7),
	INSN_EXIT,
};

static const uint32_t starts[] = {0, 5, 7};

struct fixture {
	struct template t;
};

static void *copied(const void *from, size_t size)
{
	void *to = malloc(size);

	assert_non_null(to);
	return memcpy(to, from, size);
}

static void start(struct fixture *f, const struct bpf_insn *insns, uint32_t n)
{
	struct bpf_func_info funcs[UTIL_ARRAY_SIZE(starts)];
	struct bpf_line_info lines[UTIL_ARRAY_SIZE(starts)];

	memset(f, 0, sizeof(*f));
	memset(funcs, 0, sizeof(funcs));
	memset(lines, 0, sizeof(lines));
	for (uint32_t i = 0; i < UTIL_ARRAY_SIZE(starts); i++)
		funcs[i].insn_off = lines[i].insn_off = starts[i];
	f->t.insns = copied(insns, n * sizeof(*insns));
	f->t.n_insns = n;
	f->t.func_info = copied(funcs, sizeof(funcs));
	f->t.line_info = copied(lines, sizeof(lines));
	f->t.n_func_info = f->t.n_line_info = UTIL_ARRAY_SIZE(starts);
	f->t.func_info_size = sizeof(funcs[0]);
	f->t.line_info_size = sizeof(lines[0]);
}

static void stop(struct fixture *f)
{
	free(f->t.insns);
	free(f->t.func_info);
	free(f->t.line_info);
}

static uint32_t func_at(const struct fixture *f, uint32_t i)
{
	return ((struct bpf_func_info *)f->t.func_info)[i].insn_off;
}

static uint32_t line_at(const struct fixture *f, uint32_t i)
{
	return ((struct bpf_line_info *)f->t.line_info)[i].insn_off;
}

static void splice__three_in_place_of_a_call__jumps_and_calls_lead_where_they_led(void **state)
{
	const struct bpf_insn three[] = {INSN_MOV_IMM(BPF_REG_0, 1), CALL_SUBPROG(-1),
					 INSN_MOV_IMM(BPF_REG_0, 3)};
	const uint32_t calls[] = {0};
	const struct splice s = {.at = 2,
				 .end = 3,
				 .insns = three,
				 .n_insns = 3,
				 .calls = calls,
				 .n_calls = 1,
				 .calls_from = 1,
				 .callee = 7};
	struct fixture f;

	(void)state;
	start(&f, program, UTIL_ARRAY_SIZE(program));
	assert_int_equal(splice_apply(&f.t, &s), 0);
	assert_int_equal(f.t.n_insns, UTIL_ARRAY_SIZE(program) + 2);
	assert_int_equal(f.t.insns[1].off, 4); /* from 1 to 6, the exit */
	assert_int_equal(f.t.insns[3].imm, 5); /* the new call, to 9 */
	assert_int_equal(f.t.insns[5].imm, 3); /* the old one, to 9 as well */
	assert_int_equal(f.t.insns[9].imm, 7);
	assert_int_equal(f.t.n_func_info, 3);
	assert_int_equal(func_at(&f, 0), 0);
	assert_int_equal(func_at(&f, 1), 7);
	assert_int_equal(func_at(&f, 2), 9);
	assert_int_equal(line_at(&f, 2), 9);
	stop(&f);
}

static void splice__a_function_taken_out__has_no_info_and_leaves_the_others(void **state)
{
	const struct splice s = {.at = 5, .end = 7};
	struct fixture f;

	(void)state;
	start(&f, program, UTIL_ARRAY_SIZE(program));
	assert_int_equal(splice_apply(&f.t, &s), 0);
	assert_int_equal(f.t.n_insns, UTIL_ARRAY_SIZE(program) - 2);
	assert_int_equal(f.t.insns[1].off, 2);
	assert_int_equal(f.t.insns[3].imm, 1); /* 7 is 5 now */
	assert_int_equal(f.t.insns[5].imm, 7);
	assert_int_equal(f.t.n_func_info, 2);
	assert_int_equal(f.t.n_line_info, 2);
	assert_int_equal(func_at(&f, 1), 5);
	assert_int_equal(line_at(&f, 1), 5);
	stop(&f);
}

static void splice__more_than_a_jump_reaches__is_refused_and_leaves_the_program(void **state)
{
	struct bpf_insn *many = calloc(INT16_MAX, sizeof(*many));
	const struct splice s = {.at = 2, .end = 3, .insns = many, .n_insns = INT16_MAX};
	struct fixture f;

	(void)state;
	assert_non_null(many);
	start(&f, program, UTIL_ARRAY_SIZE(program));
	assert_int_equal(splice_apply(&f.t, &s), -ERANGE);
	assert_int_equal(f.t.n_insns, UTIL_ARRAY_SIZE(program));
	assert_memory_equal(f.t.insns, program, sizeof(program));
	stop(&f);
	free(many);
}

static const uint32_t rodata[] = {0x11111111, 0xfedcba98};

static void fold(struct fixture *f, const struct bpf_insn *insns, uint32_t n)
{
	start(f, insns, n);
	assert_int_equal(fold_constants(&f->t, RODATA_FD, rodata, sizeof(rodata)), 0);
	assert_int_equal(f->t.n_insns, n);
}

static void fold__a_load_of_the_configuration__is_its_value(void **state)
{
	const struct bpf_insn insns[] = {
		ADDRESS(BPF_REG_1, RODATA_FD, 4), INSN_LOAD_32(BPF_REG_1, BPF_REG_1, 0),
		ADDRESS(BPF_REG_2, RODATA_FD, 0), INSN_LOAD_32(BPF_REG_3, BPF_REG_2, 0), INSN_EXIT};
	const struct bpf_insn folded[] = {NOP, NOP, MOV_32(BPF_REG_1, (int32_t)0xfedcba98),
					  /* R2 may be used again */
					  ADDRESS(BPF_REG_2, RODATA_FD, 0),
					  MOV_32(BPF_REG_3, 0x11111111), INSN_EXIT};
	struct fixture f;

	(void)state;
	fold(&f, insns, UTIL_ARRAY_SIZE(insns));
	assert_memory_equal(f.t.insns, folded, sizeof(folded));
	stop(&f);
}

static void fold__of_what_is_not_certain__changes_nothing(void **state)
{
	const struct bpf_insn insns[] = {
		/* somebody jumps to the load, with another address */
		INSN_JNE(BPF_REG_1, 0, 2),
		ADDRESS(BPF_REG_1, RODATA_FD, 0),
		INSN_LOAD_32(BPF_REG_1, BPF_REG_1, 0),
		/* another map, which is not read-only */
		ADDRESS(BPF_REG_2, OTHER_FD, 0),
		INSN_LOAD_32(BPF_REG_2, BPF_REG_2, 0),
		/* 8 bytes do not fit; another register; the last byte is outside */
		ADDRESS(BPF_REG_3, RODATA_FD, 0),
		INSN_LOAD(BPF_REG_3, BPF_REG_3, 0),
		ADDRESS(BPF_REG_4, RODATA_FD, 0),
		INSN_LOAD_32(BPF_REG_4, BPF_REG_5, 0),
		ADDRESS(BPF_REG_5, RODATA_FD, 5),
		INSN_LOAD_32(BPF_REG_5, BPF_REG_5, 0),
		INSN_EXIT,
	};
	struct fixture f;

	(void)state;
	fold(&f, insns, UTIL_ARRAY_SIZE(insns));
	assert_memory_equal(f.t.insns, insns, sizeof(insns));
	stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			splice__three_in_place_of_a_call__jumps_and_calls_lead_where_they_led),
		cmocka_unit_test(splice__a_function_taken_out__has_no_info_and_leaves_the_others),
		cmocka_unit_test(
			splice__more_than_a_jump_reaches__is_refused_and_leaves_the_program),
		cmocka_unit_test(fold__a_load_of_the_configuration__is_its_value),
		cmocka_unit_test(fold__of_what_is_not_certain__changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
