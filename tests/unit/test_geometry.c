/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_geometry.c - where a packet starts, over all combinations of header offsets, devices and
 * protocols. The rules are the very text that the BPF object is compiled from; the table below says
 * by hand what has to come out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/util.h"
#include "xcap/geometry.h"

#define HEAD 0xffff888000001000ull

enum device { ETHERNET, NOTHING, NO_LINK_LAYER, MESSAGES, DEVICES };
enum mac { MAC_UNSET, MAC_ZERO, MAC_BEFORE, MAC_AT, MAC_BEHIND, MACS };

/* One letter per place of mac_header: 2, 3: layer; t: the transport header tells; -: no packet. */
static const struct {
	enum device device;
	uint16_t network;
	const char *kinds; /* MAC_UNSET, MAC_ZERO, MAC_BEFORE, MAC_AT, MAC_BEHIND */
} rows[] = {
	/* where network_header is 0 (at GRO's entry), MAC_AT is MAC_ZERO, and the others are set */
	{ETHERNET, 0, "t2222"}, {ETHERNET, 64, "32233"},     {NOTHING, 0, "t-2-2"},
	{NOTHING, 64, "32233"}, {NO_LINK_LAYER, 0, "ttttt"}, {NO_LINK_LAYER, 64, "33333"},
	{MESSAGES, 0, "-----"}, {MESSAGES, 64, "-----"},
};

/* Ethernet, loopback; none; tun and wireguard, ppp, ipip, sit, gre, raw IP; netlink monitor. */
static const uint16_t types[DEVICES][7] = {
	[ETHERNET] = {1, 772},
	[NOTHING] = {GEOMETRY_NO_DEVICE},
	[NO_LINK_LAYER] = {0xfffe, 512, 768, 776, 778, 519, 823},
	[MESSAGES] = {824},
};

static uint16_t mac_offset(enum mac mac, uint16_t network)
{
	switch (mac) {
	case MAC_UNSET:
		return GEOMETRY_UNSET;
	case MAC_ZERO:
		return 0;
	case MAC_BEFORE:
		return network ? network - 14 : 50;
	case MAC_AT:
		return network;
	default:
		return network + 36; /* of a packet inside, taken out of its tunnel */
	}
}

static uint32_t kind_of(char letter, uint16_t transport)
{
	if (letter == '2' || letter == '3')
		return letter == '2' ? GEOMETRY_L2 : GEOMETRY_L3;
	if (letter == '-')
		return GEOMETRY_NONE;
	return transport == 84 ? GEOMETRY_L4 : GEOMETRY_PAYLOAD;
}

static unsigned int check_row(size_t row, uint16_t type, enum mac mac, uint16_t transport)
{
	uint16_t network = rows[row].network, at = mac_offset(mac, network);
	struct geometry_skb s = {.head = HEAD,
				 .data = HEAD + 200,
				 .len = 1000,
				 .data_len = 300,
				 .mac = at,
				 .network = network,
				 .transport = transport,
				 .dev_type = type};
	uint32_t kind = geometry_kind(&s), want = kind_of(rows[row].kinds[mac], transport);
	uint64_t start = geometry_start(&s, kind);

	if (kind != want)
		fail_msg("device %u, mac %u, network %u, transport %u: kind %u, not %u", type, at,
			 network, transport, kind, want);
	assert_true(start == HEAD + (kind == GEOMETRY_L2   ? at
				     : kind == GEOMETRY_L3 ? network
				     : kind == GEOMETRY_L4 ? transport
							   : 200));
	return 1;
}

static void geometry_kind__every_combination__is_as_the_table_says(void **state)
{
	static const uint16_t transports[] = {GEOMETRY_UNSET, 0, 84};
	unsigned int n = 0;

	(void)state;
	for (size_t row = 0; row < UTIL_ARRAY_SIZE(rows); row++)
		for (size_t i = 0; i < 7 && types[rows[row].device][i]; i++)
			for (enum mac mac = MAC_UNSET; mac < MACS; mac++)
				for (size_t t = 0; t < UTIL_ARRAY_SIZE(transports); t++)
					n += check_row(row, types[rows[row].device][i], mac,
						       transports[t]);
	assert_int_equal(n, (2 + 1 + 7 + 1) * 2 * MACS * 3);
}

