/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_unused.c - what nobody looks at goes, in small programs; and programs by chance do the same
 * without it, in an interpreter that faults where something is read that was never written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ebpf_run.h"
#include "insn_scene.h"
#include "session/prune.h"
#include "session/unused.h"

#define KFUNC 4711
#define MAX   512

static const struct unused_kfunc kfuncs[] = {{KFUNC, 2}};
static const struct unused_calls calls = {NULL, kfuncs, UTIL_ARRAY_SIZE(kfuncs)};

struct scene {
	struct bpf_insn insns[MAX];
	struct shrink_program program;
};

#define STORE_32(s, o) INSN(BPF_STX | BPF_MEM | BPF_W, BPF_REG_10, s, o, 0)

static void drop(struct scene *s, const struct bpf_insn *insns, uint32_t n)
{
	memset(s, 0, sizeof(*s));
	memcpy(s->insns, insns, n * sizeof(*insns));
	s->program = (struct shrink_program){.insns = s->insns, .n_insns = n};
	assert_int_equal(unused_drop(&s->program, &calls), 0);
}

#define DROP(s, ...) WITH_INSNS(drop, s, __VA_ARGS__)

#define ASSERT_STAYS(s, ...)                                                                       \
	do {                                                                                       \
		DROP(s, __VA_ARGS__);                                                              \
		ASSERT_LEFT(s, __VA_ARGS__);                                                       \
	} while (0)

static void unused_drop__result_that_nobody_wants__goes_with_what_it_was_made_of(void **state)
{
	struct scene s;

	(void)state;
	DROP(&s, INSN_MOV_IMM(BPF_REG_1, 1), INSN_MOV_REG(BPF_REG_2, BPF_REG_1),
	     INSN_ADD_REG(BPF_REG_2, BPF_REG_1), INSN_LOAD_MAP_VALUE(BPF_REG_3, 1, 0),
	     INSN_LOAD(BPF_REG_4, BPF_REG_3, 0), RETURN(2));
	ASSERT_LEFT(&s, RETURN(2));
	/* wanted on one of two ways */
	DROP(&s, INSN_MOV_IMM(BPF_REG_2, 1), INSN_MOV_IMM(BPF_REG_3, 1), INSN_JEQ(BPF_REG_1, 0, 2),
	     INSN_MOV_REG(BPF_REG_0, BPF_REG_2), INSN_EXIT, RETURN(2));
	ASSERT_LEFT(&s, INSN_MOV_IMM(BPF_REG_2, 1), INSN_JEQ(BPF_REG_1, 0, 2),
		    INSN_MOV_REG(BPF_REG_0, BPF_REG_2), INSN_EXIT, RETURN(2));
	/* a branch over nothing; in a loop what it counts by stays */
	DROP(&s, INSN_JEQ(BPF_REG_1, 0, 1), INSN_MOV_IMM(BPF_REG_3, 1), RETURN(2));
	ASSERT_LEFT(&s, RETURN(2));
	ASSERT_STAYS(&s, INSN_MOV_IMM(BPF_REG_3, 0), INSN_ADD_IMM(BPF_REG_3, 1),
		     INSN_JGT(BPF_REG_3, 9, -2), RETURN(2));
}

static void unused_drop__stores__go_where_no_load_finds_them(void **state)
{
	struct scene s;

	(void)state;
	DROP(&s, INSN_STORE_IMM(BPF_REG_10, -8, 1), INSN_STORE_IMM(BPF_REG_10, -16, 2),
	     INSN_STORE(BPF_REG_10, BPF_REG_1, -16), INSN_LOAD(BPF_REG_0, BPF_REG_10, -16),
	     INSN_EXIT);
	ASSERT_LEFT(&s, INSN_STORE(BPF_REG_10, BPF_REG_1, -16),
		    INSN_LOAD(BPF_REG_0, BPF_REG_10, -16), INSN_EXIT);
	/* half of a slot leaves the other half, and one byte of it is enough */
	ASSERT_STAYS(&s, INSN_STORE_IMM(BPF_REG_10, -16, 2), STORE_32(BPF_REG_1, -16),
		     INSN_LOAD(BPF_REG_0, BPF_REG_10, -16), INSN_EXIT);
	ASSERT_STAYS(&s, INSN_STORE_IMM(BPF_REG_10, -16, 2), INSN_LOAD_8(BPF_REG_0, BPF_REG_10, -9),
		     INSN_EXIT);
	/* to somebody else's memory, and by an atomic operation */
	ASSERT_STAYS(&s, INSN_STORE(BPF_REG_1, BPF_REG_1, 8),
		     INSN(BPF_STX | BPF_ATOMIC | BPF_DW, BPF_REG_1, BPF_REG_1, 0, BPF_ADD),
		     RETURN(0));
}

