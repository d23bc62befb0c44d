/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_netcount.c - counters of losses in a made-up /proc/net, before and after.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fakeroot.h"
#include "kernel/netcount.h"

static void write_snmp(int in_hdr_errors, int no_ports, int received)
{
	char text[400];

	snprintf(text, sizeof(text),
		 "Ip: Forwarding DefaultTTL InReceives InHdrErrors\n"
		 "Ip: 1 64 %d %d\n"
		 "Udp: InDatagrams NoPorts InErrors\n"
		 "Udp: 100 %d 0\n",
		 received, in_hdr_errors, no_ports);
	fakeroot_write_text("/proc/self/net/snmp", text);
}

static void write_all(int add)
{
	char text[600];

	write_snmp(5 + add, 7, 1000 + add);
	snprintf(text, sizeof(text), "TcpExt: SyncookiesSent ListenDrops\nTcpExt: %d %d\n", add,
		 3 + add);
	fakeroot_write_text("/proc/self/net/netstat", text);
	snprintf(text, sizeof(text), "Ip6InReceives \t%d\nUdp6NoPorts                     \t%d\n",
		 add, add);
	fakeroot_write_text("/proc/self/net/snmp6", text);
	snprintf(text, sizeof(text),
		 "Inter-|   Receive                                                |  Transmit\n"
		 " face |bytes    packets errs drop fifo frame compressed multicast|bytes    "
		 "packets "
		 "errs drop fifo colls carrier compressed\n"
		 "    lo: 1 2 0 0 0 0 0 0 1 2 0 0 0 0 0 0\n"
		 "  eth0:%d 2 0 %d 0 0 0 0 1 2 0 4 0 %d 0 0\n",
		 add, 9 + add, add);
	fakeroot_write_text("/proc/self/net/dev", text);
	snprintf(text, sizeof(text), "%08x 00000010 %08x 0 0\n00000001 %08x 00000000 0 0\n", add,
		 add, 0x10 + add);
	fakeroot_write_text("/proc/self/net/softnet_stat", text);
}

static void assert_printed(const struct netcount *netcount, unsigned int n, const char *expected)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(netcount_print(netcount, out), n);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

#define HEADING "counters of losses that moved, of all traffic, not all seen by kfree_skb:\n"

static void netcount__nothing_moved__prints_nothing(void **state)
{
	struct netcount *netcount;

	(void)state;
	write_all(0);
	netcount = netcount_new();
	assert_non_null(netcount);
	assert_printed(netcount, 0, "");
	netcount_free(netcount);
}

static void netcount__losses_that_moved__and_no_other_counter(void **state)
{
	struct netcount *netcount;

	(void)state;
	write_all(0);
	netcount = netcount_new();
	write_all(12);
	assert_printed(netcount, 6,
		       HEADING "  Ip InHdrErrors +12\n"
			       "  TcpExt ListenDrops +12\n"
			       "  Udp6NoPorts +12\n"
			       "  eth0 rx drop +12\n"
			       "  softnet dropped +12\n"
			       "  softnet time_squeeze +12\n");
	netcount_free(netcount);
}

static void netcount__device_that_came__counts_from_zero(void **state)
{
	struct netcount *netcount;

	(void)state;
	write_all(0);
	fakeroot_write_text("/proc/self/net/dev", "x | y\n");
	netcount = netcount_new();
	write_all(0);
	assert_printed(netcount, 2, HEADING "  eth0 rx drop +9\n  eth0 tx drop +4\n");
	netcount_free(netcount);
}

static void netcount__damaged_or_missing_files__are_no_counters(void **state)
{
	struct netcount *netcount;

	(void)state;
	write_all(0);
	netcount = netcount_new();
	fakeroot_write_text("/proc/self/net/snmp", "Ip: InHdrErrors\n");
	fakeroot_write_text("/proc/self/net/netstat", "TcpExt: ListenDrops\nTcpExt:\n:\n:\n");
	fakeroot_write_text("/proc/self/net/snmp6", "Udp6NoPorts\n\n \n");
	fakeroot_write_text("/proc/self/net/dev", "eth0\neth1: 1 2\n:\n");
	fakeroot_write_text("/proc/self/net/softnet_stat", "");
	assert_printed(netcount, 0, "");
	netcount_free(netcount);
	netcount_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(netcount__nothing_moved__prints_nothing,
						fakeroot_setup, fakeroot_teardown),
		cmocka_unit_test_setup_teardown(netcount__losses_that_moved__and_no_other_counter,
						fakeroot_setup, fakeroot_teardown),
		cmocka_unit_test_setup_teardown(netcount__device_that_came__counts_from_zero,
						fakeroot_setup, fakeroot_teardown),
		cmocka_unit_test_setup_teardown(netcount__damaged_or_missing_files__are_no_counters,
						fakeroot_setup, fakeroot_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
