/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_plan_link.c - notes at probes where the filter, or a part of it, cannot match.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"
#include "plan/plan_direction.h"
#include "plan_fixture.h"

#define ONLY_IP "packets have no link header yet, and are IPv4 or IPv6 without a tag"

/* The note at `probe` with this filter. */
static void assert_note(const char *probe, const char *filter, const char *note)
{
	struct plan_fixture f;

	plan_fixture_start(&f, 0);
	f.request.filter = filter;
	plan_fixture_build_ok(&f, probe);
	if (strcmp(f.plan.probes[0].note, note) != 0)
		fail_msg("%s, '%s': '%s'", probe, filter, f.plan.probes[0].note);
	plan_fixture_stop(&f);
}

static void plan_link__whole_filter_cannot_match__says_why(void **state)
{
	static const struct {
		const char *filter, *note;
	} cases[] = {
		{"vlan 5", "the filter cannot match here: " ONLY_IP},
		{"arp or stp", "the filter cannot match here: " ONLY_IP},
		{"inbound", "the filter cannot match here: all packets go out"},
		{"ether host 02:00:00:00:00:01 and arp", "the filter cannot match here: " ONLY_IP},
		{"arp or inbound",
		 "the filter cannot match here: packets have no link header yet, and all go out"},
		{"ip[0] > 255", "the filter cannot match here: no packet can be like that"},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++)
		assert_note("ip_queue_xmit", cases[i].filter, cases[i].note);
}

static void plan_link__part_cannot_match__is_named_in_the_users_words(void **state)
{
	(void)state;
	assert_note("ip_queue_xmit", "vlan 5 or tcp port 80",
		    "'vlan 5' cannot match here: " ONLY_IP);
	assert_note("ip_queue_xmit", "ether multicast or arp", "'arp' cannot match here: " ONLY_IP);
	assert_note("ip_queue_xmit", "icmp or (inbound and tcp)",
		    "'inbound' cannot match here: all packets go out");
}

/* What is known of a link header that is made up: addresses of devices and neighbours. */
static void plan_link__ethernet_addresses__may_not_be_known_which_is_said(void **state)
{
	static const char *const filters[] = {"ether host 02:00:00:00:00:01", "broadcast and udp",
					      "not ether multicast", "ether[0] & 1 = 0",
					      "ether[ip[3]] = 7"};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(filters); i++) {
		assert_note("ip_queue_xmit", filters[i],
			    "packets have no link header here yet: Ethernet addresses are those of "
			    "device and neighbour where these are known, else zeros");
		assert_note("ip_rcv", filters[i], "");
	}
}

static void plan_link__made_up_addresses__are_wanted_by_sink_or_filter(void **state)
{
	static const struct {
		const char *filter;
		bool by_sink, wanted;
	} cases[] = {
		{"", false, false},
		{"", true, true},
		{"tcp port 80 or arp", false, false},
		{"tcp port 80", true, true},
		{"ether src 02:00:00:00:00:01", false, true},
		{"ip and ether[ip[3]] = 7", false, true},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++) {
		struct plan_fixture f;

		plan_fixture_start(&f, 0);
		f.request.filter = cases[i].filter;
		f.request.want_addresses = cases[i].by_sink;
		plan_fixture_build_ok(&f, "ip_queue_xmit");
		if (!!f.plan.config.want_addresses != cases[i].wanted)
			fail_msg("'%s': %u", cases[i].filter, f.plan.config.want_addresses);
		plan_fixture_stop(&f);
	}
}

static void plan_link__ip_tcp_and_length__match_everywhere(void **state)
{
	static const char *const filters[] = {
		"tcp port 80",	   "ip6", "len > 60", "icmp6", "host 10.0.0.1 and udp",
		"ip protochain 6", ""};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(filters); i++) {
		const char *part = strstr(filters[i], "arp")
					   ? "'arp[0] = 300' cannot match here: " ONLY_IP
				   : strstr(filters[i], "inbound")
					   ? "'inbound' cannot match here: all packets go out"
					   : "";

		assert_note("ip_queue_xmit", filters[i], part);
	}
}

static void plan_link__at_a_receive_probe__only_the_direction_is_known(void **state)
{
	(void)state;
	assert_note("ip_rcv", "outbound", "the filter cannot match here: all packets come in");
	assert_note("ip_rcv", "outbound or arp",
		    "'outbound' cannot match here: all packets come in");
	assert_note("ip_rcv", "inbound and vlan 5 and ether host 02:00:00:00:00:01", "");
	assert_note("ip_forward", "vlan 5 and ether host 02:00:00:00:00:01", "");
	assert_note(
		"ip_forward", "outbound",
		"the place does not tell the direction: inbound and outbound go by each packet");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_link__whole_filter_cannot_match__says_why),
		cmocka_unit_test(plan_link__part_cannot_match__is_named_in_the_users_words),
		cmocka_unit_test(plan_link__ethernet_addresses__may_not_be_known_which_is_said),
		cmocka_unit_test(plan_link__made_up_addresses__are_wanted_by_sink_or_filter),
		cmocka_unit_test(plan_link__ip_tcp_and_length__match_everywhere),
		cmocka_unit_test(plan_link__at_a_receive_probe__only_the_direction_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
