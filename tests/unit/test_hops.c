/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_hops.c - latencies in bounded memory, the table of hops, and when events were lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "flow/hops.h"
#include "flow/latency.h"
#include "flow/losses.h"

static void latency__percentiles__are_never_below_and_at_most_a_part_above(void **state)
{
	struct latency *l = calloc(1, sizeof(*l));

	(void)state;
	assert_non_null(l);
	assert_int_equal(latency_percentile(l, 50), 0);
	for (uint64_t i = 1; i <= 100000; i++)
		latency_add(l, i * 10);
	for (uint32_t percent = 1; percent <= 100; percent++) {
		uint64_t right = percent * 10000, got = latency_percentile(l, percent);

		assert_true(got >= right);
		assert_true(got - right <= right / LATENCY_PARTS);
	}
	assert_int_equal(latency_percentile(l, 100), 1000000);
	free(l);
}

static void latency__small_and_huge_times__are_exact_or_the_largest(void **state)
{
	struct latency *l = calloc(1, sizeof(*l));

	(void)state;
	assert_non_null(l);
	latency_add(l, 0);
	latency_add(l, 31);
	latency_add(l, 32);
	assert_int_equal(latency_percentile(l, 1), 0);
	assert_int_equal(latency_percentile(l, 50), 31);
	assert_int_equal(latency_percentile(l, 99), 32);
	latency_add(l, UINT64_MAX);
	assert_int_equal(latency_percentile(l, 100), UINT64_MAX);
	assert_int_equal(l->n, 4);
	assert_int_equal(latency_octave(l, 0), 1);
	assert_int_equal(latency_octave(l, 4), 1);
	assert_int_equal(latency_octave(l, 5), 1);
	assert_int_equal(latency_octave(l, LATENCY_POWERS - 1), 1);
	free(l);
}

static void latency__octaves__add_up_to_all(void **state)
{
	struct latency *l = calloc(1, sizeof(*l));
	uint64_t sum = 0, in_1024 = 0;

	(void)state;
	assert_non_null(l);
	for (uint64_t i = 0; i < 100000; i++) {
		uint64_t ns = i * i;

		latency_add(l, ns);
		in_1024 += ns >= 1024 && ns < 2048;
	}
	for (uint32_t i = 0; i < LATENCY_POWERS; i++)
		sum += latency_octave(l, i);
	assert_int_equal(sum, 100000);
	assert_int_equal(latency_octave(l, 10), in_1024);
	free(l);
}

static const struct capture_probe probes[] = {
	{.spec = "a", .name = "first"},
	{.spec = "b", .name = "second"},
	{.spec = "c", .name = "third"},
	{.spec = "d", .name = "never"},
};
static const struct capture_info info = {.probes = probes, .n_probes = 4};

static char *printed(const struct hops *hops, void (*print)(const struct hops *, FILE *))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	print(hops, out);
	fclose(out);
	return text;
}

static struct hops *three_journeys(void)
{
	static const uint32_t missing[] = {2};
	struct journey_hop hop[2] = {{.changes = ""}, {.changes = ""}};
	struct journey journey = {.hops = hop, .n_hops = 2};
	struct hops *hops = hops_new(&info);

	assert_non_null(hops);
	hop[1].record.probe = 1;
	for (uint64_t us = 1; us <= 3; us++) {
		hop[1].since_first_ns = hop[1].since_previous_ns = us * 1000;
		journey.missing = missing;
		journey.n_missing = us == 3;
		assert_int_equal(hops_add(hops, &journey), 0);
	}
	return hops;
}

static void hops__table__has_who_was_there_and_who_was_not(void **state)
{
	struct hops *hops = three_journeys(), *none = hops_new(&info);
	struct capture_hop row;
	char *text = printed(hops, hops_print);

	(void)state;
	assert_true(hops_get(hops, 0, &row));
	assert_int_equal(row.seen, 3);
	assert_int_equal(row.since_previous.n, 0);
	assert_true(hops_get(hops, 1, &row));
	assert_int_equal(row.since_first.n, 3);
	assert_int_equal(row.since_first.max_ns, 3000);
	assert_in_range(row.since_first.p50_ns, 2000, 2062);
	assert_true(hops_get(hops, 2, &row));
	assert_int_equal(row.seen, 0);
	assert_int_equal(row.missing, 1);
	assert_false(hops_get(hops, 3, &row));
	assert_non_null(strstr(text, "\nfirst          3         0         -  "));
	assert_non_null(strstr(text,
			       "\nsecond         3         0     2.0us     3.0us     3.0us     "
			       "3.0us"));
	assert_non_null(strstr(text, "\nthird          0         1         -  "));
	assert_null(strstr(text, "never"));
	free(text);
	text = printed(none, hops_print);
	assert_string_equal(text, "");
	free(text);
	hops_free(none);
	hops_free(hops);
}

