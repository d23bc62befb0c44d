/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_stacks.c - kernel stacks by name: what is cut, what is kept, what happens to strangers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"
#include "fakeroot.h"
#include "kernel/symbol.h"
#include "session/stacks.h"

#define KALLSYMS "/proc/kallsyms"

static const char some[] = "ffffffff81001000 T tcp_v4_rcv\n"
			   "ffffffff81002000 T die_here\n"
			   "ffffffff81003000 T ip_local_deliver\n"
			   "ffffffff81004000 T bpf_trace_run3\n"
			   "ffffffff81005000 T __traceiter_kfree_skb\n"
			   "ffffffff81006000 T sk_skb_reason_drop\n"
			   "ffffffff81007000 T bpf_prog_run_generic\n"
			   "ffffffff81008000 t _etext\n"
			   "ffffffffc0001000 t bpf_prog_0123456789abcdef_mine\t[bpf]\n";

#define RCV	    0xffffffff81001000ull
#define DELIVER	    0xffffffff81003000ull
#define TRACE_RUN   0xffffffff81004000ull
#define ITER	    0xffffffff81005000ull
#define DROP	    0xffffffff81006000ull
#define LIKE_A_PROG 0xffffffff81007000ull
#define PROG	    0xffffffffc0001000ull
#define LATER	    0xffffffffc0700000ull /* where nothing is, at first */

struct fixture {
	struct symbol_table *symbols;
	struct plan_kernel kernel;
	struct stacks *stacks;
};

static struct symbol_table *get_symbols(void *arg)
{
	return ((struct fixture *)arg)->symbols;
}

static void open_depth(struct fixture *f, const char *text, uint32_t depth)
{
	struct err err;

	memset(f, 0, sizeof(*f));
	if (text) {
		fakeroot_write_text(KALLSYMS, text);
		assert_int_equal(symbol_open(&f->symbols, NULL, &err), 0);
	}
	f->kernel.symbols = get_symbols;
	f->kernel.symbols_arg = f;
	f->stacks = stacks_new(&f->kernel, depth);
	assert_non_null(f->stacks);
}

static void close_all(struct fixture *f)
{
	stacks_free(f->stacks);
	symbol_close(f->symbols);
}

#define GET(f, origin, ...)                                                                        \
	stacks_get((f)->stacks, (const uint64_t[]){__VA_ARGS__},                                   \
		   UTIL_ARRAY_SIZE(((const uint64_t[]){__VA_ARGS__})), origin)

static void assert_frames(const struct record_stack *stack, const char *const *frames)
{
	uint32_t n = 0;

	assert_non_null(stack);
	for (; frames[n]; n++) {
		assert_true(n < stack->n);
		assert_string_equal(stack->frames[n], frames[n]);
	}
	assert_int_equal(stack->n, n);
}

#define FRAMES(stack, ...) assert_frames(stack, (const char *const[]){__VA_ARGS__, NULL})

static void stacks_get__programs_and_what_calls_them__are_cut(void **state)
{
	struct fixture f;

	(void)state;
	open_depth(&f, some, 32);
	FRAMES(GET(&f, STACKS_FROM_TRACEPOINT, PROG + 9, TRACE_RUN + 8, ITER + 4, DROP + 16,
		   RCV + 1),
	       "sk_skb_reason_drop+0x10", "tcp_v4_rcv+0x1");
	/* younger than the symbols */
	FRAMES(GET(&f, STACKS_FROM_TRACEPOINT, LATER + 9, LATER + 99, TRACE_RUN + 8, DROP + 16,
		   RCV + 1),
	       "sk_skb_reason_drop+0x10", "tcp_v4_rcv+0x1");
	close_all(&f);
}

static void stacks_get__a_place_without_a_symbol_behind_them__is_its_address(void **state)
{
	struct fixture f;

	(void)state;
	open_depth(&f, some, 32);
	FRAMES(GET(&f, STACKS_FROM_TRACEPOINT, LATER, TRACE_RUN + 8, LATER + 16, RCV + 1),
	       "0xffffffffc0700010", "tcp_v4_rcv+0x1");
	close_all(&f);
}

static void stacks_get__machinery_deeper_down__stays(void **state)
{
	struct fixture f;

	(void)state;
	open_depth(&f, some, 32);
	FRAMES(GET(&f, STACKS_FROM_TRACEPOINT, PROG + 9, TRACE_RUN + 8, DROP + 1, PROG + 5,
		   TRACE_RUN + 2, RCV + 1),
	       "sk_skb_reason_drop+0x1", "bpf_prog_0123456789abcdef_mine+0x5 [bpf]",
	       "bpf_trace_run3+0x2", "tcp_v4_rcv+0x1");
	/* a function whose name begins like a program's */
	FRAMES(GET(&f, STACKS_FROM_TRACEPOINT, PROG + 9, LIKE_A_PROG + 3, RCV + 1),
	       "bpf_prog_run_generic+0x3", "tcp_v4_rcv+0x1");
	close_all(&f);
}

