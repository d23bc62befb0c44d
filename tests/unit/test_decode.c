/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_decode.c - the words of the one-line decoder for packets that are as they should be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "decode/decode_text.h"
#include "frame.h"
#include "line.h"

#define SYN  0x02
#define PUSH 0x08
#define ACK  0x10

static void decode__arp__as_tcpdump_says_it(void **state)
{
	struct frame f;

	(void)state;
	frame_build_arp(&f, 1);
	line_expect(&f, &line_plain, "ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28");
	f.bytes[37] = 9;
	line_expect(&f, &line_plain,
		    "ARP, Request who-has 10.0.0.2 (00:00:00:00:00:09) tell 10.0.0.1, length 28");
	frame_build_arp(&f, 2);
	line_expect(&f, &line_plain, "ARP, Reply 10.0.0.1 is-at 02:00:00:00:00:01, length 28");
	frame_build_arp(&f, 77);
	line_expect(&f, &line_plain, "ARP, operation 77, length 28");
	f.bytes[18] = 200; /* hardware addresses longer than the packet */
	line_expect(&f, &line_plain, "ARP, [|arp]");
}

static void decode__tcp__flags_sequence_numbers_and_length(void **state)
{
	struct frame f;

	(void)state;
	frame_build_tcp4(&f, SYN, false, 0);
	line_expect(&f, &line_plain,
		    "IP 10.0.0.1.40112 > 10.0.0.2.9000: Flags [S], seq 91377, win 64240, length 0");
	frame_build_tcp4(&f, ACK, false, 0);
	line_expect(&f, &line_plain,
		    "IP 10.0.0.1.40112 > 10.0.0.2.9000: Flags [.], ack 7, win 64240, length 0");
	frame_build_tcp4(&f, PUSH | ACK, false, 100);
	line_expect(
		&f, &line_plain,
		"IP 10.0.0.1.40112 > 10.0.0.2.9000: Flags [P.], seq 91377:91477, ack 7, win 64240, "
		"length 100");
	frame_build_tcp4(&f, 0, false, 0);
	line_expect(&f, &line_plain,
		    "IP 10.0.0.1.40112 > 10.0.0.2.9000: Flags [none], win 64240, length 0");
}

static void decode__tcp_options__count_as_header_and_show_with_v_only(void **state)
{
	struct frame f;

	(void)state;
	frame_build_tcp4(&f, SYN, true, 0);
	line_expect(&f, &line_plain,
		    "IP 10.0.0.1.40112 > 10.0.0.2.9000: Flags [S], seq 91377, win 64240, length 0");
	line_expect(
		&f, &line_verbose,
		"IP (tos 0x0, ttl 64, id 4660, offset 0, flags [none], proto TCP (6), length 60) "
		"10.0.0.1.40112 > 10.0.0.2.9000: Flags [S], seq 91377, win 64240, options "
		"[mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7], length 0");
}

static void decode__udp__length_is_the_payload_and_padding_is_not(void **state)
{
	struct frame f;

	(void)state;
	frame_build_udp4(&f, 1);
	frame_add_fill(&f, 0, 17);
	line_expect(&f, &line_plain, "IP 10.0.0.1.40112 > 10.0.0.2.9000: UDP, length 1");
	frame_set_u16(&f, 38, 4);
	line_expect(&f, &line_plain, "IP 10.0.0.1.40112 > 10.0.0.2.9000: truncated-udplength 4");
	frame_set_u16(&f, 38, 108);
	line_expect(&f, &line_plain, "IP 10.0.0.1.40112 > 10.0.0.2.9000: UDP, bad length 100 > 1");
}

