/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_tracepoint.c - categories of tracepoints from made-up lists, the built-in one and the
 * kernel's.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"
#include "fakeroot.h"
#include "kernel/tracepoint.h"

static const char list[] = "skb:kfree_skb\n"
			   "net:netif_rx\n"
			   "no colon here\n"
			   "mine:own_event\n";

static void check_list(const char *path)
{
	struct tracepoint_table *table;
	const char *const *names;
	size_t n;

	fakeroot_write_text(path, list);
	table = tracepoint_open();
	assert_non_null(table);
	assert_true(tracepoint_from_tracefs(table));
	assert_int_equal(tracepoint_error(table), 0);
	assert_int_equal(tracepoint_exists(table, "mine", "own_event"), 1);
	assert_int_equal(tracepoint_exists(table, "net", "kfree_skb"), 0);
	assert_int_equal(tracepoint_exists(table, "skb", "kfree"), 0);
	assert_string_equal(tracepoint_category(table, "netif_rx"), "net");
	assert_null(tracepoint_category(table, "netif"));
	names = tracepoint_names(table, &n);
	assert_int_equal(n, 3);
	assert_string_equal(names[0], "skb:kfree_skb");
	assert_string_equal(names[2], "mine:own_event");
	tracepoint_close(table);
}

static void tracepoint_open__tracefs_mounted__reads_its_list(void **state)
{
	(void)state;
	check_list("/sys/kernel/tracing/available_events");
}

static void tracepoint_open__tracefs_below_debugfs__reads_its_list(void **state)
{
	(void)state;
	check_list("/sys/kernel/debug/tracing/available_events");
}

static void tracepoint_open__no_tracefs__knows_those_with_an_skb(void **state)
{
	struct tracepoint_table *table = tracepoint_open();
	size_t n;

	(void)state;
	assert_non_null(table);
	assert_false(tracepoint_from_tracefs(table));
	assert_int_equal(tracepoint_error(table), -ENOENT);
	assert_int_equal(tracepoint_exists(table, "skb", "kfree_skb"), 1);
	assert_int_equal(tracepoint_exists(table, "net", "kfree_skb"), 0);
	assert_int_equal(tracepoint_exists(table, "sched", "sched_switch"), -1);
	assert_string_equal(tracepoint_category(table, "tcp_probe"), "tcp");
	assert_null(tracepoint_category(table, "sched_switch"));
	tracepoint_names(table, &n);
	assert_int_equal(n, 40);
	tracepoint_close(table);
	tracepoint_close(NULL);
}

static void tracepoint_open__running_kernel__leaves_no_mount_behind(void **state)
{
	char *before = util_read_file("/proc/self/mountinfo", NULL), *after;
	struct tracepoint_table *table = tracepoint_open();

	(void)state;
	assert_non_null(before);
	if (!tracepoint_from_tracefs(table)) {
		print_message("skip: no tracefs for this user: errno %d\n",
			      -tracepoint_error(table));
		tracepoint_close(table);
		free(before);
		skip();
	}
	assert_int_equal(tracepoint_exists(table, "net", "netif_receive_skb"), 1);
	assert_string_equal(tracepoint_category(table, "kfree_skb"), "skb");
	tracepoint_close(table);
	after = util_read_file("/proc/self/mountinfo", NULL);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

#define WITH_ROOT(f) cmocka_unit_test_setup_teardown(f, fakeroot_setup, fakeroot_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ROOT(tracepoint_open__tracefs_mounted__reads_its_list),
		WITH_ROOT(tracepoint_open__tracefs_below_debugfs__reads_its_list),
		WITH_ROOT(tracepoint_open__no_tracefs__knows_those_with_an_skb),
		cmocka_unit_test(tracepoint_open__running_kernel__leaves_no_mount_behind),
	};

	return cmocka_run_group_tests_name("tracepoint", tests, NULL, NULL);
}
