/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_opts_gather.c - -g and its family, and --stop-on, on the command line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"
#include "cmd/cmd.h"
#include "cmd/opts.h"
#include "cmd/opts_check.h"

static struct config config;
static struct err err;

static int parse(size_t n, const char *const *words)
{
	char *argv[16] = {(char *)"xcap"};

	assert_true(n < UTIL_ARRAY_SIZE(argv) - 1);
	for (size_t i = 0; i < n; i++)
		argv[i + 1] = (char *)words[i];
	return opts_parse(&cmd_skb, n + 1, argv, 1, &config, &err);
}

#define PARSE(...)                                                                                 \
	parse(UTIL_ARRAY_SIZE(((const char *const[]){__VA_ARGS__})),                               \
	      (const char *const[]){__VA_ARGS__})

#define ACCEPT(...)                                                                                \
	do {                                                                                       \
		if (PARSE(__VA_ARGS__))                                                            \
			fail_msg("refused: %s", err.msg);                                          \
	} while (0)

#define REFUSE(message, hint_text, ...)                                                            \
	do {                                                                                       \
		assert_int_not_equal(PARSE(__VA_ARGS__), 0);                                       \
		assert_int_equal(err.status, ERR_USAGE);                                           \
		assert_string_equal(err.msg, message);                                             \
		assert_string_equal(err.hint, hint_text);                                          \
	} while (0)

static void gather__alone__is_by_id_and_any_baseline(void **state)
{
	const char *const names[] = {"-g", "--gather"};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(names); i++) {
		ACCEPT(names[i]);
		assert_true(config.gather.on);
		assert_false(config.gather.by_content);
		assert_false(config.gather.by_pointer);
		assert_null(config.gather.baseline);
		assert_true(opts_check_text(&config));
	}
	ACCEPT("-n");
	assert_false(config.gather.on);
}

static void gather__by__is_id_or_content(void **state)
{
	(void)state;
	ACCEPT("-g", "--gather-by", "content");
	assert_true(config.gather.by_content);
	ACCEPT("-g", "--gather-by", "id");
	assert_false(config.gather.by_content);
	ACCEPT("-g", "--gather-distinguish-by-pointer");
	assert_true(config.gather.by_pointer);
	REFUSE("option '--gather-by': packets are not told apart by 'mac'",
	       "id (the kernel's packet, followed) or content (what it carries)", "-g",
	       "--gather-by", "mac");
	REFUSE("--gather-distinguish-by-pointer and '--gather-by id' contradict each other",
	       "an id follows the packet through all its pointers already", "-g", "--gather-by",
	       "id", "--gather-distinguish-by-pointer");
}

static void gather__times__have_units_or_are_seconds(void **state)
{
	(void)state;
	ACCEPT("-g", "--gather-timeout", "2", "--min-latency", "500us");
	assert_int_equal(config.gather.timeout_ns, 2000000000);
	assert_int_equal(config.gather.min_latency_ns, 500000);
	ACCEPT("-g", "--gather-timeout", "1ms", "--min-latency", "1ns");
	assert_int_equal(config.gather.timeout_ns, 1000000);
	assert_int_equal(config.gather.min_latency_ns, 1);
	REFUSE("option '--gather-timeout': '999us' is out of range: 1ms to 60m", "", "-g",
	       "--gather-timeout", "999us");
	REFUSE("option '--gather-timeout': '61m' is out of range: 1ms to 60m", "", "-g",
	       "--gather-timeout", "61m");
	REFUSE("option '--gather-timeout': 'soon' is not a time",
	       "whole numbers: 2 or 2s, 500ms, 1m", "-g", "--gather-timeout", "soon");
	REFUSE("option '--min-latency': '0' is out of range: 1ns to 60m", "", "-g", "--min-latency",
	       "0");
	REFUSE("option '--min-latency': '1.5ms' is not a time", "whole numbers: 500us, 10ms, 2s",
	       "-g", "--min-latency", "1.5ms");
}

static void gather__buffer_size__is_16_to_1048576(void **state)
{
	(void)state;
	ACCEPT("-g", "--gather-buffer-size", "16");
	assert_int_equal(config.gather.buffer_size, 16);
	ACCEPT("-g", "--gather-buffer-size", "1048576");
	REFUSE("option '--gather-buffer-size': '15' is out of range: 16 to 1048576 packets", "",
	       "-g", "--gather-buffer-size", "15");
	REFUSE("option '--gather-buffer-size': '1048577' is out of range: 16 to 1048576 packets",
	       "", "-g", "--gather-buffer-size", "1048577");
	REFUSE("option '--gather-buffer-size': '8M' is not a number of packets", "", "-g",
	       "--gather-buffer-size", "8M");
}

