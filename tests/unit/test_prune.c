/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_prune.c - dead instructions of small programs, and the records about those that are left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "insn_scene.h"
#include "session/prune.h"

#define MAP   42
#define OTHER 43
#define MAX   64

/* At 0 a zero, at 4 a seven, at 8 eight bytes. */
static const uint32_t data[] = {0, 7, 0xffffffff, 0x12345678};

struct record {
	uint32_t at, what;
};

struct scene {
	struct bpf_insn insns[MAX];
	struct record funcs[MAX], lines[MAX];
	struct shrink_program program;
};

#define GOTO(o) INSN(BPF_JMP | BPF_JA, 0, 0, o, 0)
/* r1 = the number at `place` of the data: three instructions */
#define CONSTANT(place)                                                                            \
	INSN_LOAD_MAP_VALUE(BPF_REG_1, MAP, place), INSN_LOAD_32(BPF_REG_1, BPF_REG_1, 0)

/* and what becomes of the last one */
#define FOLDED(value)  INSN(BPF_ALU | BPF_MOV | BPF_K, BPF_REG_1, 0, 0, value)
#define ADDRESS(place) INSN_LOAD_MAP_VALUE(BPF_REG_1, MAP, place)

static void prune(struct scene *s, const struct bpf_insn *insns, uint32_t n)
{
	const struct prune_constants constants = {MAP, data, sizeof(data)};

	memset(s->insns, 0, sizeof(s->insns));
	memcpy(s->insns, insns, n * sizeof(*insns));
	s->program.insns = s->insns;
	s->program.n_insns = n;
	s->program.funcs.records = s->funcs;
	s->program.funcs.size = s->program.lines.size = sizeof(struct record);
	s->program.lines.records = s->lines;
	assert_int_equal(prune_dead(&s->program, &constants), 0);
}

#define PRUNE(s, ...) WITH_INSNS(prune, s, __VA_ARGS__)

static void prune_dead__branch_never_taken__goes_with_its_target(void **state)
{
	struct scene s = {0};

	(void)state;
	PRUNE(&s, CONSTANT(0), INSN_JNE(BPF_REG_1, 0, 2), RETURN(1), RETURN(2));
	ASSERT_LEFT(&s, ADDRESS(0), FOLDED(0), RETURN(1));
}

static void prune_dead__branch_always_taken__goes_with_what_it_skips(void **state)
{
	struct scene s = {0};

	(void)state;
	PRUNE(&s, CONSTANT(4), INSN_JEQ(BPF_REG_1, 7, 2), RETURN(1), RETURN(2));
	ASSERT_LEFT(&s, ADDRESS(4), FOLDED(7), RETURN(2));
}

static void prune_dead__branch_back_always_taken__is_a_jump_to_the_same_place(void **state)
{
	struct scene s = {0};

	(void)state;
	PRUNE(&s, GOTO(2), RETURN(1), CONSTANT(4), INSN_JEQ_32(BPF_REG_1, 7, -6), RETURN(2));
	ASSERT_LEFT(&s, GOTO(2), RETURN(1), ADDRESS(4), FOLDED(7), GOTO(-6));
}

static void prune_dead__what_is_not_known__stays(void **state)
{
	struct scene s = {0};
	const struct bpf_insn cases[][7] = {
		/* behind the data, of another map, through a call, of another register */
		{CONSTANT(16), INSN_JNE(BPF_REG_1, 0, 1), INSN_MOV_IMM(BPF_REG_0, 1), RETURN(2)},
		{INSN_LOAD_MAP_VALUE(BPF_REG_1, OTHER, 0), INSN_LOAD_32(BPF_REG_1, BPF_REG_1, 0),
		 INSN_JNE(BPF_REG_1, 0, 1), INSN_MOV_IMM(BPF_REG_0, 1), RETURN(2)},
		{INSN_MOV_IMM(BPF_REG_1, 0), INSN_CALL(5), INSN_JNE(BPF_REG_1, 0, 2), RETURN(1),
		 RETURN(2)},
		{INSN_MOV_IMM(BPF_REG_1, 0), INSN_MOV_IMM(BPF_REG_3, 0), INSN_JNE(BPF_REG_2, 0, 1),
		 INSN_MOV_IMM(BPF_REG_0, 1), INSN_MOV_IMM(BPF_REG_0, 1), RETURN(2)},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++) {
		prune(&s, cases[i], UTIL_ARRAY_SIZE(cases[i]));
		assert_int_equal(s.program.n_insns, UTIL_ARRAY_SIZE(cases[i]));
		assert_memory_equal(s.insns, cases[i], sizeof(cases[i]));
	}
}

