/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_sink_journey.c - journeys as text, line by line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/util.h"
#include "frame.h"
#include "record/duration.h"
#include "sink/sink.h"

#define START_NS 1795356187123456789ull /* 2026-11-22 14:03:07.123456789 UTC */
#define HEAD	 "14:03:07.123456 #17 "
#define PACKET	 "IP 10.0.0.1.40112 > 10.0.0.2.9000: Flags [S], seq 91377, win 64240, length 0\n"

static const struct capture_probe probes[] = {
	{.spec = "tracepoint:net:netif_receive_skb", .name = "netif_receive_skb", .named = true},
	{.spec = "ip_rcv", .name = "ip_rcv", .named = true},
	{.spec = "tcp_v4_rcv", .name = "tcp_v4_rcv", .named = true},
	{.spec = "tracepoint:skb:kfree_skb",
	 .name = "kfree_skb_is_no_column_for_others",
	 .is_kfree_skb = true,
	 .is_added = true},
};

static const struct capture_info info = {
	.probes = probes, .n_probes = 4, .link_type = 1, .ifname_width = 8};

static struct frame frame;
static struct journey_hop hops[3];

static struct journey_hop hop(uint32_t probe, uint64_t ns, uint64_t before_ns, const char *changes)
{
	struct journey_hop h = {
		.since_first_ns = ns, .since_previous_ns = ns - before_ns, .changes = changes};

	h.record = (struct record){.number = probe + 1,
				   .ts_ns = START_NS + ns,
				   .probe = probe,
				   .cpu = 1,
				   .context = XCAP_CTX_SOFTIRQ,
				   .ifname = "eth0",
				   .netns_name = probe ? "web" : "",
				   .packet = frame.bytes,
				   .cap_len = frame.len,
				   .len = frame.len,
				   .id = 5};
	return h;
}

static void expect_all(struct sink_config *config, const struct journey *journeys, uint32_t n,
		       const char *want)
{
	char path[] = "/tmp/xcap-journey-XXXXXX", *got;
	struct sink *sink;
	struct err err;

	close(mkstemp(path));
	config->path = path;
	assert_int_equal(sink_text_ops.open(&sink, config, &info, &err), 0);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(sink_text_ops.write_journey(sink, &journeys[i], &err), 0);
	assert_int_equal(sink_text_ops.close(sink, NULL, &err), 0);
	got = util_read_file(path, NULL);
	assert_non_null(got);
	assert_string_equal(got, want);
	free(got);
	unlink(path);
}

static void expect_with(struct sink_config *config, const struct journey *journey, const char *want)
{
	expect_all(config, journey, 1, want);
}

static void expect(const struct journey *journey, const char *want)
{
	expect_with(&(struct sink_config){0}, journey, want);
}

static void journey__complete__is_a_line_per_hop_with_what_changed(void **state)
{
	const struct journey journey = {.number = 17,
					.id = 5,
					.end = JOURNEY_COMPLETE,
					.hops = hops,
					.n_hops = 3,
					.took_ns = 9899};

	(void)state;
	hops[0] = hop(0, 0, 0, "");
	hops[1] = hop(1, 6100, 0, "dst 10.0.0.9.80 -> 172.17.0.3.9000; ttl 64 -> 63");
	hops[2] = hop(2, 9899, 6100, "");
	expect(&journey, HEAD "complete 9.8us " PACKET
			      "        0.0us        netif_receive_skb  eth0      cpu1\n"
			      "        6.1us +6.1us ip_rcv             eth0@web  cpu1"
			      "  dst 10.0.0.9.80 -> 172.17.0.3.9000; ttl 64 -> 63\n"
			      "        9.8us +3.7us tcp_v4_rcv         eth0@web  cpu1\n");
}

