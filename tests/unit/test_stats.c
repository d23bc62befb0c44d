/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_stats.c - the totals at the end, word by word.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "filetest.h"
#include "flow/stats.h"

static char *print(const struct capture_info *info, const struct capture_totals *totals)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	stats_print(out, info, totals);
	fclose(out);
	return text;
}

static void assert_printed(const struct capture_info *info, const struct capture_totals *totals,
			   const char *expected)
{
	char *text = print(info, totals);

	assert_string_equal(text, expected);
	free(text);
}

static struct capture_info one_probe(void)
{
	struct capture_info info = filetest_info;

	info.n_probes = 1;
	return info;
}

static void stats__one_probe__are_three_lines(void **state)
{
	struct capture_counts counts = {
		.seen = 12, .rejected = 9, .matched = 3, .sent = 3, .missed_known = true};
	struct capture_totals totals = {.probes = &counts, .n_probes = 1, .shown = 3};
	struct capture_info info = one_probe();

	(void)state;
	assert_printed(&info, &totals,
		       "3 packets captured\n"
		       "12 packets seen, 9 rejected by the filter\n"
		       "0 packets lost\n");
}

static void stats__nothing_seen__says_zero(void **state)
{
	struct capture_counts counts = {.missed_known = true};
	struct capture_totals totals = {.probes = &counts, .n_probes = 1};
	struct capture_info info = one_probe();

	(void)state;
	info.filter = "";
	assert_printed(&info, &totals,
		       "0 packets captured\n"
		       "0 packets seen\n"
		       "0 packets lost\n");
}

static void stats__one_of_each__are_in_the_singular(void **state)
{
	struct capture_counts counts = {
		.seen = 1, .matched = 1, .sent = 1, .missed_known = true, .missed = 1};
	struct capture_totals totals = {.probes = &counts, .n_probes = 1, .shown = 1};
	struct capture_info info = one_probe();

	(void)state;
	assert_printed(&info, &totals,
		       "1 packet captured\n"
		       "1 packet seen, 0 rejected by the filter\n"
		       "0 packets lost\n"
		       "missed: 1 hit, not among those seen\n");
}

static void stats__rejected_without_a_filter__does_not_blame_it(void **state)
{
	struct capture_counts counts = {.seen = 2, .rejected = 2, .missed_known = true};
	struct capture_totals totals = {.probes = &counts, .n_probes = 1};
	struct capture_info info = one_probe();

	(void)state;
	info.filter = "";
	assert_printed(&info, &totals,
		       "0 packets captured\n"
		       "2 packets seen, 2 rejected\n"
		       "0 packets lost\n");
}

static void stats__every_cause__is_named_and_unknown_misses_are_said(void **state)
{
	struct capture_counts counts = {
		.seen = 1000,
		.rejected = 400,
		.fault = 1,
		.nested = 2,
		.undecidable = 3,
		.sampled = 4,
		.limited = 5,
		.matched = 585,
		.sent = 560,
		.ring_full = 10,
		.table_full = 8,
		.discarded = 7,
	};
	struct capture_totals totals = {
		.probes = &counts,
		.n_probes = 1,
		.shown = 500,
		.settled_out = 20,
		.after_limit = 30,
		.unwritten = 10,
		.left_out = 3,
		.unconverted = 5,
		.output_failed = true,
	};
	struct capture_info info = one_probe();

	(void)state;
	assert_printed(
		&info, &totals,
		"500 packets captured\n"
		"1000 packets seen, 420 rejected by the filter\n"
		"24 packets lost: 10 ring full, 2 nested, 1 read fault, 3 undecidable, "
		"8 table full\n"
		"16 packets held back: 4 not sampled, 5 over the rate limit, "
		"7 discarded by the action\n"
		"not shown: 30 after the limit of -c or --stop-on, 10 not written, the output "
		"failed, 3 not IP, for which -y RAW has no form\n"
		"printed, but not in the file: 2 not IP, for which -y RAW has no form\n"
		"not all that was captured is in the output: it failed before the last of it "
		"was written\n"
		"missed: unknown on this kernel\n");
}

static void stats__several_probes__are_a_table_with_causes(void **state)
{
	struct capture_counts counts[] = {
		{.seen = 1234567, .rejected = 1234560, .matched = 7, .sent = 5, .ring_full = 2},
		{.seen = 9, .matched = 9, .sent = 9, .missed_known = true, .missed = 4},
		{0},
	};
	struct capture_totals totals = {.probes = counts, .n_probes = 3, .shown = 14};

	(void)state;
	assert_printed(
		&filetest_info, &totals,
		"14 packets captured\n"
		"1234576 packets seen, 1234560 rejected by the filter\n"
		"2 packets lost: 2 ring full\n"
		"missed: at least 4 hits, not among those seen\n"
		"probe                                seen  rejected  captured  lost\n"
		"ip_rcv@1                          1234567   1234560         5     2  lost: 2 "
		"ring "
		"full  missed: unknown\n"
		"tracepoint:net:netif_receive_skb        9         0         9     0  missed: 4\n"
		"tracepoint:skb:kfree_skb          not attached\n");
}

