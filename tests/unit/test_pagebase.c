/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_pagebase.c - two variables' addresses from a made-up /proc/kallsyms.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fakeroot.h"
#include "kernel/pagebase.h"

#define KALLSYMS "/proc/kallsyms"
#define BOTH                                                                                       \
	"ffffffff81000000 T _stext\n"                                                              \
	"ffffffff82a4c1d8 D vmemmap_base\n"                                                        \
	"ffffffff82a4c1e0 d page_offset_base\n"

static int find(struct pagebase *bases, char *why, size_t size)
{
	memset(bases, 0, sizeof(*bases));
	why[0] = '\0';
	return pagebase_find(bases, why, size);
}

/* Not found, with this reason, and nothing is given out. */
static void expect_lack(int code, const char *expected)
{
	struct pagebase bases;
	char why[256];

	assert_int_equal(find(&bases, why, sizeof(why)), code);
	assert_string_equal(why, expected);
	assert_int_equal(bases.vmemmap_base, 0);
	assert_int_equal(bases.page_offset_base, 0);
}

static void find__both_there__gives_their_addresses(void **state)
{
	struct pagebase bases;
	char why[256];

	(void)state;
	fakeroot_write_text(KALLSYMS, BOTH);
	assert_int_equal(find(&bases, why, sizeof(why)), 0);
	assert_true(bases.vmemmap_base == 0xffffffff82a4c1d8);
	assert_true(bases.page_offset_base == 0xffffffff82a4c1e0);
	assert_string_equal(why, "'vmemmap_base' at 0xffffffff82a4c1d8");
}

static void find__one_missing__names_both(void **state)
{
	(void)state;
	fakeroot_write_text(KALLSYMS, "ffffffff81000000 T _stext\n"
				      "ffffffff82a4c1d8 D vmemmap_base\n");
	expect_lack(-ENOENT, "the kernel's symbols have no 'vmemmap_base' and 'page_offset_base'");
}

static void find__names_that_only_contain_them__are_others(void **state)
{
	(void)state;
	fakeroot_write_text(KALLSYMS, "ffffffff82a4c1d8 D vmemmap_base_2\n"
				      "ffffffff82a4c1d8 D my_vmemmap_base\n"
				      "ffffffff82a4c1e0 D page_offset_base\t[mod]\n");
	expect_lack(-ENOENT, "the kernel's symbols have no 'vmemmap_base' and 'page_offset_base'");
}

static void find__hidden_addresses__says_so(void **state)
{
	(void)state;
	fakeroot_write_text(KALLSYMS, "0000000000000000 D vmemmap_base\n"
				      "0000000000000000 D page_offset_base\n");
	expect_lack(-EPERM, "the kernel shows all addresses as 0");
}

static void find__no_file__says_so(void **state)
{
	(void)state;
	expect_lack(-ENOENT, "cannot read '/proc/kallsyms': ENOENT");
}

static void find__a_line_cut_by_the_end_of_a_read__is_put_together(void **state)
{
	static const char line[] = "ffffffff81000000 t a_function_of_no_interest\n";
	char *text = malloc(2 * 65536 + sizeof(BOTH) + sizeof(line));
	struct pagebase bases;
	char why[256];
	size_t len;

	(void)state;
	assert_non_null(text);
	/* the second name crosses byte 65536 and then each before it */
	for (size_t cut = 0; cut < sizeof(BOTH); cut++) {
		for (len = 0; len + sizeof(line) + sizeof(BOTH) < 65536;)
			len += sprintf(text + len, "%s", line);
		while (len + cut + 30 < 65536 + sizeof(line))
			len += sprintf(text + len, "f T x\n");
		sprintf(text + len, "%s", BOTH);
		fakeroot_write_text(KALLSYMS, text);
		assert_int_equal(find(&bases, why, sizeof(why)), 0);
		assert_true(bases.vmemmap_base == 0xffffffff82a4c1d8);
		assert_true(bases.page_offset_base == 0xffffffff82a4c1e0);
	}
	free(text);
}

static void find__an_endless_line__is_passed_over(void **state)
{
	char *text = malloc(200000 + sizeof(BOTH) + 1);
	struct pagebase bases;
	char why[256];

	(void)state;
	assert_non_null(text);
	memset(text, 'x', 200000);
	text[200000] = '\n';
	strcpy(text + 200001, BOTH);
	fakeroot_write_text(KALLSYMS, text);
	assert_int_equal(find(&bases, why, sizeof(why)), 0);
	assert_true(bases.vmemmap_base == 0xffffffff82a4c1d8);
	free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fakeroot_setup, fakeroot_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(find__both_there__gives_their_addresses),
		TEST(find__one_missing__names_both),
		TEST(find__names_that_only_contain_them__are_others),
		TEST(find__hidden_addresses__says_so),
		TEST(find__no_file__says_so),
		TEST(find__a_line_cut_by_the_end_of_a_read__is_put_together),
		TEST(find__an_endless_line__is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
