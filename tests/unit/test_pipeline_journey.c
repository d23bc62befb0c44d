/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_pipeline_journey.c - journeys on their way to sinks that take them whole, and that do not.
 *
 * Every record that goes in is counted once when all is over, whatever became of its journey.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "filetest.h"
#include "flow/pipeline.h"

static struct buf diary; /* what the spies were given: "h1 h2 J1:2 " */
static const char *fail_at;

struct sink {
	char unused;
};

static int spy_open(struct sink **sink, const struct sink_config *config,
		    const struct capture_info *info, struct err *err)
{
	(void)config;
	(void)info;
	(void)err;
	*sink = calloc(1, sizeof(**sink));
	return 0;
}

static int say(const char *entry, struct err *err)
{
	buf_add_fmt(&diary, "%s ", entry);
	if (fail_at && strcmp(entry, fail_at) == 0)
		return err_errno(err, ERR_FAILED, ENOSPC, "spy failed");
	return 0;
}

static int spy_write(struct sink *sink, const struct record *record, struct err *err)
{
	char entry[32];

	(void)sink;
	snprintf(entry, sizeof(entry), "h%u", (unsigned int)record->number);
	assert_in_range(record->cap_len, 0, 50);
	if (record->flags & XCAP_EV_NO_PACKET) {
		say(entry, err);
		return SINK_LEFT_OUT;
	}
	return say(entry, err);
}

static int spy_write_journey(struct sink *sink, const struct journey *journey, struct err *err)
{
	char entry[32];

	(void)sink;
	snprintf(entry, sizeof(entry), "J%u:%u", (unsigned int)journey->number, journey->n_hops);
	assert_in_range(journey->hops[0].record.cap_len, 0, 50);
	return say(entry, err);
}

static int spy_tick(struct sink *sink, struct err *err)
{
	(void)sink;
	(void)err;
	return 0;
}

static int spy_close(struct sink *sink, const struct capture_totals *totals, struct err *err)
{
	(void)totals;
	(void)err;
	free(sink);
	return 0;
}

static const struct sink_ops by_hop = {
	.name = "hops", .open = spy_open, .write = spy_write, .tick = spy_tick, .close = spy_close};
static const struct sink_ops whole = {.name = "journeys",
				      .open = spy_open,
				      .write = spy_write,
				      .write_journey = spy_write_journey,
				      .tick = spy_tick,
				      .close = spy_close};

/* filetest_info's probes: 0 and 1 are named, 2 sees drops. */
static struct capture_probe probes[3];
static struct capture_info info;

static struct pipeline *start(uint64_t limit, const struct stop_condition *stop,
			      uint64_t min_latency_ns, const struct sink_ops *first,
			      const struct sink_ops *second)
{
	const struct gather_config gather = {.baseline = GATHER_BASELINE_ANY,
					     .min_latency_ns = min_latency_ns};
	struct pipeline_config config = {.limit = limit, .snaplen = 50};
	const struct sink_config sink = {0};
	struct pipeline *pipeline;
	struct err err;

	memcpy(probes, filetest_info.probes, sizeof(probes));
	for (int i = 0; i < 3; i++) {
		probes[i].named = true;
		probes[i].mechanism = "tp_btf";
	}
	info = filetest_info;
	info.probes = probes;
	if (stop)
		config.stop = *stop;
	buf_init(&diary);
	fail_at = NULL;
	pipeline = pipeline_new(&config);
	assert_non_null(pipeline);
	assert_int_equal(pipeline_gather(pipeline, &gather, &info, FILETEST_TS, &err), 0);
	if (first)
		assert_int_equal(pipeline_add(pipeline, first, &sink, &info, &err), 0);
	if (second)
		assert_int_equal(pipeline_add(pipeline, second, &sink, &info, &err), 0);
	return pipeline;
}

