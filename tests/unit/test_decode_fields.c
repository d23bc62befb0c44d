/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_decode_fields.c - headers as values: what is present, what is not, and packets that lie.
 *
 * fields_of() copies frames to memory of exactly their captured size, so that ASan sees any read
 * beyond it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "decode/decode_fields.h"
#include "frame.h"

#define SYN 0x02

#define LINK	 (DECODE_HAS_ETHER | DECODE_HAS_TYPE)
#define IP	 (LINK | DECODE_HAS_IP | DECODE_HAS_PROTO)
#define TCP_SYN	 (IP | DECODE_HAS_PORTS | DECODE_HAS_TCP | DECODE_HAS_PAYLOAD)
#define UDP	 (IP | DECODE_HAS_PORTS | DECODE_HAS_UDP | DECODE_HAS_PAYLOAD)
#define ECHO	 (IP | DECODE_HAS_ICMP | DECODE_HAS_ECHO | DECODE_HAS_PAYLOAD)
#define FRAGMENT (IP | DECODE_HAS_FRAG | DECODE_HAS_PAYLOAD)

/* Fields of the first cap_len bytes; `inner`, if not NULL, of what is inside, false if nothing. */
static bool fields_of(const struct frame *f, uint32_t cap_len, struct decode_fields *fields,
		      struct decode_fields *inner)
{
	uint8_t *copy = malloc(cap_len);
	bool found = false;

	memcpy(copy, f->bytes, cap_len);
	decode_fields_ethernet(fields, copy, cap_len, f->len, false);
	if (inner)
		found = decode_fields_inner(inner, fields, copy);
	free(copy);
	return found;
}

static void assert_address(const struct decode_fields *fields, const uint8_t *addr,
			   const char *want)
{
	struct buf text;

	buf_init(&text);
	decode_fields_address(&text, fields, addr);
	assert_string_equal(buf_str(&text), want);
	buf_fini(&text);
}

static void fields__of_tcp__are_those_of_the_headers_and_no_others(void **state)
{
	struct decode_fields d;
	struct frame f;

	(void)state;
	frame_build_tcp4(&f, SYN, true, 30);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, TCP_SYN);
	assert_memory_equal(d.eth_src, "\2\0\0\0\0\1", 6);
	assert_memory_equal(d.eth_dst, "\2\0\0\0\0\2", 6);
	assert_int_equal(d.ether_type, 0x800);
	assert_int_equal(d.n_vlans, 0);
	assert_int_equal(d.version, 4);
	assert_address(&d, d.src, "10.0.0.1");
	assert_address(&d, d.dst, "10.0.0.2");
	assert_int_equal(d.ttl, 64);
	assert_int_equal(d.tos, 0);
	assert_int_equal(d.ip_id, 4660);
	assert_int_equal(d.ip_len, 90);
	assert_false(d.dont_fragment || d.more_fragments);
	assert_int_equal(d.protocol, 6);
	assert_int_equal(d.sport, 40112);
	assert_int_equal(d.dport, 9000);
	assert_int_equal(d.tcp_seq, 91377);
	assert_int_equal(d.tcp_ack, 7);
	assert_int_equal(d.tcp_flags, SYN);
	assert_int_equal(d.tcp_window, 64240);
	assert_int_equal(d.payload_len, 30);
	assert_string_equal(decode_fields_tunnel_name(d.tunnel), "");
}

static void fields__padding_behind_ip__is_no_payload(void **state)
{
	struct decode_fields d;
	struct frame f;

	(void)state;
	frame_build_udp4(&f, 4);
	frame_add_fill(&f, 0, 14);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, UDP);
	assert_int_equal(d.payload_len, 4);
	assert_int_equal(d.udp_len, 12);
	assert_int_equal(d.ip_len, 32);
}

static void fields__of_lengths_that_are_zero__are_the_bytes_that_are_there(void **state)
{
	struct decode_fields d;
	struct frame f;

	(void)state;
	frame_build_udp4(&f, 1000);
	frame_set_u16(&f, 16, 0);
	frame_set_u16(&f, 38, 0);
	fields_of(&f, 60, &d, NULL);
	assert_int_equal(d.ip_len, 1028);
	assert_int_equal(d.payload_len, 1000);
	frame_build_tcp4(&f, SYN, false, 700);
	frame_set_u16(&f, 16, 0);
	fields_of(&f, 60, &d, NULL);
	assert_int_equal(d.payload_len, 700);
}

