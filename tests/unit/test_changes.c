/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_changes.c - what became of a packet from hop to hop, and the key that tells it by content.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "flow/changes.h"
#include "flow/content.h"
#include "frame.h"

static struct frame was, is;
static struct record record; /* of both but for the bytes */

static struct record with(const struct frame *f)
{
	struct record r = record;

	r.packet = f->bytes;
	r.cap_len = r.len = f->len;
	return r;
}

/* A packet as `was`, then as `is`: what is said of the second hop. */
static void expect_between(const struct record *first, const struct record *second,
			   const char *want)
{
	struct changes *changes = changes_new();

	assert_non_null(changes);
	changes_begin(changes);
	changes_add(changes, first);
	changes_add(changes, second);
	assert_string_equal(changes_text(changes, 0), "");
	assert_string_equal(changes_text(changes, 1), want);
	assert_string_equal(changes_text(changes, 2), "");
	changes_free(changes);
}

static void expect(const char *want)
{
	struct record first = with(&was), second = with(&is);

	expect_between(&first, &second, want);
}

static void same_key(bool same)
{
	struct record first = with(&was), second = with(&is);

	assert_int_equal(content_key(&first, false) == content_key(&second, false), same);
	assert_int_not_equal(content_key(&first, false), 0);
}

static int setup(void **state)
{
	(void)state;
	memset(&record, 0, sizeof(record));
	record.netns_name = "";
	record.skb = 1;
	frame_build_udp4(&was, 100);
	is = was;
	return 0;
}

static void same__packet__says_nothing(void **state)
{
	(void)state;
	expect("");
	same_key(true);
}

static void forwarded__says_ttl_and_mac_and_keeps_its_key(void **state)
{
	(void)state;
	is.bytes[22] = 63;
	is.bytes[5] = 9;
	is.bytes[11] = 8;
	is.bytes[15] = 0x10;
	expect("ttl 64 -> 63; tos 0x0 -> 0x10; src mac 02:00:00:00:00:01 -> 02:00:00:00:00:08; "
	       "dst mac 02:00:00:00:00:02 -> 02:00:00:00:00:09");
	same_key(true);
}

static void nat__says_both_ends_with_ports(void **state)
{
	(void)state;
	is.bytes[29] = 7;
	frame_set_u16(&is, 34, 1024);
	frame_set_u16(&is, 36, 80);
	expect("src 10.0.0.1.40112 -> 10.0.0.7.1024; dst 10.0.0.2.9000 -> 10.0.0.2.80");
	same_key(false);
}

static void ipv6__says_addresses_and_hop_limit(void **state)
{
	(void)state;
	frame_ether(&was, 0x86dd);
	frame_ip6(&was, 17);
	frame_udp(&was, 4);
	frame_finish_ip6(&was);
	is = was;
	is.bytes[21] = 63;
	same_key(true);
	is.bytes[53] = 9;
	expect("dst fd00::2.9000 -> fd00::9.9000; ttl 64 -> 63");
	same_key(false);
}

static void vlan__put_on_taken_off_and_changed(void **state)
{
	struct frame plain = was;

	(void)state;
	frame_ether(&is, 0x8100);
	frame_vlan(&is, 5, 0x0800);
	frame_add(&is, plain.bytes + 14, plain.len - 14);
	expect("+vlan 5");
	same_key(true);
	was = is;
	is = plain;
	expect("-vlan 5");
	is = was;
	frame_set_u16(&is, 14, 6);
	expect("vlan 5 -> 6");
}

static void mark__is_said_in_hex(void **state)
{
	struct record first = with(&was), second = with(&is);

	(void)state;
	second.mark = 0x10;
	expect_between(&first, &second, "mark 0x0 -> 0x10");
}

static void segment__says_its_length(void **state)
{
	(void)state;
	frame_build_tcp4(&was, 0x10, false, 1400);
	frame_build_tcp4(&is, 0x10, false, 700);
	expect("len 1454 -> 754");
	same_key(false);
}

static void padding__of_a_short_frame__is_no_change(void **state)
{
	(void)state;
	frame_build_udp4(&was, 1);
	is = was;
	frame_add_fill(&is, 0, 17);
	expect("");
	same_key(true);
}

