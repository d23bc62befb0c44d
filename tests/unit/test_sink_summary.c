/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_sink_summary.c - drops as a table; words of a drop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"
#include "filetest.h"
#include "sink/drop_text.h"

static void write_drops(struct sink *sink, const char *reason, const char *place, const char *path,
			unsigned int n)
{
	struct record r = filetest_record();
	struct err err;

	r.reason = reason;
	r.location = place;
	r.nf_path = path;
	while (n--)
		assert_int_equal(sink_summary_ops.write(sink, &r, &err), 0);
}

/* The table without its second column, the rate, which is the clock's. */
static char *summary(void **state, bool with_totals, void (*fill)(struct sink *sink))
{
	struct capture_totals totals = {0};
	char *path = filetest_path(state, "table"), *text, *line;
	struct sink *sink = filetest_open(&sink_summary_ops, path, false, &filetest_info);
	struct err err;
	size_t len;

	fill(sink);
	assert_int_equal(sink_summary_ops.tick(sink, &err), 0);
	assert_int_equal(sink_summary_ops.close(sink, with_totals ? &totals : NULL, &err), 0);
	text = util_read_file(path, &len);
	assert_non_null(text);
	for (line = text; line && *line; line = strchr(line, '\n') + 1)
		memset(line + 10, '_', 11);
	free(path);
	return text;
}

static void fill_some(struct sink *sink)
{
	write_drops(sink, "NO_SOCKET", "tcp_v4_rcv+0x91", NULL, 3);
	write_drops(sink, "NETFILTER_DROP", "nf_hook_slow+0x9d", "ip INPUT", 5);
	write_drops(sink, "NETFILTER_DROP", "nf_hook_slow+0x9d", "ip FORWARD", 7);
	write_drops(sink, NULL, NULL, NULL, 1);
	write_drops(sink, "NO_SOCKET", "tcp_v4_rcv+0x91", NULL, 1);
}

static void fill_none(struct sink *sink)
{
	(void)sink;
}

static void summary__rows__are_by_reason_place_and_path_the_most_frequent_first(void **state)
{
	char *text = summary(state, true, fill_some);

	assert_string_equal(text,
			    "     drops___________  reason          place              path\n"
			    "         7___________  NETFILTER_DROP  nf_hook_slow+0x9d  ip:FORWARD\n"
			    "         5___________  NETFILTER_DROP  nf_hook_slow+0x9d  ip:INPUT\n"
			    "         4___________  NO_SOCKET       tcp_v4_rcv+0x91    -\n"
			    "         1___________  -               -                  -\n");
	free(text);
}

static void summary__of_nothing__is_the_heading(void **state)
{
	char *text = summary(state, true, fill_none);

	assert_string_equal(text, "     drops___________  reason  place  path\n");
	free(text);
}

static void summary__of_a_capture_that_never_ran__is_empty(void **state)
{
	char *text = summary(state, false, fill_none);

	assert_string_equal(text, "");
	free(text);
}

static void drop_text__path__has_table_and_chain_where_they_are_known(void **state)
{
	struct record r = filetest_record();
	struct buf out;

	(void)state;
	buf_init(&out);
	drop_text_path(&out, &r);
	assert_string_equal(buf_str(&out), "");
	r.nf_path = "ip INPUT";
	drop_text_path(&out, &r);
	assert_string_equal(buf_str(&out), "ip:INPUT");
	r.nf_table = "my table";
	r.nf_chain = "in";
	buf_reset(&out);
	drop_text_path(&out, &r);
	assert_string_equal(buf_str(&out), "ip:INPUT(my\\x20table/in)");
	r.nf_table = NULL;
	buf_reset(&out);
	drop_text_path(&out, &r);
	assert_string_equal(buf_str(&out), "ip:INPUT(?/in)");
	buf_fini(&out);
}

static void record__state_of_a_socket__is_as_ss_has_it(void **state)
{
	struct record r = filetest_record();

	(void)state;
	assert_null(record_sk_state(&r));
	r.sk_state = 1;
	assert_string_equal(record_sk_state(&r), "ESTAB");
	r.sk_state = 10;
	assert_string_equal(record_sk_state(&r), "LISTEN");
	r.sk_state = 12;
	assert_string_equal(record_sk_state(&r), "NEW-SYN-RECV");
	r.sk_state = 13;
	assert_null(record_sk_state(&r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			summary__rows__are_by_reason_place_and_path_the_most_frequent_first,
			filetest_setup, filetest_teardown),
		cmocka_unit_test_setup_teardown(summary__of_nothing__is_the_heading, filetest_setup,
						filetest_teardown),
		cmocka_unit_test_setup_teardown(summary__of_a_capture_that_never_ran__is_empty,
						filetest_setup, filetest_teardown),
		cmocka_unit_test(drop_text__path__has_table_and_chain_where_they_are_known),
		cmocka_unit_test(record__state_of_a_socket__is_as_ss_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