static void unused_drop__address_of_the_stack__keeps_what_is_at_it_and_above(void **state)
{
	struct scene s;

	(void)state;
	DROP(&s, INSN_STORE_IMM(BPF_REG_10, -8, 1), INSN_STORE_IMM(BPF_REG_10, -16, 2),
	     INSN_STORE_IMM(BPF_REG_10, -24, 3), INSN_MOV_REG(BPF_REG_1, BPF_REG_10),
	     INSN_ADD_IMM(BPF_REG_1, -16), INSN_CALL_KFUNC(KFUNC + 1), INSN_EXIT);
	assert_int_equal(s.program.n_insns, 6);
	assert_int_equal(s.insns[1].off, -16);
	/* moved down once more */
	ASSERT_STAYS(&s, INSN_STORE_IMM(BPF_REG_10, -24, 3), INSN_MOV_REG(BPF_REG_1, BPF_REG_10),
		     INSN_ADD_IMM(BPF_REG_1, -16), INSN_ADD_IMM(BPF_REG_1, -8),
		     INSN_CALL_KFUNC(KFUNC + 1), INSN_EXIT);
	/* r10 itself in a register, and moved down nobody knows how far */
	ASSERT_STAYS(&s, INSN_STORE_IMM(BPF_REG_10, -200, 3), INSN_MOV_REG(BPF_REG_1, BPF_REG_10),
		     INSN_CALL_KFUNC(KFUNC + 1), INSN_EXIT);
	/* in another function it says nothing */
	DROP(&s, INSN_STORE_IMM(BPF_REG_10, -8, 1), CALL_TO(1), INSN_EXIT,
	     INSN_MOV_REG(BPF_REG_1, BPF_REG_10), INSN_ADD_IMM(BPF_REG_1, -16),
	     INSN_CALL_KFUNC(KFUNC + 1), INSN_EXIT);
	assert_int_equal(s.program.n_insns, 6);
	assert_int_equal(s.insns[0].imm, 1);
}

static void unused_drop__arguments__are_as_many_as_a_call_takes(void **state)
{
	const struct bpf_insn load = INSN_MOV_IMM(BPF_REG_3, 1);
	const struct {
		struct bpf_insn call;
		bool takes_three;
	} cases[] = {
		{INSN_CALL(BPF_FUNC_map_lookup_elem), false},
		{INSN_CALL(BPF_FUNC_probe_read_kernel), true},
		{INSN_CALL(BPF_FUNC_ktime_get_ns), false},
		{INSN_CALL(BPF_FUNC_trace_printk), true}, /* not known: five */
		{INSN_CALL_KFUNC(KFUNC), false},
		{INSN_CALL_KFUNC(KFUNC + 1), true},
		{CALL_TO(1), true},
	};
	struct scene s;

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++) {
		DROP(&s, load, cases[i].call, INSN_EXIT, RETURN(1));
		assert_int_equal(s.insns[0].code == load.code, cases[i].takes_three);
	}
	/* behind a call r1 to r5 are gone, r6 is not */
	DROP(&s, INSN_MOV_IMM(BPF_REG_3, 1), INSN_MOV_IMM(BPF_REG_6, 1),
	     INSN_CALL(BPF_FUNC_ktime_get_ns), INSN_MOV_REG(BPF_REG_0, BPF_REG_6), INSN_EXIT);
	ASSERT_LEFT(&s, INSN_MOV_IMM(BPF_REG_6, 1), INSN_CALL(BPF_FUNC_ktime_get_ns),
		    INSN_MOV_REG(BPF_REG_0, BPF_REG_6), INSN_EXIT);
}

static void unused_drop__instruction_that_is_not_known__leaves_all_as_it_is(void **state)
{
	struct scene s;

	(void)state;
	ASSERT_STAYS(&s, INSN_MOV_IMM(BPF_REG_3, 1), INSN(BPF_LD | BPF_ABS | BPF_W, 0, 0, 0, 0),
		     RETURN(1));
	ASSERT_STAYS(&s, INSN_MOV_IMM(BPF_REG_3, 1), INSN(BPF_JMP32 | BPF_JA, 0, 0, 0, 1),
		     RETURN(1), RETURN(2));
}

/* Slots that programs by chance use, and how many instructions they have behind the first stores.
 */
#define SLOTS  12
#define LENGTH 60

static int random_slot(void)
{
	return -8 * (1 + rand() % SLOTS);
}