static void decode__ip4_fragments__only_the_first_has_ports(void **state)
{
	struct frame f;

	(void)state;
	frame_ether(&f, 0x0800);
	frame_ip4(&f, 17, 0x2000);
	frame_udp(&f, 16);
	frame_set_u16(&f, f.ip + 24, 2008);
	frame_finish_ip4(&f);
	line_expect(&f, &line_plain,
		    "IP 10.0.0.1.40112 > 10.0.0.2.9000: UDP, length 2000, frag 4660:24@0+");
	frame_set_u16(&f, f.ip + 6, 0x2003);
	line_expect(&f, &line_plain, "IP 10.0.0.1 > 10.0.0.2: UDP, frag 4660:24@24+");
	frame_set_u16(&f, f.ip + 6, 185);
	line_expect(&f, &line_plain, "IP 10.0.0.1 > 10.0.0.2: UDP, frag 4660:24@1480");
}

static void decode__ip6_extension_headers__are_walked_to_the_ports(void **state)
{
	struct frame f;

	(void)state;
	frame_build_extensions(&f, -1);
	line_expect(&f, &line_plain,
		    "IP6 fd00::1 > fd00::2: HBH RT6 (len=0, type=3, segleft=0) DSTOPT "
		    "AH(spi=0x00000100,seq=0x2): 40112 > 9000: UDP, length 5");
	frame_build_extensions(&f, 1);
	line_expect(&f, &line_plain,
		    "IP6 fd00::1 > fd00::2: HBH RT6 (len=0, type=3, segleft=0) DSTOPT "
		    "AH(spi=0x00000100,seq=0x2): 40112 > 9000: UDP, length 5, frag 99:37@0+");
	frame_build_extensions(&f, 1448);
	line_expect(&f, &line_plain,
		    "IP6 fd00::1 > fd00::2: HBH RT6 (len=0, type=3, segleft=0) DSTOPT AH, "
		    "frag 99:37@1448");
	frame_ether(&f, 0x86dd);
	frame_ip6(&f, 6);
	frame_tcp(&f, SYN, NULL, 0);
	frame_finish_ip6(&f);
	line_expect(&f, &line_plain,
		    "IP6 fd00::1.40112 > fd00::2.9000: Flags [S], seq 91377, win 64240, length 0");
	frame_set_u16(&f, f.ip + 4, 0); /* BIG TCP */
	line_expect(&f, &line_plain,
		    "IP6 fd00::1.40112 > fd00::2.9000: Flags [S], seq 91377, win 64240, length 0");
}

static void decode__vlan_tags__come_first(void **state)
{
	struct frame f;

	(void)state;
	frame_ether(&f, 0x88a8);
	frame_vlan(&f, 100, 0x8100);
	frame_vlan(&f, 3 << 13 | 0x1000 | 5, 0x0800);
	frame_ip4(&f, 17, 0);
	frame_udp(&f, 2);
	frame_finish_ip4(&f);
	line_expect(&f, &line_plain,
		    "vlan 100, p 0, vlan 5, p 3, DEI, IP 10.0.0.1.40112 > 10.0.0.2.9000: UDP, "
		    "length 2");
	line_expect(
		&f, &line_ether,
		"02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype 802.1Q-QinQ (0x88a8), length 52: "
		"vlan 100, p 0, ethertype 802.1Q (0x8100), vlan 5, p 3, DEI, ethertype IPv4 "
		"(0x0800), 10.0.0.1.40112 > 10.0.0.2.9000: UDP, length 2");
}

static void decode__made_up_link_header__shows_no_addresses_and_no_802_3(void **state)
{
	struct frame f;

	(void)state;
	frame_build_udp4(&f, 1);
	assert_string_equal(line_decode_synth(&f, &line_ether),
			    "no link header, ethertype IPv4 (0x0800), length 43: "
			    "10.0.0.1.40112 > 10.0.0.2.9000: UDP, length 1");
	frame_set_u16(&f, 12, 0x000c);
	assert_string_equal(line_decode_synth(&f, &line_plain), "ethertype 0x000c, length 29");
}

