/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_packet.c - packets as files hold them: link types, lengths, checksums of rebuilt headers.
 *
 * What tcpdump and tshark make of them is in tests/net/linktype.sh.
 */
#include "record/packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"
#include "frame.h"
#include "record/packet_link.h"

static struct packet_maker maker;

static struct record record_of(const struct frame *f)
{
	return (struct record){
		.packet = f->bytes,
		.cap_len = f->len,
		.len = f->len,
		.dev_type = 1,
		.ifindex = 0x10203,
	};
}

/* The packet that is made of a record in a file of that link type; it lives until the next. */
static bool make(const struct record *r, int link_type, uint32_t snaplen, struct packet *p)
{
	packet_fini(&maker);
	assert_int_equal(packet_init(&maker, link_type, snaplen), 0);
	return packet_make(&maker, r, p);
}

static void assert_packet(const struct packet *p, const void *bytes, uint32_t cap_len, uint32_t len)
{
	assert_int_equal(p->cap_len, cap_len);
	assert_int_equal(p->len, len);
	assert_memory_equal(p->data, bytes, cap_len);
}

static void names__are_tcpdumps_in_any_case_and_with_dlt(void **state)
{
	(void)state;
	assert_int_equal(packet_link_find("EN10MB"), 1);
	assert_int_equal(packet_link_find("raw"), 101);
	assert_int_equal(packet_link_find("dlt_linux_SLL2"), 276);
	assert_int_equal(packet_link_find("LINUX_SLL"), -1);
	assert_int_equal(packet_link_find("RAW2"), -1);
	assert_int_equal(packet_link_find(""), -1);
	assert_string_equal(packet_link_name(101), "RAW");
	assert_string_equal(packet_link_name(276), "LINUX_SLL2");
}

static void en10mb__is_the_record_itself_without_a_copy_cut_to_the_snaplen(void **state)
{
	struct packet p;
	struct record r;
	struct frame f;

	(void)state;
	frame_build_tcp4(&f, 2, true, 100);
	r = record_of(&f);
	assert_true(make(&r, CAPTURE_LINK_EN10MB, 65535, &p));
	assert_ptr_equal(p.data, f.bytes);
	assert_packet(&p, f.bytes, f.len, f.len);
	assert_true(make(&r, CAPTURE_LINK_EN10MB, 60, &p));
	assert_packet(&p, f.bytes, 60, f.len);
}

static void raw__leaves_out_link_header_and_every_tag(void **state)
{
	struct packet p;
	struct record r;
	struct frame f;

	(void)state;
	frame_build_udp4(&f, 9);
	r = record_of(&f);
	assert_true(make(&r, CAPTURE_LINK_RAW, 65535, &p));
	assert_packet(&p, f.bytes + 14, 37, 37);

	frame_ether(&f, 0x88a8);
	frame_vlan(&f, 100, 0x8100);
	frame_vlan(&f, 7, 0x86dd);
	frame_ip6(&f, 17);
	frame_udp(&f, 9);
	frame_finish_ip6(&f);
	r = record_of(&f);
	r.len = 1000;
	assert_true(make(&r, CAPTURE_LINK_RAW, 65535, &p));
	assert_packet(&p, f.bytes + 22, 57, 978);
	/* the snaplen is that of the IP packet */
	assert_true(make(&r, CAPTURE_LINK_RAW, 41, &p));
	assert_packet(&p, f.bytes + 22, 41, 978);
}

static void raw__has_no_form_for_what_is_not_ip(void **state)
{
	static const uint16_t types[] = {0x8847, 0x8864, 0x0026, 0x88b5, 0x86dd, 0};
	struct packet p;
	struct record r;
	struct frame f;

	(void)state;
	frame_build_arp(&f, 1);
	r = record_of(&f);
	assert_false(make(&r, CAPTURE_LINK_RAW, 65535, &p));
	/* an ethertype that the version contradicts would be read as the other one */
	frame_build_udp4(&f, 9);
	r = record_of(&f);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(types); i++) {
		frame_set_u16(&f, 12, types[i]);
		assert_false(make(&r, CAPTURE_LINK_RAW, 65535, &p));
	}
	frame_set_u16(&f, 12, 0x0800);
	assert_true(make(&r, CAPTURE_LINK_RAW, 65535, &p));
	r.flags = XCAP_EV_NO_PACKET;
	assert_false(make(&r, CAPTURE_LINK_RAW, 65535, &p));
	/* cut before its first byte */
	for (r.flags = 0, r.cap_len = 0; r.cap_len <= 14; r.cap_len++)
		assert_false(make(&r, CAPTURE_LINK_RAW, 65535, &p));
}

