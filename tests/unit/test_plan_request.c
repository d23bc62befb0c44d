/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_plan_request.c - the rest of a request: sizes, filter, interfaces, direction; and --dry-run
 * against golden files.
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
#include "plan/plan_direction.h"
#include "plan_fixture.h"

static void plan_build__helpers__are_those_that_the_mechanisms_can_use(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	plan_fixture_build_ok(&f, "tp_btf:skb:kfree_skb");
	assert_int_equal(f.plan.config.has_dynptr, 1);
	assert_int_equal(f.plan.config.has_loops, 1);
	assert_int_equal(f.plan.config.has_rdonly_cast, 1);
	plan_fixture_build_ok(&f, "ip_rcv");
	assert_int_equal(f.plan.config.has_dynptr, 0);
	assert_int_equal(f.plan.config.has_rdonly_cast, 1);
	f.fake.has[FEATURE_RDONLY_CAST] = false;
	plan_fixture_build_ok(&f, "ip_rcv");
	assert_int_equal(f.plan.config.has_rdonly_cast, 0);
	plan_fixture_stop(&f);
}

static void plan_build__page_addresses__are_asked_for_where_no_dynptr_serves(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	plan_fixture_build_ok(&f, "tp_btf:skb:kfree_skb");
	assert_int_equal(f.plan.config.vmemmap_base, 0);
	plan_fixture_build_ok(&f, "tp_btf:skb:kfree_skb,ip_rcv");
	assert_int_equal(f.plan.config.vmemmap_base, 0x1000);
	assert_int_equal(f.plan.config.page_offset_base, 0x2000);
	plan_fixture_build_ok(&f, "raw_tp:skb:kfree_skb");
	assert_int_equal(f.plan.config.vmemmap_base, 0x1000);
	f.fake.has[FEATURE_DYNPTR_SKB] = false;
	plan_fixture_build_ok(&f, "tp_btf:skb:kfree_skb");
	assert_int_equal(f.plan.config.vmemmap_base, 0x1000);
	f.fake.has[FEATURE_PAGE_ADDRESS] = false;
	plan_fixture_build_ok(&f, "ip_rcv");
	assert_int_equal(f.plan.config.vmemmap_base, 0);
	assert_int_equal(f.plan.config.page_offset_base, 0);
	plan_fixture_stop(&f);
}

static void plan_build__ring__is_rounded_up_to_a_power_of_two(void **state)
{
	static const struct {
		uint64_t wanted, got;
		uint32_t wakeup;
	} rows[] = {
		{0, 8 << 20, 1024 << 10},
		{64 << 10, 64 << 10, 8 << 10},
		{(64 << 10) + 1, 128 << 10, 16 << 10},
		{3 << 20, 4 << 20, 512 << 10},
		{1 << 30, 1 << 30, 1024 << 10},
	};
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(rows); i++) {
		f.request.ring_bytes = rows[i].wanted;
		plan_fixture_build_ok(&f, NULL);
		assert_int_equal(f.plan.ring_bytes, rows[i].got);
		assert_int_equal(f.plan.config.wakeup_bytes, rows[i].wakeup);
	}
	/* a record of the largest packet does not fit into the smallest ring */
	f.request.ring_bytes = 64 << 10;
	f.request.snaplen = 32768;
	plan_fixture_build_ok(&f, NULL);
	assert_int_equal(f.plan.ring_bytes, 64 << 10);
	f.request.snaplen = 32769;
	plan_fixture_build_ok(&f, NULL);
	assert_int_equal(f.plan.ring_bytes, 128 << 10);
	f.request.ring_bytes = (1ull << 30) + 1;
	assert_int_not_equal(plan_fixture_build(&f, NULL), 0);
	assert_non_null(strstr(f.err.msg, "the buffer size '1073741825' is not in"));
	f.request.ring_bytes = 65535;
	assert_int_not_equal(plan_fixture_build(&f, NULL), 0);
	plan_fixture_stop(&f);
}

static void plan_build__filter_with_a_loop__may_need_the_whole_packet(void **state)
{
	static const struct {
		const char *filter;
		uint32_t capture_max;
	} rows[] = {
		{NULL, 256},
		{"tcp port 80", 256},
		{"ip protochain 6", 65535},
		{"arp", 256},
	};
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	f.request.snaplen = 256;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(rows); i++) {
		f.request.filter = rows[i].filter;
		plan_fixture_build_ok(&f, NULL);
		assert_int_equal(f.plan.config.snaplen, 256);
		assert_int_equal(f.plan.config.capture_max, rows[i].capture_max);
	}
	plan_fixture_stop(&f);
}

