/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_pipeline.c - settling, numbering, the limit, and sinks that fail.
 *
 * The sink here writes down what it is told, and fails where the test says so.
 */
#include "flow/pipeline.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pcap/dlt.h>

#include "base/buf.h"
#include "filetest.h"
#include "flow/drops.h"

/* What all spies did, in order: "a1 b1 a2 ta tb ca cb ". */
static struct buf diary;
static uint32_t written_cap_len; /* of the last record that a spy got */

struct sink {
	char letter;
	const char *fail_at; /* entry that fails */
};

/* The path of a spy: its letter, then the entry at which it fails. */
static int spy_open(struct sink **sink, const struct sink_config *config,
		    const struct capture_info *info, struct err *err)
{
	assert_ptr_equal(info, &filetest_info);
	if (strcmp(config->path, "unopenable") == 0)
		return err_errno(err, ERR_FAILED, ENOSPC, "spy cannot be opened");
	*sink = malloc(sizeof(**sink));
	(*sink)->letter = config->path[0];
	(*sink)->fail_at = config->path + 1;
	return 0;
}

static int enter(struct sink *sink, struct err *err, const char *entry)
{
	buf_add_fmt(&diary, "%s ", entry);
	if (strcmp(entry, sink->fail_at) != 0)
		return 0;
	return err_errno(err, ERR_FAILED, EPIPE, "spy failed at %s", entry);
}

static int spy_write(struct sink *sink, const struct record *record, struct err *err)
{
	char entry[32];

	written_cap_len = record->cap_len;
	snprintf(entry, sizeof(entry), "%c%u", sink->letter, (unsigned int)record->number);
	/* a spy called 'l' has no form for what is no packet */
	if (sink->letter == 'l' && record->flags & XCAP_EV_NO_PACKET) {
		enter(sink, err, entry);
		return SINK_LEFT_OUT;
	}
	return enter(sink, err, entry);
}

static int spy_tick(struct sink *sink, struct err *err)
{
	return enter(sink, err, (char[]){'t', sink->letter, 0});
}

static int spy_close(struct sink *sink, const struct capture_totals *totals, struct err *err)
{
	int ret = enter(sink, err, (char[]){totals ? 'C' : 'c', sink->letter, 0});

	free(sink);
	return ret;
}

static const struct sink_ops spy_ops = {
	.name = "spy",
	.open = spy_open,
	.write = spy_write,
	.tick = spy_tick,
	.close = spy_close,
};

static int setup(void **state)
{
	(void)state;
	buf_init(&diary);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_fini(&diary);
	return 0;
}

static struct pipeline *start(const struct cbpf_prog *filter, uint64_t limit, const char *first,
			      const char *second)
{
	const struct pipeline_config config = {.filter = filter, .limit = limit, .snaplen = 60};
	struct pipeline *pipeline = pipeline_new(&config);
	struct sink_config sink = {.path = first};
	struct err err;

	assert_non_null(pipeline);
	assert_int_equal(pipeline_add(pipeline, &spy_ops, &sink, &filetest_info, &err), 0);
	sink.path = second;
	if (second)
		assert_int_equal(pipeline_add(pipeline, &spy_ops, &sink, &filetest_info, &err), 0);
	return pipeline;
}

static void assert_diary(const char *expected)
{
	assert_string_equal(buf_str(&diary), expected);
}

static void assert_counts(const struct pipeline *pipeline, uint64_t shown, uint64_t settled_out,
			  uint64_t after_limit, uint64_t unwritten)
{
	struct capture_totals totals = {0};

	pipeline_count(pipeline, &totals);
	assert_int_equal(totals.shown, shown);
	assert_int_equal(totals.settled_out, settled_out);
	assert_int_equal(totals.after_limit, after_limit);
	assert_int_equal(totals.unwritten, unwritten);
}

static void write__left_out_by_all_sinks__is_neither_shown_nor_counted_by_the_limit(void **state)
{
	struct pipeline *pipeline = start(NULL, 2, "l", NULL);
	struct record r = filetest_record();
	struct capture_totals totals = {0};
	struct err err;

	(void)state;
	r.flags = XCAP_EV_NO_PACKET;
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_OPEN);
	r.flags = 0;
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_OPEN);
	r.flags = XCAP_EV_NO_PACKET;
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_OPEN);
	r.flags = 0;
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_DONE);
	assert_counts(pipeline, 2, 0, 0, 0);
	pipeline_count(pipeline, &totals);
	assert_int_equal(totals.left_out, 2);
	assert_int_equal(totals.unconverted, 2);
	pipeline_close(pipeline, NULL, &err);
	assert_diary("l1 l1 l2 l2 cl ");
}

