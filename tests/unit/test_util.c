/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_util.c - globs against fnmatch(3), and copies that are cut off.
 */
#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/util.h"

#define ROUNDS 200000

static void make_word(char *word, size_t max, const char *letters)
{
	size_t len = (size_t)rand() % max;

	for (size_t i = 0; i < len; i++)
		word[i] = letters[(size_t)rand() % strlen(letters)];
	word[len] = '\0';
}

static void util_glob__random_patterns_and_names__as_fnmatch_says(void **state)
{
	size_t matched = 0;

	(void)state;
	srand(1);
	for (int i = 0; i < ROUNDS; i++) {
		char pattern[8], name[8];
		bool want;

		make_word(pattern, sizeof(pattern), "aab_*?[]!-");
		make_word(name, sizeof(name), "aab_[");
		want = !fnmatch(pattern, name, FNM_NOESCAPE);
		matched += want;
		if (util_glob(pattern, name) != want)
			fail_msg("'%s' and '%s'", pattern, name);
	}
	assert_true(matched > ROUNDS / 100);
}

static void util_glob__names_of_functions__match_whole(void **state)
{
	(void)state;
	assert_true(util_glob("ip_rcv", "ip_rcv"));
	assert_false(util_glob("ip_rcv", "ip_rcv_core"));
	assert_false(util_glob("ip_rcv", "ip_rc"));
	assert_true(util_glob("ip_rcv*", "ip_rcv"));
	assert_true(util_glob("*", ""));
	assert_true(util_glob("*rcv*", "ip_rcv_core"));
	assert_true(util_glob("tcp_v[46]_rcv", "tcp_v6_rcv"));
	assert_false(util_glob("tcp_v[46]_rcv", "tcp_v5_rcv"));
	assert_false(util_glob("", "a"));
	assert_true(util_glob("a\\*", "a\\b"));
}

static void util_copy__longer_than_the_room__is_cut_off(void **state)
{
	char room[8];

	(void)state;
	memset(room, 'x', sizeof(room));
	util_copy(room, 4, "abcdef");
	assert_string_equal(room, "abc");
	assert_int_equal(room[4], 'x');
	util_copy(room, 4, "ab");
	assert_string_equal(room, "ab");
	util_copy(room, 1, "ab");
	assert_string_equal(room, "");
	util_copy(room, 4, "");
	assert_string_equal(room, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(util_glob__random_patterns_and_names__as_fnmatch_says),
		cmocka_unit_test(util_glob__names_of_functions__match_whole),
		cmocka_unit_test(util_copy__longer_than_the_room__is_cut_off),
	};

	return cmocka_run_group_tests_name("util", tests, NULL, NULL);
}