static void plan_build__snaplen_out_of_range__is_an_error(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	f.request.snaplen = 65536;
	plan_fixture_build_fails(&f, NULL, ERR_USAGE,
				 "the snapshot length '65536' is not in 1 to 65535", "");
	f.request.snaplen = 0;
	plan_fixture_build_fails(&f, NULL, ERR_USAGE,
				 "the snapshot length '0' is not in 1 to 65535", "");
	f.request.snaplen = 65535;
	plan_fixture_build_ok(&f, NULL);
	assert_int_equal(f.plan.config.snaplen, 65535);
	plan_fixture_stop(&f);
}

static void plan_build__filter__is_compiled_and_a_bad_one_has_a_caret(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	f.request.filter = "tcp port 80";
	plan_fixture_build_ok(&f, NULL);
	assert_int_equal(f.plan.config.has_filter, 1);
	assert_in_range(f.plan.filter.len, 5, 40);
	assert_string_equal(f.plan.filter_text, "tcp port 80");
	f.request.filter = "";
	plan_fixture_build_ok(&f, NULL);
	assert_int_equal(f.plan.config.has_filter, 0);
	assert_int_equal(f.plan.filter.len, 0);
	f.request.filter = "tcp prt 80";
	assert_int_not_equal(plan_fixture_build(&f, NULL), 0);
	assert_int_equal(f.err.status, ERR_USAGE);
	assert_string_equal(f.err.text, "tcp prt 80");
	plan_fixture_stop(&f);
}

static void plan_build__filter_that_a_place_cannot_answer__is_noted_there(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	f.request.filter = "ether host 02:00:00:00:00:01";
	plan_fixture_build_ok(&f, "ip_queue_xmit,ip_rcv");
	assert_string_equal(f.plan.probes[0].note,
			    "packets have no link header here yet: Ethernet addresses are those of "
			    "device and neighbour where these are known, else zeros");
	assert_string_equal(f.plan.probes[1].note, "");
	f.request.filter = "inbound";
	plan_fixture_build_ok(&f, "ip_forward,ip_rcv");
	assert_string_equal(f.plan.probes[0].note,
			    "the place does not tell the direction: inbound and "
			    "outbound go by each packet");
	assert_string_equal(f.plan.probes[1].note, "");
	f.request.filter = "tcp port 80";
	plan_fixture_build_ok(&f, "ip_queue_xmit,ip_forward");
	assert_string_equal(f.plan.probes[0].note, "");
	assert_string_equal(f.plan.probes[1].note, "");
	plan_fixture_stop(&f);
}

static void plan_build__a_sock_among_the_arguments__is_found(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	plan_fixture_build_ok(&f, "ip_queue_xmit,ip_rcv");
	assert_int_equal(f.plan.probes[0].config.sock_arg, 1);
	assert_int_equal(f.plan.probes[0].config.flow_arg, 0);
	assert_int_equal(f.plan.probes[1].config.sock_arg, 0);
	plan_fixture_stop(&f);
}

static void plan_build__start_of_the_packet__is_in_the_configuration(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	plan_fixture_build_ok(&f, "ip_rcv");
	assert_int_equal(f.plan.config.skb_data | f.plan.config.fake_hdr, 0);
	f.request.skb_data = true;
	f.request.skb_data_offset = -34;
	plan_fixture_build_ok(&f, "ip_rcv");
	assert_int_equal(f.plan.config.skb_data, 1);
	assert_int_equal(f.plan.config.skb_data_offset, -34);
	f.request.skb_data = false;
	f.request.fake_hdr = true;
	plan_fixture_build_ok(&f, "ip_rcv");
	assert_int_equal(f.plan.config.skb_data, 0);
	assert_int_equal(f.plan.config.fake_hdr, 1);
	plan_fixture_stop(&f);
}

static void plan_build__spec_fault__comes_with_its_caret(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	assert_int_not_equal(plan_fixture_build(&f, "ip_rcv,icmp_rcv@"), 0);
	assert_string_equal(f.err.text, "ip_rcv,icmp_rcv@");
	assert_int_equal(f.err.pos, 15);
	plan_fixture_stop(&f);
}

static void interfaces_fail(struct plan_fixture *f, const char *text, const char *msg,
			    const char *hint)
{
	f->interfaces[0] = text;
	f->request.n_interfaces = 1;
	plan_fixture_build_fails(f, NULL, ERR_USAGE, msg, hint);
}