static void write__left_out_by_the_file_alone__is_shown_and_counted_as_not_in_the_file(void **state)
{
	struct pipeline *pipeline = start(NULL, 0, "l", "b");
	struct record r = filetest_record();
	struct capture_totals totals = {0};
	struct err err;

	(void)state;
	r.flags = XCAP_EV_NO_PACKET;
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_OPEN);
	assert_counts(pipeline, 1, 0, 0, 0);
	pipeline_count(pipeline, &totals);
	assert_int_equal(totals.left_out, 0);
	assert_int_equal(totals.unconverted, 1);
	pipeline_close(pipeline, NULL, &err);
	assert_diary("l1 b1 cl cb ");
}

static void write__two_sinks__get_each_record_in_order_numbered_from_1(void **state)
{
	struct pipeline *pipeline = start(NULL, 0, "a", "b");
	struct record r = filetest_record();
	struct capture_totals totals = {0};
	struct err err;
	int i;

	(void)state;
	r.number = 99; /* whatever it was */
	for (i = 0; i < 3; i++)
		assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_OPEN);
	assert_int_equal(pipeline_tick(pipeline), PIPELINE_OPEN);
	assert_counts(pipeline, 3, 0, 0, 0);
	assert_false(err_is_set(pipeline_error(pipeline)));
	assert_int_equal(pipeline_close(pipeline, &totals, &err), 0);
	assert_diary("a1 b1 a2 b2 a3 b3 ta tb Ca Cb ");
}

static void write__limit_of_2__is_done_with_the_second_and_counts_the_rest(void **state)
{
	struct pipeline *pipeline = start(NULL, 2, "a", NULL);
	struct record r = filetest_record();
	struct err err;

	(void)state;
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_OPEN);
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_DONE);
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_DONE);
	assert_int_equal(pipeline_tick(pipeline), PIPELINE_DONE);
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_DONE);
	assert_counts(pipeline, 2, 0, 2, 0);
	assert_int_equal(pipeline_close(pipeline, NULL, &err), 0);
	assert_diary("a1 a2 ta ca ");
}

static void count__adds_to_the_totals_that_are_there(void **state)
{
	struct pipeline *pipeline = start(NULL, 0, "a", NULL);
	struct capture_totals totals = {.shown = 40, .after_limit = 1};
	struct record r = filetest_record();
	struct err err;

	(void)state;
	pipeline_write(pipeline, &r);
	pipeline_count(pipeline, &totals);
	assert_int_equal(totals.shown, 41);
	assert_int_equal(totals.after_limit, 1);
	pipeline_close(pipeline, NULL, &err);
}

static void write__undecided__is_settled_by_the_filter_and_not_numbered_when_out(void **state)
{
	struct cbpf_prog filter;
	struct pipeline *pipeline;
	struct record in = filetest_record(), out = filetest_record(), decided;
	struct err err;

	(void)state;
	assert_int_equal(cbpf_compile("udp port 9000 and len > 100", DLT_EN10MB, &filter, &err), 0);
	pipeline = start(&filter, 0, "a", NULL);
	in.flags = out.flags = XCAP_EV_UNDECIDED;
	in.len = 101;
	out.len = 100;
	decided = out;
	decided.flags = 0; /* the kernel has said yes */
	assert_int_equal(pipeline_write(pipeline, &out), PIPELINE_OPEN);
	assert_int_equal(pipeline_write(pipeline, &in), PIPELINE_OPEN);
	assert_int_equal(pipeline_write(pipeline, &out), PIPELINE_OPEN);
	assert_int_equal(pipeline_write(pipeline, &decided), PIPELINE_OPEN);
	assert_counts(pipeline, 2, 2, 0, 0);
	pipeline_close(pipeline, NULL, &err);
	assert_diary("a1 a2 ca ");
	cbpf_free(&filter);
}