/* One that faults nowhere; it may jump forward, to before `end`. */
static struct bpf_insn random_insn(int i, int end)
{
	static const uint8_t ops[] = {BPF_ADD, BPF_SUB, BPF_MUL, BPF_AND, BPF_OR,
				      BPF_XOR, BPF_LSH, BPF_RSH, BPF_MOV, BPF_MOV};
	static const uint8_t jumps[] = {BPF_JEQ, BPF_JNE, BPF_JGT, BPF_JLE};
	static const uint8_t sizes[] = {BPF_DW, BPF_DW, BPF_DW, BPF_W, BPF_B};
	uint8_t dst = rand() % 9, src = rand() % 9, class = rand() % 3 ? BPF_ALU64 : BPF_ALU;
	uint8_t op = ops[rand() % UTIL_ARRAY_SIZE(ops)],
		size = sizes[rand() % UTIL_ARRAY_SIZE(sizes)];
	int imm = rand() % 5 - 1;

	if (op == BPF_LSH || op == BPF_RSH)
		imm = rand() % 32;
	switch (rand() % 8) {
	case 0:
	case 1:
		return (struct bpf_insn)INSN(class | op | BPF_K, dst, 0, 0, imm);
	case 2:
		return (struct bpf_insn)INSN(
			class | (op == BPF_LSH || op == BPF_RSH ? BPF_MOV : op) | BPF_X, dst, src,
			0, 0);
	case 3:
		return (struct bpf_insn)INSN(BPF_LDX | BPF_MEM | size, dst, BPF_REG_10,
					     random_slot(), 0);
	case 4:
	case 5:
		return (struct bpf_insn)INSN(BPF_STX | BPF_MEM | size, BPF_REG_10, src,
					     random_slot(), 0);
	case 6: /* r9 has an address in the upper half */
		return rand() % 2 ? (struct bpf_insn)INSN(BPF_LDX | BPF_MEM | size, dst, BPF_REG_9,
							  8, 0)
				  : (struct bpf_insn)INSN(BPF_STX | BPF_MEM | size, BPF_REG_9, src,
							  8, 0);
	default:
		return (struct bpf_insn)INSN((rand() % 2 ? BPF_JMP : BPF_JMP32) |
						     jumps[rand() % UTIL_ARRAY_SIZE(jumps)] | BPF_K,
					     dst, 0, rand() % (end - i), imm);
	}
}

static uint32_t random_program(struct bpf_insn *insns)
{
	uint32_t n = 0;

	for (int i = 0; i <= 8; i++)
		insns[n++] = (struct bpf_insn)INSN_MOV_IMM(i, rand() % 3);
	for (int i = 1; i <= SLOTS; i++)
		insns[n++] = (struct bpf_insn)INSN_STORE(BPF_REG_10, rand() % 9, -8 * i);
	insns[n++] = (struct bpf_insn)INSN_MOV_REG(BPF_REG_9, BPF_REG_10);
	insns[n++] = (struct bpf_insn)INSN_ADD_IMM(BPF_REG_9, -8 * (2 + rand() % 4));
	for (int i = 0; i < LENGTH; i++)
		insns[n++] = random_insn(i, LENGTH);
	insns[n++] = (struct bpf_insn)INSN_MOV_REG(BPF_REG_0, rand() % 9);
	insns[n++] = (struct bpf_insn)INSN_EXIT;
	return n;
}

static struct ebpf_run run(const struct bpf_insn *insns, uint32_t n)
{
	struct ebpf_run run = {.insns = insns, .len = n, .ctx = "", .stack_max = 512};

	ebpf_run(&run);
	return run;
}

static void unused_drop__random_programs__do_the_same_in_fewer_steps(void **state)
{
	const struct prune_constants constants = {-1, NULL, 0};
	uint64_t before = 0, after = 0;

	(void)state;
	srand(7);
	for (int i = 0; i < 20000; i++) {
		struct bpf_insn insns[MAX] = {0}, shorter[MAX];
		struct shrink_program program = {.insns = shorter,
						 .n_insns = random_program(insns)};
		struct ebpf_run whole = run(insns, program.n_insns), less;

		assert_null(whole.fault);
		memcpy(shorter, insns, sizeof(shorter));
		assert_int_equal(prune_dead(&program, &constants), 0);
		assert_int_equal(unused_drop(&program, &calls), 0);
		less = run(shorter, program.n_insns);
		if (less.fault)
			print_error("program %d: %s\n", i, less.fault);
		assert_null(less.fault);
		assert_int_equal(less.result, whole.result);
		before += whole.steps;
		after += less.steps;
	}
	assert_true(after < before / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			unused_drop__result_that_nobody_wants__goes_with_what_it_was_made_of),
		cmocka_unit_test(unused_drop__stores__go_where_no_load_finds_them),
		cmocka_unit_test(unused_drop__address_of_the_stack__keeps_what_is_at_it_and_above),
		cmocka_unit_test(unused_drop__arguments__are_as_many_as_a_call_takes),
		cmocka_unit_test(unused_drop__instruction_that_is_not_known__leaves_all_as_it_is),
		cmocka_unit_test(unused_drop__random_programs__do_the_same_in_fewer_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
