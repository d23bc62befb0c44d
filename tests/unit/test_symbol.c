/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_symbol.c - kernel symbols from a made-up /proc/kallsyms, and from the real one.
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
#include "kernel/symbol_iter.h"

#define KALLSYMS "/proc/kallsyms"

static const char some[] = "ffffffff81000000 T _stext\n"
			   "ffffffff81000000 T _text\n"
			   "ffffffff81000ff0 t __pfx_ip_rcv\n"
			   "ffffffff81001000 T ip_rcv\n"
			   "ffffffff81001100 t helper\n"
			   "ffffffff81001200 W nf_hook_slow\n"
			   "ffffffff81001300 D data_symbol\n"
			   "ffffffff81002000 T _etext\n"
			   "ffffffffc0002000 t late\t[zmod]\n"
			   "ffffffffc0001000 t early\t[amod]\n"
			   "ffffffffc0001080 w helper\t[amod]\n"
			   "ffffffffc0001090 b bss\t[amod]\n";

static struct symbol_table *open_text(const char *text)
{
	struct symbol_table *table;
	struct err err;

	fakeroot_write_text(KALLSYMS, text);
	assert_int_equal(symbol_open(&table, NULL, &err), 0);
	return table;
}

static void assert_named(const struct symbol_table *table, uint64_t addr, const char *expected)
{
	char out[64];

	assert_true(symbol_name(table, addr, out, sizeof(out)));
	assert_string_equal(out, expected);
}

static void assert_unnamed(const struct symbol_table *table, uint64_t addr, const char *expected)
{
	char out[64];

	assert_false(symbol_name(table, addr, out, sizeof(out)));
	assert_string_equal(out, expected);
}

/* Programs and modules that came later lie there. */
static void symbol_name__far_behind_a_modules_last_function__is_an_address(void **state)
{
	struct symbol_table *table = open_text(some);

	(void)state;
	assert_named(table, 0xffffffffc0002abc, "late+0xabc [zmod]");
	assert_unnamed(table, 0xffffffffc0005000, "0xffffffffc0005000");
	assert_unnamed(table, 0xffffffffc000f000, "0xffffffffc000f000");
	symbol_close(table);
}

static void symbol_name_return__behind_a_last_call__is_the_caller(void **state)
{
	struct symbol_table *table = open_text(some);
	char out[64];

	(void)state;
	assert_true(symbol_name_return(table, 0xffffffff81001100, out, sizeof(out)));
	assert_string_equal(out, "ip_rcv+0x100");
	assert_true(symbol_name_return(table, 0xffffffff81001101, out, sizeof(out)));
	assert_string_equal(out, "helper+0x1");
	assert_false(symbol_name_return(table, 0, out, sizeof(out)));
	assert_string_equal(out, "0x0");
	symbol_close(table);
}

static void symbol_name__inside_a_function__has_its_offset(void **state)
{
	struct symbol_table *table = open_text(some);

	(void)state;
	assert_false(symbol_restricted(table));
	assert_named(table, 0xffffffff81001200, "nf_hook_slow");
	assert_named(table, 0xffffffff8100129d, "nf_hook_slow+0x9d");
	assert_named(table, 0xffffffff810010ff, "ip_rcv+0xff");
	symbol_close(table);
}

static void symbol_name__in_a_module__names_it_though_lines_are_unsorted(void **state)
{
	struct symbol_table *table = open_text(some);

	(void)state;
	assert_named(table, 0xffffffffc0001001, "early+0x1 [amod]");
	assert_named(table, 0xffffffffc0001080, "helper [amod]");
	assert_named(table, 0xffffffffc0002010, "late+0x10 [zmod]");
	symbol_close(table);
}

static void symbol_name__of_an_alias__is_the_first_in_the_file(void **state)
{
	struct symbol_table *table = open_text(some);

	(void)state;
	assert_named(table, 0xffffffff81000004, "_stext+0x4");
	symbol_close(table);
}

static void symbol_name__data_and_padding__are_not_in_the_table(void **state)
{
	struct symbol_table *table = open_text(some);

	(void)state;
	assert_int_equal(symbol_find(table, "data_symbol", NULL), 0);
	assert_int_equal(symbol_find(table, "bss", NULL), 0);
	assert_int_equal(symbol_find(table, "__pfx_ip_rcv", NULL), 0);
	symbol_close(table);
}

