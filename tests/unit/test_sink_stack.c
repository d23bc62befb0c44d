/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_sink_stack.c - stacks in text, in pcapng and folded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"
#include "filetest.h"
#include "sink/pcapng_block.h"
#include "sink/pcapng_stack.h"

#define STACK(number, ...)                                                                         \
	{                                                                                          \
		number, UTIL_ARRAY_SIZE(((const char *const[]){__VA_ARGS__})),                     \
			(const char *const[])                                                      \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}

static const struct record_stack received =
	STACK(1, "tcp_v4_rcv+0x91", "nf_hook+0x1 [nf_mod]", "do_softirq.part.0+0x3b");
static const struct record_stack sent = STACK(2, "dev_hard_start_xmit+0x1", "tcp_sendmsg+0x2");
static const struct record_stack sent_elsewhere =
	STACK(3, "dev_hard_start_xmit+0x9", "tcp_sendmsg+0x2");

/* What a sink writes for n records with these stacks; the caller frees. */
static char *write_stacks(void **state, const struct sink_ops *ops, bool stack, unsigned int n,
			  const struct record_stack *const *stacks, size_t *len)
{
	char *path = filetest_path(state, "x");
	const struct sink_config config = {.path = path, .stack = stack, .time = SINK_TIME_NONE};
	const struct capture_totals totals = {.n_probes = 0};
	struct sink *sink = NULL;
	struct err err;
	char *data;

	assert_int_equal(ops->open(&sink, &config, &filetest_info, &err), 0);
	for (unsigned int i = 0; i < n; i++) {
		struct record record = filetest_record();

		record.stack = stacks[i];
		assert_int_equal(ops->write(sink, &record, &err), 0);
	}
	assert_int_equal(ops->close(sink, &totals, &err), 0);
	data = util_read_file(path, len);
	assert_non_null(data);
	free(path);
	return data;
}

static void assert_folded(void **state, unsigned int n, const struct record_stack *const *stacks,
			  const char *expected)
{
	char *text = write_stacks(state, &sink_fold_ops, false, n, stacks, NULL);

	assert_string_equal(text, expected);
	free(text);
}

static void fold__lines_are_the_ways_from_outside_in_and_add_up(void **state)
{
	const struct record_stack *const stacks[] = {&sent,	&received, &sent_elsewhere,
						     &received, &sent,	   NULL};

	assert_folded(state, 6, stacks,
		      "do_softirq.part.0;nf_hook[nf_mod];tcp_v4_rcv 2\n"
		      "tcp_sendmsg;dev_hard_start_xmit 3\n"
		      "[no stack] 1\n");
}

static void fold__nothing__is_an_empty_file(void **state)
{
	assert_folded(state, 0, NULL, "");
}

static void fold__stacks_that_are_not_kept__join_their_line(void **state)
{
	struct record_stack passing = sent;
	const struct record_stack *const stacks[] = {&passing, &sent, &passing};

	passing.id = 0;
	assert_folded(state, 3, stacks, "tcp_sendmsg;dev_hard_start_xmit 3\n");
}

static void fold__what_would_break_a_line__is_left_out(void **state)
{
	const struct record_stack odd =
		STACK(9, "a b;c\n+0x1", "0xffffffffc0700000", "d+0x1 [m;\t1]");
	const struct record_stack *const stacks[] = {&odd};

	assert_folded(state, 1, stacks, "d[m1];0xffffffffc0700000;abc 1\n");
}

static void fold__more_ways_than_are_kept__are_counted_together(void **state)
{
	char *path = filetest_path(state, "x"), *text, *last;
	const struct capture_totals totals = {.n_probes = 0};
	struct sink *sink = filetest_open(&sink_fold_ops, path, false, &filetest_info);
	struct record record = filetest_record();
	char name[32];
	const char *const frames[] = {name};
	struct err err;

	for (unsigned int i = 0; i < 65536 + 5; i++) {
		const struct record_stack stack = {i + 1, 1, frames};

		snprintf(name, sizeof(name), "f%u+0x1", i);
		record.stack = &stack;
		assert_int_equal(sink_fold_ops.write(sink, &record, &err), 0);
	}
	assert_int_equal(sink_fold_ops.close(sink, &totals, &err), 0);
	text = util_read_file(path, NULL);
	last = strstr(text, "[other");
	assert_non_null(last);
	assert_string_equal(last, "[other stacks] 5\n");
	assert_non_null(strstr(text, "f65535 1\n"));
	assert_null(strstr(text, "f65536 "));
	free(text);
	free(path);
}