static void stacks_get__from_registers__begins_with_the_first_address(void **state)
{
	struct fixture f;

	(void)state;
	open_depth(&f, some, 32);
	FRAMES(GET(&f, STACKS_FROM_REGISTERS, RCV, DELIVER + 2), "tcp_v4_rcv",
	       "ip_local_deliver+0x2");
	FRAMES(GET(&f, STACKS_FROM_REGISTERS, LATER + 1, RCV + 1), "0xffffffffc0700001",
	       "tcp_v4_rcv+0x1");
	close_all(&f);
}

/* die_here() never returns from its last call: the address behind it is the next function's. */
static void stacks_get__a_return_address_at_a_functions_end__is_the_callers(void **state)
{
	struct fixture f;

	(void)state;
	open_depth(&f, some, 32);
	FRAMES(GET(&f, STACKS_FROM_REGISTERS, RCV + 4, DELIVER), "tcp_v4_rcv+0x4",
	       "die_here+0x1000");
	close_all(&f);
}

static void stacks_get__equal_stacks__are_one(void **state)
{
	const struct record_stack *first, *other;
	struct fixture f;

	(void)state;
	open_depth(&f, some, 32);
	first = GET(&f, STACKS_FROM_REGISTERS, RCV + 1, DELIVER + 2);
	other = GET(&f, STACKS_FROM_REGISTERS, RCV + 1, DELIVER + 3);
	assert_int_equal(first->id, 1);
	assert_int_equal(other->id, 2);
	assert_ptr_equal(GET(&f, STACKS_FROM_REGISTERS, RCV + 1, DELIVER + 2), first);
	assert_ptr_equal(GET(&f, STACKS_FROM_REGISTERS, RCV + 1, DELIVER + 3), other);
	/* the longer one is another, and so is the same taken elsewhere */
	assert_int_equal(GET(&f, STACKS_FROM_REGISTERS, RCV + 1, DELIVER + 2, DELIVER + 2)->id, 3);
	assert_int_equal(GET(&f, STACKS_FROM_TRACEPOINT, RCV + 1, DELIVER + 2)->id, 4);
	close_all(&f);
}

static void stacks_get__more_frames_than_the_depth__are_cut_below(void **state)
{
	struct fixture f;

	(void)state;
	open_depth(&f, some, 2);
	FRAMES(GET(&f, STACKS_FROM_TRACEPOINT, PROG + 9, TRACE_RUN + 8, DROP + 16, RCV + 1,
		   DELIVER + 2),
	       "sk_skb_reason_drop+0x10", "tcp_v4_rcv+0x1");
	FRAMES(GET(&f, STACKS_FROM_TRACEPOINT, PROG + 9, TRACE_RUN + 8, DROP + 16),
	       "sk_skb_reason_drop+0x10");
	close_all(&f);
}

/* As kretprobes before Linux 5.15, whose return addresses lead to the trampoline alone. */
static void stacks_get__nothing_but_machinery__is_no_stack(void **state)
{
	struct fixture f;

	(void)state;
	open_depth(&f, "ffffffff81001000 T kretprobe_trampoline\n", 32);
	assert_null(GET(&f, STACKS_FROM_REGISTERS, RCV));
	assert_null(GET(&f, STACKS_FROM_REGISTERS, RCV));
	close_all(&f);
}

/* What lies behind a module's last function may be a program; it stands before what called it. */
static void stacks_get__a_program_with_a_wrong_name__is_cut(void **state)
{
	struct fixture f;

	(void)state;
	open_depth(&f, some, 32);
	FRAMES(GET(&f, STACKS_FROM_TRACEPOINT, DELIVER + 9, RCV + 5, TRACE_RUN + 8, ITER + 1,
		   DROP + 16, RCV + 1),
	       "sk_skb_reason_drop+0x10", "tcp_v4_rcv+0x1");
	close_all(&f);
}

static void stacks_get__trampolines_made_since__are_looked_up_once(void **state)
{
	struct fixture f;

	(void)state;
	open_depth(&f, some, 32);
	fakeroot_write_text(KALLSYMS, "ffffffff81001000 T tcp_v4_rcv\n"
				      "ffffffff81003000 T ip_local_deliver\n"
				      "ffffffffc0700000 t bpf_trampoline_6442_1\t[bpf]\n");
	FRAMES(GET(&f, STACKS_FROM_TRAMPOLINE, PROG + 4, LATER + 7, RCV + 5, DELIVER + 1),
	       "tcp_v4_rcv+0x5", "ip_local_deliver+0x1");
	fakeroot_write_text(KALLSYMS, "");
	FRAMES(GET(&f, STACKS_FROM_TRAMPOLINE, PROG + 4, LATER + 7, RCV + 6, DELIVER + 1),
	       "tcp_v4_rcv+0x6", "ip_local_deliver+0x1");
	close_all(&f);
}