static void hop(struct pipeline *pipeline, uint32_t probe, uint64_t us, uint64_t id, uint16_t flags)
{
	struct record r = filetest_record();

	r.probe = probe;
	r.ts_ns = FILETEST_TS + us * 1000;
	r.id = id;
	r.flags = flags;
	if (flags & XCAP_EV_NO_PACKET)
		r.cap_len = 0;
	pipeline_write(pipeline, &r);
}

/* Close, and compare what was given to the sinks. Every record is counted once. */
static void finish(struct pipeline *pipeline, const char *want, uint64_t n_records,
		   struct capture_totals *totals)
{
	struct err err;

	memset(totals, 0, sizeof(*totals));
	pipeline_drain(pipeline, FILETEST_TS + 10000000000ull);
	pipeline_count(pipeline, totals);
	assert_int_equal(totals->shown + totals->settled_out + totals->hidden +
				 totals->after_limit + totals->unwritten + totals->left_out +
				 totals->held_back + totals->strays,
			 n_records);
	hops_free(pipeline_take_hops(pipeline));
	pipeline_close(pipeline, totals, &err);
	assert_string_equal(buf_str(&diary), want);
	buf_fini(&diary);
}

static void journeys__to_both_kinds_of_sinks__hop_by_hop_and_whole(void **state)
{
	struct pipeline *pipeline = start(0, NULL, 0, &by_hop, &whole);
	struct capture_totals totals;

	(void)state;
	hop(pipeline, 0, 0, 7, 0);
	hop(pipeline, 0, 1, 8, 0);
	hop(pipeline, 1, 2, 8, 0);
	hop(pipeline, 1, 3, 7, 0);
	hop(pipeline, 2, 3, 7, XCAP_EV_END); /* no record */
	finish(pipeline, "h1 h2 J1:2 h3 h4 J2:2 ", 4, &totals);
	assert_int_equal(totals.shown, 4);
	assert_int_equal(totals.journeys.ends[JOURNEY_COMPLETE], 2);
}

static void journeys__without_a_sink__are_counted(void **state)
{
	struct pipeline *pipeline = start(0, NULL, 0, NULL, NULL);
	struct capture_totals totals;

	(void)state;
	hop(pipeline, 0, 0, 7, 0);
	hop(pipeline, 2, 5, 7, 0);
	finish(pipeline, "", 2, &totals);
	assert_int_equal(totals.shown, 2);
	assert_int_equal(totals.journeys.ends[JOURNEY_DROPPED], 1);
}

static void limit__counts_journeys_and_the_rest_is_after_it(void **state)
{
	struct pipeline *pipeline = start(1, NULL, 0, &whole, NULL);
	struct capture_totals totals;

	(void)state;
	hop(pipeline, 0, 0, 7, 0);
	hop(pipeline, 1, 1, 7, 0);
	hop(pipeline, 0, 2, 8, 0);
	hop(pipeline, 1, 3, 8, 0);
	assert_int_equal(pipeline_advance(pipeline, FILETEST_TS + 1000), PIPELINE_OPEN);
	assert_int_equal(pipeline_advance(pipeline, FILETEST_TS + 1000000000), PIPELINE_DONE);
	hop(pipeline, 0, 2000000, 9, 0);
	finish(pipeline, "J1:2 ", 5, &totals);
	assert_int_equal(totals.after_limit, 3);
}