static void fields__of_echo__have_id_and_sequence_and_those_of_an_error_have_none(void **state)
{
	struct decode_fields d;
	struct frame f;

	(void)state;
	frame_build_echo4(&f);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, ECHO);
	assert_int_equal(d.icmp_type, 8);
	assert_int_equal(d.icmp_id, 7);
	assert_int_equal(d.icmp_seq, 1);
	assert_int_equal(d.payload_len, 56);
	frame_build_icmp_error(&f, 3, 4, 1400);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, ECHO & ~DECODE_HAS_ECHO);
	assert_int_equal(d.icmp_code, 4);
	frame_build_icmp6(&f, 129, 0, 0x00070009, 8);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, ECHO);
	assert_int_equal(d.version, 6);
	assert_address(&d, d.dst, "fd00::2");
	assert_int_equal(d.icmp_seq, 9);
	/* 8 is no echo in ICMPv6 */
	frame_build_icmp6(&f, 8, 0, 0x00070009, 8);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, ECHO & ~DECODE_HAS_ECHO);
}

static void fields__of_arp__have_both_ends(void **state)
{
	struct decode_fields d;
	struct frame f;

	(void)state;
	frame_build_arp(&f, 1);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, LINK | DECODE_HAS_ARP);
	assert_int_equal(d.arp.operation, 1);
	assert_memory_equal(d.arp.sender, "\2\0\0\0\0\1", 6);
	assert_memory_equal(d.arp.sender_ip, "\12\0\0\1", 4);
	assert_memory_equal(d.arp.target_ip, "\12\0\0\2", 4);
	frame_set_u16(&f, 16, 0x86dd);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, LINK);
}

static void fields__of_vlan_tags__are_listed_from_the_outside(void **state)
{
	struct decode_fields d;
	struct frame f;

	(void)state;
	frame_ether(&f, 0x88a8);
	frame_vlan(&f, 0x6005, 0x8100);
	frame_vlan(&f, 6, 0x800);
	frame_ip4(&f, 17, 0);
	frame_udp(&f, 3);
	frame_finish_ip4(&f);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, UDP);
	assert_int_equal(d.ether_type, 0x800);
	assert_int_equal(d.n_vlans, 2);
	assert_int_equal(d.vlans[0].type, 0x88a8);
	assert_int_equal(d.vlans[0].tci, 0x6005);
	assert_int_equal(d.vlans[1].type, 0x8100);
	assert_int_equal(d.vlans[1].tci, 6);
	/* a tag that is cut off says nothing of what is behind it */
	fields_of(&f, 21, &d, NULL);
	assert_int_equal(d.present, DECODE_HAS_ETHER);
	assert_int_equal(d.n_vlans, 1);
}

static void fields__of_more_tags_than_kept__are_counted_and_stepped_over(void **state)
{
	struct decode_fields d;
	struct frame f;

	(void)state;
	frame_ether(&f, 0x8100);
	for (uint16_t i = 1; i <= 9; i++)
		frame_vlan(&f, i, i < 9 ? 0x8100 : 0x800);
	frame_ip4(&f, 17, 0);
	frame_udp(&f, 3);
	frame_finish_ip4(&f);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.n_vlans, 9);
	assert_int_equal(d.vlans[DECODE_FIELDS_VLANS - 1].tci, DECODE_FIELDS_VLANS);
	assert_int_equal(d.dport, 9000);
}

static void fields__of_802_3__are_a_length_or_the_type_of_snap(void **state)
{
	struct decode_fields d;
	struct frame f;

	(void)state;
	frame_ether(&f, 38);
	frame_add_u32(&f, 0x42420300);
	frame_add_fill(&f, 0, 42);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, LINK);
	assert_int_equal(d.ether_type, 38);
	frame_ether(&f, 8 + 31);
	frame_add_u32(&f, 0xaaaa0300);
	frame_add_u32(&f, 0x800);
	frame_ip4(&f, 17, 0);
	frame_udp(&f, 3);
	frame_finish_ip4(&f);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, UDP);
	assert_int_equal(d.ether_type, 0x800);
}

static void fields__of_a_made_up_link_header__have_a_type_and_no_addresses(void **state)
{
	struct decode_fields d;
	struct frame f;

	(void)state;
	frame_build_udp4(&f, 4);
	decode_fields_ethernet(&d, f.bytes, f.len, f.len, true);
	assert_int_equal(d.present, UDP & ~DECODE_HAS_ETHER);
	/* ETH_P_802_3 and the like are no lengths there */
	frame_set_u16(&f, 12, 1);
	decode_fields_ethernet(&d, f.bytes, f.len, f.len, true);
	assert_int_equal(d.present, DECODE_HAS_TYPE);
	assert_int_equal(d.ether_type, 1);
}

