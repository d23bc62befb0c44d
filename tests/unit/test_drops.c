/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_drops.c - what the stack of a drop tells, which drops are none, and what is said of them.
 */
#include <linux/if_packet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"
#include "filetest.h"
#include "flow/drops.h"
#include "flow/drops_advice.h"
#include "flow/nfpath.h"
#include "frame.h"

#define FRAMES_MAX 12

static struct frame frame;
static const char *frames[FRAMES_MAX];
static struct record_stack stack = {.id = 1, .frames = frames};

/* A drop with a frame of UDP; the stack's functions follow, the innermost first, up to NULL. */
static struct record make_drop(const char *reason, const char *location, ...)
{
	struct record r = filetest_record();
	const char *function;
	va_list ap;

	frame_build_udp4(&frame, 10);
	r.packet = frame.bytes;
	r.len = r.cap_len = frame.len;
	r.reason = reason;
	r.location = location;
	stack.n = 0;
	va_start(ap, location);
	while ((function = va_arg(ap, const char *)))
		frames[stack.n++] = function;
	va_end(ap);
	r.stack = stack.n ? &stack : NULL;
	return r;
}

#define EXPECT_PATH(path, location, ...)                                                           \
	do {                                                                                       \
		struct record r_ = make_drop("NETFILTER_DROP", location, __VA_ARGS__, NULL);       \
		const char *path_ = nfpath_find(&r_);                                              \
		if (!path_)                                                                        \
			fail_msg("no path, not %s", path);                                         \
		assert_string_equal(path_, path);                                                  \
	} while (0)

#define EXPECT_NO_PATH(reason, location, ...)                                                      \
	do {                                                                                       \
		struct record r_ = make_drop(reason, location, __VA_ARGS__, NULL);                 \
		assert_null(nfpath_find(&r_));                                                     \
	} while (0)

static void nfpath__hook_in_the_stack__is_family_and_hook(void **state)
{
	(void)state;
	EXPECT_PATH("ip INPUT", "nf_hook_slow+0x9d", "nf_hook_slow+0x9d", "ip_local_deliver+0xe0",
		    "ip_rcv_finish+0x10", "ip_rcv+0x30");
	EXPECT_PATH("ip INPUT", "nft_do_chain+0x3e8 [nf_tables]", "sk_skb_reason_drop+0x10",
		    "nft_do_chain+0x3e8 [nf_tables]", "nft_do_chain_inet+0x5 [nf_tables]",
		    "nf_hook_slow+0x41", "ip_local_deliver+0xe0", "ip_rcv+0x30");
	EXPECT_PATH("ip PREROUTING", "nf_hook_slow+0x9d", "nf_hook_slow+0x9d", "ip_rcv+0xa0",
		    "__netif_receive_skb_core.constprop.0+0x10");
	EXPECT_PATH("ip PREROUTING", "nf_hook_slow+0x9d", "nf_hook_slow+0x9d",
		    "nf_hook_slow_list+0x11", "ip_sublist_rcv.isra.0+0xa0", "ip_list_rcv+0x4");
	EXPECT_PATH("ip FORWARD", "nf_hook_slow+0x9d", "nf_hook_slow+0x9d", "ip_forward+0x4e0",
		    "ip_sublist_rcv_finish+0x77", "ip_list_rcv+0x4");
	EXPECT_PATH("ip OUTPUT", "nf_hook_slow+0x9d", "nf_hook_slow+0x9d", "__ip_local_out+0xd0",
		    "ip_send_skb+0x20");
	EXPECT_PATH("ip POSTROUTING", "nf_hook_slow+0x9d", "nf_hook_slow+0x9d", "ip_output+0xd0",
		    "ip_send_skb+0x20");
	EXPECT_PATH("ip6 OUTPUT", "nf_hook_slow+0x9d", "nf_hook_slow+0x9d", "ip6_xmit+0xd0");
	EXPECT_PATH("arp INPUT", "nf_hook_slow+0x9d", "nf_hook_slow+0x9d", "arp_rcv+0xd0");
	EXPECT_PATH("netdev ingress", "nf_hook_slow+0x9d", "nf_hook_slow+0x9d",
		    "__netif_receive_skb_core.constprop.0+0x10", "netif_receive_skb+0x8");
	EXPECT_PATH("netdev egress", "nf_hook_slow+0x9d", "nf_hook_slow+0x9d",
		    "__dev_queue_xmit+0x10");
}

