/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_ifmatch.c - the automaton of -i against util_glob(), by table and at random.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/util.h"
#include "plan/ifmatch.h"

static const char *const names[] = {
	"eth0",	      "eth1",	  "eth10",
	"eth",	      "lo",	  "veth0",
	"vethab12cd", "wlan0",	  "br-0123456789ab",
	"e",	      "a*b",	  "a?b",
	"a]b",	      "a-b",	  "x[y",
	"tun.100",    "enp3s0f1", "aaaaaaaaaaaaaaa",
	"ab",	      "aab",	  "abab",
	"ababa",      "0",	  "eth0.5",
	"\xc3\xa4",   "^a",	  "!a",
};

static const char *const patterns[] = {
	"eth0",	      "eth*",
	"*eth*",      "*",
	"?",	      "???",
	"*0",	      "e*0",
	"*a*b*",      "[a-e]*",
	"[!a-e]*",    "[^a-e]*",
	"a[]]b",      "a[*]b",
	"a[?]b",      "x[[]y",
	"[]-]",	      "*[0-9]",
	"a**b",	      "**",
	"*ab",	      "ab*",
	"*aba",	      "tun.*",
	"[a-]*",      "*.[0-9][0-9][0-9]",
	"veth??????", "a\\*",
	"[!]]*",      "aaaaaaaaaaaaaaa",
	"*?",	      "?*",
	"*?*?*",      "br-*",
	"[0-9a-f]*",
};

static void add(struct xcap_if_match *match, unsigned int index, const char *pattern,
		uint32_t netns)
{
	struct err err;

	err_clear(&err);
	if (ifmatch_add(match, index, pattern, netns, &err))
		fail_msg("'%s': %s", pattern, err.msg);
}

static void ifmatch_run__each_pattern_over_each_name__agrees_with_glob(void **state)
{
	unsigned int matched = 0, total = 0;

	(void)state;
	for (size_t p = 0; p < UTIL_ARRAY_SIZE(patterns); p++) {
		struct xcap_if_match match = {0};

		add(&match, 0, patterns[p], 0);
		for (size_t n = 0; n < UTIL_ARRAY_SIZE(names); n++, total++) {
			bool is = ifmatch_run(&match, 1, names[n], 7);

			if (is != util_glob(patterns[p], names[n]))
				fail_msg("'%s' over '%s': %d", patterns[p], names[n], is);
			matched += is;
		}
		assert_false(ifmatch_run(&match, 0, "eth0", 0));
	}
	assert_in_range(matched, 100, total - 100);
}

static void random_pattern(char *out)
{
	static const char *const pieces[] = {"a", "b", "c", "*", "?", "[ab]", "[!a]", "[b-d]", "*"};
	unsigned int n = 1 + rand() % 7;

	*out = '\0';
	while (n--)
		strcat(out, pieces[rand() % UTIL_ARRAY_SIZE(pieces)]);
}

static void random_name(char *out)
{
	unsigned int n = 1 + rand() % (XCAP_IFNAME - 1);

	for (unsigned int i = 0; i < n; i++)
		out[i] = "abcd"[rand() % 4];
	out[n] = '\0';
}

/* Several patterns in one word: a state bit that leaked into its neighbour would show here. */
static void ifmatch_run__random_sets_of_patterns__agree_with_glob(void **state)
{
	char set[XCAP_IF_PATTERNS][64], name[XCAP_IFNAME];
	unsigned int matched = 0, total = 0;

	(void)state;
	srand(4711);
	for (unsigned int round = 0; round < 1500; round++) {
		struct xcap_if_match match = {0};
		unsigned int n = 1 + rand() % XCAP_IF_PATTERNS;

		for (unsigned int i = 0; i < n; i++) {
			random_pattern(set[i]);
			add(&match, i, set[i], i % 3);
		}
		for (unsigned int k = 0; k < 40; k++, total++) {
			uint32_t netns = rand() % 4;
			bool want = false, is;

			random_name(name);
			for (unsigned int i = 0; i < n; i++)
				want |= util_glob(set[i], name) && (i % 3 == 0 || i % 3 == netns);
			is = ifmatch_run(&match, n, name, netns);
			if (is != want)
				fail_msg("round %u: '%s'... over '%s': %d", round, set[0], name,
					 is);
			matched += is;
		}
	}
	assert_in_range(matched, 1000, total - 1000);
}

static void ifmatch_run__netns_of_a_pattern__limits_that_pattern_only(void **state)
{
	struct xcap_if_match match = {0};

	(void)state;
	add(&match, 0, "eth0", 5);
	add(&match, 1, "lo", 0);
	assert_true(ifmatch_run(&match, 2, "eth0", 5));
	assert_false(ifmatch_run(&match, 2, "eth0", 6));
	assert_false(ifmatch_run(&match, 2, "eth0", 0));
	assert_true(ifmatch_run(&match, 2, "lo", 6));
	assert_false(ifmatch_run(&match, 1, "lo", 6));
}