static void fields__of_fragments__have_ports_in_the_first_only(void **state)
{
	struct decode_fields d;
	struct frame f;

	(void)state;
	frame_ether(&f, 0x800);
	frame_ip4(&f, 17, 0x2000);
	frame_udp(&f, 24);
	frame_finish_ip4(&f);
	frame_set_u16(&f, 38, 2000);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, UDP | DECODE_HAS_FRAG);
	assert_true(d.more_fragments);
	assert_int_equal(d.frag_offset, 0);
	assert_int_equal(d.udp_len, 2000);
	assert_int_equal(d.payload_len, 24);
	frame_set_u16(&f, 20, 4);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, FRAGMENT);
	assert_false(d.more_fragments);
	assert_int_equal(d.frag_offset, 32);
	assert_int_equal(d.payload_len, 32);
	assert_int_equal(d.sport, 0);
}

static void fields__of_ip6_extensions__end_at_the_transport_header(void **state)
{
	struct decode_fields d;
	struct frame f;

	(void)state;
	frame_build_extensions(&f, -1);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, UDP);
	assert_int_equal(d.protocol, 17);
	assert_int_equal(d.dport, 9000);
	assert_int_equal(d.payload_len, 5);
	frame_build_extensions(&f, 1);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, UDP | DECODE_HAS_FRAG);
	assert_int_equal(d.ip_id, 99);
	assert_true(d.more_fragments);
	frame_build_extensions(&f, 16);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, FRAGMENT);
	assert_int_equal(d.protocol, 51);
	assert_int_equal(d.frag_offset, 16);
}

/* What every tunnel below has inside. */
static void assert_inside(struct frame *f, uint8_t tunnel, const char *name, bool ether)
{
	struct decode_fields outer, inner;

	assert_true(fields_of(f, f->len, &outer, &inner));
	assert_int_equal(outer.tunnel, tunnel);
	assert_string_equal(decode_fields_tunnel_name(outer.tunnel), name);
	assert_int_equal(outer.inner_is_ether, ether);
	assert_int_equal(outer.inner_at + outer.inner_len, f->len);
	assert_int_equal(outer.inner_cap, outer.inner_len);
	assert_int_equal(inner.present, ether ? UDP : UDP & ~LINK);
	assert_int_equal(inner.dport, 9000);
	assert_int_equal(inner.payload_len, 6);
	/* cut off inside: what is there is there */
	assert_true(fields_of(f, outer.inner_at + 1, &outer, &inner));
	assert_int_equal(inner.present, 0);
	assert_int_equal(outer.inner_cap, 1);
}

/* IP of either family with UDP inside, behind what the frame has; sets the lengths of all. */
static void add_inside(struct frame *f, bool is6)
{
	if (is6)
		frame_ip6(f, 17);
	else
		frame_ip4(f, 17, 0);
	frame_udp(f, 6);
	if (is6)
		frame_finish_ip6(f);
	else
		frame_finish_ip4(f);
}

static void fields__of_ip_in_ip__are_named_by_both_families(void **state)
{
	static const struct {
		bool outer6, inner6;
		uint8_t tunnel;
		const char *name;
	} cases[] = {
		{false, false, DECODE_TUNNEL_IPIP, "ipip"},
		{false, true, DECODE_TUNNEL_SIT, "sit"},
		{true, false, DECODE_TUNNEL_IPIP6, "ipip6"},
		{true, true, DECODE_TUNNEL_IP6IP6, "ip6ip6"},
	};
	struct frame f;

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++) {
		frame_ether(&f, cases[i].outer6 ? 0x86dd : 0x800);
		if (cases[i].outer6)
			frame_ip6(&f, cases[i].inner6 ? 41 : 4);
		else
			frame_ip4(&f, cases[i].inner6 ? 41 : 4, 0);
		add_inside(&f, cases[i].inner6);
		f.ip = 14;
		if (cases[i].outer6)
			frame_finish_ip6(&f);
		else
			frame_finish_ip4(&f);
		assert_inside(&f, cases[i].tunnel, cases[i].name, false);
	}
}