static void prune_dead__at_a_label__what_all_ways_agree_on_is_known(void **state)
{
	struct scene s = {0};

	(void)state;
	/* the branch is come to with 1, too */
	PRUNE(&s, INSN_MOV_IMM(BPF_REG_1, 1), INSN_JEQ(BPF_REG_6, 0, 1), INSN_MOV_IMM(BPF_REG_1, 0),
	      INSN_JNE(BPF_REG_1, 0, 2), RETURN(1), RETURN(2));
	assert_int_equal(s.program.n_insns, 8);
	/* with 1 both times */
	PRUNE(&s, INSN_MOV_IMM(BPF_REG_1, 1), INSN_JEQ(BPF_REG_6, 0, 1), INSN_MOV_IMM(BPF_REG_7, 0),
	      INSN_JNE(BPF_REG_1, 0, 2), RETURN(1), RETURN(2));
	ASSERT_LEFT(&s, INSN_MOV_IMM(BPF_REG_1, 1), INSN_JEQ(BPF_REG_6, 0, 1),
		    INSN_MOV_IMM(BPF_REG_7, 0), RETURN(2));
	/* the way that has another number is never gone */
	PRUNE(&s, CONSTANT(0), INSN_MOV_IMM(BPF_REG_2, 1), INSN_JEQ(BPF_REG_1, 0, 1),
	      INSN_MOV_IMM(BPF_REG_2, 0), INSN_JNE(BPF_REG_2, 0, 2), RETURN(1), RETURN(2));
	ASSERT_LEFT(&s, ADDRESS(0), FOLDED(0), INSN_MOV_IMM(BPF_REG_2, 1), RETURN(2));
}

static void prune_dead__loop__takes_away_what_its_turns_change(void **state)
{
	/* r1 is 0 in the first turn, not in the next; r2 in all of them */
	static const struct bpf_insn loop[] = {
		INSN_MOV_IMM(BPF_REG_1, 0),
		INSN_MOV_IMM(BPF_REG_2, 0),
		INSN_JNE(BPF_REG_1, 0, 2),
		INSN_JNE(BPF_REG_2, 0, 1),
		INSN_ADD_IMM(BPF_REG_1, 1),
		INSN_JEQ(BPF_REG_6, 0, -4),
		RETURN(1),
	};
	struct scene s = {0};

	(void)state;
	prune(&s, loop, UTIL_ARRAY_SIZE(loop));
	assert_int_equal(s.program.n_insns, UTIL_ARRAY_SIZE(loop) - 1);
	assert_memory_equal(s.insns, loop, 2 * sizeof(loop[0]));
	assert_int_equal(s.insns[2].code, loop[2].code);
	assert_int_equal(s.insns[2].off, 1);
	assert_int_equal(s.insns[3].code, loop[4].code);
	assert_int_equal(s.insns[4].off, -3);
}

static void prune_dead__call__leaves_what_it_must_save(void **state)
{
	struct scene s = {0};

	(void)state;
	/* in the function nothing is known; behind it r6 is, r1 is not */
	PRUNE(&s, INSN_MOV_IMM(BPF_REG_6, 1), INSN_MOV_IMM(BPF_REG_1, 1), CALL_TO(6),
	      INSN_JNE(BPF_REG_6, 1, 3), INSN_JNE(BPF_REG_1, 1, 2), RETURN(1), RETURN(2),
	      INSN_JEQ(BPF_REG_6, 1, 2), RETURN(3), RETURN(4));
	assert_int_equal(s.program.n_insns, 13);
	assert_int_equal(s.insns[2].imm, 5);
	assert_int_equal(s.insns[3].dst_reg, BPF_REG_1);
}