static void nfpath__bridge__tells_forwarded_from_sent(void **state)
{
	(void)state;
	EXPECT_PATH("bridge FORWARD", "nf_hook_slow+0x9d", "nf_hook_slow+0x9d",
		    "__br_forward+0x10 [bridge]", "br_handle_frame+0x8 [bridge]");
	EXPECT_PATH("bridge OUTPUT", "nf_hook_slow+0x9d", "nf_hook_slow+0x9d",
		    "__br_forward+0x10 [bridge]", "br_dev_xmit+0x8 [bridge]");
	EXPECT_PATH("ip FORWARD", "nf_hook_slow+0x9d", "nf_hook_slow+0x9d",
		    "br_nf_forward_ip+0x1 [br_netfilter]", "nf_hook_slow+0x40",
		    "__br_forward+0x10 [bridge]");
}

static void nfpath__not_netfilters__has_none(void **state)
{
	struct record r = make_drop("NETFILTER_DROP", "nf_hook_slow+0x9d", NULL);

	(void)state;
	assert_null(nfpath_find(&r)); /* no stack */
	r = make_drop(NULL, NULL, "nf_hook_slow+0x9d", "ip_rcv+0x1", NULL);
	assert_null(nfpath_find(&r)); /* no drop */
	EXPECT_NO_PATH("NO_SOCKET", "tcp_v4_rcv+0x91", "tcp_v4_rcv+0x91", "ip_local_deliver+0x1");
	/* a reject's own packet that is dropped on its way, inside of a hook */
	EXPECT_NO_PATH("NEIGH_FAILED", "neigh_resolve_output+0x1", "neigh_resolve_output+0x1",
		       "ip_output+0x1", "nf_send_reset+0x1", "nf_hook_slow+0x1", "ip_forward+0x1");
	EXPECT_NO_PATH("NETFILTER_DROP", "nf_hook_slow+0x9d", "nf_hook_slow+0x9d",
		       "new_caller+0x1");
	/* a name that only begins like one in the table */
	EXPECT_NO_PATH("NETFILTER_DROP", "nf_hook_slow+0x9d", "nf_hook_slow+0x9d", "ip_rcv_x+0x1");
}

static void nfpath__place_of_a_freer__is_its_caller(void **state)
{
	struct record r;

	(void)state;
	r = make_drop(NULL, "kfree_skb_list+0x1f", "kfree_skb+0x8", "kfree_skb_list+0x1f",
		      "__dev_queue_xmit+0x5", "ip_output+0x1", NULL);
	assert_string_equal(nfpath_place(&r), "__dev_queue_xmit+0x5");
	r.stack = NULL;
	assert_string_equal(nfpath_place(&r), "kfree_skb_list+0x1f");
	r = make_drop(NULL, "kfree_skb_list+0x1f", "kfree_skb_list+0x1f", NULL);
	assert_string_equal(nfpath_place(&r), "kfree_skb_list+0x1f");
	r = make_drop(NULL, "tcp_v4_rcv+0x1", "tcp_v4_rcv+0x1", "ip_rcv+0x1", NULL);
	assert_string_equal(nfpath_place(&r), "tcp_v4_rcv+0x1");
}

static void complete__record_of_a_drop__gets_path_and_place(void **state)
{
	struct record r = make_drop("NETFILTER_DROP", "kfree_skb_list_reason+0x4",
				    "kfree_skb_list_reason+0x4", "nf_hook_slow+0x2",
				    "ip_local_deliver+0x1", NULL);

	(void)state;
	drops_complete(&r);
	assert_string_equal(r.nf_path, "ip INPUT");
	assert_string_equal(r.location, "nf_hook_slow+0x2");
	r = filetest_record();
	drops_complete(&r);
	assert_null(r.nf_path);
	assert_null(r.location);
}

static void assert_benign(const struct record *r, const char *why)
{
	const char *is = drops_benign(r);

	if (!is)
		fail_msg("%s at %s is taken for a drop", r->reason ? r->reason : "-", r->location);
	assert_string_equal(is, why);
}