static void gather__colour__is_one_of_six(void **state)
{
	(void)state;
	ACCEPT("-g", "--gather-output-color", "cyan");
	assert_string_equal(config.gather.color, "36");
	REFUSE("option '--gather-output-color': unknown colour 'pink'",
	       "red, green, yellow, blue, purple, cyan", "-g", "--gather-output-color", "pink");
	REFUSE("--gather-output-color and -q: with -g and -q no packet is printed", "", "-gq",
	       "--gather-output-color", "red");
}

static void gather__quiet__leaves_no_text_and_refuses_what_is_about_it(void **state)
{
	(void)state;
	ACCEPT("-gq", "--histogram");
	assert_true(config.gather.histogram);
	assert_false(opts_check_text(&config));
	ACCEPT("-q");
	assert_true(opts_check_text(&config));
	REFUSE("-v and -q: with -g and -q no packet is printed", "", "-gqv");
	REFUSE("--time and -q: with -g and -q no packet is printed", "", "-gq", "--time", "none");
	REFUSE("--print and -q: with -g and -q no packet is printed", "", "-gq", "--print", "-w",
	       "x.pcap");
	REFUSE("--ether and -q: with -g and -q no packet is printed", "", "-gq", "--ether");
}

static void gather__its_options_without_it__are_errors(void **state)
{
	static const char *const options[][2] = {
		{"--gather-by", "id"},		 {"--gather-distinguish-by-pointer", NULL},
		{"--gather-baseline", "first"},	 {"--gather-timeout", "1s"},
		{"--gather-buffer-size", "100"}, {"--gather-output-color", "red"},
		{"--min-latency", "1ms"},	 {"--histogram", NULL},
	};
	char message[128];

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(options); i++) {
		assert_int_not_equal(parse(options[i][1] ? 2 : 1, options[i]), 0);
		snprintf(message, sizeof(message),
			 "%s needs -g: it is about the journeys of packets", options[i][0]);
		assert_string_equal(err.msg, message);
	}
	REFUSE("--stop-on incomplete needs -g: it is about the journeys of packets",
	       "-g, or xcap trace, puts all that is seen of one packet together", "--stop-on",
	       "incomplete");
	REFUSE("--stop-on latency needs -g: it is about the journeys of packets",
	       "-g, or xcap trace, puts all that is seen of one packet together", "--stop-on",
	       "latency>1ms");
	REFUSE("option '--gather-baseline': the argument is empty", "", "-g", "--gather-baseline",
	       "");
}

static void stop_on__conditions__are_a_list(void **state)
{
	(void)state;
	ACCEPT("-g", "--stop-on", "reason=NETFILTER_DROP,incomplete,latency>10ms,reason=tcp_csum");
	assert_int_equal(config.stop.n_reasons, 2);
	assert_string_equal(config.stop.reasons[0], "NETFILTER_DROP");
	assert_string_equal(config.stop.reasons[1], "tcp_csum");
	assert_true(config.stop.incomplete);
	assert_int_equal(config.stop.latency_ns, 10000000);
	assert_false(config.stop.drop);
	ACCEPT("--stop-on", "drop");
	assert_true(config.stop.drop);
	ACCEPT("-n");
	assert_false(stop_is_set(&config.stop));
}

static void stop_on__what_is_no_condition__is_named(void **state)
{
	(void)state;
	REFUSE("option '--stop-on': unknown condition 'drops'",
	       "drop, incomplete, reason=NAME, latency>TIME; several by commas", "--stop-on",
	       "drop,drops");
	REFUSE("option '--stop-on': unknown condition ''",
	       "drop, incomplete, reason=NAME, latency>TIME; several by commas", "--stop-on", "");
	REFUSE("option '--stop-on': no reason is called ''",
	       "reasons are named as in the output: reason=NETFILTER_DROP", "--stop-on", "reason=");
	REFUSE("option '--stop-on': more than 8 reasons", "", "--stop-on",
	       "reason=a,reason=b,reason=c,reason=d,reason=e,reason=f,reason=g,reason=h,reason=i");
	REFUSE("option '--stop-on': '1.5' is not a time",
	       "whole numbers: latency>500us, latency>10ms", "-g", "--stop-on", "latency>1.5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gather__alone__is_by_id_and_any_baseline),
		cmocka_unit_test(gather__by__is_id_or_content),
		cmocka_unit_test(gather__times__have_units_or_are_seconds),
		cmocka_unit_test(gather__buffer_size__is_16_to_1048576),
		cmocka_unit_test(gather__colour__is_one_of_six),
		cmocka_unit_test(gather__quiet__leaves_no_text_and_refuses_what_is_about_it),
		cmocka_unit_test(gather__its_options_without_it__are_errors),
		cmocka_unit_test(stop_on__conditions__are_a_list),
		cmocka_unit_test(stop_on__what_is_no_condition__is_named),
	};

	return cmocka_run_group_tests_name("opts_gather", tests, NULL, NULL);
}