/* Ethernet, IPv4, UDP to `port`; what follows is its payload. */
static void begin_udp_tunnel(struct frame *f, uint16_t port)
{
	frame_ether(f, 0x800);
	frame_ip4(f, 17, 0);
	frame_udp(f, 0);
	frame_set_u16(f, 36, port);
}

/* 02:..:01 > 02:..:02 with UDP, as in a frame of its own. */
static void end_udp_tunnel(struct frame *f, bool ether)
{
	static const uint8_t link[] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0};

	if (ether)
		frame_add(f, link, sizeof(link));
	add_inside(f, false);
	f->ip = 14;
	frame_finish_ip4(f);
	frame_set_u16(f, 38, f->len - 34);
}

static void build_vxlan(struct frame *f, uint16_t port)
{
	begin_udp_tunnel(f, port);
	frame_add_u32(f, 0x08000000);
	frame_add_u32(f, 42 << 8);
	end_udp_tunnel(f, true);
}

static void fields__of_vxlan_and_geneve__have_the_network_identifier(void **state)
{
	struct decode_fields d;
	struct frame f;

	(void)state;
	for (int i = 0; i < 2; i++) {
		build_vxlan(&f, i ? 8472 : 4789);
		assert_inside(&f, DECODE_TUNNEL_VXLAN, "vxlan", true);
		fields_of(&f, f.len, &d, NULL);
		assert_int_equal(d.present, UDP | DECODE_HAS_TUNNEL | DECODE_HAS_TUNNEL_ID);
		assert_int_equal(d.tunnel_id, 42);
	}
	begin_udp_tunnel(&f, 6081);
	frame_add_u32(&f, 0x02006558);
	frame_add_u32(&f, 77 << 8);
	frame_add_fill(&f, 1, 8);
	end_udp_tunnel(&f, true);
	assert_inside(&f, DECODE_TUNNEL_GENEVE, "geneve", true);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.tunnel_id, 77);
	begin_udp_tunnel(&f, 6081);
	frame_add_u32(&f, 0x00000800);
	frame_add_u32(&f, 0);
	end_udp_tunnel(&f, false);
	assert_inside(&f, DECODE_TUNNEL_GENEVE, "geneve", false);
}

static void fields__of_udp_that_only_uses_the_port__have_nothing_inside(void **state)
{
	struct decode_fields d, inner;
	struct frame f;

	(void)state;
	frame_build_udp4(&f, 60);
	frame_set_u16(&f, 36, 4789);
	assert_false(fields_of(&f, f.len, &d, &inner));
	assert_int_equal(d.present, UDP);
	frame_set_u16(&f, 36, 6081);
	assert_false(fields_of(&f, f.len, &d, &inner));
	assert_int_equal(d.present, UDP);
	/* and the port of another protocol is another port */
	build_vxlan(&f, 4790);
	assert_false(fields_of(&f, f.len, &d, &inner));
}

static void fields__of_gre__step_over_its_options(void **state)
{
	struct decode_fields d;
	struct frame f;

	(void)state;
	for (int i = 0; i < 2; i++) {
		frame_ether(&f, 0x800);
		frame_ip4(&f, 47, 0);
		frame_add_u16(&f, 0xb000);
		frame_add_u16(&f, i ? 0x6558 : 0x800);
		frame_add_u32(&f, 0);
		frame_add_u32(&f, 99);
		frame_add_u32(&f, 1);
		if (i)
			frame_add(&f, f.bytes, 14);
		add_inside(&f, false);
		f.ip = 14;
		frame_finish_ip4(&f);
		assert_inside(&f, i ? DECODE_TUNNEL_GRETAP : DECODE_TUNNEL_GRE,
			      i ? "gretap" : "gre", i);
		fields_of(&f, f.len, &d, NULL);
		assert_int_equal(d.tunnel_id, 99);
		/* version 1 is another protocol */
		f.bytes[35] = 1;
		fields_of(&f, f.len, &d, NULL);
		assert_int_equal(d.present, IP);
	}
}

static void fields__of_tunnels_in_tunnels__are_opened_one_by_one(void **state)
{
	struct decode_fields d;
	struct frame f;
	int n = 0;

	(void)state;
	frame_ether(&f, 0x800);
	for (int i = 0; i < 60; i++)
		frame_ip4(&f, 4, 0);
	for (uint32_t at = 16; at < f.len; at += 20)
		frame_set_u16(&f, at, f.len - at + 2);
	decode_fields_ethernet(&d, f.bytes, f.len, f.len, false);
	while (decode_fields_inner(&d, &d, f.bytes))
		n++;
	assert_int_equal(n, 60); /* the last has no bytes */
	assert_int_equal(d.present, 0);
}