static void stats__a_hundred_probes__has_no_row_for_the_silent_ones(void **state)
{
	struct capture_probe probes[100];
	struct capture_counts counts[100];
	struct capture_info info = filetest_info;
	struct capture_totals totals = {.probes = counts, .n_probes = 100, .shown = 2};
	unsigned int i;

	(void)state;
	memset(counts, 0, sizeof(counts));
	for (i = 0; i < 100; i++) {
		probes[i] = filetest_info.probes[0];
		counts[i].missed_known = true;
	}
	counts[42].seen = counts[42].matched = counts[42].sent = 2;
	info.probes = probes;
	info.n_probes = 100;
	assert_printed(&info, &totals,
		       "2 packets captured\n"
		       "2 packets seen, 0 rejected by the filter\n"
		       "0 packets lost\n"
		       "probe     seen  rejected  captured  lost\n"
		       "ip_rcv@1     2         0         2     0\n"
		       "99 more probes saw nothing\n");
}

/* Of a set nobody named each place: only those that saw something are told. */
static void stats__ten_probes_of_a_set__has_no_row_for_the_silent_ones(void **state)
{
	struct capture_probe probes[10];
	struct capture_counts counts[10];
	struct capture_totals totals = {
		.probes = counts,
		.n_probes = 10,
		.shown = 1,
	};
	struct capture_info info = one_probe();

	(void)state;
	for (int i = 0; i < 10; i++) {
		probes[i] = (struct capture_probe){.spec = "f@1", .mechanism = "kprobe"};
		counts[i] = (struct capture_counts){.missed_known = true};
	}
	counts[1].seen = counts[1].matched = counts[1].sent = 1;
	probes[2].spec = "named@1";
	probes[2].named = true;
	info.probes = probes;
	info.n_probes = 10;
	assert_printed(&info, &totals,
		       "1 packet captured\n"
		       "1 packet seen, 0 rejected by the filter\n"
		       "0 packets lost\n"
		       "probe    seen  rejected  captured  lost\n"
		       "f@1         1         0         1     0\n"
		       "named@1     0         0         0     0\n"
		       "8 more probes saw nothing\n");
}

static void stats__counters_that_do_not_add_up__are_reported(void **state)
{
	struct capture_counts counts = {
		.seen = 12, .rejected = 8, .matched = 3, .sent = 2, .missed_known = true};
	struct capture_totals totals = {.probes = &counts, .n_probes = 1, .shown = 5};
	struct capture_info info = one_probe();

	(void)state;
	/* while it runs (end_ns 0) the counters are allowed to be apart */
	assert_printed(&info, &totals,
		       "5 packets captured\n"
		       "12 packets seen, 8 rejected by the filter\n"
		       "0 packets lost\n");
	totals.end_ns = 1;
	assert_printed(
		&info, &totals,
		"5 packets captured\n"
		"12 packets seen, 8 rejected by the filter\n"
		"0 packets lost\n"
		"xcap: warning: the counters of ip_rcv@1 do not add up: seen 12, accounted for 11\n"
		"xcap: warning: the counters of ip_rcv@1 do not add up: matched 3, accounted for "
		"2\n"
		"xcap: warning: the counters of the capture do not add up: sent 2, accounted for "
		"5\n");
}

static void stats__hidden_drops__are_accounted_for(void **state)
{
	struct capture_counts counts = {.seen = 3, .matched = 3, .sent = 3, .missed_known = true};
	struct capture_totals totals = {
		.probes = &counts, .n_probes = 1, .shown = 1, .hidden = 2, .end_ns = 1};
	struct capture_info info = one_probe();

	(void)state;
	info.filter = "";
	assert_printed(&info, &totals,
		       "1 packet captured\n"
		       "3 packets seen\n"
		       "0 packets lost\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stats__one_probe__are_three_lines),
		cmocka_unit_test(stats__hidden_drops__are_accounted_for),
		cmocka_unit_test(stats__nothing_seen__says_zero),
		cmocka_unit_test(stats__one_of_each__are_in_the_singular),
		cmocka_unit_test(stats__rejected_without_a_filter__does_not_blame_it),
		cmocka_unit_test(stats__every_cause__is_named_and_unknown_misses_are_said),
		cmocka_unit_test(stats__several_probes__are_a_table_with_causes),
		cmocka_unit_test(stats__a_hundred_probes__has_no_row_for_the_silent_ones),
		cmocka_unit_test(stats__ten_probes_of_a_set__has_no_row_for_the_silent_ones),
		cmocka_unit_test(stats__counters_that_do_not_add_up__are_reported),
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
