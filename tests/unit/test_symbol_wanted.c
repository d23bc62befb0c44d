/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_symbol_wanted.c - the symbols of a few names: nothing that was asked for is missing, from a
 * made-up /proc/kallsyms and from the running kernel by the program that chooses them there.
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
#include "kernel/kbtf.h"
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

static void symbol_open_wanted__of_text__has_all_of_these_names_and_no_others(void **state)
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
	assert_true(symbol_covers(table, "helper") && symbol_covers(table, "nowhere"));
	assert_false(symbol_covers(table, "ip_rcv"));
	assert_true(symbol_covers(all, "ip_rcv"));
	assert_int_equal(symbol_find_in(table, "", "helper", &addr), 2);
	assert_true(addr == 0xffffffff81002000);
	assert_int_equal(symbol_find_in(table, "mod", "helper", NULL), 1);
	assert_int_equal(symbol_find(table, "tcp_v4_rcv", &addr), 1);
	assert_true(addr == 0xffffffff81004000);
	assert_int_equal(symbol_find(table, "nowhere", NULL), 0);
	assert_int_equal(symbol_find(table, "ip_rcv", NULL), 0);
	assert_int_equal(symbol_find(all, "ip_rcv", NULL), 1);
	symbol_close(all);
	symbol_close(table);
}

struct both {
	const struct symbol_table *wanted, *all;
	size_t n, found;
};

static void want(void *arg, const char *name)
{
	symbol_wanted_add(arg, name);
}

static void compare(void *arg, const char *name)
{
	uint64_t addr[2] = {};
	struct both *both = arg;
	unsigned int n = symbol_find(both->all, name, &addr[0]);

	assert_true(symbol_covers(both->wanted, name));
	assert_int_equal(symbol_find(both->wanted, name, &addr[1]), n);
	assert_true(addr[0] == addr[1]);
	both->n++;
	both->found += n > 0;
}

static void symbol_open_wanted__running_kernel__program_misses_none_of_thousands(void **state)
{
	/* of every length that the program treats in its own way */
	static const char *const lengths[] = {"do_exit",      "schedule",	 "__kmalloc_",
					      "vprintk_emit", "skb_copy_header", "kernel_init_free",
					      "netif_rx",     "dev_queue_xmit_", "kfree"};
	static struct symbol_wanted wanted;
	struct symbol_table *some, *all;
	struct symbol_iter iter;
	struct buf raw, whole;
	struct kbtf *kbtf;
	struct both both;
	struct err err;

	(void)state;
	err_clear(&err);
	buf_init(&raw);
	buf_init(&whole);
	if (kbtf_open(&kbtf, &err))
		kbtf = NULL;
	symbol_iter_find(&iter, kbtf);
	if (symbol_iter_read(&iter, NULL, &whole)) {
		kbtf_close(kbtf);
		print_message("skip: no iterator over the kernel's symbols (Linux 6.0, root)\n");
		skip();
	}
	assert_int_equal(kbtf_name_each_skb(kbtf, want, &wanted), 0);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(lengths); i++)
		symbol_wanted_add(&wanted, lengths[i]);
	assert_int_equal(symbol_iter_read(&iter, &wanted, &raw), 0);
	assert_true(raw.len > 30000);
	assert_true(raw.len < whole.len / 8);
	assert_int_equal(symbol_open_wanted(&some, &iter, &wanted, &err), 0);
	assert_int_equal(symbol_open(&all, &iter, &err), 0);
	both = (struct both){.wanted = some, .all = all};
	assert_int_equal(kbtf_name_each_skb(kbtf, compare, &both), 0);
	assert_true(both.found > 1000 && both.found <= both.n);
	both.found = 0;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(lengths); i++)
		compare(&both, lengths[i]);
	assert_true(both.found >= 4);
	symbol_close(some);
	symbol_close(all);
	kbtf_close(kbtf);
	buf_fini(&raw);
	buf_fini(&whole);
}

#define WITH_ROOT(f) cmocka_unit_test_setup_teardown(f, fakeroot_setup, fakeroot_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symbol_wanted_has__what_was_put_in__and_little_else),
		WITH_ROOT(symbol_open_wanted__of_text__has_all_of_these_names_and_no_others),
		cmocka_unit_test(
			symbol_open_wanted__running_kernel__program_misses_none_of_thousands),
	};

	return cmocka_run_group_tests_name("symbol_wanted", tests, NULL, NULL);
}