static void journey__dropped__says_why_where_and_where_it_was_not(void **state)
{
	static const uint32_t missing[] = {1, 2};
	const struct journey journey = {.number = 17,
					.end = JOURNEY_DROPPED,
					.hops = hops,
					.n_hops = 2,
					.took_ns = 4100,
					.missing = missing,
					.n_missing = 2};

	(void)state;
	hops[0] = hop(0, 0, 0, "");
	hops[1] = hop(3, 4100, 0, "");
	hops[1].record.reason = "NETFILTER_DROP";
	hops[1].record.location = "nf_hook_slow+0x9d";
	hops[1].record.nf_path = "ip INPUT";
	expect(&journey, HEAD
	       "DROPPED 4.1us " PACKET "        0.0us        netif_receive_skb  eth0      cpu1\n"
	       "        4.1us +4.1us DROP NETFILTER_DROP ip INPUT (nf_hook_slow+0x9d)\n"
	       "        NOT received at ip_rcv\n"
	       "        NOT received at tcp_v4_rcv\n");
	hops[1].is_benign = true;
	expect(&journey, HEAD
	       "DROPPED 4.1us " PACKET "        0.0us        netif_receive_skb  eth0      cpu1\n"
	       "        4.1us +4.1us freed NETFILTER_DROP ip INPUT (nf_hook_slow+0x9d)\n"
	       "        NOT received at ip_rcv\n"
	       "        NOT received at tcp_v4_rcv\n");
	hops[1].is_benign = false;
	hops[1].record.nf_table = "filter\x1b";
	hops[1].record.nf_chain = "in put";
	hops[1].record.reason = NULL;
	expect(&journey, HEAD
	       "DROPPED 4.1us " PACKET "        0.0us        netif_receive_skb  eth0      cpu1\n"
	       "        4.1us +4.1us DROP ip INPUT, table filter\\x1b, chain in\\x20put"
	       " (nf_hook_slow+0x9d)\n"
	       "        NOT received at ip_rcv\n"
	       "        NOT received at tcp_v4_rcv\n");
}

static void journey__uncertain_cut_or_continued__says_so(void **state)
{
	struct journey journey = {
		.number = 17, .end = JOURNEY_UNCERTAIN, .hops = hops, .n_hops = 1, .lost = 3};

	(void)state;
	hops[0] = hop(0, 0, 0, "");
	expect(&journey, HEAD "uncertain 0.0us " PACKET
			      "        0.0us        netif_receive_skb  eth0      cpu1\n"
			      "        3 events lost about its time\n");
	journey.lost = 0;
	expect(&journey, HEAD "uncertain 0.0us " PACKET
			      "        0.0us        netif_receive_skb  eth0      cpu1\n"
			      "        not followed: its probes stand for themselves\n");
	journey.end = JOURNEY_OPEN;
	journey.cut = true;
	journey.continued = true;
	expect(&journey, HEAD "open (continued) 0.0us " PACKET
			      "        0.0us        netif_receive_skb  eth0      cpu1\n"
			      "        closed on its way\n");
}

static void journey__of_a_parent__names_it_and_verbose_has_each_hops_fields(void **state)
{
	struct journey journey = {.number = 17,
				  .id = 5,
				  .parent = 4,
				  .retransmit = true,
				  .end = JOURNEY_COMPLETE,
				  .hops = hops,
				  .n_hops = 1};
	struct sink_config verbose = {.verbose = 1, .time = SINK_TIME_NONE};

	(void)state;
	hops[0] = hop(0, 0, 0, "");
	expect(&journey, HEAD "complete 0.0us " PACKET
			      "        0.0us        netif_receive_skb  eth0      cpu1\n"
			      "        id 5, sent again: before it was 4\n");
	journey.retransmit = false;
	expect(&journey, HEAD "complete 0.0us " PACKET
			      "        0.0us        netif_receive_skb  eth0      cpu1\n"
			      "        id 5, made from 4\n");
	journey.parent = 0;
	expect(&journey, HEAD "complete 0.0us " PACKET
			      "        0.0us        netif_receive_skb  eth0      cpu1\n");
	expect_with(&verbose, &journey,
		    "#17 complete 0.0us IP (tos 0x0, ttl 64, id 4660, offset 0, flags [none], "
		    "proto TCP (6), length 40) 10.0.0.1.40112 > 10.0.0.2.9000: Flags [S], "
		    "seq 91377, win 64240, length 0\n"
		    "        0.0us        netif_receive_skb  eth0      cpu1\n"
		    "    #1 cpu=1 ctx=softirq id=5 len=54 cap=54 skb=0\n");
}