static void write__undecided__is_settled_on_all_bytes_and_then_cut_to_the_snaplen(void **state)
{
	struct cbpf_prog filter;
	struct pipeline *pipeline;
	struct record record = filetest_record();
	uint8_t packet[200];
	struct err err;

	(void)state;
	memset(packet, 0, sizeof(packet));
	packet[199] = 7;
	record.packet = packet;
	record.len = record.cap_len = sizeof(packet);
	record.flags = XCAP_EV_UNDECIDED;
	assert_int_equal(cbpf_compile("ether[199] = 7", DLT_EN10MB, &filter, &err), 0);
	pipeline = start(&filter, 0, "a", NULL);
	assert_int_equal(pipeline_write(pipeline, &record), PIPELINE_OPEN);
	assert_counts(pipeline, 1, 0, 0, 0);
	assert_int_equal(written_cap_len, 60);
	pipeline_close(pipeline, NULL, &err);
	cbpf_free(&filter);
}

static void write__settled_out_after_the_limit__is_not_counted_twice(void **state)
{
	struct cbpf_prog filter;
	struct pipeline *pipeline;
	struct record in = filetest_record(), out = filetest_record();
	struct err err;

	(void)state;
	assert_int_equal(cbpf_compile("udp port 9000", DLT_EN10MB, &filter, &err), 0);
	pipeline = start(&filter, 1, "a", NULL);
	out.flags = XCAP_EV_UNDECIDED;
	out.cap_len = 20; /* no port to see */
	assert_int_equal(pipeline_write(pipeline, &out), PIPELINE_OPEN);
	assert_int_equal(pipeline_write(pipeline, &in), PIPELINE_DONE);
	assert_int_equal(pipeline_write(pipeline, &out), PIPELINE_DONE);
	assert_int_equal(pipeline_write(pipeline, &in), PIPELINE_DONE);
	assert_counts(pipeline, 1, 2, 1, 0);
	pipeline_close(pipeline, NULL, &err);
	cbpf_free(&filter);
}

static void write__undecided_outbound__goes_by_direction_not_by_pkt_type(void **state)
{
	static const struct {
		uint8_t direction, pkt_type;
		bool outbound;
	} cases[] = {
		{XCAP_DIR_OUT, 0, true}, {XCAP_DIR_IN, 0, false},     {XCAP_DIR_IN, 4, false},
		{XCAP_DIR_OUT, 4, true}, {XCAP_DIR_UNKNOWN, 4, true}, {XCAP_DIR_UNKNOWN, 0, false},
	};
	/* what libpcap makes of "outbound" on a live handle: packet type 4 (SKF_AD_PKTTYPE) */
	struct cbpf_insn insns[] = {
		{0x28, 0, 0, 0xfffff004}, /* ldh [-4092] */
		{0x15, 0, 1, 4},	  /* jeq #4 */
		{0x06, 0, 0, 65535},
		{0x06, 0, 0, 0},
	};
	const struct cbpf_prog filter = {.insns = insns, .len = 4};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pipeline *pipeline = start(&filter, 0, "a", NULL);
		struct record r = filetest_record();
		struct err err;

		r.flags = XCAP_EV_UNDECIDED;
		r.direction = cases[i].direction;
		r.pkt_type = cases[i].pkt_type;
		pipeline_write(pipeline, &r);
		assert_counts(pipeline, cases[i].outbound, !cases[i].outbound, 0, 0);
		pipeline_close(pipeline, NULL, &err);
	}
}

static void write__sink_that_fails__breaks_the_pipeline_and_counts_the_rest(void **state)
{
	struct pipeline *pipeline = start(NULL, 0, "aa2", "b");
	struct record r = filetest_record();
	struct err err;

	(void)state;
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_OPEN);
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_BROKEN);
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_BROKEN);
	assert_counts(pipeline, 1, 0, 0, 2);
	assert_string_equal(pipeline_error(pipeline)->msg, "spy failed at a2: Broken pipe (EPIPE)");
	assert_int_equal(pipeline_close(pipeline, NULL, &err), -EPIPE);
	assert_string_equal(err.msg, "spy failed at a2: Broken pipe (EPIPE)");
	assert_diary("a1 b1 a2 ca cb ");
}

static void tick__sink_that_fails__breaks_the_pipeline_but_ticks_the_others(void **state)
{
	struct pipeline *pipeline = start(NULL, 0, "ata", "b");
	struct record r = filetest_record();
	struct err err;

	(void)state;
	assert_int_equal(pipeline_tick(pipeline), PIPELINE_BROKEN);
	assert_int_equal(pipeline_error(pipeline)->code, -EPIPE);
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_BROKEN);
	pipeline_close(pipeline, NULL, &err);
	assert_diary("ta tb ca cb ");
}