/* The frame inside VXLAN, from 10.1.0.1 to 10.1.0.2. */
static void wrap(struct frame *out, const struct frame *inner)
{
	static const uint8_t vxlan[] = {8, 0, 0, 0, 0, 0, 7, 0};

	frame_ether(out, 0x0800);
	frame_ip4(out, 17, 0);
	out->bytes[27] = 1;
	out->bytes[31] = 1;
	frame_udp(out, sizeof(vxlan) + inner->len);
	out->len -= sizeof(vxlan) + inner->len;
	frame_set_u16(out, 36, 4789);
	frame_add(out, vxlan, sizeof(vxlan));
	frame_add(out, inner->bytes, inner->len);
	frame_finish_ip4(out);
	out->bytes[5] = 0x77;
}

static void tunnel__around_it__is_said_and_what_is_inside_is_compared(void **state)
{
	struct frame inner = was;

	(void)state;
	inner.bytes[22] = 63;
	wrap(&is, &inner);
	expect("+vxlan 7 10.1.0.1 > 10.1.0.2; ttl 64 -> 63");
	same_key(true);
	was = is;
	is = inner;
	expect("-vxlan 7 10.1.0.1 > 10.1.0.2");
}

static void made_up__headers__change_nothing_and_what_was_known_stays(void **state)
{
	struct record hops[3] = {with(&was), with(&is), with(&is)};
	struct changes *changes = changes_new();

	(void)state;
	assert_non_null(changes);
	memset(is.bytes, 0, 12);
	is.bytes[22] = 1;
	hops[1].flags = XCAP_EV_SYNTH_ETH;
	hops[1].rebuilt = XCAP_REBUILT_IP;
	hops[2] = with(&was);
	changes_begin(changes);
	for (int i = 0; i < 3; i++)
		changes_add(changes, &hops[i]);
	assert_string_equal(changes_text(changes, 1), "");
	changes_free(changes);
	assert_true(content_key(&hops[0], false) == content_key(&hops[1], false));
}

static void cut_off__and_no_packet__say_nothing_wrong(void **state)
{
	struct record first = with(&was), second = with(&is);

	(void)state;
	for (uint32_t len = 0; len <= was.len; len++) {
		uint8_t *bytes = malloc(len ? len : 1);

		memcpy(bytes, was.bytes, len);
		second.packet = bytes;
		second.cap_len = len;
		expect_between(&first, &second, "");
		assert_int_not_equal(content_key(&second, false), 0);
		free(bytes);
	}
	second.flags = XCAP_EV_NO_PACKET;
	second.cap_len = 0;
	second.packet = NULL;
	expect_between(&first, &second, "");
	assert_int_not_equal(content_key(&second, false), 0);
}

static void content__payload_ids_and_pointer__tell_packets_apart(void **state)
{
	struct record first = with(&was), second = with(&is);

	(void)state;
	is.bytes[42] ^= 1;
	same_key(false);
	is = was;
	is.bytes[42 + 40] ^= 1; /* beyond the first 32 bytes of payload */
	same_key(true);
	is = was;
	is.bytes[19] ^= 1; /* IP id */
	same_key(false);
	is = was;
	is.bytes[40] ^= 1; /* checksum of UDP, of IP */
	is.bytes[24] ^= 1;
	same_key(true);
	is = was;
	second.skb = 2;
	assert_true(content_key(&first, false) == content_key(&second, false));
	assert_false(content_key(&first, true) == content_key(&second, true));
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(same__packet__says_nothing),
		TEST(forwarded__says_ttl_and_mac_and_keeps_its_key),
		TEST(nat__says_both_ends_with_ports),
		TEST(ipv6__says_addresses_and_hop_limit),
		TEST(vlan__put_on_taken_off_and_changed),
		TEST(mark__is_said_in_hex),
		TEST(segment__says_its_length),
		TEST(padding__of_a_short_frame__is_no_change),
		TEST(tunnel__around_it__is_said_and_what_is_inside_is_compared),
		TEST(made_up__headers__change_nothing_and_what_was_known_stays),
		TEST(cut_off__and_no_packet__say_nothing_wrong),
		TEST(content__payload_ids_and_pointer__tell_packets_apart),
	};

	return cmocka_run_group_tests_name("changes", tests, NULL, NULL);
}
