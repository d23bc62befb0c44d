/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_err.c - what an error looks like on stderr.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"

/* What err_print() writes to stderr. */
static const char *printed(const struct err *err)
{
	static char text[4096];
	int saved = dup(STDERR_FILENO);
	FILE *file = tmpfile();
	size_t n;

	assert_true(saved >= 0 && file);
	dup2(fileno(file), STDERR_FILENO);
	err_print(err);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	fclose(file);
	return text;
}

static void err_print__text__has_a_caret_under_the_fault(void **state)
{
	struct err err;

	(void)state;
	err_set(&err, ERR_USAGE, "bad filter '%s'", "tcp prot 80");
	err_at(&err, "tcp prot 80", 4);
	err_hint(&err, "did you mean 'port'?");
	assert_string_equal(printed(&err), "xcap: error: bad filter 'tcp prot 80'\n"
					   "  tcp prot 80\n"
					   "      ^\n"
					   "xcap: hint: did you mean 'port'?\n");
}

static void err_print__line_ends_and_escapes_in_a_word__stay_on_one_line(void **state)
{
	struct err err;

	(void)state;
	err_set(&err, ERR_USAGE, "bad filter '%s'", "a\nb\t\x1b[31mc\r");
	err_at(&err, "a\nb\t\x1b[31mc\r", 9);
	assert_string_equal(printed(&err), "xcap: error: bad filter 'a b ?[31mc '\n"
					   "  a b ?[31mc \n"
					   "           ^\n");
}

static void err_print__long_text__is_shown_around_the_caret(void **state)
{
	char text[301], *line, *caret;
	struct err err;

	(void)state;
	for (int pos = 0; pos <= 300; pos++) {
		memset(text, '.', 300);
		text[300] = '\0';
		if (pos < 300)
			text[pos] = 'X';
		err_set(&err, ERR_USAGE, "bad");
		err_at(&err, text, pos);
		line = strchr(printed(&err), '\n') + 1;
		caret = strchr(line, '\n') + 1;
		assert_true(caret - line <= 81 && strlen(caret) <= 81);
		/* the same column in both lines */
		if (pos < 300)
			assert_int_equal(strcspn(line, "X"), strcspn(caret, "^"));
		else
			assert_int_equal(strcspn(line, "\n"), strcspn(caret, "^"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(err_print__text__has_a_caret_under_the_fault),
		cmocka_unit_test(err_print__line_ends_and_escapes_in_a_word__stay_on_one_line),
		cmocka_unit_test(err_print__long_text__is_shown_around_the_caret),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