static void sll2__has_protocol_device_packet_type_and_source(void **state)
{
	static const uint8_t header[] = {0x08, 0, 0, 0, 0, 1, 2, 3, 0, 1,
					 3,    6, 2, 0, 0, 0, 0, 1, 0, 0};
	struct packet p;
	struct record r;
	struct frame f;

	(void)state;
	frame_build_udp4(&f, 9);
	r = record_of(&f);
	r.len = 100;
	r.pkt_type = 3;
	assert_true(make(&r, CAPTURE_LINK_LINUX_SLL2, 65535, &p));
	assert_int_equal(p.cap_len, f.len + 6);
	assert_int_equal(p.len, 106);
	assert_memory_equal(p.data, header, sizeof(header));
	assert_memory_equal(p.data + 20, f.bytes + 14, f.len - 14);
	assert_true(make(&r, CAPTURE_LINK_LINUX_SLL2, 21, &p));
	assert_packet(&p, p.data, 21, 106);
}

static void sll2__tag_stays_in_the_payload_with_its_ethertype_as_protocol(void **state)
{
	struct packet p;
	struct record r;
	struct frame f;

	(void)state;
	frame_ether(&f, 0x8100);
	frame_vlan(&f, 5, 0x0800);
	frame_ip4(&f, 17, 0);
	frame_udp(&f, 2);
	r = record_of(&f);
	assert_true(make(&r, CAPTURE_LINK_LINUX_SLL2, 65535, &p));
	assert_memory_equal(p.data, "\x81\0\0\0", 4);
	assert_memory_equal(p.data + 20, "\0\x05\x08\0\x45", 5);
}

static void sll2__packet_type_goes_by_the_direction_first(void **state)
{
	static const struct {
		uint8_t direction, pkt_type, written;
	} cases[] = {
		{XCAP_DIR_OUT, 0, 4}, {XCAP_DIR_IN, 4, 0},	{XCAP_DIR_IN, 2, 2},
		{XCAP_DIR_OUT, 2, 4}, {XCAP_DIR_UNKNOWN, 4, 4}, {XCAP_DIR_UNKNOWN, 7, 0},
	};
	struct packet p;
	struct record r;
	struct frame f;

	(void)state;
	frame_build_udp4(&f, 9);
	r = record_of(&f);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++) {
		r.direction = cases[i].direction;
		r.pkt_type = cases[i].pkt_type;
		assert_true(make(&r, CAPTURE_LINK_LINUX_SLL2, 65535, &p));
		assert_int_equal(p.data[10], cases[i].written);
	}
}

static void sll2__of_a_made_up_header__has_no_source_and_the_device_type(void **state)
{
	static const uint8_t expected[20] = {
		0x08, 0, [5] = 1, 2, 3, 0xff, 0xfe, /* ARPHRD_NONE: tun */
	};
	struct packet p;
	struct record r;
	struct frame f;

	(void)state;
	frame_build_udp4(&f, 9);
	memset(f.bytes, 0, 12);
	r = record_of(&f);
	r.flags = XCAP_EV_SYNTH_ETH;
	r.dev_type = 0xfffe;
	assert_true(make(&r, CAPTURE_LINK_LINUX_SLL2, 65535, &p));
	assert_memory_equal(p.data, expected, sizeof(expected));
	/* a small skb->protocol is none of 802.3's lengths there: CAN */
	frame_set_u16(&f, 12, 0x000c);
	assert_true(make(&r, CAPTURE_LINK_LINUX_SLL2, 65535, &p));
	assert_memory_equal(p.data, "\0\x0c", 2);
	/* and without that flag it is */
	r.flags = 0;
	assert_true(make(&r, CAPTURE_LINK_LINUX_SLL2, 65535, &p));
	assert_memory_equal(p.data, "\0\x04", 2);
	frame_set_u16(&f, 14, 0xffff);
	assert_true(make(&r, CAPTURE_LINK_LINUX_SLL2, 65535, &p));
	assert_memory_equal(p.data, "\0\x01", 2);
}