static void symbol_name__outside_of_all_text__is_the_number(void **state)
{
	struct symbol_table *table = open_text(some);

	(void)state;
	assert_unnamed(table, 0, "0x0");
	assert_unnamed(table, 0xffffffff80ffffff, "0xffffffff80ffffff");
	assert_unnamed(table, 0xffffffff81002001, "0xffffffff81002001"); /* behind _etext */
	assert_unnamed(table, 0xffffffffc0022000, "0xffffffffc0022000"); /* 128 KiB behind late */
	symbol_close(table);
}

static void symbol_find__counts_all_of_that_name__and_gives_the_lowest_address(void **state)
{
	struct symbol_table *table = open_text(some);
	uint64_t addr = 1;

	(void)state;
	assert_int_equal(symbol_find(table, "helper", &addr), 2);
	assert_true(addr == 0xffffffff81001100);
	assert_int_equal(symbol_find(table, "nf_hook_slow", NULL), 1);
	addr = 1;
	assert_int_equal(symbol_find(table, "nf_hook", &addr), 0);
	assert_int_equal(addr, 1);
	symbol_close(table);
}

static void symbol_open__all_addresses_zero__is_restricted_but_finds_names(void **state)
{
	struct symbol_table *table = open_text("0000000000000000 T ip_rcv\n"
					       "0000000000000000 t foo\t[bar]\n");
	uint64_t addr = 1;

	(void)state;
	assert_true(symbol_restricted(table));
	assert_unnamed(table, 0x10, "0x10");
	assert_int_equal(symbol_find(table, "ip_rcv", &addr), 1);
	assert_int_equal(addr, 0);
	symbol_close(table);
}

static void symbol_open__lines_of_no_sense__are_passed_over(void **state)
{
	struct symbol_table *table = open_text("\n"
					       "zzz\n"
					       "ffffffff81000000\n"
					       "ffffffff81000000 \n"
					       "ffffffff81000000 T\n"
					       "ffffffff81000000 T \n"
					       "ffffffff81000000 T bad\t[open\n"
					       "ffffffff81000000 T good\n"
					       "ffffffff81000100 T no_line_end");

	(void)state;
	assert_int_equal(symbol_find(table, "good", NULL), 1);
	assert_int_equal(symbol_find(table, "bad", NULL), 0);
	assert_int_equal(symbol_find(table, "", NULL), 0);
	assert_int_equal(symbol_find(table, "no_line_end", NULL), 0);
	symbol_close(table);
}

static void symbol_open__many_lines__keeps_each_across_chunks(void **state)
{
	enum { N = 30000 };
	char *text = malloc(N * 40), *at = text, name[32];
	struct symbol_table *table;
	uint64_t addr;

	(void)state;
	for (int i = 0; i < N; i++)
		at += sprintf(at, "%016llx t function_%d\n", 0xffffffff81000000ull + i * 16, i);
	table = open_text(text);
	free(text);
	for (int i = 0; i < N; i += 7) {
		sprintf(name, "function_%d", i);
		assert_int_equal(symbol_find(table, name, &addr), 1);
		assert_true(addr == 0xffffffff81000000ull + i * 16);
	}
	assert_named(table, 0xffffffff81000000ull + N * 16 - 1, "function_29999+0xf");
	symbol_close(table);
}

static void symbol_find_in__module__takes_only_its_own(void **state)
{
	struct symbol_table *table = open_text("ffffffff81000000 T both\n"
					       "ffffffffc0000000 t both\t[mod]\n"
					       "ffffffffc0000100 t only\t[mod]\n"
					       "ffffffffc0000200 t both\t[other]\n");
	uint64_t addr = 0;

	(void)state;
	assert_int_equal(symbol_find_in(table, "mod", "both", &addr), 1);
	assert_true(addr == 0xffffffffc0000000ull);
	assert_int_equal(symbol_find_in(table, "", "both", &addr), 1);
	assert_true(addr == 0xffffffff81000000ull);
	assert_int_equal(symbol_find_in(table, NULL, "both", NULL), 3);
	assert_int_equal(symbol_find_in(table, "", "only", &addr), 0);
	assert_int_equal(symbol_find_in(table, "mo", "both", &addr), 0);
	assert_true(addr == 0xffffffff81000000ull);
	symbol_close(table);
}

