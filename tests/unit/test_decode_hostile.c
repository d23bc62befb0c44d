/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_decode_hostile.c - the one-line decoder on packets that lie, are cut off, or are garbage.
 *
 * line_decode() copies frames to memory of exactly their captured size, so that ASan sees any read
 * beyond it, and fails on any control character.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "frame.h"
#include "line.h"

#define SYN 0x02
#define ACK 0x10

static void decode__bad_tcp_option_lengths__are_said(void **state)
{
	static const uint8_t bad[][4] = {{2, 0, 0, 0}, {2, 9, 0, 0}, {3, 4, 0, 0}};
	struct frame f;

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(bad); i++) {
		frame_ether(&f, 0x0800);
		frame_ip4(&f, 6, 0);
		frame_tcp(&f, SYN, bad[i], 4);
		frame_finish_ip4(&f);
		assert_non_null(strstr(line_decode(&f, f.len, &line_verbose), "[bad length "));
		assert_non_null(strstr(line_text(), "], length 0"));
	}
	frame_build_tcp4(&f, SYN, false, 0);
	f.bytes[46] = 0x40;
	line_expect(
		&f, &line_plain,
		"IP 10.0.0.1.40112 > 10.0.0.2.9000: Flags [S] [bad hdr length 16 - too short, < "
		"20]");
	f.bytes[46] = 0xf0;
	line_expect(&f, &line_plain,
		    "IP 10.0.0.1.40112 > 10.0.0.2.9000: Flags [S] [bad hdr length 60 - too long, > "
		    "20]");
}

static void decode__ip4_lengths_that_lie__never_mislead(void **state)
{
	struct frame f;

	(void)state;
	frame_build_udp4(&f, 10);
	frame_set_u16(&f, 16, 0); /* GSO: larger than 16 bits can say */
	line_expect(&f, &line_plain, "IP 10.0.0.1.40112 > 10.0.0.2.9000: UDP, length 10");
	frame_set_u16(&f, 16, 19);
	line_expect(&f, &line_plain, "IP bad-len 19, length 38");
	frame_build_tcp4(&f, ACK, false, 0);
	frame_set_u16(&f, 16, 50);
	line_expect(
		&f, &line_plain,
		"IP truncated-ip - 10 bytes missing! 10.0.0.1.40112 > 10.0.0.2.9000: Flags [.], "
		"seq 91377:91387, ack 7, win 64240, length 10");
	f.bytes[14] = 0x44;
	line_expect(&f, &line_plain, "IP bad-hlen 16, length 40");
	f.bytes[14] = 0x65;
	line_expect(&f, &line_plain, "IP bad version 6, length 40");
}

static void decode__ip_in_ip__is_opened_a_bounded_number_of_times(void **state)
{
	struct frame f;
	const char *text;
	int n = 0;

	(void)state;
	frame_ether(&f, 0x0800);
	for (int i = 0; i < 60; i++)
		frame_ip4(&f, 4, 0);
	for (uint32_t at = 16; at < f.len; at += 20)
		frame_set_u16(&f, at, f.len - at + 2);
	text = line_decode(&f, f.len, &line_plain);
	for (const char *at = text; (at = strstr(at, "IP 10.0.0.1 > 10.0.0.2: ")); at++)
		n++;
	assert_int_equal(n, 5);
	assert_non_null(strstr(text, "IPIP, length 1100"));
}

static void decode__cut_off__says_in_which_header(void **state)
{
	static const struct {
		uint32_t cap_len;
		const char *want;
	} cases[] = {
		{0, "[|ether]"},
		{13, "[|ether]"},
		{14, "IP [|ip]"},
		{33, "IP [|ip]"},
		{34, "IP 10.0.0.1 > 10.0.0.2: [|tcp]"},
		{38, "IP 10.0.0.1.40112 > 10.0.0.2.9000: [|tcp]"},
		{48, "IP 10.0.0.1.40112 > 10.0.0.2.9000: Flags [S], seq 91377, [|tcp]"},
		{54,
		 "IP 10.0.0.1.40112 > 10.0.0.2.9000: Flags [S], seq 91377, win 64240, length 0"},
	};
	struct frame f;

	(void)state;
	frame_build_tcp4(&f, SYN, true, 0);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++)
		assert_string_equal(line_decode(&f, cases[i].cap_len, &line_plain), cases[i].want);
	assert_non_null(
		strstr(line_decode(&f, 60, &line_verbose), "options [mss 1460,sackOK, [|tcp]]"));
}

static const struct decode_options all_options[] = {
	{false, false}, {true, false}, {false, true}, {true, true}};

static void build_all(struct frame *frames)
{
	frame_build_arp(&frames[0], 1);
	frame_build_tcp4(&frames[1], SYN, true, 3);
	frame_build_udp4(&frames[2], 9);
	frame_build_echo4(&frames[3]);
	frame_build_icmp_error(&frames[4], 3, 3, 0);
	frame_build_icmp_error(&frames[5], 5, 1, 0);
	frame_build_extensions(&frames[6], 1);
	frame_build_icmp6(&frames[7], 1, 4, 0, 60);
	frame_build_icmp6(&frames[8], 134, 0, 0, 64);
	frame_build_icmp6(&frames[9], 143, 0, 2, 60);
	frame_ether(&frames[10], 0x8100);
	frame_vlan(&frames[10], 5, 30);
	frame_add_u32(&frames[10], 0xaaaa0300);
	frame_add_fill(&frames[10], 0, 40);
}

#define N_FRAMES 11

static void decode__cut_off_at_every_length__reads_nothing_outside(void **state)
{
	static struct frame frames[N_FRAMES];

	(void)state;
	build_all(frames);
	for (size_t i = 0; i < N_FRAMES; i++)
		for (uint32_t cap = 0; cap <= frames[i].len; cap++)
			for (size_t o = 0; o < UTIL_ARRAY_SIZE(all_options); o++)
				assert_true(strlen(line_decode(&frames[i], cap, &all_options[o])) >
					    0);
}

static void decode__random_damage__reads_nothing_outside(void **state)
{
	static struct frame frames[N_FRAMES];
	struct frame f;

	(void)state;
	srandom(1);
	build_all(frames);
	for (int round = 0; round < 40000; round++) {
		f = frames[random() % N_FRAMES];
		for (int n = random() % 6; n >= 0; n--)
			f.bytes[12 + random() % (f.len - 12)] = random();
		line_decode(&f, random() % 4 ? f.len : random() % f.len,
			    &all_options[random() % 4]);
	}
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
		cmocka_unit_test(decode__bad_tcp_option_lengths__are_said),
		cmocka_unit_test(decode__ip4_lengths_that_lie__never_mislead),
		cmocka_unit_test(decode__ip_in_ip__is_opened_a_bounded_number_of_times),
		cmocka_unit_test(decode__cut_off__says_in_which_header),
		cmocka_unit_test(decode__cut_off_at_every_length__reads_nothing_outside),
		cmocka_unit_test(decode__random_damage__reads_nothing_outside),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