static void stacks_get__no_addresses__is_no_stack(void **state)
{
	const uint64_t none = 0;
	struct fixture f;

	(void)state;
	open_depth(&f, some, 32);
	assert_null(stacks_get(f.stacks, &none, 0, STACKS_FROM_TRACEPOINT));
	close_all(&f);
}

static void stacks_get__hidden_addresses__are_all_shown_as_numbers(void **state)
{
	struct fixture f;

	(void)state;
	open_depth(&f, "0000000000000000 T tcp_v4_rcv\n", 32);
	FRAMES(GET(&f, STACKS_FROM_TRACEPOINT, PROG + 1, RCV + 1), "0xffffffffc0001001",
	       "0xffffffff81001001");
	close_all(&f);
	open_depth(&f, NULL, 32);
	FRAMES(GET(&f, STACKS_FROM_TRACEPOINT, PROG + 1, RCV + 1), "0xffffffffc0001001",
	       "0xffffffff81001001");
	close_all(&f);
}

static void stacks_get__a_module_loaded_meanwhile__gets_its_names(void **state)
{
	struct fixture f;

	(void)state;
	open_depth(&f, some, 32);
	FRAMES(GET(&f, STACKS_FROM_REGISTERS, RCV + 1, DELIVER + 1), "tcp_v4_rcv+0x1",
	       "ip_local_deliver+0x1");
	fakeroot_write_text(KALLSYMS, "ffffffff81001000 T tcp_v4_rcv\n"
				      "ffffffffc0700000 t nf_late\t[late]\n");
	FRAMES(GET(&f, STACKS_FROM_REGISTERS, RCV + 1, LATER + 7), "tcp_v4_rcv+0x1",
	       "nf_late+0x7 [late]");
	/* read once for strangers: the next one is not worth it */
	fakeroot_write_text(KALLSYMS, "ffffffffc0900000 t later\t[later]\n");
	FRAMES(GET(&f, STACKS_FROM_REGISTERS, RCV + 1, 0xffffffffc0900008ull), "tcp_v4_rcv+0x1",
	       "0xffffffffc0900008");
	close_all(&f);
}

static void stacks_get__too_many_different_ones__are_named_but_not_kept(void **state)
{
	const struct record_stack *first, *passing;
	struct fixture f;

	(void)state;
	open_depth(&f, some, 32);
	first = GET(&f, STACKS_FROM_REGISTERS, RCV + 1, DELIVER + 1);
	for (uint32_t i = 1; i < STACKS_MAX; i++)
		assert_int_equal(GET(&f, STACKS_FROM_REGISTERS, RCV + 1, DELIVER + 1,
				     RCV + 1 + i % 0x1000, DELIVER + 1 + i / 0x1000)
					 ->id,
				 i + 1);
	passing = GET(&f, STACKS_FROM_REGISTERS, DELIVER + 1, RCV + 0x18, LATER);
	assert_int_equal(passing->id, 0);
	FRAMES(passing, "ip_local_deliver+0x1", "tcp_v4_rcv+0x18", "0xffffffffc0700000");
	/* those that are known still are */
	assert_ptr_equal(GET(&f, STACKS_FROM_REGISTERS, RCV + 1, DELIVER + 1), first);
	assert_int_equal(first->id, 1);
	close_all(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stacks_get__programs_and_what_calls_them__are_cut),
		cmocka_unit_test(stacks_get__a_place_without_a_symbol_behind_them__is_its_address),
		cmocka_unit_test(stacks_get__machinery_deeper_down__stays),
		cmocka_unit_test(stacks_get__from_registers__begins_with_the_first_address),
		cmocka_unit_test(stacks_get__a_return_address_at_a_functions_end__is_the_callers),
		cmocka_unit_test(stacks_get__equal_stacks__are_one),
		cmocka_unit_test(stacks_get__more_frames_than_the_depth__are_cut_below),
		cmocka_unit_test(stacks_get__nothing_but_machinery__is_no_stack),
		cmocka_unit_test(stacks_get__a_program_with_a_wrong_name__is_cut),
		cmocka_unit_test(stacks_get__trampolines_made_since__are_looked_up_once),
		cmocka_unit_test(stacks_get__no_addresses__is_no_stack),
		cmocka_unit_test(stacks_get__hidden_addresses__are_all_shown_as_numbers),
		cmocka_unit_test(stacks_get__a_module_loaded_meanwhile__gets_its_names),
		cmocka_unit_test(stacks_get__too_many_different_ones__are_named_but_not_kept),
	};

	return cmocka_run_group_tests(tests, fakeroot_setup, fakeroot_teardown);
}