static void ifmatch_run__name_without_nul_in_16_bytes__reads_no_further(void **state)
{
	char name[XCAP_IFNAME];
	struct xcap_if_match match = {0};

	(void)state;
	memset(name, 'a', sizeof(name));
	add(&match, 0, "*", 0);
	add(&match, 1, "aaaaaaaaaaaaaaa", 0);
	assert_true(ifmatch_run(&match, 1, name, 0));
	match.final[0] = 0;
	assert_false(ifmatch_run(&match, 2, name, 0));
}

static void ifmatch_add__malformed_pattern__is_an_error_and_changes_nothing(void **state)
{
	static const struct {
		const char *pattern, *msg;
	} rows[] = {
		{"", "-i with an empty name"},
		{"eth[0", "the interface pattern 'eth[0' is malformed"},
		{"eth[", "the interface pattern 'eth[' is malformed"},
		{"eth[]", "the interface pattern 'eth[]' is malformed"},
		{"[[:alpha:]]", "the interface pattern '[[:alpha:]]' is malformed"},
		{"eth[9-0]", "no interface can match 'eth[9-0]': '[9-0]' takes no character"},
		{"aaaaaaaaaaaaaaaa",
		 "no interface can match 'aaaaaaaaaaaaaaaa': names have at most 15 "
		 "characters"},
	};
	struct xcap_if_match match = {0}, before;
	struct err err;

	(void)state;
	add(&match, 0, "lo", 0);
	before = match;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(rows); i++) {
		err_clear(&err);
		assert_int_not_equal(ifmatch_add(&match, 1, rows[i].pattern, 0, &err), 0);
		assert_string_equal(err.msg, rows[i].msg);
		assert_int_equal(err.status, ERR_USAGE);
		assert_memory_equal(&match, &before, sizeof(match));
	}
}

static void ifmatch_add__star_at_both_ends_of_15_characters__fits(void **state)
{
	struct xcap_if_match match = {0};

	(void)state;
	add(&match, 0, "*aaaaaaaaaaaaaaa*", 0);
	assert_true(ifmatch_run(&match, 1, "aaaaaaaaaaaaaaa", 0));
	assert_false(ifmatch_run(&match, 1, "aaaaaaaaaaaaaa", 0));
}

static void ifmatch_add__64_states__fit_and_the_65th_is_an_error(void **state)
{
	struct xcap_if_match match = {0};
	struct err err;

	(void)state;
	for (unsigned int i = 0; i < 4; i++) /* 15 tokens are 16 states */
		add(&match, i, "aaaaaaaaaaaaaa?", 0);
	assert_true(ifmatch_run(&match, 4, "aaaaaaaaaaaaaab", 0));
	assert_false(ifmatch_run(&match, 4, "aaaaaaaaaaaaabb", 0));
	err_clear(&err);
	assert_int_not_equal(ifmatch_add(&match, 4, "*", 0, &err), 0);
	assert_string_equal(err.msg, "the patterns of -i are too long together: no room for '*'");

	memset(&match, 0, sizeof(match));
	for (unsigned int i = 0; i < 4; i++)
		add(&match, i, "aaaaaaaaaaaaaa", 0);
	err_clear(&err);
	assert_int_not_equal(ifmatch_add(&match, 4, "abcd", 0, &err), 0);
	assert_non_null(strstr(err.msg, "too long together"));
	add(&match, 4, "abc", 0);
	assert_true(ifmatch_run(&match, 5, "abc", 0));
	assert_false(ifmatch_run(&match, 5, "abcd", 0));
}

static void ifmatch_add__ninth_pattern__is_an_error(void **state)
{
	struct xcap_if_match match = {0};
	struct err err;

	(void)state;
	for (unsigned int i = 0; i < XCAP_IF_PATTERNS; i++)
		add(&match, i, "a", 0);
	err_clear(&err);
	assert_int_not_equal(ifmatch_add(&match, XCAP_IF_PATTERNS, "a", 0, &err), 0);
	assert_string_equal(err.msg, "too many -i: at most 8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ifmatch_run__each_pattern_over_each_name__agrees_with_glob),
		cmocka_unit_test(ifmatch_run__random_sets_of_patterns__agree_with_glob),
		cmocka_unit_test(ifmatch_run__netns_of_a_pattern__limits_that_pattern_only),
		cmocka_unit_test(ifmatch_run__name_without_nul_in_16_bytes__reads_no_further),
		cmocka_unit_test(ifmatch_add__malformed_pattern__is_an_error_and_changes_nothing),
		cmocka_unit_test(ifmatch_add__star_at_both_ends_of_15_characters__fits),
		cmocka_unit_test(ifmatch_add__64_states__fit_and_the_65th_is_an_error),
		cmocka_unit_test(ifmatch_add__ninth_pattern__is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