static void close__every_sink_is_closed_and_the_first_failure_told(void **state)
{
	struct pipeline *pipeline = start(NULL, 0, "aca", "bcb");
	struct err err;

	(void)state;
	assert_int_equal(pipeline_close(pipeline, NULL, &err), -EPIPE);
	assert_string_equal(err.msg, "spy failed at ca: Broken pipe (EPIPE)");
	assert_diary("ca cb ");
	assert_int_equal(pipeline_close(NULL, NULL, &err), 0);
}

static void add__sink_that_cannot_open__leaves_the_others_as_they_were(void **state)
{
	struct pipeline *pipeline = start(NULL, 0, "a", NULL);
	const struct sink_config config = {.path = "unopenable"};
	struct record r = filetest_record();
	struct err err;

	(void)state;
	assert_int_equal(pipeline_add(pipeline, &spy_ops, &config, &filetest_info, &err), -ENOSPC);
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_OPEN);
	assert_int_equal(pipeline_close(pipeline, NULL, &err), 0);
	assert_diary("a1 ca ");
}

static void add__file_sinks_on_a_full_disk__tell_enospc(void **state)
{
	struct pipeline *pipeline = start(NULL, 0, "a", NULL);
	const struct sink_config config = {.path = "/dev/full"};
	struct err err;

	(void)state;
	assert_int_equal(pipeline_add(pipeline, &sink_pcapng_ops, &config, &filetest_info, &err),
			 -ENOSPC);
	assert_int_equal(pipeline_add(pipeline, &sink_pcap_ops, &config, &filetest_info, &err),
			 -ENOSPC);
	assert_int_equal(pipeline_close(pipeline, NULL, &err), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void write__benign_drop__is_hidden_and_counted_beside_the_limit(void **state)
{
	struct drops *drops = drops_new(&(struct drops_config){0});
	const struct pipeline_config config = {.limit = 1, .snaplen = 60, .drops = drops};
	struct pipeline *pipeline = pipeline_new(&config);
	struct record r = filetest_record();
	struct capture_totals totals = {0};
	struct err err;

	(void)state;
	assert_int_equal(pipeline_add(pipeline, &spy_ops, &(struct sink_config){.path = "a"},
				      &filetest_info, &err),
			 0);
	r.location = "ping_rcv+0xab";
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_OPEN);
	r.location = "tcp_v4_rcv+0x91";
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_DONE);
	r.location = "ping_rcv+0xab";
	assert_int_equal(pipeline_write(pipeline, &r), PIPELINE_DONE);
	pipeline_count(pipeline, &totals);
	assert_int_equal(totals.hidden, 2);
	assert_int_equal(totals.shown, 1);
	assert_int_equal(totals.after_limit, 0);
	assert_int_equal(pipeline_close(pipeline, NULL, &err), 0);
	assert_diary("a1 ca ");
	drops_free(drops);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(write__two_sinks__get_each_record_in_order_numbered_from_1),
		TEST(write__left_out_by_all_sinks__is_neither_shown_nor_counted_by_the_limit),
		TEST(write__left_out_by_the_file_alone__is_shown_and_counted_as_not_in_the_file),
		TEST(write__limit_of_2__is_done_with_the_second_and_counts_the_rest),
		TEST(write__benign_drop__is_hidden_and_counted_beside_the_limit),
		TEST(count__adds_to_the_totals_that_are_there),
		TEST(write__undecided__is_settled_by_the_filter_and_not_numbered_when_out),
		TEST(write__undecided__is_settled_on_all_bytes_and_then_cut_to_the_snaplen),
		TEST(write__settled_out_after_the_limit__is_not_counted_twice),
		TEST(write__undecided_outbound__goes_by_direction_not_by_pkt_type),
		TEST(write__sink_that_fails__breaks_the_pipeline_and_counts_the_rest),
		TEST(tick__sink_that_fails__breaks_the_pipeline_but_ticks_the_others),
		TEST(close__every_sink_is_closed_and_the_first_failure_told),
		TEST(add__sink_that_cannot_open__leaves_the_others_as_they_were),
		TEST(add__file_sinks_on_a_full_disk__tell_enospc),
	};

	return cmocka_run_group_tests_name("pipeline", tests, NULL, NULL);
}