static void plan_build__interface_that_exists_nowhere__is_an_error_with_near_names(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	interfaces_fail(
		&f, "lox", "no interface 'lox'",
		"did you mean 'lo'? for one that will appear later give a glob, such as 'lox*'");
	interfaces_fail(&f, "zzzzzzzzzz", "no interface 'zzzzzzzzzz'",
			"for one that will appear later give a glob, such as 'zzzzzzzzzz*'");
	interfaces_fail(&f, "lo@nope", "no network namespace 'nope'",
			"there are 'db', 'web'; 'pid:N', a path and an inode number work too");
	interfaces_fail(&f, "lo@", "-i 'lo@' lacks the network namespace after '@'", "");
	interfaces_fail(&f, "@web", "-i '@web' lacks the interface", "");
	interfaces_fail(&f, "", "-i '' lacks the interface", "");
	interfaces_fail(&f, "lo[", "the interface pattern 'lo[' is malformed",
			"'[' starts a set such as [a-z] or [!0-9] and needs its ']'");
	plan_fixture_stop(&f);
}

static void plan_build__interfaces__become_patterns(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	f.interfaces[0] = "lo";
	f.interfaces[1] = "veth*";
	f.request.n_interfaces = 2;
	plan_fixture_build_ok(&f, NULL);
	assert_int_equal(f.plan.config.n_if_patterns, 2);
	assert_int_equal(f.plan.n_interfaces, 2);
	assert_int_equal(f.plan.if_match.netns[0], 0);
	assert_int_not_equal(f.plan.if_match.final[1], 0);
	f.interfaces[2] = "any";
	f.request.n_interfaces = 3;
	plan_fixture_build_ok(&f, NULL);
	assert_int_equal(f.plan.config.n_if_patterns, 0);
	assert_true(f.plan.if_match.start == 0);
	f.request.n_interfaces = 0;
	plan_fixture_build_ok(&f, NULL);
	assert_int_equal(f.plan.config.n_if_patterns, 0);
	plan_fixture_stop(&f);
}

/* The namespace of this very process, by a path. */
static void plan_build__interface_in_a_namespace__is_limited_to_it(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	f.interfaces[0] = "lo@/proc/self/ns/net";
	f.interfaces[1] = "any@/proc/self/ns/net";
	f.request.n_interfaces = 2;
	plan_fixture_build_ok(&f, NULL);
	assert_int_equal(f.plan.config.n_if_patterns, 2);
	assert_int_not_equal(f.plan.if_match.netns[0], 0);
	assert_int_equal(f.plan.if_match.netns[1], f.plan.if_match.netns[0]);
	plan_fixture_stop(&f);
}

static void plan_build__ninth_interface__is_an_error(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	for (unsigned int i = 0; i < 9; i++)
		f.interfaces[i] = "lo";
	f.request.n_interfaces = 8;
	plan_fixture_build_ok(&f, NULL);
	f.request.n_interfaces = 9;
	plan_fixture_build_fails(&f, NULL, ERR_USAGE, "too many -i: at most 8", "");
	plan_fixture_stop(&f);
}

static void plan_direction__table__tells_in_out_and_neither(void **state)
{
	(void)state;
	assert_int_equal(plan_direction("net_dev_queue", true), XCAP_DIR_OUT);
	assert_int_equal(plan_direction("qdisc_enqueue", true), XCAP_DIR_OUT);
	assert_int_equal(plan_direction("net_dev_queue", false), XCAP_DIR_UNKNOWN);
	assert_int_equal(plan_direction("__dev_queue_xmit", false), XCAP_DIR_OUT);
	assert_int_equal(plan_direction("ip_finish_output2", false), XCAP_DIR_OUT);
	assert_int_equal(plan_direction("__netif_receive_skb_core", false), XCAP_DIR_IN);
	assert_int_equal(plan_direction("tcp_v6_rcv", false), XCAP_DIR_IN);
	assert_int_equal(plan_direction("ip_forward", false), XCAP_DIR_UNKNOWN);
	assert_int_equal(plan_direction("kfree_skb", true), XCAP_DIR_UNKNOWN);
	assert_int_equal(plan_direction("nf_hook_slow", false), XCAP_DIR_UNKNOWN);
	assert_true(plan_direction_is_above_link("ip_queue_xmit", false));
	assert_false(plan_direction_is_above_link("ip_output", false));
}

static void assert_golden(const struct plan *plan, const char *path)
{
	char *got = NULL, *want = util_read_file(path, NULL);
	size_t len = 0;
	FILE *out = open_memstream(&got, &len);

	assert_non_null(out);
	plan_print(plan, out);
	fclose(out);
	if (!want)
		fail_msg("cannot read %s; it should hold:\n%s", path, got);
	assert_string_equal(got, want);
	free(got);
	free(want);
}