static void decode__icmp__as_tcpdump_says_it(void **state)
{
	static const struct {
		uint8_t type, code;
		uint32_t word;
		const char *want;
	} cases[] = {
		{3, 0, 0, "net 10.0.0.2 unreachable"},
		{3, 1, 0, "host 10.0.0.2 unreachable"},
		{3, 2, 0, "10.0.0.2 protocol 17 unreachable"},
		{3, 3, 0, "10.0.0.2 udp port 9000 unreachable"},
		{3, 4, 1400, "10.0.0.2 unreachable - need to frag (mtu 1400)"},
		{3, 13, 0, "host 10.0.0.2 unreachable - admin prohibited filter"},
		{3, 99, 0, "10.0.0.2 unreachable - #99"},
		{5, 1, 0x0a0000fe, "redirect 10.0.0.2 to host 10.0.0.254"},
		{11, 0, 0, "time exceeded in-transit"},
		{11, 1, 0, "ip reassembly time exceeded"},
		{12, 0, 9u << 24, "parameter problem - octet 9"},
		{200, 0, 0, "type-#200"},
	};
	char want[160];
	struct frame f;

	(void)state;
	frame_build_echo4(&f);
	line_expect(&f, &line_plain,
		    "IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 7, seq 1, length 64");
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++) {
		frame_build_icmp_error(&f, cases[i].type, cases[i].code, cases[i].word);
		snprintf(want, sizeof(want), "IP 10.0.0.1 > 10.0.0.2: ICMP %s, length 36",
			 cases[i].want);
		line_expect(&f, &line_plain, want);
	}
}

static void decode__icmp6__as_tcpdump_says_it(void **state)
{
	static const struct {
		uint8_t type, code;
		uint32_t word, rest;
		const char *want;
	} cases[] = {
		{128, 0, 0x00070001, 56, "echo request, id 7, seq 1, length 64"},
		{129, 0, 0x00070001, 56, "echo reply, id 7, seq 1, length 64"},
		{2, 0, 1280, 40, "packet too big, mtu 1280, length 48"},
		{133, 0, 0, 0, "router solicitation, length 8"},
		{134, 0, 0, 8, "router advertisement, length 16"},
		{135, 0, 0, 16, "neighbor solicitation, who has fd00::5, length 24"},
		{136, 0, 0xe0000000, 16, "neighbor advertisement, tgt is fd00::5, length 24"},
		{137, 0, 0, 32, "redirect, fd00::6 to fd00::5, length 40"},
		{131, 0, 0, 16,
		 "multicast listener report max resp delay: 0 addr: fd00::5, length 24"},
		{130, 0, 0, 20, "multicast listener query v2 [gaddr fd00::5], length 28"},
		{143, 0, 2, 0, "multicast listener report v2, 2 group record(s), length 8"},
		{1, 3, 0, 40, "destination unreachable, unreachable address 600::, length 48"},
		{1, 99, 0, 40, "destination unreachable, unknown unreach code (99), length 48"},
		{222, 0, 0, 0, "unknown icmp6 type (222), length 8"},
	};
	char want[160];
	struct frame f;

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++) {
		frame_build_icmp6(&f, cases[i].type, cases[i].code, cases[i].word, cases[i].rest);
		if (cases[i].type == 1)
			memset(f.bytes + 62 + 24, 0, 16);
		if (cases[i].type == 1)
			f.bytes[62 + 24] = 6;
		snprintf(want, sizeof(want), "IP6 fd00::1 > fd00::2: ICMP6, %s", cases[i].want);
		line_expect(&f, &line_plain, want);
	}
}