static void journey__of_kin__has_the_numbers_of_those_that_were_written(void **state)
{
	const struct journey common = {.end = JOURNEY_COMPLETE, .hops = hops, .n_hops = 1};
	struct journey list[6];
	static const char *const kin[] = {
		"",
		"        sent again: before it was #1\n",
		"        id 12, made from 14\n",
		"        id 13, made from 14\n",
		"        2 packets were made from it: #3 to #4\n",
		"        id 15, made from 1034\n",
	};
	struct sink_config bare = {.time = SINK_TIME_NONE};
	struct buf want;

	(void)state;
	hops[0] = hop(0, 0, 0, "");
	hops[0].record.packet = NULL;
	hops[0].record.cap_len = 0;
	hops[0].record.flags = XCAP_EV_NO_PACKET;
	for (uint32_t i = 0; i < UTIL_ARRAY_SIZE(list); i++) {
		list[i] = common;
		list[i].number = i + 1;
		list[i].id = 10 + i;
	}
	/* 2 comes from 1; 3 and 4 from 5, which comes later; 6 from nobody that is known */
	list[1].parent = list[0].id;
	list[1].retransmit = true;
	list[2].parent = list[3].parent = list[4].id;
	list[5].parent = 10 + 1024;
	buf_init(&want);
	for (uint32_t i = 0; i < UTIL_ARRAY_SIZE(list); i++)
		buf_add_fmt(&want,
			    "#%u complete 0.0us no packet (protocol 0x0000, length 54)\n"
			    "        0.0us        netif_receive_skb  eth0      cpu1\n%s",
			    i + 1, kin[i]);
	expect_all(&bare, list, UTIL_ARRAY_SIZE(list), buf_str(&want));
	buf_fini(&want);
}

static void journey__colour__is_that_of_the_first_line(void **state)
{
	const struct journey journey = {
		.number = 17, .end = JOURNEY_COMPLETE, .hops = hops, .n_hops = 1};
	struct sink_config red = {.journey_color = "31"};

	(void)state;
	hops[0] = hop(0, 0, 0, "");
	expect_with(&red, &journey,
		    "\033[31m" HEAD "complete 0.0us IP 10.0.0.1.40112 > 10.0.0.2.9000: Flags [S], "
		    "seq 91377, win 64240, length 0\033[0m\n"
		    "        0.0us        netif_receive_skb  eth0      cpu1\n");
}

static void duration__every_size__has_a_unit_and_is_cut(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{0, "0.0us"},		{99, "0.0us"},
		{100, "0.1us"},		{999999, "999.9us"},
		{1000000, "1.00ms"},	{999999999, "999.99ms"},
		{1000000000, "1.000s"}, {61999999999, "61.999s"},
	};
	char text[DURATION_SIZE];

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++)
		assert_string_equal(duration_text(cases[i].ns, text), cases[i].text);
}

static int setup(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	frame_build_tcp4(&frame, 0x02, false, 0);
	frame.bytes[38] = 0;
	frame.bytes[39] = 1;
	frame.bytes[40] = 0x64;
	frame.bytes[41] = 0xf1;
	frame_set_u16(&frame, 48, 64240);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(journey__complete__is_a_line_per_hop_with_what_changed),
		cmocka_unit_test(journey__dropped__says_why_where_and_where_it_was_not),
		cmocka_unit_test(journey__uncertain_cut_or_continued__says_so),
		cmocka_unit_test(journey__of_a_parent__names_it_and_verbose_has_each_hops_fields),
		cmocka_unit_test(journey__of_kin__has_the_numbers_of_those_that_were_written),
		cmocka_unit_test(journey__colour__is_that_of_the_first_line),
		cmocka_unit_test(duration__every_size__has_a_unit_and_is_cut),
	};

	return cmocka_run_group_tests_name("sink_journey", tests, setup, NULL);
}
