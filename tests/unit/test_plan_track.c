/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_plan_track.c - by what packets are followed, and the probe that gathering adds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/util.h"
#include "plan_fixture.h"

#define RECEIVE "tracepoint:net:netif_receive_skb"

static const struct plan_hook *find_hook(const struct plan *plan, const char *name)
{
	for (uint32_t i = 0; i < plan->n_hooks; i++)
		if (!strcmp(plan->hooks[i].probe.name, name))
			return &plan->hooks[i];
	return NULL;
}

static void plan_track__nothing_asked__has_no_hook_and_no_probe_added(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, PLAN_FAKE_TRACK);
	plan_fixture_build_ok(&f, RECEIVE);
	assert_int_equal(f.plan.config.track, XCAP_TRACK_OFF);
	assert_int_equal(f.plan.config.track_follow, 0);
	assert_int_equal(f.plan.config.want_ends, 0);
	assert_int_equal(f.plan.n_hooks, 0);
	assert_int_equal(f.plan.n_probes, 1);
	plan_fixture_stop(&f);
}

static void plan_track__functions_can_be_probed__is_exact_by_those_that_there_are(void **state)
{
	static const struct {
		const char *name;
		enum xcap_hook hook;
		uint32_t skb_arg;
		int ext_arg;
		const char *rungs;
	} hooks[] = {
		{"skb_release_data", XCAP_HOOK_FREE, 0, -1, "fentry kprobe-multi kprobe"},
		{"kfree_skb_partial", XCAP_HOOK_STOLEN, 0, 1, "fentry kprobe-multi kprobe"},
		{"napi_skb_free_stolen_head", XCAP_HOOK_GONE, 0, -1, "fentry kprobe-multi kprobe"},
		{"pskb_expand_head", XCAP_HOOK_MOVE, 0, -1, "fexit kretprobe-multi kretprobe"},
		{"skb_copy_header", XCAP_HOOK_COPY, 0, 1, "fentry kprobe-multi kprobe"},
		{"__tcp_retransmit_skb", XCAP_HOOK_RETRANSMIT, 1, -1, "fentry kprobe-multi kprobe"},
	};
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, PLAN_FAKE_TRACK);
	f.request.track = true;
	plan_fixture_build_ok(&f, RECEIVE);
	assert_int_equal(f.plan.config.track, XCAP_TRACK_EXACT);
	assert_int_equal(f.plan.track_max, XCAP_TRACK_MAX);
	assert_int_equal(f.plan.config.track_follow, 0);
	/* skb_segment() and others are not in this kernel: none is made up */
	assert_int_equal(f.plan.n_hooks, UTIL_ARRAY_SIZE(hooks));
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(hooks); i++) {
		const struct plan_hook *hook = find_hook(&f.plan, hooks[i].name);

		assert_non_null(hook);
		assert_int_equal(hook->hook, hooks[i].hook);
		assert_int_equal(hook->probe.config.skb_arg, hooks[i].skb_arg);
		assert_int_equal(hook->probe.ext_arg, hooks[i].ext_arg);
		assert_string_equal(plan_fixture_rungs(&hook->probe), hooks[i].rungs);
	}
	plan_fixture_stop(&f);
}

static void plan_track__no_function_can_be_probed__is_approximate_by_tracepoints(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, PLAN_FAKE_TRACK);
	f.fake.has[FEATURE_FENTRY] = f.fake.has[FEATURE_KPROBE] = false;
	f.fake.has[FEATURE_KPROBE_MULTI] = false;
	f.request.track = f.request.track_follow = true;
	f.request.track_max = 100;
	f.request.filter = "icmp";
	plan_fixture_build_ok(&f, RECEIVE);
	assert_int_equal(f.plan.config.track, XCAP_TRACK_APPROXIMATE);
	assert_int_equal(f.plan.config.track_follow, 1);
	/* more of the packet is compared than the filter wants */
	assert_int_equal(f.plan.config.filter_is_short, 0);
	assert_int_equal(f.plan.track_max, 100);
	assert_int_equal(f.plan.n_hooks, 2);
	assert_string_equal(f.plan.hooks[0].probe.name, "kfree_skb");
	assert_string_equal(f.plan.hooks[1].probe.name, "consume_skb");
	assert_int_equal(f.plan.hooks[1].hook, XCAP_HOOK_FREE);
	plan_fixture_stop(&f);
}