static void symbol_open__no_file__names_the_path_and_errno(void **state)
{
	struct symbol_table *table;
	struct err err;

	(void)state;
	assert_true(symbol_open(&table, NULL, &err) < 0);
	assert_null(table);
	assert_int_equal(err.status, ERR_FAILED);
	assert_non_null(strstr(err.msg, "/proc/kallsyms"));
	assert_non_null(strstr(err.msg, "ENOENT"));
	symbol_close(NULL);
}

static void symbol_open__running_kernel__has_a_known_function(void **state)
{
	struct symbol_table *table;
	struct err err;
	uint64_t addr;

	(void)state;
	if (symbol_open(&table, NULL, &err)) {
		print_message("skip: %s\n", err.msg);
		skip();
	}
	assert_int_equal(symbol_find(table, "netif_receive_skb", &addr), 1);
	if (!symbol_restricted(table))
		assert_named(table, addr + 1, "netif_receive_skb+0x1");
	symbol_close(table);
}

/* One line of /proc/kallsyms: both tables have it, or neither. False: it is of no function, or may
 * come and go. */
static bool is_in_both(const struct symbol_table *iter, const struct symbol_table *text, char *line)
{
	char type, name[600], module[100] = "", shown[2][700];
	unsigned long long addr;

	if (sscanf(line, "%llx %c %599s [%99[^]]", &addr, &type, name, module) < 3 ||
	    !strchr("tTwW", type) || !strcmp(module, "bpf"))
		return false;
	assert_int_equal(symbol_find_in(iter, module, name, NULL),
			 symbol_find_in(text, module, name, NULL));
	assert_int_equal(symbol_name(iter, addr + 3, shown[0], sizeof(shown[0])),
			 symbol_name(text, addr + 3, shown[1], sizeof(shown[1])));
	assert_string_equal(shown[0], shown[1]);
	return true;
}

static void symbol_open__running_kernel__iterator_and_text_are_the_same(void **state)
{
	struct symbol_table *iter, *text;
	struct symbol_source how;
	struct kbtf *kbtf;
	struct err err;
	struct buf raw;
	char *line, *save = NULL, *all;
	size_t n = 0;

	(void)state;
	err_clear(&err);
	buf_init(&raw);
	if (kbtf_open(&kbtf, &err))
		kbtf = NULL;
	symbol_source_find(&how, kbtf);
	kbtf_close(kbtf);
	if (symbol_iter_read(&how.iter, &raw)) {
		print_message("skip: no iterator over the kernel's symbols (Linux 6.0, root)\n");
		skip();
	}
	assert_true(raw.len > 1000000);
	buf_fini(&raw);
	assert_int_equal(symbol_open(&iter, &how, &err), 0);
	assert_int_equal(symbol_open(&text, NULL, &err), 0);
	assert_int_equal(symbol_restricted(iter), symbol_restricted(text));
	all = util_read_file("/proc/kallsyms", NULL);
	assert_non_null(all);
	for (line = strtok_r(all, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		n += is_in_both(iter, text, line);
	assert_true(n > 20000);
	free(all);
	symbol_close(iter);
	symbol_close(text);
}

#define WITH_ROOT(f) cmocka_unit_test_setup_teardown(f, fakeroot_setup, fakeroot_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ROOT(symbol_name__far_behind_a_modules_last_function__is_an_address),
		WITH_ROOT(symbol_name_return__behind_a_last_call__is_the_caller),
		WITH_ROOT(symbol_name__inside_a_function__has_its_offset),
		WITH_ROOT(symbol_name__in_a_module__names_it_though_lines_are_unsorted),
		WITH_ROOT(symbol_name__of_an_alias__is_the_first_in_the_file),
		WITH_ROOT(symbol_name__data_and_padding__are_not_in_the_table),
		WITH_ROOT(symbol_name__outside_of_all_text__is_the_number),
		WITH_ROOT(symbol_find__counts_all_of_that_name__and_gives_the_lowest_address),
		WITH_ROOT(symbol_open__all_addresses_zero__is_restricted_but_finds_names),
		WITH_ROOT(symbol_open__lines_of_no_sense__are_passed_over),
		WITH_ROOT(symbol_open__many_lines__keeps_each_across_chunks),
		WITH_ROOT(symbol_find_in__module__takes_only_its_own),
		WITH_ROOT(symbol_open__no_file__names_the_path_and_errno),
		cmocka_unit_test(symbol_open__running_kernel__has_a_known_function),
		cmocka_unit_test(symbol_open__running_kernel__iterator_and_text_are_the_same),
	};

	return cmocka_run_group_tests_name("symbol", tests, NULL, NULL);
}
