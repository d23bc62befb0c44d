/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_symbol_names.c - names as the kernel packs them, from tables made here as scripts/kallsyms.c
 * makes them, and tables that make no sense.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"
#include "kernel/symbol_names.h"

/* Each byte stands for its own letter, but these for more of them. */
static const struct {
	uint8_t token;
	const char *letters;
} tokens_of[] = {
	{0x80, "tip_"},	    {0x81, "rcv"},	 {0x82, "T__skb"},
	{0x83, "eight888"}, {0x84, "nine99999"}, {0x85, "a_token_of_more_than_16_letters"},
	{0x86, "dip_"},	    {0x87, "t__pfx_"},
};

static struct symbol_tokens *make_tokens(void)
{
	struct symbol_tokens *tokens = calloc(1, sizeof(*tokens));
	uint16_t index[SYMBOL_NAMES_TOKENS];
	char table[SYMBOL_NAMES_TABLE];
	size_t len = 0;

	assert_non_null(tokens);
	for (int i = 0; i < SYMBOL_NAMES_TOKENS; i++) {
		char letters[64] = {(char)i, '\0'};

		for (size_t k = 0; k < UTIL_ARRAY_SIZE(tokens_of); k++)
			if (tokens_of[k].token == i)
				snprintf(letters, sizeof(letters), "%s", tokens_of[k].letters);
		index[i] = len;
		memcpy(table + len, letters, strlen(letters) + 1);
		len += strlen(letters) + 1;
	}
	assert_int_equal(symbol_names_set_tokens(tokens, table, len, index), 0);
	return tokens;
}

static struct symbol_packed packed(const char *name)
{
	return (struct symbol_packed){(const uint8_t *)name, strlen(name)};
}

/* Is it found, in a table that has no other? */
static bool is_wanted(const struct symbol_tokens *tokens, const struct symbol_packed *name,
		      const struct symbol_wanted *wanted)
{
	uint8_t table[64] = {(uint8_t)name->len};
	struct symbol_names names = {table, table + 1 + name->len, 0, 1, true};
	struct symbol_packed found;
	int rc;

	memcpy(table + 1, name->at, name->len);
	rc = symbol_names_seek(tokens, wanted, &names, &found);
	assert_true(rc >= 0 && names.n == 1 && names.at == names.end);
	return rc;
}

static void symbol_names_text__of_tokens_and_letters__is_without_its_type(void **state)
{
	static const struct {
		const char *name, *text;
	} list[] = {
		{"\x80\x81", "ip_rcv"},
		{"tabc", "abc"},
		{"\x82_put", "__skb_put"},
		{"t\x83\x84\x83", "eight888nine99999eight888"},
		{"W\x85\x81", "a_token_of_more_than_16_lettersrcv"},
		{"t", ""},
	};
	struct symbol_tokens *tokens = make_tokens();

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(list); i++) {
		struct symbol_packed name = packed(list[i].name);
		char text[SYMBOL_NAMES_LETTERS];

		assert_int_equal(symbol_names_text(tokens, &name, text), strlen(list[i].text));
		assert_string_equal(text, list[i].text);
	}
	free(tokens);
}

static void symbol_names_text__longer_than_any_name_is__says_so(void **state)
{
	struct symbol_tokens *tokens = make_tokens();
	char text[SYMBOL_NAMES_LETTERS], fits[1 + SYMBOL_NAMES_LETTERS] = "t";
	char long_name[2 + SYMBOL_NAMES_LETTERS] = "t";
	struct symbol_packed name;

	(void)state;
	memset(fits + 1, 'x', SYMBOL_NAMES_LETTERS - 1);
	name = packed(fits);
	assert_int_equal(symbol_names_text(tokens, &name, text), SYMBOL_NAMES_LETTERS - 1);
	memset(long_name + 1, 'x', SYMBOL_NAMES_LETTERS);
	name = packed(long_name);
	assert_int_equal(symbol_names_text(tokens, &name, text), 0);
	free(tokens);
}

/* Whatever it is packed of, a name is wanted if symbol_wanted_has() says so of its text. */
static void symbol_names_seek__of_any_packing__says_what_its_text_would(void **state)
{
	struct symbol_tokens *tokens = make_tokens();
	static struct symbol_wanted wanted;
	unsigned int n = 0, functions = 0;
	char text[SYMBOL_NAMES_LETTERS];

	(void)state;
	srand(1);
	for (int i = 0; i < 20000; i++)
		wanted.bits[rand() % sizeof(wanted.bits)] |= 1 << rand() % 8;
	for (int i = 0; i < 20000; i++) {
		static const char first[] = "tTwWdrbA\x80\x82\x86";
		uint8_t bytes[12] = {(uint8_t)first[rand() % (sizeof(first) - 1)]};
		struct symbol_packed name = {bytes, 2 + rand() % (sizeof(bytes) - 2)};
		bool is_function = strchr("tTwW\x80\x82", bytes[0]);

		for (size_t k = 1; k < name.len; k++)
			bytes[k] = rand() % 2 ? 0x80 + rand() % 7 : 'a' + rand() % 26;
		assert_true(symbol_names_text(tokens, &name, text) > 0);
		functions += is_function;
		n += is_wanted(tokens, &name, &wanted);
		assert_int_equal(is_wanted(tokens, &name, &wanted),
				 is_function && symbol_wanted_has(&wanted, text));
	}
	assert_true(n > 1000 && n < functions);
	free(tokens);
}