static void benign__what_nobody_misses__is_told_by_reason_place_and_packet(void **state)
{
	struct record r;

	(void)state;
	r = make_drop("NO_SOCKET", "ping_rcv+0xab", NULL);
	assert_benign(&r, "echo replies without a ping socket");
	r = make_drop(NULL, "ping_rcv+0xab", NULL);
	assert_benign(&r, "echo replies without a ping socket");
	r = make_drop("CONSUMED", "anything+0x1", NULL);
	assert_benign(&r, "packets that have served");
	r = make_drop("NOT_SPECIFIED", "tcp_v4_rcv+0x1", NULL);
	assert_benign(&r, "segments that a connection in TIME_WAIT took");
	r = make_drop("NOT_SPECIFIED", "icmpv6_rcv+0x251", NULL);
	assert_benign(&r, "ICMPv6 that has served");
	r = make_drop("TCP_OLD_DATA", "tcp_data_queue+0x7dc", NULL);
	assert_benign(&r, "TCP data that had come before");
	r = make_drop(NULL, "ip_rcv_core.isra.0+0x1", NULL);
	r.pkt_type = PACKET_OTHERHOST;
	assert_benign(&r, "frames to another host's address");
	r = make_drop("NOT_SPECIFIED", "__udp4_lib_rcv+0x1", NULL);
	r.pkt_type = PACKET_BROADCAST;
	assert_benign(&r, "to a group or to all, and nobody here listens");
}

static void benign__drops_of_the_same_places__are_drops(void **state)
{
	struct record r;

	(void)state;
	r = make_drop("NO_SOCKET", "tcp_v4_rcv+0x1", NULL);
	assert_null(drops_benign(&r));
	r = make_drop(NULL, "tcp_v4_rcv+0x1", NULL);
	assert_null(drops_benign(&r));
	r = make_drop("NO_SOCKET", "__udp4_lib_rcv+0x1", NULL);
	assert_null(drops_benign(&r));
	r = make_drop("UDP_CSUM", "__udp4_lib_rcv+0x1", NULL);
	r.pkt_type = PACKET_MULTICAST;
	assert_null(drops_benign(&r));
	r = make_drop(NULL, "ip_rcv_core+0x1", NULL);
	assert_null(drops_benign(&r));
	r = make_drop("QUEUE_PURGE", "sk_stream_kill_queues+0x1", NULL);
	assert_null(drops_benign(&r));
	r = make_drop(NULL, NULL, NULL);
	assert_null(drops_benign(&r));
}

/* The frame in memory of just its captured size. */
static bool is_benign_frame(const struct frame *f, uint32_t cap_len)
{
	struct record r = make_drop("QUEUE_PURGE", "sk_stream_kill_queues+0x57", NULL);
	uint8_t *copy = malloc(cap_len + 1);
	bool is;

	memcpy(copy, f->bytes, cap_len);
	r.packet = copy;
	r.cap_len = cap_len;
	r.len = f->len;
	is = drops_benign(&r) && !strcmp(drops_benign(&r), "ends of connections nobody read any "
							   "more");
	free(copy);
	return is;
}

static void benign__end_of_a_connection__is_without_data(void **state)
{
	struct frame f;

	(void)state;
	frame_build_tcp4(&f, 0x11, true, 0);
	assert_true(is_benign_frame(&f, f.len));
	for (uint32_t i = 0; i < 47; i++)
		assert_false(is_benign_frame(&f, i)); /* cut in the header: not known */
	frame_build_tcp4(&f, 0x11, true, 1);
	assert_false(is_benign_frame(&f, f.len));
	frame_ether(&f, 0x8100);
	frame_vlan(&f, 5, 0x86dd);
	frame_ip6(&f, 6);
	frame_tcp(&f, 0x11, NULL, 0);
	frame_finish_ip6(&f);
	assert_true(is_benign_frame(&f, f.len));
	frame_add_u8(&f, 0);
	frame_finish_ip6(&f);
	assert_false(is_benign_frame(&f, f.len));
}

static void benign__echo_reply_at_icmp_rcv__but_no_other_icmp(void **state)
{
	struct record r = make_drop("NO_SOCKET", "icmp_rcv+0x1b1", NULL);
	struct frame f;

	(void)state;
	frame_build_icmp_error(&f, 3, 3, 0);
	r.packet = f.bytes;
	r.len = r.cap_len = f.len;
	assert_null(drops_benign(&r));
	f.bytes[34] = 0; /* the type */
	assert_benign(&r, "echo replies without a ping socket");
	r.reason = "ICMP_CSUM";
	assert_null(drops_benign(&r));
	r.reason = NULL;
	r.cap_len = 34;
	assert_null(drops_benign(&r));
}