static void plan_print__default_plan__is_as_the_golden_file(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	plan_fixture_build_ok(&f, NULL);
	assert_golden(&f.plan, "tests/golden/plan_default.txt");
	plan_fixture_stop(&f);
}

static void plan_print__everything_asked_for__is_as_the_golden_file(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	f.request.filter = "ether host 02:00:00:00:00:01";
	f.request.want_comm = f.request.want_context = true;
	f.request.snaplen = 65535;
	f.request.ring_bytes = 1 << 20;
	f.interfaces[0] = "lo";
	f.interfaces[1] = "veth*";
	f.request.n_interfaces = 2;
	f.fake.has[FEATURE_FENTRY] = f.fake.has[FEATURE_DYNPTR_SKB] = false;
	f.fake.why[FEATURE_FENTRY] = "loading an fentry program: EPERM";
	plan_fixture_build_ok(
		&f, "tp:skb:kfree_skb,ip_queue_xmit,kprobe:ip_rcv,nf_conntrack:ct_not_in_btf@1");
	assert_golden(&f.plan, "tests/golden/plan_all.txt");
	plan_fixture_stop(&f);
}

static void plan_build__reasons__are_this_kernels_numbers(void **state)
{
	const char *reasons[] = {"not_specified", "SKB_DROP_REASON_NOT_SPECIFIED"};
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	plan_fixture_build_ok(&f, "skb:kfree_skb");
	assert_int_equal(f.plan.config.n_reasons, 0);
	f.request.reasons = reasons;
	f.request.n_reasons = 2;
	plan_fixture_build_ok(&f, "skb:kfree_skb");
	assert_int_equal(f.plan.config.n_reasons, 2);
	assert_int_equal(f.plan.config.reasons[0], 2);
	assert_int_equal(f.plan.config.reasons[1], 2);
	plan_fixture_build_fails(&f, "skb:kfree_skb,tp:net:netif_receive_skb", ERR_USAGE,
				 "--reason 'not_specified': packets have no reason at "
				 "'tracepoint:net:netif_receive_skb'",
				 "-f skb:kfree_skb alone, or xcap drop");
	reasons[1] = "not_specifed";
	plan_fixture_build_fails(&f, "skb:kfree_skb", ERR_USAGE,
				 "--reason 'not_specifed': this kernel has no such reason",
				 "did you mean 'NOT_SPECIFIED'?");
	reasons[1] = "spec";
	plan_fixture_build_fails(&f, "skb:kfree_skb", ERR_USAGE,
				 "--reason 'spec': this kernel has no such reason",
				 "did you mean 'NOT_SPECIFIED'?");
	reasons[1] = "xyz";
	plan_fixture_build_fails(
		&f, "skb:kfree_skb", ERR_USAGE, "--reason 'xyz': this kernel has no such reason",
		"'xcap drop' without --reason shows the names of those that occur");
	plan_fixture_stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_build__reasons__are_this_kernels_numbers),
		cmocka_unit_test(plan_build__helpers__are_those_that_the_mechanisms_can_use),
		cmocka_unit_test(plan_build__page_addresses__are_asked_for_where_no_dynptr_serves),
		cmocka_unit_test(plan_build__ring__is_rounded_up_to_a_power_of_two),
		cmocka_unit_test(plan_build__filter_with_a_loop__may_need_the_whole_packet),
		cmocka_unit_test(plan_build__snaplen_out_of_range__is_an_error),
		cmocka_unit_test(plan_build__filter__is_compiled_and_a_bad_one_has_a_caret),
		cmocka_unit_test(plan_build__filter_that_a_place_cannot_answer__is_noted_there),
		cmocka_unit_test(plan_build__a_sock_among_the_arguments__is_found),
		cmocka_unit_test(plan_build__start_of_the_packet__is_in_the_configuration),
		cmocka_unit_test(plan_build__spec_fault__comes_with_its_caret),
		cmocka_unit_test(
			plan_build__interface_that_exists_nowhere__is_an_error_with_near_names),
		cmocka_unit_test(plan_build__interfaces__become_patterns),
		cmocka_unit_test(plan_build__interface_in_a_namespace__is_limited_to_it),
		cmocka_unit_test(plan_build__ninth_interface__is_an_error),
		cmocka_unit_test(plan_direction__table__tells_in_out_and_neither),
		cmocka_unit_test(plan_print__default_plan__is_as_the_golden_file),
		cmocka_unit_test(plan_print__everything_asked_for__is_as_the_golden_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