static void stop_on__ends_with_the_journey_that_is_so(void **state)
{
	static const struct {
		struct stop_condition stop;
		bool complete, dropped; /* which of the two it waits for */
	} cases[] = {
		{{.drop = true}, false, true},
		{{.incomplete = true}, false, true},
		{{.has_latency = true, .latency_ns = 1999}, false, true},
		{{.has_latency = true, .latency_ns = 999}, true, true},
		{{.n_reasons = 1, .reasons = {"other"}}, false, false},
	};
	struct capture_totals totals;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pipeline *pipeline = start(0, &cases[i].stop, 0, NULL, NULL);

		hop(pipeline, 0, 0, 7, 0);
		hop(pipeline, 1, 1, 7, 0);
		assert_int_equal(pipeline_advance(pipeline, FILETEST_TS + 1000000000),
				 cases[i].complete ? PIPELINE_DONE : PIPELINE_OPEN);
		hop(pipeline, 0, 2000000, 8, 0);
		hop(pipeline, 2, 2000002, 8, 0);
		assert_int_equal(pipeline_advance(pipeline, FILETEST_TS + 4000000000),
				 cases[i].dropped ? PIPELINE_DONE : PIPELINE_OPEN);
		finish(pipeline, "", 4, &totals);
	}
}

static void failed__sink__counts_the_hops_that_are_not_written(void **state)
{
	struct pipeline *pipeline = start(0, NULL, 0, &by_hop, &whole);
	struct capture_totals totals;

	(void)state;
	fail_at = "h2";
	hop(pipeline, 0, 0, 7, 0);
	hop(pipeline, 1, 1, 7, 0);
	hop(pipeline, 0, 2, 8, 0);
	assert_int_equal(pipeline_advance(pipeline, FILETEST_TS + 1000000000), PIPELINE_BROKEN);
	assert_string_equal(pipeline_error(pipeline)->msg,
			    "spy failed: No space left on device (ENOSPC)");
	finish(pipeline, "h1 h2 ", 3, &totals);
	assert_int_equal(totals.shown, 1);
	assert_int_equal(totals.unwritten, 2);
	assert_int_equal(totals.journeys.ends[JOURNEY_COMPLETE], 0);
}

static void no_form__for_a_hop__is_left_out_of_that_sink_alone(void **state)
{
	struct pipeline *pipeline = start(0, NULL, 0, &by_hop, NULL);
	struct capture_totals totals;

	(void)state;
	hop(pipeline, 0, 0, 7, 0);
	hop(pipeline, 1, 1, 7, XCAP_EV_NO_PACKET);
	finish(pipeline, "h1 h2 ", 2, &totals);
	assert_int_equal(totals.shown, 1);
	assert_int_equal(totals.left_out, 1);
	pipeline = start(0, NULL, 0, &by_hop, &whole);
	hop(pipeline, 0, 0, 7, 0);
	hop(pipeline, 1, 1, 7, XCAP_EV_NO_PACKET);
	finish(pipeline, "h1 h2 J1:2 ", 2, &totals);
	assert_int_equal(totals.shown, 2);
	assert_int_equal(totals.unconverted, 1);
}

static void held_back__and_strays__are_counted(void **state)
{
	struct pipeline *pipeline = start(0, NULL, 5000, &whole, NULL);
	struct capture_totals totals;

	(void)state;
	probes[2].is_added = true;
	hop(pipeline, 0, 0, 7, 0);
	hop(pipeline, 1, 1, 7, 0);
	hop(pipeline, 0, 0, 8, 0);
	hop(pipeline, 1, 6, 8, 0);
	hop(pipeline, 2, 7, 9, 0);
	finish(pipeline, "J1:2 ", 5, &totals);
	assert_int_equal(totals.held_back, 2);
	assert_int_equal(totals.strays, 1);
	assert_int_equal(totals.journeys.fast, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(journeys__to_both_kinds_of_sinks__hop_by_hop_and_whole),
		cmocka_unit_test(journeys__without_a_sink__are_counted),
		cmocka_unit_test(limit__counts_journeys_and_the_rest_is_after_it),
		cmocka_unit_test(stop_on__ends_with_the_journey_that_is_so),
		cmocka_unit_test(failed__sink__counts_the_hops_that_are_not_written),
		cmocka_unit_test(no_form__for_a_hop__is_left_out_of_that_sink_alone),
		cmocka_unit_test(held_back__and_strays__are_counted),
	};

	return cmocka_run_group_tests_name("pipeline_journey", tests, NULL, NULL);
}