static void benign__no_ip_or_arp__is_no_packet(void **state)
{
	struct record r = make_drop("UNHANDLED_PROTO", "__netif_receive_skb_core+0x1", NULL);
	struct frame f;

	(void)state;
	frame_ether(&f, 0x88cc);
	frame_add_fill(&f, 0, 46);
	r.packet = f.bytes;
	r.len = r.cap_len = f.len;
	assert_benign(&r, "no IP or ARP packet");
	r.protocol = 0x88cc;
	r.cap_len = 10;
	assert_benign(&r, "no IP or ARP packet");
	r.protocol = 0x800;
	assert_null(drops_benign(&r));
	r.flags = XCAP_EV_NO_PACKET;
	assert_benign(&r, "no IP or ARP packet");
	r.flags = 0;
	frame_build_arp(&f, 1);
	r.packet = f.bytes;
	r.len = r.cap_len = f.len;
	assert_null(drops_benign(&r));
	frame_ether(&f, 0x88a8);
	frame_vlan(&f, 1, 0x8100);
	frame_vlan(&f, 2, 0x800);
	frame_add_fill(&f, 0, 20);
	r.packet = f.bytes;
	r.len = r.cap_len = f.len;
	assert_null(drops_benign(&r));
}

typedef void (*print_fn)(const struct drops *drops, FILE *out);

static void assert_prints(const struct drops *drops, print_fn print, const char *expected)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	print(drops, out);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static void take__benign_ones__are_counted_by_their_words(void **state)
{
	struct drops *drops = drops_new(&(struct drops_config){0});
	struct record r = make_drop("NO_SOCKET", "ping_rcv+0xab", NULL);

	(void)state;
	assert_prints(drops, drops_print_hidden, "");
	assert_false(drops_take(drops, &r));
	assert_false(drops_take(drops, &r));
	r = make_drop("NOT_SPECIFIED", "tcp_v6_rcv+0x1", NULL);
	assert_false(drops_take(drops, &r));
	r.flags = XCAP_EV_NO_PACKET;
	r.location = "netlink_x+0x1";
	assert_false(drops_take(drops, &r));
	r = make_drop("NO_SOCKET", "tcp_v4_rcv+0x91", NULL);
	assert_true(drops_take(drops, &r));
	assert_prints(drops, drops_print_hidden,
		      "not shown, but by --all: 2 echo replies without a ping socket; 1 segment "
		      "that a connection in TIME_WAIT took; 1 no IP or ARP packet\n");
	assert_prints(drops, drops_print_advice, ""); /* nobody asked */
	drops_free(drops);
}

static void take__all__shows_benign_ones_too(void **state)
{
	struct drops *drops = drops_new(&(struct drops_config){.all = true});
	struct record r = make_drop("NO_SOCKET", "ping_rcv+0xab", NULL);

	(void)state;
	assert_true(drops_take(drops, &r));
	assert_prints(drops, drops_print_hidden, "");
	drops_free(drops);
}

static void advice__each_reason__once_in_the_order_of_appearance(void **state)
{
	struct drops *drops = drops_new(&(struct drops_config){.explain = true});
	const char *reasons[] = {"NO_SOCKET", "0x30001", NULL, "NO_SOCKET"};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(reasons); i++) {
		struct record r = make_drop(reasons[i], "tcp_v4_rcv+0x91", NULL);

		assert_true(drops_take(drops, &r));
	}
	assert_prints(drops, drops_print_advice,
		      "NO_SOCKET: nobody listens on that port of this address; look: ss -ltnup\n"
		      "0x30001: no advice for this reason; the place names the function that "
		      "dropped\n"
		      "this kernel gives no reasons (5.17 and later do); the place names the "
		      "function that dropped\n");
	drops_free(drops);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nfpath__hook_in_the_stack__is_family_and_hook),
		cmocka_unit_test(nfpath__bridge__tells_forwarded_from_sent),
		cmocka_unit_test(nfpath__not_netfilters__has_none),
		cmocka_unit_test(nfpath__place_of_a_freer__is_its_caller),
		cmocka_unit_test(complete__record_of_a_drop__gets_path_and_place),
		cmocka_unit_test(benign__what_nobody_misses__is_told_by_reason_place_and_packet),
		cmocka_unit_test(benign__drops_of_the_same_places__are_drops),
		cmocka_unit_test(benign__end_of_a_connection__is_without_data),
		cmocka_unit_test(benign__echo_reply_at_icmp_rcv__but_no_other_icmp),
		cmocka_unit_test(benign__no_ip_or_arp__is_no_packet),
		cmocka_unit_test(take__benign_ones__are_counted_by_their_words),
		cmocka_unit_test(take__all__shows_benign_ones_too),
		cmocka_unit_test(advice__each_reason__once_in_the_order_of_appearance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