static void sll2__of_no_packet__is_a_header_of_nothing_known(void **state)
{
	static const uint8_t expected[20] = {0x88, 0xb5, [8] = 0xff, 0xff};
	struct record r = {.flags = XCAP_EV_NO_PACKET, .len = 300, .dev_type = 824};
	struct packet p;

	(void)state;
	assert_true(make(&r, CAPTURE_LINK_LINUX_SLL2, 65535, &p));
	assert_packet(&p, expected, 20, 20);
}

static void sll2__cut_inside_the_link_header__has_a_whole_header_and_no_stale_byte(void **state)
{
	static const uint8_t expected[20] = {[2] = 0, [5] = 1, 2, 3, 0, 1, 0, 6, 2};
	struct packet p;
	struct record r;
	struct frame f;

	(void)state;
	frame_build_udp4(&f, 9);
	r = record_of(&f);
	packet_fini(&maker);
	assert_int_equal(packet_init(&maker, CAPTURE_LINK_LINUX_SLL2, 65535), 0);
	memset(maker.room, 0xee, PACKET_LINK_ROOM + XCAP_SNAPLEN_MAX);
	r.cap_len = 7; /* the source's first byte is there, the type is not */
	assert_true(packet_make(&maker, &r, &p));
	assert_int_equal(p.cap_len, 20);
	assert_int_equal(p.data[0] << 8 | p.data[1], 4);
	assert_memory_equal(p.data + 2, expected + 2, 18);
}

/* The sum over an IP packet's header, and over its transport part with the pseudo header. */
static uint16_t sum(const uint8_t *data, uint32_t len, uint32_t add)
{
	for (uint32_t i = 0; i < len; i++)
		add += i & 1 ? data[i] : data[i] << 8;
	while (add >> 16)
		add = (add & 0xffff) + (add >> 16);
	return add;
}

static void rebuilt__sums_are_filled_in_in_a_copy(void **state)
{
	struct packet p;
	struct record r;
	struct frame f;
	uint8_t before[2048];

	(void)state;
	/* an odd length, and stale sums that must not count */
	frame_build_tcp4(&f, 0x18, true, 33);
	frame_set_u16(&f, 24, 0x1234);
	frame_set_u16(&f, 50, 0x4321);
	memcpy(before, f.bytes, f.len);
	r = record_of(&f);
	r.rebuilt = XCAP_REBUILT_IP | XCAP_REBUILT_TCP;
	assert_true(make(&r, CAPTURE_LINK_EN10MB, 65535, &p));
	assert_memory_equal(f.bytes, before, f.len);
	assert_int_equal(sum(p.data + 14, 20, 0), 0xffff);
	assert_int_equal(sum(p.data + 26, 8, sum(p.data + 34, f.len - 34, 6 + f.len - 34)), 0xffff);
	assert_true(make(&r, CAPTURE_LINK_RAW, 65535, &p));
	assert_int_equal(sum(p.data, 20, 0), 0xffff);
	assert_true(make(&r, CAPTURE_LINK_LINUX_SLL2, 65535, &p));
	assert_int_equal(sum(p.data + 20, 20, 0), 0xffff);
	assert_int_equal(sum(p.data + 32, 8, sum(p.data + 40, f.len - 34, 6 + f.len - 34)), 0xffff);
}

static void rebuilt__sum_of_udp_over_ipv6__is_never_zero(void **state)
{
	struct packet p;
	struct record r;
	struct frame f;
	uint16_t at;

	(void)state;
	frame_ether(&f, 0x86dd);
	frame_ip6(&f, 17);
	frame_udp(&f, 2);
	frame_finish_ip6(&f);
	frame_set_u16(&f, 60, 0);
	/* make it come out as zero: the payload takes up what is missing */
	at = ~sum(f.bytes + 22, 32, sum(f.bytes + 54, 8, 17 + 10));
	frame_set_u16(&f, 62, at);
	r = record_of(&f);
	r.rebuilt = XCAP_REBUILT_IP | XCAP_REBUILT_UDP;
	assert_true(make(&r, CAPTURE_LINK_EN10MB, 65535, &p));
	assert_memory_equal(p.data + 60, "\xff\xff", 2);
	assert_int_equal(sum(p.data + 22, 32, sum(p.data + 54, 10, 17 + 10)), 0xffff);
}

