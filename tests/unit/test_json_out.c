/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_json_out.c - values as JSON: every byte a name can hold, commas, numbers; and read back by a
 * JSON library that is not ours.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "base/utf8.h"
#include "base/util.h"
#include "sink/json_out.h"

static struct buf b;

static void assert_json(const char *want)
{
	assert_false(buf_failed(&b));
	assert_string_equal(buf_str(&b), want);
	buf_fini(&b);
}

static void json_out__members_and_elements__have_commas_between_and_nowhere_else(void **state)
{
	(void)state;
	json_out_begin(&b, NULL, '{');
	json_out_begin(&b, "none", '[');
	json_out_end(&b, ']');
	json_out_begin(&b, "two", '[');
	json_out_u64(&b, NULL, 0);
	json_out_begin(&b, NULL, '{');
	json_out_end(&b, '}');
	json_out_end(&b, ']');
	json_out_str(&b, "s", "[");
	json_out_bool(&b, "yes", true);
	json_out_bool(&b, "no", false);
	json_out_end(&b, '}');
	assert_json("{\"none\":[],\"two\":[0,{}],\"s\":\"[\",\"yes\":true,\"no\":false}");
}

static void json_out__numbers__keep_every_bit(void **state)
{
	(void)state;
	json_out_begin(&b, NULL, '[');
	json_out_u64(&b, NULL, UINT64_MAX);
	json_out_i64(&b, NULL, INT64_MIN);
	json_out_i64(&b, NULL, -13);
	json_out_i64(&b, NULL, 0);
	json_out_hex(&b, NULL, 0xffff8881061bef00);
	json_out_hex(&b, NULL, 0);
	json_out_end(&b, ']');
	assert_json("[18446744073709551615,-9223372036854775808,-13,0,\"0xffff8881061bef00\","
		    "\"0x0\"]");
}

static void json_out__time__is_rfc_3339_in_utc_with_nine_digits(void **state)
{
	(void)state;
	setenv("TZ", "America/New_York", 1);
	json_out_begin(&b, NULL, '[');
	json_out_time(&b, NULL, 1700000000000000009);
	json_out_time(&b, NULL, 0);
	json_out_end(&b, ']');
	unsetenv("TZ");
	assert_json("[\"2023-11-14T22:13:20.000000009Z\",\"1970-01-01T00:00:00.000000000Z\"]");
}

static void json_out__strings__escape_what_json_and_terminals_cannot_take(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"", "\"\""},
		{"a b/c", "\"a b/c\""},
		{"\"\\", "\"\\\"\\\\\""},
		{"\n\t\x1b[31m\x7f", "\"\\u000a\\u0009\\u001b[31m\\u007f\""},
		{"gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\""},
		{"\xf0\x9f\x90\xa7", "\"\xf0\x9f\x90\xa7\""},
		{"\xc2\x9b", "\"\\u009b\""},		       /* C1 control */
		{"\xe2\x80\xae", "\"\\u202e\""},	       /* right to left */
		{"\xe2\x80\xa8", "\"\\u2028\""},	       /* a line end to JavaScript */
		{"a\xff\xc3", "\"a\\\\xff\\\\xc3\""},	       /* no UTF-8, cut off */
		{"\xc0\xaf", "\"\\\\xc0\\\\xaf\""},	       /* overlong */
		{"\xed\xa0\x80", "\"\\\\xed\\\\xa0\\\\x80\""}, /* a surrogate */
	};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++) {
		json_out_str(&b, NULL, cases[i].text);
		assert_json(cases[i].want);
	}
}

static void json_out__a_field_without_nul__ends_where_it_is_said_to_end(void **state)
{
	(void)state;
	json_out_strn(&b, "comm",
		      "ab\xc3\xbc"
		      "cd",
		      4);
	assert_json("\"comm\":\"ab\xc3\xbc\"");
}

/* The text that a JSON library reads, byte for byte, for every string without bytes that are no
 * UTF-8. */
static void json_out__random_strings__are_read_back_and_always_one_line_of_utf8(void **state)
{
	char text[24];

	(void)state;
	srandom(1);
	for (int round = 0; round < 20000; round++) {
		struct json_object *read;
		size_t len = random() % (sizeof(text) - 1);

		for (size_t i = 0; i < len; i++)
			text[i] = round & 1 ? 1 + random() % 127 : 1 + random() % 255;
		text[len] = '\0';
		json_out_str(&b, NULL, text);
		assert_true(utf8_is_valid(buf_str(&b)));
		for (size_t i = 0; i < b.len; i++)
			assert_true((unsigned char)b.data[i] >= ' ' && b.data[i] != 0x7f);
		read = json_tokener_parse(buf_str(&b));
		assert_non_null(read);
		if (utf8_is_valid(text))
			assert_string_equal(json_object_get_string(read), text);
		json_object_put(read);
		buf_fini(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			json_out__members_and_elements__have_commas_between_and_nowhere_else),
		cmocka_unit_test(json_out__numbers__keep_every_bit),
		cmocka_unit_test(json_out__time__is_rfc_3339_in_utc_with_nine_digits),
		cmocka_unit_test(json_out__strings__escape_what_json_and_terminals_cannot_take),
		cmocka_unit_test(json_out__a_field_without_nul__ends_where_it_is_said_to_end),
		cmocka_unit_test(
			json_out__random_strings__are_read_back_and_always_one_line_of_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