static void fields__of_headers_that_lie__are_not_present(void **state)
{
	struct decode_fields d;
	struct frame f;

	(void)state;
	frame_build_tcp4(&f, SYN, false, 10);
	f.bytes[46] = 0x40; /* data offset of 16 */
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, TCP_SYN & ~DECODE_HAS_PAYLOAD);
	f.bytes[46] = 0xf0; /* beyond the packet */
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, TCP_SYN & ~DECODE_HAS_PAYLOAD);
	frame_set_u16(&f, 16, 19);
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, LINK);
	frame_build_udp4(&f, 4);
	f.bytes[14] = 0x44;
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, LINK);
	f.bytes[14] = 0x65;
	fields_of(&f, f.len, &d, NULL);
	assert_int_equal(d.present, LINK);
}

static void fields__cut_off_at_every_length__only_become_fewer(void **state)
{
	static struct frame frames[6];
	struct decode_fields whole, d, inner;

	(void)state;
	frame_build_tcp4(&frames[0], SYN, true, 3);
	frame_build_extensions(&frames[1], 1);
	frame_build_extensions(&frames[2], -1);
	build_vxlan(&frames[3], 4789);
	frame_build_icmp6(&frames[4], 128, 0, 7, 8);
	frame_build_arp(&frames[5], 2);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(frames); i++) {
		uint32_t previous = 0;

		fields_of(&frames[i], frames[i].len, &whole, &inner);
		for (uint32_t cap = 0; cap <= frames[i].len; cap++) {
			fields_of(&frames[i], cap, &d, &inner);
			assert_int_equal(d.present & previous, previous);
			previous = d.present;
			assert_true(d.inner_at + d.inner_cap <= cap);
		}
		assert_int_equal(previous, whole.present);
	}
}

static void fields__of_random_damage__read_nothing_outside(void **state)
{
	static struct frame frames[5];
	struct decode_fields d, inner;
	struct frame f;

	(void)state;
	srandom(1);
	frame_build_tcp4(&frames[0], SYN, true, 3);
	frame_build_extensions(&frames[1], 1);
	frame_build_icmp6(&frames[2], 134, 0, 0, 64);
	build_vxlan(&frames[3], 4789);
	frame_build_arp(&frames[4], 1);
	for (int round = 0; round < 60000; round++) {
		uint32_t cap;

		f = frames[random() % UTIL_ARRAY_SIZE(frames)];
		for (int n = random() % 6; n >= 0; n--)
			f.bytes[12 + random() % (f.len - 12)] = random();
		cap = random() % 4 ? f.len : random() % f.len;
		fields_of(&f, cap, &d, &inner);
		assert_true(d.inner_at + d.inner_cap <= cap);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields__of_tcp__are_those_of_the_headers_and_no_others),
		cmocka_unit_test(fields__padding_behind_ip__is_no_payload),
		cmocka_unit_test(fields__of_lengths_that_are_zero__are_the_bytes_that_are_there),
		cmocka_unit_test(
			fields__of_echo__have_id_and_sequence_and_those_of_an_error_have_none),
		cmocka_unit_test(fields__of_arp__have_both_ends),
		cmocka_unit_test(fields__of_vlan_tags__are_listed_from_the_outside),
		cmocka_unit_test(fields__of_more_tags_than_kept__are_counted_and_stepped_over),
		cmocka_unit_test(fields__of_802_3__are_a_length_or_the_type_of_snap),
		cmocka_unit_test(fields__of_a_made_up_link_header__have_a_type_and_no_addresses),
		cmocka_unit_test(fields__of_fragments__have_ports_in_the_first_only),
		cmocka_unit_test(fields__of_ip6_extensions__end_at_the_transport_header),
		cmocka_unit_test(fields__of_ip_in_ip__are_named_by_both_families),
		cmocka_unit_test(fields__of_vxlan_and_geneve__have_the_network_identifier),
		cmocka_unit_test(fields__of_udp_that_only_uses_the_port__have_nothing_inside),
		cmocka_unit_test(fields__of_gre__step_over_its_options),
		cmocka_unit_test(fields__of_tunnels_in_tunnels__are_opened_one_by_one),
		cmocka_unit_test(fields__of_headers_that_lie__are_not_present),
		cmocka_unit_test(fields__cut_off_at_every_length__only_become_fewer),
		cmocka_unit_test(fields__of_random_damage__read_nothing_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