static void text__stacks__stand_below_their_packets_if_asked_for(void **state)
{
	const struct record_stack *const stacks[] = {&received, NULL, &sent};
	char *with = write_stacks(state, &sink_text_ops, true, 3, stacks, NULL);
	char *without = write_stacks(state, &sink_text_ops, false, 3, stacks, NULL);
	const char *first = strchr(with, '\n') + 1;

	assert_memory_equal(first,
			    "        tcp_v4_rcv+0x91\n"
			    "        nf_hook+0x1 [nf_mod]\n"
			    "        do_softirq.part.0+0x3b\n"
			    "ip_rcv ",
			    strlen("        tcp_v4_rcv+0x91\n"
				   "        nf_hook+0x1 [nf_mod]\n"
				   "        do_softirq.part.0+0x3b\n"
				   "ip_rcv "));
	assert_non_null(
		strstr(with, "\n        dev_hard_start_xmit+0x1\n        tcp_sendmsg+0x2\n"));
	assert_null(strstr(without, "tcp_"));
	free(with);
	free(without);
}

/* The nth comment of each packet block, joined by bars; the caller frees. */
static char *comments(const char *data, size_t len, unsigned int nth)
{
	struct filetest_block block;
	char *all = calloc(1, 65536);

	for (unsigned int i = 0; filetest_block(data, len, i, &block); i++) {
		char *comment;

		if (block.type != PCAPNG_BLOCK_EPB)
			continue;
		comment = filetest_option_str(&block, PCAPNG_OPT_COMMENT, nth);
		strcat(strcat(all, comment), "|");
		free(comment);
	}
	return all;
}

static void pcapng__stacks__are_a_second_comment_of_their_packets(void **state)
{
	/* rows of one cache, taken in turns; one that is not kept */
	const struct record_stack other = {1 + PCAPNG_STACK_ROWS, 1, (const char *const[]){"x\\"}};
	const struct record_stack passing = {0, 1, (const char *const[]){"p+0x1"}};
	const struct record_stack passing_too = {0, 1, (const char *const[]){"q+0x1"}};
	const struct record_stack *const stacks[] = {&sent,  NULL,     &other,	     &sent,
						     &other, &passing, &passing_too, &sent};
	size_t len;
	char *data = write_stacks(state, &sink_pcapng_ops, true, 8, stacks, &len);
	char *text = comments(data, len, 1);

	assert_string_equal(text, "stack:\ndev_hard_start_xmit+0x1\ntcp_sendmsg+0x2|"
				  "|stack:\nx\\x5c|"
				  "stack:\ndev_hard_start_xmit+0x1\ntcp_sendmsg+0x2|"
				  "stack:\nx\\x5c|stack:\np+0x1|stack:\nq+0x1|"
				  "stack:\ndev_hard_start_xmit+0x1\ntcp_sendmsg+0x2|");
	free(text);
	/* the first one is what it always was */
	text = comments(data, len, 0);
	assert_non_null(strstr(text, "probe=ip_rcv@1 "));
	assert_null(strstr(text, "stack"));
	free(text);
	free(data);
}

static void pcapng__stacks_nobody_asked_for__are_not_written(void **state)
{
	const struct record_stack *const stacks[] = {&sent};
	size_t len;
	char *data = write_stacks(state, &sink_pcapng_ops, false, 1, stacks, &len);
	char *text = comments(data, len, 1);

	assert_string_equal(text, "|");
	free(text);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fold__lines_are_the_ways_from_outside_in_and_add_up),
		cmocka_unit_test(fold__nothing__is_an_empty_file),
		cmocka_unit_test(fold__stacks_that_are_not_kept__join_their_line),
		cmocka_unit_test(fold__what_would_break_a_line__is_left_out),
		cmocka_unit_test(fold__more_ways_than_are_kept__are_counted_together),
		cmocka_unit_test(text__stacks__stand_below_their_packets_if_asked_for),
		cmocka_unit_test(pcapng__stacks__are_a_second_comment_of_their_packets),
		cmocka_unit_test(pcapng__stacks_nobody_asked_for__are_not_written),
	};

	return cmocka_run_group_tests(tests, filetest_setup, filetest_teardown);
}
