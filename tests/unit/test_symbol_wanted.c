/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_symbol_wanted.c - the symbols of a few names: nothing that was asked for is missing. What
 * the running kernel's tables say stands beside all its symbols in tests/kernel/symbol_tables.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"
#include "fakeroot.h"
#include "kernel/symbol.h"

#define KALLSYMS "/proc/kallsyms"

static void symbol_wanted_has__what_was_put_in__and_little_else(void **state)
{
	static const char *const names[] = {
		"a",
		"ip_rcv",
		"seven77",
		"eight888",
		"nine99999",
		"fifteen15fifte",
		"sixteen16sixteen",
		"seventeen17sevent",
		"a_name_of_more_than_16_letters",
	};
	static struct symbol_wanted wanted;
	char other[32];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(names); i++) {
		assert_false(symbol_wanted_has(&wanted, names[i]));
		symbol_wanted_add(&wanted, names[i]);
	}
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(names); i++)
		assert_true(symbol_wanted_has(&wanted, names[i]));
	assert_false(symbol_wanted_has(&wanted, ""));
	assert_false(symbol_wanted_has(&wanted, "ip_rc"));
	assert_false(symbol_wanted_has(&wanted, "ip_rcv_"));
	assert_false(symbol_wanted_has(&wanted, "sixteen16sixtee_"));
	assert_true(symbol_wanted_has(&wanted, "sixteen16sixteen_and_more"));
	for (int i = 0; i < 10000; i++) {
		snprintf(other, sizeof(other), "function_%d", i);
		n += symbol_wanted_has(&wanted, other);
	}
	assert_true(n < 20);
}

static void symbol_open_wanted__of_text__has_all(void **state)
{
	static struct symbol_wanted wanted;
	struct symbol_table *table, *all;
	struct err err;
	uint64_t addr;

	(void)state;
	fakeroot_write_text(KALLSYMS, "ffffffff81000000 T ip_rcv\n"
				      "ffffffff81001000 T ip_local_deliver\n"
				      "ffffffff81002000 t helper\n"
				      "ffffffff81003000 t helper\n"
				      "ffffffff81004000 T tcp_v4_rcv\n"
				      "ffffffffc0000000 t helper\t[mod]\n");
	symbol_wanted_add(&wanted, "helper");
	symbol_wanted_add(&wanted, "tcp_v4_rcv");
	symbol_wanted_add(&wanted, "nowhere");
	assert_int_equal(symbol_open_wanted(&table, NULL, &wanted, &err), 0);
	assert_int_equal(symbol_open(&all, NULL, &err), 0);
	/* there is no way to read only some of a text */
	assert_true(symbol_is_whole(table) && symbol_is_whole(all));
	assert_true(symbol_covers(table, "ip_rcv"));
	assert_int_equal(symbol_find_in(table, "", "helper", &addr), 2);
	assert_true(addr == 0xffffffff81002000);
	assert_int_equal(symbol_find_in(table, "mod", "helper", NULL), 1);
	assert_int_equal(symbol_find(table, "tcp_v4_rcv", &addr), 1);
	assert_true(addr == 0xffffffff81004000);
	assert_int_equal(symbol_find(table, "nowhere", NULL), 0);
	assert_int_equal(symbol_find(table, "ip_rcv", NULL), 1);
	symbol_close(all);
	symbol_close(table);
}

#define WITH_ROOT(f) cmocka_unit_test_setup_teardown(f, fakeroot_setup, fakeroot_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symbol_wanted_has__what_was_put_in__and_little_else),
		WITH_ROOT(symbol_open_wanted__of_text__has_all),
	};

	return cmocka_run_group_tests_name("symbol_wanted", tests, NULL, NULL);
}