static void geometry_kind__without_memory__is_none(void **state)
{
	struct geometry_skb s = {.mac = 50, .network = 64, .dev_type = GEOMETRY_ETHER};

	(void)state;
	assert_int_equal(geometry_kind(&s), GEOMETRY_NONE);
}

static void assert_measured(uint64_t data, uint32_t len, uint32_t data_len, uint64_t start,
			    uint32_t total, uint32_t linear)
{
	struct geometry_skb s = {.head = HEAD, .data = data, .len = len, .data_len = data_len};
	struct geometry g;

	assert_true(geometry_measure(&s, start, &g));
	assert_true(g.start == start);
	assert_int_equal(g.total, total);
	assert_int_equal(g.linear, linear);
	assert_true(g.data_offset == data - start);
}

static void geometry_measure__data_on_each_side_of_start__length_is_the_packets(void **state)
{
	(void)state;
	assert_measured(HEAD + 64, 84, 0, HEAD + 50, 98, 98);  /* receive: data at IP */
	assert_measured(HEAD + 50, 98, 0, HEAD + 50, 98, 98);  /* transmit: data at MAC */
	assert_measured(HEAD + 116, 9, 9, HEAD + 50, 75, 66);  /* past TCP, payload in pages */
	assert_measured(HEAD + 50, 98, 40, HEAD + 64, 84, 44); /* start behind data */
	assert_measured(HEAD + 64, 65500, 65500, HEAD + 64, 65500, 0);
	assert_measured(HEAD + 64, 0, 0, HEAD + 64, 0, 0); /* SYN without a header yet */
}

static void assert_contradiction(uint32_t len, uint32_t data_len, uint64_t start)
{
	struct geometry_skb s = {
		.head = HEAD, .data = HEAD + 100, .len = len, .data_len = data_len};
	struct geometry g;

	assert_false(geometry_measure(&s, start, &g));
}

static void geometry_measure__numbers_that_cannot_be__is_false(void **state)
{
	(void)state;
	assert_contradiction(100, 0, HEAD - 1);	    /* before the buffer: headroom of another */
	assert_contradiction(100, 0, HEAD + 201);   /* behind the last byte */
	assert_contradiction(100, 101, HEAD + 100); /* more in pages than there is */
	assert_contradiction(100, 90, HEAD + 150);  /* starts in a page */
	assert_contradiction(0xfffffff0, 0, HEAD + 100);
}

static void geometry_protocol__ip_version_and_protocol__must_agree(void **state)
{
	static const struct {
		uint8_t first;
		uint16_t protocol, want;
	} cases[] = {
		{0x45, 0x0800, 0x0800}, {0x4f, 0x0800, 0x0800}, {0x60, 0x86dd, 0x86dd},
		{0x60, 0x0800, 0},	{0x45, 0x86dd, 0},	{0x00, 0x0800, 0},
		{0x55, 0x86dd, 0},	{0x45, 0, 0x0800},	{0x60, 0, 0x86dd},
		{0x00, 0, 0},		{0xff, 0, 0},		{0x00, 0x0806, 0x0806},
		{0x45, 0x8847, 0x8847},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++)
		assert_int_equal(geometry_protocol(cases[i].first, cases[i].protocol),
				 cases[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(geometry_kind__every_combination__is_as_the_table_says),
		cmocka_unit_test(geometry_kind__without_memory__is_none),
		cmocka_unit_test(
			geometry_measure__data_on_each_side_of_start__length_is_the_packets),
		cmocka_unit_test(geometry_measure__numbers_that_cannot_be__is_false),
		cmocka_unit_test(geometry_protocol__ip_version_and_protocol__must_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