static void symbol_names_seek__of_padding_and_data__is_false_whatever_is_wanted(void **state)
{
	struct symbol_packed function = packed("\x80\x81"), data = packed("dip_rcv");
	struct symbol_packed padding = packed("\x87ip_\x81");
	struct symbol_tokens *tokens = make_tokens();
	static struct symbol_wanted all;

	(void)state;
	memset(&all, 0xff, sizeof(all));
	assert_true(is_wanted(tokens, &function, &all));
	assert_false(is_wanted(tokens, &data, &all));
	assert_false(is_wanted(tokens, &padding, &all));
	free(tokens);
}

static void symbol_names_seek__of_one_and_two_bytes_of_length__goes_from_name_to_name(void **state)
{
	uint8_t table[1 + 3 + 2 + 200 + 1 + 127] = {3,	     'a', 'b', 'c', 0x80 | (200 & 0x7f),
						    200 >> 7};
	struct symbol_names names = {table, table + sizeof(table), 0, 3, true};
	struct symbol_packed name;

	(void)state;
	table[1 + 3 + 2 + 200] = 127;
	assert_int_equal(symbol_names_seek(NULL, NULL, &names, &name), 1);
	assert_true(names.at == table + 4 && name.at == table + 1 && name.len == 3);
	assert_int_equal(symbol_names_seek(NULL, NULL, &names, &name), 1);
	assert_true(names.at == table + 206 && name.at == table + 6 && name.len == 200);
	assert_int_equal(symbol_names_seek(NULL, NULL, &names, &name), 1);
	assert_true(names.at == names.end && name.len == 127 && names.n == 3);
	assert_int_equal(symbol_names_seek(NULL, NULL, &names, &name), 0);
}

/* Of what is not the end of the table the last name may be a part. */
static void symbol_names_seek__of_a_piece__stops_before_a_name_that_may_be_cut(void **state)
{
	static uint8_t table[4 * 600];
	struct symbol_names names = {table, table + sizeof(table), 0, 600, false};
	struct symbol_tokens *tokens = make_tokens();
	static struct symbol_wanted none;
	struct symbol_packed name;

	(void)state;
	for (size_t i = 0; i < sizeof(table); i += 4)
		memcpy(table + i, "\3tab", 4);
	assert_int_equal(symbol_names_seek(tokens, &none, &names, &name), 0);
	assert_true(names.n == (names.at - table) / 4u);
	assert_in_range(names.end - names.at, SYMBOL_NAMES_BYTES - 4, SYMBOL_NAMES_BYTES);
	names.is_last = true;
	assert_int_equal(symbol_names_seek(tokens, &none, &names, &name), 0);
	assert_true(names.n == 600 && names.at == names.end);
	/* less than the longest name from the start */
	names = (struct symbol_names){table, table + 100, 0, 600, false};
	assert_int_equal(symbol_names_seek(tokens, &none, &names, &name), 0);
	assert_true(names.n == 0 && names.at == table);
	names = (struct symbol_names){.all = 600}; /* no piece yet */
	assert_int_equal(symbol_names_seek(tokens, &none, &names, &name), 0);
	free(tokens);
}

static void symbol_names_seek__of_a_table_that_ends_too_early__makes_no_sense(void **state)
{
	static const uint8_t empty[] = {0, 'a'}, cut[] = {3, 'a', 'b'}, half[] = {0x81},
			     two[] = {1, 'a'};
	static const struct symbol_names list[] = {
		{empty, empty + sizeof(empty), 0, 1, true},
		{cut, cut + sizeof(cut), 0, 1, true},
		{half, half + sizeof(half), 0, 1, true},
		{two, two + sizeof(two), 0, 2, true}, /* and no second one */
	};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(list); i++) {
		struct symbol_names names = list[i];
		struct symbol_packed name;
		int rc = symbol_names_seek(NULL, NULL, &names, &name);

		if (rc == 1)
			rc = symbol_names_seek(NULL, NULL, &names, &name);
		assert_int_equal(rc, -EINVAL);
	}
}

static void symbol_names_set_tokens__of_what_are_no_tables__refuses_them(void **state)
{
	static char letters[SYMBOL_NAMES_TABLE + 1];
	struct symbol_tokens *tokens = calloc(1, sizeof(*tokens));
	uint16_t index[SYMBOL_NAMES_TOKENS] = {};

	(void)state;
	assert_non_null(tokens);
	assert_int_equal(symbol_names_set_tokens(tokens, letters, 8, index), 0);
	assert_true(symbol_names_set_tokens(tokens, letters, sizeof(letters), index) < 0);
	index[255] = 8; /* behind the end */
	assert_true(symbol_names_set_tokens(tokens, letters, 8, index) < 0);
	index[255] = 0;
	memset(letters, 'x', sizeof(letters));
	assert_true(symbol_names_set_tokens(tokens, letters, 8, index) < 0); /* no 0 */
	letters[300] = '\0';
	assert_true(symbol_names_set_tokens(tokens, letters, 301, index) < 0); /* too long */
	free(tokens);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symbol_names_text__of_tokens_and_letters__is_without_its_type),
		cmocka_unit_test(symbol_names_text__longer_than_any_name_is__says_so),
		cmocka_unit_test(symbol_names_seek__of_any_packing__says_what_its_text_would),
		cmocka_unit_test(
			symbol_names_seek__of_padding_and_data__is_false_whatever_is_wanted),
		cmocka_unit_test(
			symbol_names_seek__of_one_and_two_bytes_of_length__goes_from_name_to_name),
		cmocka_unit_test(
			symbol_names_seek__of_a_piece__stops_before_a_name_that_may_be_cut),
		cmocka_unit_test(symbol_names_seek__of_a_table_that_ends_too_early__makes_no_sense),
		cmocka_unit_test(symbol_names_set_tokens__of_what_are_no_tables__refuses_them),
	};

	return cmocka_run_group_tests_name("symbol_names", tests, NULL, NULL);
}