static void decode__other_protocols__by_name_and_length(void **state)
{
	static const struct {
		uint8_t protocol;
		const char *want;
	} cases[] = {
		{2, ": IGMP, length 16"},
		{47, ": GREv0, length 16"},
		{50, ": ESP(spi=0x00000000,seq=0x0), length 16"},
		{89, ": OSPF, length 16"},
		{132, ".0: SCTP, length 16"},
		{253, ": ip-proto-253, length 16"},
		{58, ": ICMPv6, length 16"},
	};
	struct frame f;
	const char *text;

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++) {
		frame_ether(&f, 0x0800);
		frame_ip4(&f, cases[i].protocol, 0);
		frame_add_fill(&f, 0, 16);
		frame_finish_ip4(&f);
		text = line_decode(&f, f.len, &line_plain);
		assert_non_null(strstr(text, cases[i].want));
		assert_string_equal(strstr(text, cases[i].want), cases[i].want);
	}
}

static void decode__unknown_ethertypes_and_802_3__in_hex_or_by_name(void **state)
{
	struct frame f;

	(void)state;
	frame_ether(&f, 0x88b5);
	frame_add_fill(&f, 0, 46);
	line_expect(&f, &line_plain, "ethertype 0x88b5, length 46");
	frame_set_u16(&f, 12, 0x88cc);
	line_expect(&f, &line_plain, "ethertype LLDP (0x88cc), length 46");
	frame_set_u16(&f, 12, 38);
	frame_set_u16(&f, 14, 0x4242);
	f.bytes[16] = 3;
	line_expect(&f, &line_plain, "STP, length 35");
	frame_set_u16(&f, 14, 0x1234);
	line_expect(&f, &line_plain, "LLC, dsap 0x12, ssap 0x34, ctrl 0x03, length 35");
	frame_set_u16(&f, 14, 0xaaaa);
	frame_set_u16(&f, 20, 0x0806);
	line_expect(&f, &line_plain,
		    "ARP, hardware 0 (len 0), protocol 0x0000 (len 0), operation 0, length 30");
}

static void decode_text__ip6__agrees_with_inet_ntop(void **state)
{
	char want[INET6_ADDRSTRLEN];
	uint8_t addr[16];
	struct buf text;

	(void)state;
	buf_init(&text);
	srandom(2);
	for (int round = 0; round < 20000; round++) {
		for (int i = 0; i < 16; i++)
			addr[i] = random() % 3 ? 0 : random() >> (random() % 8);
		/* the deprecated "::1.2.3.4" form of inet_ntop is not ours */
		if (!addr[0] && !addr[1])
			addr[0] = 0xfe;
		inet_ntop(AF_INET6, addr, want, sizeof(want));
		buf_reset(&text);
		decode_text_ip6(&text, addr);
		assert_string_equal(buf_str(&text), want);
	}
	memset(addr, 0, sizeof(addr));
	buf_reset(&text);
	decode_text_ip6(&text, addr);
	assert_string_equal(buf_str(&text), "::");
	addr[15] = 1;
	buf_reset(&text);
	decode_text_ip6(&text, addr);
	assert_string_equal(buf_str(&text), "::1");
	buf_fini(&text);
}

static int clean(void **state)
{
	(void)state;
	line_free();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decode__arp__as_tcpdump_says_it),
		cmocka_unit_test(decode__tcp__flags_sequence_numbers_and_length),
		cmocka_unit_test(decode__tcp_options__count_as_header_and_show_with_v_only),
		cmocka_unit_test(decode__udp__length_is_the_payload_and_padding_is_not),
		cmocka_unit_test(decode__ip4_fragments__only_the_first_has_ports),
		cmocka_unit_test(decode__ip6_extension_headers__are_walked_to_the_ports),
		cmocka_unit_test(decode__vlan_tags__come_first),
		cmocka_unit_test(decode__made_up_link_header__shows_no_addresses_and_no_802_3),
		cmocka_unit_test(decode__icmp__as_tcpdump_says_it),
		cmocka_unit_test(decode__icmp6__as_tcpdump_says_it),
		cmocka_unit_test(decode__other_protocols__by_name_and_length),
		cmocka_unit_test(decode__unknown_ethertypes_and_802_3__in_hex_or_by_name),
		cmocka_unit_test(decode_text__ip6__agrees_with_inet_ntop),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
