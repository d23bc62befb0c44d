/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_splice.c - parts of a BPF program that move.
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
#include "session/splice.h"

#define CALL_SUBPROG(i) INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, i)

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			splice__three_in_place_of_a_call__jumps_and_calls_lead_where_they_led),
		cmocka_unit_test(
			splice__more_than_a_jump_reaches__is_refused_and_leaves_the_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