static void rebuilt__transport_sum_of_a_cut_packet__stays_zero(void **state)
{
	struct packet p;
	struct record r;
	struct frame f;

	(void)state;
	frame_build_tcp4(&f, 0x18, false, 100);
	frame_set_u16(&f, 50, 0);
	r = record_of(&f);
	r.rebuilt = XCAP_REBUILT_IP | XCAP_REBUILT_TCP;
	r.cap_len -= 1;
	assert_true(make(&r, CAPTURE_LINK_EN10MB, 65535, &p));
	assert_int_equal(sum(p.data + 14, 20, 0), 0xffff);
	assert_memory_equal(p.data + 50, "\0\0", 2);
	/* a real transport header keeps its sum, whatever it is */
	frame_set_u16(&f, 50, 0x4321);
	r = record_of(&f);
	r.rebuilt = XCAP_REBUILT_IP;
	assert_true(make(&r, CAPTURE_LINK_EN10MB, 65535, &p));
	assert_memory_equal(p.data + 50, "\x43\x21", 2);
}

/* Under the sanitizers: no length, and no nonsense in a header, reads or writes beyond its bytes.
 */
static void rebuilt__of_any_length_and_any_header__stays_inside(void **state)
{
	static const int links[] = {CAPTURE_LINK_EN10MB, CAPTURE_LINK_RAW, CAPTURE_LINK_LINUX_SLL2};
	struct packet p;
	struct frame f;

	(void)state;
	for (uint32_t round = 0; round < 20; round++)
		for (uint32_t cap = 0; cap <= 90; cap++) {
			struct record r = {.cap_len = cap, .len = cap + round % 3, .rebuilt = 7};
			uint8_t *bytes = malloc(cap + 1);

			if (round & 1)
				frame_build_tcp4(&f, 2, true, 20);
			else
				frame_build_extensions(&f, -1);
			f.bytes[14] = round & 1 ? 0x40 + round : f.bytes[14];
			f.bytes[17 + round % 3] = round * 37;
			memcpy(bytes, f.bytes, cap);
			r.packet = bytes;
			make(&r, links[round % 3], 65535, &p);
			free(bytes);
		}
}

static int teardown(void **state)
{
	(void)state;
	packet_fini(&maker);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names__are_tcpdumps_in_any_case_and_with_dlt),
		cmocka_unit_test(en10mb__is_the_record_itself_without_a_copy_cut_to_the_snaplen),
		cmocka_unit_test(raw__leaves_out_link_header_and_every_tag),
		cmocka_unit_test(raw__has_no_form_for_what_is_not_ip),
		cmocka_unit_test(sll2__has_protocol_device_packet_type_and_source),
		cmocka_unit_test(sll2__tag_stays_in_the_payload_with_its_ethertype_as_protocol),
		cmocka_unit_test(sll2__packet_type_goes_by_the_direction_first),
		cmocka_unit_test(sll2__of_a_made_up_header__has_no_source_and_the_device_type),
		cmocka_unit_test(sll2__of_no_packet__is_a_header_of_nothing_known),
		cmocka_unit_test(
			sll2__cut_inside_the_link_header__has_a_whole_header_and_no_stale_byte),
		cmocka_unit_test(rebuilt__sums_are_filled_in_in_a_copy),
		cmocka_unit_test(rebuilt__sum_of_udp_over_ipv6__is_never_zero),
		cmocka_unit_test(rebuilt__transport_sum_of_a_cut_packet__stays_zero),
		cmocka_unit_test(rebuilt__of_any_length_and_any_header__stays_inside),
	};

	return cmocka_run_group_tests_name("packet", tests, NULL, teardown);
}