static void hops__histogram__has_a_bar_for_each_power_of_two_between(void **state)
{
	struct hops *hops = three_journeys();
	char *text = printed(hops, hops_print_histograms);

	(void)state;
	assert_string_equal(
		text,
		"second, since the hop before:\n"
		"      0.5us .. 1.0us             1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\n"
		"      1.0us .. 2.0us             1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\n"
		"      2.0us .. 4.0us             1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\n");
	free(text);
	hops_free(hops);
}

static void losses__between_two_looks__touch_what_overlaps_and_nothing_else(void **state)
{
	struct losses *l = calloc(1, sizeof(*l));

	(void)state;
	assert_non_null(l);
	losses_init(l, 1000, 0);
	losses_note(l, 2000, 2001, 0);
	losses_note(l, 3000, 3001, 5);
	losses_note(l, 4000, 4001, 5);
	losses_note(l, 5000, 5001, 6);
	assert_int_equal(losses_between(l, 0, 1999), 0);
	assert_int_equal(losses_between(l, 0, 2000), 5);
	assert_int_equal(losses_between(l, 3001, 3500), 5);
	assert_int_equal(losses_between(l, 3002, 3999), 0);
	assert_int_equal(losses_between(l, 2500, 4500), 6);
	assert_int_equal(losses_between(l, 5002, 9000), 0);
	free(l);
}

static void losses__more_spans_than_are_kept__make_the_old_time_uncertain(void **state)
{
	struct losses *l = calloc(1, sizeof(*l));
	uint64_t t = 1000, lost = 0;

	(void)state;
	assert_non_null(l);
	losses_init(l, t, 0);
	for (int i = 0; i < LOSSES_SPANS + 10; i++, t += 2000) {
		losses_note(l, t + 1000, t + 1001, ++lost);
		losses_note(l, t + 2000, t + 2001, lost);
	}
	assert_true(losses_between(l, 0, 10) > 0);
	assert_int_equal(losses_between(l, t - 500, t - 400), 0);
	assert_int_equal(losses_between(l, t - 1500, t - 1400), 1);
	free(l);
}

static void losses__at_every_look__are_one_span(void **state)
{
	struct losses *l = calloc(1, sizeof(*l));

	(void)state;
	assert_non_null(l);
	losses_init(l, 0, 0);
	for (uint64_t i = 1; i <= 10 * LOSSES_SPANS; i++)
		losses_note(l, i * 100, i * 100 + 1, i);
	assert_int_equal(l->n_spans, 1);
	assert_int_equal(losses_between(l, 5000, 5001), 10 * LOSSES_SPANS);
	free(l);
}

static void losses__a_clock_set_back__widens_the_span(void **state)
{
	struct losses *l = calloc(1, sizeof(*l));

	(void)state;
	assert_non_null(l);
	losses_init(l, 5000, 0);
	losses_note(l, 2000, 2001, 1);
	assert_int_equal(losses_between(l, 2500, 2600), 1);
	assert_int_equal(losses_between(l, 4900, 4999), 1);
	free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(latency__percentiles__are_never_below_and_at_most_a_part_above),
		cmocka_unit_test(latency__small_and_huge_times__are_exact_or_the_largest),
		cmocka_unit_test(latency__octaves__add_up_to_all),
		cmocka_unit_test(hops__table__has_who_was_there_and_who_was_not),
		cmocka_unit_test(hops__histogram__has_a_bar_for_each_power_of_two_between),
		cmocka_unit_test(losses__between_two_looks__touch_what_overlaps_and_nothing_else),
		cmocka_unit_test(losses__more_spans_than_are_kept__make_the_old_time_uncertain),
		cmocka_unit_test(losses__at_every_look__are_one_span),
		cmocka_unit_test(losses__a_clock_set_back__widens_the_span),
	};

	return cmocka_run_group_tests_name("hops", tests, NULL, NULL);
}