static void prune_dead__comparisons_of_signed_numbers__are_decided(void **state)
{
	const struct {
		uint8_t code;
		int32_t a, b;
		bool holds;
	} cases[] = {
		{BPF_JMP | BPF_JSGT, 1, 3, false},   {BPF_JMP | BPF_JSGT, 3, -1, true},
		{BPF_JMP | BPF_JSGE, -1, -1, true},  {BPF_JMP | BPF_JSGE, -2, -1, false},
		{BPF_JMP | BPF_JSLT, -1, 0, true},   {BPF_JMP | BPF_JSLT, 0, -1, false},
		{BPF_JMP | BPF_JSLE, 0, 0, true},    {BPF_JMP | BPF_JSLE, 1, -1, false},
		{BPF_JMP32 | BPF_JSLT, -1, 0, true}, {BPF_JMP32 | BPF_JSGT, -1, 0, false},
		{BPF_JMP32 | BPF_JGT, -1, 0, true},  {BPF_JMP32 | BPF_JLT, -1, 1, false},
		{BPF_JMP32 | BPF_JSET, -1, 1, true}, {BPF_JMP32 | BPF_JSET, 2, 1, false},
	};
	struct scene s = {0};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++) {
		PRUNE(&s, INSN_MOV_IMM(BPF_REG_1, cases[i].a),
		      INSN(cases[i].code | BPF_K, BPF_REG_1, 0, 2, cases[i].b), RETURN(1),
		      RETURN(2));
		assert_int_equal(s.program.n_insns, 3);
		assert_int_equal(s.insns[1].imm, cases[i].holds ? 2 : 1);
	}
}

static void prune_dead__what_a_constant_becomes__is_known(void **state)
{
	struct scene s = {0};

	(void)state;
	/* eight bytes: 0x12345678ffffffff */
	PRUNE(&s, INSN_LOAD_MAP_VALUE(BPF_REG_2, MAP, 4), INSN_ADD_IMM(BPF_REG_2, 4),
	      INSN_LOAD(BPF_REG_3, BPF_REG_2, 0), INSN_AND_IMM(BPF_REG_3, 0xff),
	      INSN_MOV_REG(BPF_REG_4, BPF_REG_3), INSN_JGT(BPF_REG_4, 0xfe, 2), RETURN(1),
	      RETURN(2));
	assert_int_equal(s.program.n_insns, 8);
	assert_int_equal(s.insns[6].imm, 2);
}

static void prune_dead__slot_of_the_stack__keeps_what_is_known(void **state)
{
	struct scene s = {0};

	(void)state;
	PRUNE(&s, INSN_STORE_IMM(BPF_REG_10, -16, 7), INSN_CALL(5),
	      INSN_LOAD(BPF_REG_1, BPF_REG_10, -16), INSN_JEQ(BPF_REG_1, 7, 2), RETURN(1),
	      RETURN(2));
	ASSERT_LEFT(&s, INSN_STORE_IMM(BPF_REG_10, -16, 7), INSN_CALL(5), FOLDED(7), RETURN(2));
	/* a byte of it is overwritten */
	PRUNE(&s, INSN_STORE_IMM(BPF_REG_10, -16, 7), INSN_STORE_IMM_8(BPF_REG_10, -9, 1),
	      INSN_LOAD(BPF_REG_1, BPF_REG_10, -16), INSN_JEQ(BPF_REG_1, 7, 2), RETURN(1),
	      RETURN(2));
	assert_int_equal(s.program.n_insns, 8);
	/* another slot is; of the first one a byte is not looked at as such */
	PRUNE(&s, INSN_STORE_IMM(BPF_REG_10, -16, 7), INSN_STORE_IMM_8(BPF_REG_10, -8, 1),
	      INSN_LOAD_8(BPF_REG_2, BPF_REG_10, -16), INSN_LOAD(BPF_REG_1, BPF_REG_10, -16),
	      INSN_JEQ(BPF_REG_1, 7, 2), RETURN(1), RETURN(2));
	assert_int_equal(s.program.n_insns, 6);
	/* somebody has its address, or one below it */
	for (int at = -24; at <= -16; at += 8) {
		PRUNE(&s, INSN_STORE_IMM(BPF_REG_10, -16, 7), INSN_MOV_REG(BPF_REG_1, BPF_REG_10),
		      INSN_ADD_IMM(BPF_REG_1, at), INSN_CALL(5),
		      INSN_LOAD(BPF_REG_1, BPF_REG_10, -16), INSN_JEQ(BPF_REG_1, 7, 2), RETURN(1),
		      RETURN(2));
		assert_int_equal(s.program.n_insns, 10);
	}
}

