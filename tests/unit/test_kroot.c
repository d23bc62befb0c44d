/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_kroot.c - the prefix of kernel paths.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "kernel/kroot.h"

static void kroot_path__without_prefix__is_the_path(void **state)
{
	char out[32];

	(void)state;
	unsetenv("XCAP_KROOT");
	assert_string_equal(kroot_prefix(), "");
	assert_string_equal(kroot_path(out, sizeof(out), "/proc/kallsyms"), "/proc/kallsyms");
}

static void kroot_path__with_prefix__lies_below_it(void **state)
{
	char out[32];

	(void)state;
	setenv("XCAP_KROOT", "/tmp/fake", 1);
	assert_ptr_equal(kroot_path(out, sizeof(out), "/proc/kallsyms"), out);
	assert_string_equal(out, "/tmp/fake/proc/kallsyms");
	unsetenv("XCAP_KROOT");
}

static void kroot_path__too_long__is_empty_not_cut(void **state)
{
	char out[8] = "before";

	(void)state;
	unsetenv("XCAP_KROOT");
	assert_string_equal(kroot_path(out, sizeof(out), "/proc/kallsyms"), "");
	assert_string_equal(kroot_path(out, sizeof(out), "/proc/k"), "/proc/k");
	assert_string_equal(kroot_path(out, sizeof(out), "/proc/ka"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kroot_path__without_prefix__is_the_path),
		cmocka_unit_test(kroot_path__with_prefix__lies_below_it),
		cmocka_unit_test(kroot_path__too_long__is_empty_not_cut),
	};

	return cmocka_run_group_tests_name("kroot", tests, NULL, NULL);
}