static void plan_track__a_free_that_cannot_be_seen__is_approximate_too(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, PLAN_FAKE_TRACK);
	f.fake.has[FEATURE_FEXIT] = f.fake.has[FEATURE_KPROBE] = false;
	f.fake.has[FEATURE_KPROBE_MULTI] = false;
	f.request.track = true;
	/* fentry is there, but the return of pskb_expand_head() cannot be had */
	plan_fixture_build_ok(&f, RECEIVE);
	assert_int_equal(f.plan.config.track, XCAP_TRACK_APPROXIMATE);
	assert_int_equal(f.plan.n_hooks, 2);
	plan_fixture_stop(&f);
}

static void plan_track__ends_wanted__adds_the_drops_for_followed_packets_alone(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, PLAN_FAKE_TRACK);
	f.request.track = f.request.want_ends = true;
	plan_fixture_build_ok(&f, RECEIVE);
	assert_int_equal(f.plan.n_probes, 2);
	assert_int_equal(f.plan.config.probe_count, 2);
	assert_int_equal(f.plan.config.want_ends, 1);
	assert_false(f.plan.probes[0].is_added);
	assert_int_equal(f.plan.probes[0].config.only_tracked, 0);
	assert_true(f.plan.probes[1].is_added);
	assert_string_equal(f.plan.probes[1].spec, "tracepoint:skb:kfree_skb");
	assert_int_equal(f.plan.probes[1].config.is_kfree_skb, 1);
	assert_int_equal(f.plan.probes[1].config.only_tracked, 1);
	plan_fixture_stop(&f);
}

static void plan_track__ends_wanted_and_drops_named__adds_nothing(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, PLAN_FAKE_TRACK);
	f.request.track = f.request.want_ends = true;
	plan_fixture_build_ok(&f, "tracepoint:skb:kfree_skb");
	assert_int_equal(f.plan.n_probes, 1);
	assert_false(f.plan.probes[0].is_added);
	assert_int_equal(f.plan.probes[0].config.only_tracked, 0);
	plan_fixture_stop(&f);
}

/* Gathered by content nothing is followed, and the filter decides there as elsewhere. */
static void plan_track__ends_without_following__leaves_the_filter_to_decide(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, PLAN_FAKE_TRACK);
	f.request.want_ends = true;
	plan_fixture_build_ok(&f, RECEIVE);
	assert_int_equal(f.plan.n_probes, 2);
	assert_true(f.plan.probes[1].is_added);
	assert_int_equal(f.plan.probes[1].config.only_tracked, 0);
	assert_int_equal(f.plan.config.track, XCAP_TRACK_OFF);
	assert_int_equal(f.plan.config.want_ends, 0);
	assert_int_equal(f.plan.n_hooks, 0);
	plan_fixture_stop(&f);
}

static void plan_track__probe_where_memory_is_freed__gives_no_ids(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, PLAN_FAKE_TRACK);
	f.request.track = true;
	plan_fixture_build_ok(&f, "skb_release_data");
	assert_int_equal(f.plan.probes[0].config.gives_no_id, 1);
	plan_fixture_build_ok(&f, "skb_copy_header");
	assert_int_equal(f.plan.probes[0].config.gives_no_id, 0);
	plan_fixture_stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_track__nothing_asked__has_no_hook_and_no_probe_added),
		cmocka_unit_test(
			plan_track__functions_can_be_probed__is_exact_by_those_that_there_are),
		cmocka_unit_test(
			plan_track__no_function_can_be_probed__is_approximate_by_tracepoints),
		cmocka_unit_test(plan_track__a_free_that_cannot_be_seen__is_approximate_too),
		cmocka_unit_test(
			plan_track__ends_wanted__adds_the_drops_for_followed_packets_alone),
		cmocka_unit_test(plan_track__ends_wanted_and_drops_named__adds_nothing),
		cmocka_unit_test(plan_track__ends_without_following__leaves_the_filter_to_decide),
		cmocka_unit_test(plan_track__probe_where_memory_is_freed__gives_no_ids),
	};

	log_set_level(LOG_LEVEL_QUIET);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