static void prune_dead__load_of_data__is_a_constant(void **state)
{
	struct scene s = {0};

	(void)state;
	PRUNE(&s, INSN_LOAD_MAP_VALUE(BPF_REG_2, MAP, 4), INSN_LOAD_32(BPF_REG_1, BPF_REG_2, 0),
	      INSN_LOAD_32(BPF_REG_2, BPF_REG_2, 12), RETURN(2));
	ASSERT_LEFT(&s, INSN_LOAD_MAP_VALUE(BPF_REG_2, MAP, 4), FOLDED(7),
		    INSN_LOAD_32(BPF_REG_2, BPF_REG_2, 12), RETURN(2));
	/* it is come to with another address, too */
	PRUNE(&s, INSN_JEQ(BPF_REG_6, 0, 2), CONSTANT(4), RETURN(2));
	ASSERT_LEFT(&s, INSN_JEQ(BPF_REG_6, 0, 2), CONSTANT(4), RETURN(2));
	/* eight bytes are more than a move takes */
	PRUNE(&s, INSN_LOAD_MAP_VALUE(BPF_REG_1, MAP, 8), INSN_LOAD(BPF_REG_1, BPF_REG_1, 0),
	      RETURN(2));
	assert_int_equal(s.program.n_insns, 5);
}

static void prune_dead__subprogram_that_nobody_calls__goes_with_its_records(void **state)
{
	struct scene s = {
		.funcs = {{0, 'm'}, {7, 'a'}, {9, 'b'}},
		.lines = {{0, 1}, {4, 2}, {5, 3}, {7, 4}, {8, 5}, {9, 6}, {10, 7}},
		.program = {.funcs.n = 3, .lines.n = 7},
	};
	const struct record funcs[] = {{0, 'm'}, {5, 'b'}};
	const struct record lines[] = {{0, 1}, {3, 3}, {5, 6}, {6, 7}};

	(void)state;
	PRUNE(&s, CONSTANT(0), INSN_JEQ(BPF_REG_1, 0, 1), CALL_TO(1), CALL_TO(3), INSN_EXIT,
	      RETURN(1), RETURN(2));
	ASSERT_LEFT(&s, ADDRESS(0), FOLDED(0), CALL_TO(1), INSN_EXIT, RETURN(2));
	assert_int_equal(s.program.funcs.n, 2);
	assert_memory_equal(s.funcs, funcs, sizeof(funcs));
	assert_int_equal(s.program.lines.n, 4);
	assert_memory_equal(s.lines, lines, sizeof(lines));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prune_dead__branch_never_taken__goes_with_its_target),
		cmocka_unit_test(prune_dead__branch_always_taken__goes_with_what_it_skips),
		cmocka_unit_test(prune_dead__branch_back_always_taken__is_a_jump_to_the_same_place),
		cmocka_unit_test(prune_dead__what_is_not_known__stays),
		cmocka_unit_test(prune_dead__at_a_label__what_all_ways_agree_on_is_known),
		cmocka_unit_test(prune_dead__loop__takes_away_what_its_turns_change),
		cmocka_unit_test(prune_dead__call__leaves_what_it_must_save),
		cmocka_unit_test(prune_dead__comparisons_of_signed_numbers__are_decided),
		cmocka_unit_test(prune_dead__what_a_constant_becomes__is_known),
		cmocka_unit_test(prune_dead__slot_of_the_stack__keeps_what_is_known),
		cmocka_unit_test(prune_dead__load_of_data__is_a_constant),
		cmocka_unit_test(prune_dead__subprogram_that_nobody_calls__goes_with_its_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
