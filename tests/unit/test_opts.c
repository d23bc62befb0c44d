/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_opts.c - the command line: every option, every message, --help, which command is meant.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/util.h"
#include "cmd/cmd.h"
#include "cmd/command_line.h"
#include "cmd/filter_file.h"
#include "cmd/opts.h"
#include "cmd/opts_check.h"
#include "record/capture.h"

#define WORDS_MAX 600

static struct config config;
static struct err err;

/* Parse words for `cmd` as main() does after the program's name. */
static int parse_words(const struct cmd *cmd, int n, const char *const *words)
{
	static char *argv[WORDS_MAX + 2];

	assert_true(n <= WORDS_MAX);
	argv[0] = (char *)"xcap";
	for (int i = 0; i < n; i++)
		argv[i + 1] = (char *)words[i];
	argv[n + 1] = NULL;
	return opts_parse(cmd, n + 1, argv, 1, &config, &err);
}

#define PARSE_FOR(cmd, ...)                                                                        \
	parse_words(cmd, UTIL_ARRAY_SIZE(((const char *const[]){__VA_ARGS__})),                    \
		    (const char *const[]){__VA_ARGS__})
#define PARSE(...) PARSE_FOR(&cmd_skb, __VA_ARGS__)

#define ACCEPT(...)                                                                                \
	do {                                                                                       \
		if (PARSE(__VA_ARGS__))                                                            \
			fail_msg("refused: %s", err.msg);                                          \
	} while (0)

#define REFUSE(message, hint_text, ...) REFUSE_FOR(&cmd_skb, message, hint_text, __VA_ARGS__)
#define REFUSE_FOR(cmd, message, hint_text, ...)                                                   \
	do {                                                                                       \
		assert_int_not_equal(PARSE_FOR(cmd, __VA_ARGS__), 0);                              \
		assert_int_equal(err.status, ERR_USAGE);                                           \
		assert_string_equal(err.msg, message);                                             \
		assert_string_equal(err.hint, hint_text);                                          \
		assert_null(config.trailing);                                                      \
		assert_null(config.filter_from_file);                                              \
	} while (0)

#define SKB_HELP "'xcap skb --help' lists the options"

static void opts_parse__nothing__is_all_defaults(void **state)
{
	struct config zero = {0};
	char *argv[] = {(char *)"xcap", NULL};

	(void)state;
	assert_int_equal(opts_parse(&cmd_skb, 1, argv, 1, &config, &err), 0);
	zero.argc = 1;
	zero.argv = argv;
	assert_memory_equal(&config, &zero, sizeof(zero));
	assert_string_equal(opts_check_filter(&config), "");
	assert_true(opts_check_text(&config));
	assert_null(opts_check_format(&config));
}

static void opts_parse__probe_repeated__keeps_the_order(void **state)
{
	(void)state;
	ACCEPT("-f", "ip_rcv,tcp_v4_rcv", "-fudp_rcv", "--probe", "a", "--probe=b@2", "--func=c",
	       "--function", "d");
	assert_int_equal(config.n_probes, 6);
	assert_string_equal(config.probes[0], "ip_rcv,tcp_v4_rcv");
	assert_string_equal(config.probes[1], "udp_rcv");
	assert_string_equal(config.probes[2], "a");
	assert_string_equal(config.probes[3], "b@2");
	assert_string_equal(config.probes[4], "c");
	assert_string_equal(config.probes[5], "d");
}

static void opts_parse__interface_repeated__keeps_the_order(void **state)
{
	(void)state;
	ACCEPT("-i", "eth0", "--interface=veth*");
	assert_int_equal(config.n_interfaces, 2);
	assert_string_equal(config.interfaces[0], "eth0");
	assert_string_equal(config.interfaces[1], "veth*");
}

static void opts_parse__more_probes_than_fit__is_an_error(void **state)
{
	const char *words[WORDS_MAX];

	(void)state;
	for (int i = 0; i < 2 * (OPTS_REPEAT_MAX + 1); i += 2) {
		words[i] = "-f";
		words[i + 1] = "ip_rcv";
	}
	assert_int_equal(parse_words(&cmd_skb, 2 * OPTS_REPEAT_MAX, words), 0);
	assert_int_equal(config.n_probes, OPTS_REPEAT_MAX);
	assert_int_not_equal(parse_words(&cmd_skb, 2 * (OPTS_REPEAT_MAX + 1), words), 0);
	assert_string_equal(err.msg, "option '-f': given more than 256 times");
}

static void opts_parse__filter__is_the_argument_of_e(void **state)
{
	const char *const names[] = {"-e", "--filter", "--expression"};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(names); i++) {
		ACCEPT(names[i], "tcp port 80");
		assert_string_equal(config.filter, "tcp port 80");
		assert_string_equal(opts_check_filter(&config), "tcp port 80");
		assert_null(config.trailing);
		assert_false(config.filter_in_bundle);
	}
	ACCEPT("-e", "");
	assert_string_equal(opts_check_filter(&config), "");
}

static void opts_parse__trailing_words__become_one_expression(void **state)
{
	(void)state;
	ACCEPT("-c", "1", "tcp", "port", "80", "-n", "or", "arp");
	assert_string_equal(config.trailing, "tcp port 80 or arp");
	assert_string_equal(opts_check_filter(&config), "tcp port 80 or arp");
	assert_int_equal(config.count, 1);
	assert_true(config.no_names);
	opts_free(&config);
	assert_null(config.trailing);
}

static void opts_parse__dash_dash__ends_the_options(void **state)
{
	(void)state;
	ACCEPT("-n", "--", "-c", "--", "-");
	assert_string_equal(config.trailing, "-c -- -");
	assert_int_equal(config.count, 0);
	opts_free(&config);
}

static void opts_parse__a_dash_alone__is_a_word(void **state)
{
	(void)state;
	ACCEPT("len", "-", "1", ">", "5");
	assert_string_equal(config.trailing, "len - 1 > 5");
	opts_free(&config);
}

static void opts_parse__bundles__are_their_letters(void **state)
{
	(void)state;
	ACCEPT("-nnvvc", "3", "-Uls0");
	assert_true(config.no_names);
	assert_int_equal(config.verbose, 2);
	assert_int_equal(config.count, 3);
	assert_true(config.unbuffered);
	assert_true(config.line_buffered);
	assert_int_equal(config.snaplen, 65535);
	ACCEPT("-nc3");
	assert_int_equal(config.count, 3);
}

static void opts_parse__count__is_a_number_from_1(void **state)
{
	(void)state;
	ACCEPT("--count=18446744073709551615");
	assert_int_equal(config.count, UINT64_MAX);
	REFUSE("option '-c': '0' is out of range: 1 packet or more",
	       "without this option xcap captures until it is stopped", "-c", "0");
	REFUSE("option '-c': 'x' is not a number of packets", "", "-cx");
	REFUSE("option '--count': '' is not a number of packets", "", "--count=");
	REFUSE("option '-c': '-1' is not a number of packets", "", "-c", "-1");
	REFUSE("option '-c': '18446744073709551616' is out of range: 1 packet or more",
	       "without this option xcap captures until it is stopped", "-c",
	       "18446744073709551616");
}

static void opts_parse__snaplen__is_0_to_65535_and_never_clamped(void **state)
{
	const char *const names[] = {"-s", "--snaplen", "--snapshot-length", "--capture-max-size"};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(names); i++) {
		ACCEPT(names[i], "64");
		assert_int_equal(config.snaplen, 64);
		assert_true(config.snaplen_given);
	}
	ACCEPT("-s", "65535");
	assert_int_equal(config.snaplen, 65535);
	ACCEPT("-s0");
	assert_int_equal(config.snaplen, 65535);
	assert_true(config.snaplen_given);
	REFUSE("option '-s': '65536' is out of range: 0 to 65535 bytes", "0 means the maximum",
	       "-s", "65536");
	REFUSE("option '--capture-max-size': 'all' is not a number of bytes", "",
	       "--capture-max-size", "all");
}

static void opts_parse__skb_data_offset__has_a_sign_and_needs_skb_data(void **state)
{
	(void)state;
	ACCEPT("--skb-data");
	assert_true(config.skb_data);
	assert_int_equal(config.skb_data_offset, 0);
	ACCEPT("--skb-data", "--skb-data-offset", "-34");
	assert_int_equal(config.skb_data_offset, -34);
	ACCEPT("--skb-data-offset=65535", "--skb-data");
	assert_int_equal(config.skb_data_offset, 65535);
	ACCEPT("--skb-data", "--skb-data-offset", "-65535");
	assert_int_equal(config.skb_data_offset, -65535);
	REFUSE("--skb-data-offset '-14' needs --skb-data",
	       "without --skb-data xcap finds by itself where the packet starts",
	       "--skb-data-offset", "-14");
	REFUSE("--skb-data-offset '0' needs --skb-data",
	       "without --skb-data xcap finds by itself where the packet starts",
	       "--skb-data-offset=0");
	REFUSE("option '--skb-data-offset': '65536' is out of range: -65535 to 65535 bytes", "",
	       "--skb-data", "--skb-data-offset", "65536");
	REFUSE("option '--skb-data-offset': '--3' is not a number of bytes",
	       "-34 is 34 bytes before skb->data: an Ethernet and an IPv4 header", "--skb-data",
	       "--skb-data-offset", "--3");
	REFUSE("option '--skb-data-offset': '' is not a number of bytes",
	       "-34 is 34 bytes before skb->data: an Ethernet and an IPv4 header", "--skb-data",
	       "--skb-data-offset=");
}

static void opts_parse__track__is_off_unless_asked_for(void **state)
{
	(void)state;
	ACCEPT("-n");
	assert_false(config.track);
	ACCEPT("--track");
	assert_true(config.track);
	assert_int_equal(config.track_max, 0);
}

static void opts_parse__track_max__is_a_number_of_packets_with_track(void **state)
{
	(void)state;
	ACCEPT("--track", "--track-max", "4194304");
	assert_int_equal(config.track_max, 4194304);
	REFUSE("option '--track-max': 'many' is not a number of packets", "", "--track",
	       "--track-max", "many");
	REFUSE("option '--track-max': '15' is out of range: 16 to 4194304 packets", "", "--track",
	       "--track-max", "15");
	REFUSE("--track-max '100' needs --track or -g: no packet is followed",
	       "--track gives every packet that matches an id", "--track-max", "100");
	ACCEPT("--gather", "--track-max", "100");
	REFUSE("--track-max '100' needs --track or -g: no packet is followed",
	       "--track gives every packet that matches an id", "--gather", "--gather-by",
	       "content", "--track-max", "100");
}

static void opts_parse__fake_hdr__contradicts_skb_data(void **state)
{
	(void)state;
	ACCEPT("--fake-hdr");
	assert_true(config.fake_hdr);
	assert_false(config.skb_data);
	REFUSE("--skb-data and --fake-hdr contradict each other: the one takes the bytes as they "
	       "are, the other puts a header before them",
	       "headers that a packet does not have yet are made without any option", "--fake-hdr",
	       "--skb-data");
}

static void opts_parse__buffer_size__is_in_kib_or_has_a_unit(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {
		{"64", 64 << 10},    {"4096", 4 << 20}, {"512K", 512 << 10},
		{"512k", 512 << 10}, {"16M", 16 << 20}, {"16m", 16 << 20},
		{"1G", 1 << 30},     {"1g", 1 << 30},	{"1048576", 1 << 30},
	};
	static const char *const outside[] = {
		"63", "0", "1048577", "2G", "99999999999999999999", "18446744073709551615"};
	static const char *const nonsense[] = {"", "K", "4MB", "4 M", "-4", "4.5M", "0x40"};
	char message[128];

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(good); i++) {
		ACCEPT("-B", good[i].text);
		assert_int_equal(config.ring_bytes, good[i].bytes);
	}
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(outside); i++) {
		snprintf(message, sizeof(message), "option '-B': '%s' is out of range: 64K to 1G",
			 outside[i]);
		REFUSE(message, "a number without a unit is in KiB, as in tcpdump", "-B",
		       outside[i]);
	}
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(nonsense); i++) {
		snprintf(message, sizeof(message), "option '--buffer-size': '%s' is not a size",
			 nonsense[i]);
		REFUSE(message, "a number of KiB, or with a unit: 4096, 512K, 64M, 1G",
		       "--buffer-size", nonsense[i]);
	}
}

static void opts_parse__duration__has_a_unit_or_is_in_seconds(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{"5", 5000000000},    {"5s", 5000000000},    {"500ms", 500000000},
		{"2m", 120000000000}, {"1h", 3600000000000}, {"8760h", 31536000000000000},
	};
	static const char *const outside[] = {"0", "0ms", "8761h", "99999999999999999999s",
					      "18446744073709551615h"};
	static const char *const nonsense[] = {"", "s", "5x", "-5", "0.5", "5 s", "1d"};
	char message[128];

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(good); i++) {
		ACCEPT("--duration", good[i].text);
		assert_int_equal(config.duration_ns, good[i].ns);
	}
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(outside); i++) {
		snprintf(message, sizeof(message),
			 "option '--duration': '%s' is out of range: 1ms to 8760h", outside[i]);
		REFUSE(message, "", "--duration", outside[i]);
	}
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(nonsense); i++) {
		snprintf(message, sizeof(message), "option '--duration': '%s' is not a time",
			 nonsense[i]);
		REFUSE(message, "whole numbers: 5 or 5s, 500ms, 2m, 1h", "--duration", nonsense[i]);
	}
}

static void opts_parse__write__chooses_the_format_by_the_ending(void **state)
{
	static const struct {
		const char *path, *format;
	} files[] = {
		{"a.pcapng", "pcapng"}, {"a.pcap", "pcap"},	{"-", "pcapng"},
		{"a", "pcapng"},	{"a.pcap.1", "pcapng"}, {"dir.pcap/a", "pcapng"},
		{"a.json", "json"},	{"json", "pcapng"},
	};
	const char *const names[] = {"-w", "--write", "--write-file"};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(files); i++) {
		ACCEPT(names[i % UTIL_ARRAY_SIZE(names)], files[i].path);
		assert_string_equal(config.write_path, files[i].path);
		assert_string_equal(opts_check_format(&config), files[i].format);
		assert_false(opts_check_text(&config));
	}
	REFUSE("option '-w': the argument is empty", "", "-w", "");
}

static void opts_parse__format__overrules_the_ending(void **state)
{
	(void)state;
	ACCEPT("-w", "a.pcapng", "--format", "pcap");
	assert_string_equal(opts_check_format(&config), "pcap");
	ACCEPT("-w", "-", "--format=text");
	assert_string_equal(opts_check_format(&config), "text");
	ACCEPT("-w", "a.json", "--format", "pcapng");
	assert_string_equal(opts_check_format(&config), "pcapng");
	REFUSE("option '--format': unknown format 'csv'", "formats: text, pcapng, pcap, json, fold",
	       "-w", "a", "--format", "csv");
	REFUSE("--format needs -w: it is the format of the file", "-w - writes to standard output",
	       "--format", "pcap");
}

static void opts_parse__linktype__takes_tcpdumps_names_and_needs_a_file(void **state)
{
	static const char hint[] = "-w FILE writes the packets; the text shows them as they are";
	static const char no_file[] =
		"-y is the link type of packets in a file, and no such file is written";

	(void)state;
	ACCEPT("-w", "a", "-y", "RAW");
	assert_int_equal(config.link_type, CAPTURE_LINK_RAW);
	ACCEPT("-w", "a.pcap", "--linktype=linux_sll2");
	assert_int_equal(config.link_type, CAPTURE_LINK_LINUX_SLL2);
	ACCEPT("-w", "-", "-yDLT_EN10MB");
	assert_int_equal(config.link_type, CAPTURE_LINK_EN10MB);
	ACCEPT("-w", "a", "-y", "RAW", "--print");
	REFUSE("option '-y': unknown link type 'PPP'", "link types: EN10MB, RAW, LINUX_SLL2", "-w",
	       "a", "-y", "PPP");
	REFUSE("option '-y': unknown link type ''", "link types: EN10MB, RAW, LINUX_SLL2", "-w",
	       "a", "-y", "");
	REFUSE(no_file, hint, "-y", "RAW");
	REFUSE(no_file, hint, "-y", "RAW", "-w", "a", "--format", "text");
}

static void opts_parse__print__needs_a_file(void **state)
{
	(void)state;
	ACCEPT("-w", "a", "--print");
	assert_true(config.print);
	assert_true(opts_check_text(&config));
	REFUSE("--print needs -w: without -w the text is always printed", "", "--print");
	REFUSE("--print and '-w -' would both write to standard output", "give -w a file",
	       "--print", "-w", "-");
}

static void opts_parse__stack__needs_a_place_for_it(void **state)
{
	(void)state;
	ACCEPT("-S", "--stack-depth", "127");
	assert_true(config.stack);
	assert_int_equal(config.stack_depth, 127);
	ACCEPT("--stack", "-w", "a", "--stack-depth=1");
	ACCEPT("-S", "-w", "a.pcap", "--print");
	ACCEPT("-S", "-w", "a", "--format", "text");
	REFUSE("-S: a pcap file has no place for stacks",
	       "--format pcapng has one; --print prints them", "-S", "-w", "a.pcap");
	REFUSE("option '--stack-depth': '0' is out of range: 1 to 127 functions", "", "-S",
	       "--stack-depth", "0");
	REFUSE("option '--stack-depth': '128' is out of range: 1 to 127 functions", "", "-S",
	       "--stack-depth", "128");
	REFUSE("option '--stack-depth': 'deep' is not a number of functions", "", "-S",
	       "--stack-depth", "deep");
	REFUSE("--stack-depth '5' needs -S or --stack-fold", "", "--stack-depth", "5", "-w", "a");
}

static void opts_parse__stack_fold__takes_the_place_of_the_text(void **state)
{
	(void)state;
	ACCEPT("--stack-fold", "--stack-depth", "5");
	assert_true(config.stack_fold);
	assert_false(opts_check_text(&config));
	ACCEPT("--stack-fold", "-w", "a", "-S");
	assert_false(opts_check_text(&config));
	ACCEPT("-w", "a", "--format", "fold", "--stack-depth", "5");
	assert_string_equal(opts_check_format(&config), "fold");
	REFUSE("--print and --stack-fold: one of both on standard output", "", "--stack-fold", "-w",
	       "a", "--print");
	REFUSE("--stack-fold and '-w -' would both write to standard output", "give -w a file",
	       "--stack-fold", "-w", "-");
	REFUSE("-v is about the text, and --stack-fold prints no packets", "", "-v",
	       "--stack-fold");
	REFUSE("-y is the link type of packets in a file, and no such file is written",
	       "-w FILE writes the packets; the text shows them as they are", "-y", "RAW", "-w",
	       "a", "--format", "fold");
}

/* What it means stands before the options are read, so that they go together with it. */
static void opts_parse__trace__gathers_without_being_asked(void **state)
{
	(void)state;
	assert_int_equal(PARSE_FOR(&cmd_trace, "--min-latency", "1ms", "tcp"), 0);
	assert_true(config.gather.on && config.track);
	assert_int_equal(config.gather.min_latency_ns, 1000000);
	assert_int_equal(config.n_probes, 0);
	assert_string_equal(config.trailing, "tcp");
	opts_free(&config);
	assert_int_equal(PARSE_FOR(&cmd_trace, "-S", "--stack-depth", "9"), 0);
	assert_true(config.stack && config.gather.on);
	assert_int_equal(config.stack_depth, 9);
	opts_free(&config);
	assert_int_equal(PARSE_FOR(&cmd_trace, "-f", "@rx"), 0);
	assert_int_equal(config.n_probes, 1);
	opts_free(&config);
	ACCEPT("tcp");
	assert_false(config.gather.on || config.track);
	opts_free(&config);
}

static void opts_parse__quiet__is_about_messages_not_packets(void **state)
{
	(void)state;
	ACCEPT("-q");
	assert_true(config.quiet);
	assert_true(opts_check_text(&config));
	ACCEPT("--quiet", "-v", "-w", "a", "--print");
	REFUSE("-q and --debug contradict each other", "", "-q", "--debug");
}

static void opts_parse__text_options_with_a_file__need_print(void **state)
{
	const char *const words[] = {"-v", "--ether", "--time=date"};
	const char *const names[] = {"-v", "--ether", "--time"};
	char message[128];

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(words); i++) {
		snprintf(message, sizeof(message),
			 "%s is about the text, and -w without --print writes no text", names[i]);
		REFUSE(message, "--print prints the packets too, while they are written", "-w", "a",
		       words[i]);
		ACCEPT("-w", "a", "--print", words[i]);
		ACCEPT("-w", "a", "--format", "text", words[i]);
	}
	/* a file has nanoseconds: asking for them is no contradiction */
	ACCEPT("-w", "a", "--nano");
	assert_true(config.nano);
}

static void opts_parse__json__takes_the_place_of_the_text(void **state)
{
	const char *const words[] = {"--ether", "--time=date"};
	const char *const names[] = {"--ether", "--time"};
	char message[128];

	(void)state;
	ACCEPT("--json", "-v", "-l", "--nano");
	assert_true(config.json && opts_check_text(&config));
	ACCEPT("--json", "-w", "a", "--print", "-v");
	ACCEPT("-w", "a.json", "-v");
	ACCEPT("-w", "a.json", "--print", "--ether");
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(words); i++) {
		snprintf(message, sizeof(message), "%s is about the text, and JSON is written",
			 names[i]);
		REFUSE(message, "JSON always has MAC addresses, and the time in nanoseconds",
		       "--json", words[i]);
		REFUSE(message, "JSON always has MAC addresses, and the time in nanoseconds", "-w",
		       "a", "--format", "json", words[i]);
	}
	REFUSE("--json is what is printed, and -w prints nothing",
	       "--format json writes JSON to the file; --print prints it too", "--json", "-w", "a");
	REFUSE("--json is what is printed, and -w prints nothing",
	       "--format json writes JSON to the file; --print prints it too", "--json", "-w", "a",
	       "--format", "pcap");
	REFUSE("--gather-output-color is about the text, and JSON is written", "", "--json", "-g",
	       "--gather-output-color", "red");
	REFUSE("--json and -q: with -g and -q no packet is printed", "", "--json", "-g", "-q");
	REFUSE_FOR(&cmd_drop, "--json and --summary: a table is printed in the place of packets",
		   "-w FILE keeps the packets beside the table", "--json", "--summary");
	REFUSE("--json and --dry-run: the plan is printed as text", "", "--json", "--dry-run");
	REFUSE("-y is the link type of packets in a file, and no such file is written",
	       "-w FILE writes the packets; the text shows them as they are", "-y", "RAW", "-w",
	       "a.json");
}

static void opts_parse__line_buffered__needs_standard_output(void **state)
{
	(void)state;
	ACCEPT("-l");
	assert_true(config.line_buffered);
	ACCEPT("-l", "-w", "-");
	ACCEPT("--line-buffered", "-w", "a", "--print");
	REFUSE("-l is about standard output, and nothing is written there",
	       "-U writes every packet to the file at once", "-l", "-w", "a");
	ACCEPT("-U", "-w", "a");
	assert_true(config.unbuffered);
	ACCEPT("--packet-buffered");
	assert_true(config.unbuffered);
}

static void opts_parse__time__is_one_of_six_styles(void **state)
{
	static const struct {
		const char *name;
		enum sink_time time;
	} styles[] = {
		{"local", SINK_TIME_LOCAL}, {"none", SINK_TIME_NONE}, {"epoch", SINK_TIME_EPOCH},
		{"delta", SINK_TIME_DELTA}, {"date", SINK_TIME_DATE}, {"since", SINK_TIME_SINCE},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(styles); i++) {
		ACCEPT("--time", styles[i].name);
		assert_int_equal(config.time, styles[i].time);
	}
	REFUSE("option '--time': unknown time style 'utc'",
	       "styles: none, local, epoch, delta, date, since", "--time", "utc");
}

static void opts_parse__flags_and_names__set_their_fields(void **state)
{
	(void)state;
	ACCEPT("--no-names", "--verbose", "--ether", "--nano", "--dry-run", "--debug", "--cmd",
	       "ping -c1 ::1", "--ready-file", "/run/ready");
	assert_true(config.no_names);
	assert_int_equal(config.verbose, 1);
	assert_true(config.ether);
	assert_true(config.nano);
	assert_true(config.dry_run);
	assert_true(config.debug);
	assert_string_equal(config.cmd, "ping -c1 ::1");
	assert_string_equal(config.ready_file, "/run/ready");
	REFUSE("option '--cmd': the argument is empty", "", "--cmd", "");
	REFUSE("option '--ready-file': the argument is empty", "", "--ready-file=");
	ACCEPT("--backend", "kprobe", "--btf", "/tmp/vmlinux");
	assert_string_equal(config.backend, "kprobe");
	assert_string_equal(config.btf_file, "/tmp/vmlinux");
	REFUSE("option '--backend': the argument is empty", "", "--backend=");
	REFUSE("option '--btf': the argument is empty", "", "--btf", "");
	if (PARSE_FOR(&cmd_list, "-l", "-v", "--json", "--btf", "x", "ip_*"))
		fail_msg("refused: %s", err.msg);
	assert_true(config.list_long && config.json && !config.line_buffered);
	assert_int_equal(config.verbose, 1);
	assert_string_equal(config.trailing, "ip_*");
	opts_free(&config);
	ACCEPT("-l");
	assert_true(config.line_buffered && !config.list_long);
	REFUSE("option '--btf': --btf was given before", "", "--btf", "a", "--btf", "b");
	REFUSE("option '-f': the argument is empty", "", "-f", "");
	REFUSE("option '-i': the argument is empty", "", "-i", "");
}

static void opts_parse__help_and_version__end_the_parsing(void **state)
{
	(void)state;
	ACCEPT("--help", "--nonsense");
	assert_true(config.help);
	ACCEPT("-nh!");
	assert_true(config.help);
	ACCEPT("--version", "-c", "0");
	assert_true(config.version);
	assert_false(config.help);
}

/* The command whose option it is. */
static const struct cmd *owner(const struct opts_row *row)
{
	if (opts_takes(&cmd_skb, row))
		return &cmd_skb;
	if (opts_takes(&cmd_filter, row))
		return &cmd_filter;
	return opts_takes(&cmd_drop, row) ? &cmd_drop : &cmd_list;
}

static void opts_parse__missing_argument__names_it(void **state)
{
	unsigned int n = 0;
	char word[64], message[128];

	(void)state;
	for (unsigned int i = 0; opts_at(i); i++) {
		if (!opts_at(i)->arg)
			continue;
		snprintf(word, sizeof(word), "--%s", opts_at(i)->name);
		snprintf(message, sizeof(message), "option '%s' needs an argument: %s", word,
			 opts_at(i)->arg);
		REFUSE_FOR(owner(opts_at(i)), message, "", word);
		n++;
	}
	assert_true(n > 10);
	REFUSE("option '--func' needs an argument: SPEC", "", "--func");
	REFUSE("option '-c' needs an argument: N", "", "-nc");
}

static void opts_parse__argument_for_a_flag__is_an_error(void **state)
{
	unsigned int n = 0;
	char word[64], message[128];

	(void)state;
	for (unsigned int i = 0; opts_at(i); i++) {
		const struct opts_row *row = opts_at(i);

		if (row->arg || row->alias_of || !opts_takes(&cmd_skb, row))
			continue;
		snprintf(word, sizeof(word), "--%s=x", row->name);
		snprintf(message, sizeof(message), "option '--%s' takes no argument", row->name);
		REFUSE_FOR(owner(row), message, "", word);
		n++;
	}
	assert_true(n > 10);
}

static void opts_parse__given_twice__is_an_error_also_by_another_name(void **state)
{
	(void)state;
	REFUSE("option '-c': --count was given before", "", "-c", "1", "-c", "2");
	REFUSE("option '--capture-max-size': --snaplen was given before", "", "-s", "1",
	       "--capture-max-size", "2");
	REFUSE("option '-e': --filter was given before", "", "--filter", "tcp", "-e", "udp");
}

static void opts_parse__unknown_option__gets_near_names(void **state)
{
	(void)state;
	REFUSE("unknown option '--interfaec'", "did you mean '--interface'?", "--interfaec", "lo");
	REFUSE("unknown option '--snap'", "did you mean '--snaplen'?", "--snap=3");
	REFUSE("unknown option '--probes'", "did you mean '--probe'?", "--probes");
	REFUSE("unknown option '--frobnicate-all'", SKB_HELP, "--frobnicate-all");
	REFUSE("unknown option '-?'", SKB_HELP, "-?");
	REFUSE("unknown option '-Z' in '-nZ'", SKB_HELP, "-nZ");
}

static void opts_parse__letters_of_tcpdump__say_what_to_do_instead(void **state)
{
	(void)state;
	REFUSE("unknown option '-X'", "let tcpdump print the bytes: xcap ... -w - | tcpdump -nXr -",
	       "-X");
	REFUSE("'xcap skb' has no option '-r'",
	       "read a file with 'tcpdump -nr FILE', filter it with 'xcap filter -r FILE "
	       "EXPRESSION'",
	       "-r", "f");
	REFUSE("'xcap skb' has no option '-d'", "'xcap filter EXPRESSION' prints the program",
	       "-d");
	REFUSE("unknown option '-t' in '-tttt'",
	       "the time is chosen by --time none, epoch, delta, date or since", "-tttt");
}

static void opts_parse__two_filters__is_an_error_with_the_hint_about_e(void **state)
{
	const char *hint = "-e takes the whole filter in quotes; for MAC addresses use --ether";

	(void)state;
	REFUSE("two filters: -e 'tcp' and the words 'port 80'", hint, "-e", "tcp", "port", "80");
	REFUSE("two filters: -e 'tcp' and the words 'port 80'", hint, "-ne", "tcp", "port", "80");
	REFUSE("two filters: -e '-i' and the words 'eth0'", hint, "-ne", "-i", "eth0");
	REFUSE("option '-e' needs an argument: EXPR", hint, "-ne");
	REFUSE("option '-e' needs an argument: EXPR", "", "-e");
	ACCEPT("-ne", "tcp port 80");
	assert_true(config.filter_in_bundle);
	ACCEPT("-en");
	assert_true(config.filter_in_bundle);
	assert_string_equal(config.filter, "n");
}

/* A file for -F, which the caller removes. */
static void write_filter(char *path, const void *bytes, size_t len)
{
	FILE *file = fdopen(mkstemp(path), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void opts_parse__filter_file__is_one_line_without_comments(void **state)
{
	static const char text[] = "# web\n  tcp port 80 # or\r\n or\tport 443\n# end";
	char path[] = "/tmp/xcap-opts.XXXXXX";

	(void)state;
	write_filter(path, text, strlen(text));
	ACCEPT("-F", path);
	assert_string_equal(opts_check_filter(&config), "tcp port 80        or port 443");
	assert_null(config.filter);
	opts_free(&config);
	assert_null(config.filter_from_file);
	unlink(path);
}

static void opts_parse__empty_filter_file__is_everything(void **state)
{
	char path[] = "/tmp/xcap-opts.XXXXXX";

	(void)state;
	write_filter(path, "# nothing\n", 10);
	ACCEPT("--filter-file", path);
	assert_string_equal(opts_check_filter(&config), "");
	opts_free(&config);
	unlink(path);
}

static void opts_parse__filter_file_that_is_none__is_one_error(void **state)
{
	char path[] = "/tmp/xcap-opts.XXXXXX", message[160];

	(void)state;
	write_filter(path, "tcp\0port", 8);
	snprintf(message, sizeof(message), "the filter file '%s' is no text", path);
	REFUSE(message,
	       "-F takes a file with an expression; a capture is read by 'xcap filter -r FILE "
	       "EXPRESSION'",
	       "-F", path);
	assert_int_equal(truncate(path, FILTER_FILE_MAX + 1), 0);
	snprintf(message, sizeof(message), "the filter file '%s' is longer than %d bytes", path,
		 FILTER_FILE_MAX);
	REFUSE(message, "", "-F", path);
	unlink(path);
	assert_int_not_equal(PARSE("-F", "/nonexistent/f"), 0);
	assert_int_equal(err.status, ERR_FAILED);
	assert_string_equal(err.msg,
			    "cannot read the filter file '/nonexistent/f': No such file or "
			    "directory (ENOENT)");
	assert_int_not_equal(PARSE("-F", "/tmp"), 0);
	assert_string_equal(err.msg, "cannot read the filter file '/tmp': Is a directory (EISDIR)");
}

static void opts_parse__filter_file_beside_a_filter__is_an_error(void **state)
{
	const char *hint = "the whole expression stands in the file, or on the command line";

	(void)state;
	REFUSE("two filters: -F 'f' and -e 'tcp'", hint, "-e", "tcp", "-F", "f");
	REFUSE("two filters: -F 'f' and the words 'port 80'", hint, "-F", "f", "port", "80");
}

static void opts_parse__linktype__of_a_filter_needs_no_file(void **state)
{
	(void)state;
	assert_int_equal(PARSE_FOR(&cmd_filter, "-y", "raw"), 0);
	assert_int_equal(config.link_type, CAPTURE_LINK_RAW);
	REFUSE_FOR(&cmd_filter, "option '-y': unknown link type 'IEEE802_11'",
		   "link types: EN10MB, RAW, LINUX_SLL2", "-y", "IEEE802_11");
}

static void opts_parse__d__counts_to_three(void **state)
{
	static const char *const words[] = {"-d", "-dd", "-ddd"};

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(PARSE_FOR(&cmd_filter, words[i]), 0);
		assert_int_equal(config.dump, i + 1);
	}
	assert_int_equal(PARSE_FOR(&cmd_filter, "-d", "--dump"), 0);
	assert_int_equal(config.dump, 2);
	REFUSE_FOR(&cmd_filter, "option '-d': given more than three times", "", "-dddd");
}

static void opts_parse__forms_of_a_filter__exclude_each_other(void **state)
{
	(void)state;
	assert_int_equal(PARSE_FOR(&cmd_filter, "--ebpf"), 0);
	assert_true(config.as_ebpf && !config.as_c && !config.dump);
	assert_int_equal(PARSE_FOR(&cmd_filter, "--c"), 0);
	assert_true(config.as_c && !config.as_ebpf);
	assert_int_equal(PARSE_FOR(&cmd_filter, "-r", "f.pcap"), 0);
	assert_string_equal(config.read_path, "f.pcap");
	REFUSE_FOR(&cmd_filter, "-d and --c: one of both", "", "-d", "--c");
	REFUSE_FOR(&cmd_filter, "--ebpf and --c: one of both", "", "--c", "--ebpf");
	REFUSE_FOR(&cmd_filter, "--c and -r: one of both", "", "--c", "-r", "f");
	REFUSE_FOR(&cmd_filter, "option '-r': the argument is empty", "", "-r", "");
	REFUSE_FOR(&cmd_filter, "-y 'RAW' and -r 'f': the file has its own link type", "", "-y",
		   "RAW", "-r", "f");
	REFUSE_FOR(&cmd_filter, "-F - and -r -: both would read standard input", "", "-F", "-",
		   "-r", "-");
}

static void opts_parse__options_of_another_command__are_refused(void **state)
{
	(void)state;
	assert_int_not_equal(PARSE_FOR(&cmd_version, "-w", "file"), 0);
	assert_string_equal(err.msg, "'xcap version' has no option '-w'");
	assert_string_equal(err.hint, "'xcap version --help' lists the options");
	assert_int_not_equal(PARSE_FOR(&cmd_version, "--write", "file"), 0);
	assert_string_equal(err.msg, "'xcap version' has no option '--write'");
	assert_int_not_equal(PARSE_FOR(&cmd_version, "please"), 0);
	assert_string_equal(err.msg, "'xcap version' takes no words: 'please'");
	assert_int_equal(PARSE_FOR(&cmd_version, "-h"), 0);
	assert_true(config.help);
}

static void opts_table__commands__name_options_that_exist(void **state)
{
	(void)state;
	for (const struct cmd *const *cmd = cmd_table(); *cmd; cmd++) {
		char *names = strdup((*cmd)->options), *save = NULL;

		assert_non_null(names);
		for (char *n = strtok_r(names, " ", &save); n; n = strtok_r(NULL, " ", &save)) {
			if (!opts_find(n) || opts_find(n)->alias_of)
				fail_msg("%s: no option --%s", (*cmd)->name, n);
			assert_true(opts_takes(*cmd, opts_find(n)));
		}
		free(names);
	}
}

static void opts_table__rows__belong_to_a_command_and_have_unique_names(void **state)
{
	(void)state;
	for (unsigned int i = 0; opts_at(i); i++) {
		const struct opts_row *row = opts_at(i);

		assert_true(opts_takes(owner(row), row));
		assert_ptr_equal(opts_find(row->name), row);
		if (row->alias_of) {
			assert_non_null(opts_find(row->alias_of));
			assert_null(opts_find(row->alias_of)->alias_of);
			continue;
		}
		assert_non_null(row->set);
		assert_non_null(row->help);
		assert_non_null(row->group);
		/* to one command a letter means one thing */
		for (unsigned int j = 0; row->letter && j < i; j++)
			for (const struct cmd *const *cmd = cmd_table(); *cmd; cmd++)
				if (opts_takes(*cmd, row) && opts_takes(*cmd, opts_at(j)))
					assert_int_not_equal(opts_at(j)->letter, row->letter);
	}
}

static void assert_within_80_columns(const char *text)
{
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n");

		if (len > 80)
			fail_msg("%zu columns: %.*s", len, (int)len, line);
		for (size_t i = 0; i < len; i++)
			assert_in_range((unsigned char)line[i], ' ', '~');
		line += len + (line[len] == '\n');
	}
}

/* --help of a command as a string that the caller frees. */
static char *help_of(const struct cmd *cmd)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	opts_print_help(cmd, out);
	fclose(out);
	return text;
}

/* With a blank, a comma or the line's end behind it. */
static bool has_word(const char *text, const char *word)
{
	for (; (text = strstr(text, word)); text++)
		if (strchr(" ,\n", text[strlen(word)]))
			return true;
	return false;
}

static void opts_help__skb_and_filter__have_every_row_of_theirs(void **state)
{
	char *skb = help_of(&cmd_skb), *filter = help_of(&cmd_filter), label[64];
	char *drop = help_of(&cmd_drop);

	(void)state;
	assert_non_null(strstr(skb, "Usage: xcap skb [OPTIONS] [EXPRESSION]\n"));
	assert_non_null(strstr(filter, "Usage: xcap filter [OPTIONS] EXPRESSION\n"));
	assert_null(strstr(filter, "--probe"));
	assert_null(strstr(skb, "--ebpf"));
	for (unsigned int i = 0; opts_at(i); i++) {
		const struct opts_row *row = opts_at(i);
		const char *text = owner(row) == &cmd_skb    ? skb
				   : owner(row) == &cmd_drop ? drop
							     : filter;

		if (owner(row) == &cmd_list)
			continue;
		if (row->alias_of)
			snprintf(label, sizeof(label), " --%s", row->name);
		else
			snprintf(label, sizeof(label), " --%s%s%s", row->name, row->arg ? " " : "",
				 row->arg ? row->arg : "");
		if (!has_word(text, label))
			fail_msg("not in --help: '%s'", label);
		snprintf(label, sizeof(label), "\n  -%c, --", row->letter);
		if (row->letter && !strstr(text, label))
			fail_msg("not in --help: '%s'", label);
	}
	assert_non_null(strstr(skb, "\n  -f also --function, --func\n"));
	assert_null(strstr(drop, "--probe"));
	free(skb);
	free(filter);
	free(drop);
}

static void opts_help__version__has_no_row_of_skb(void **state)
{
	char *text = help_of(&cmd_version);

	(void)state;
	assert_non_null(strstr(text, "-h, --help"));
	assert_null(strstr(text, "--probe"));
	assert_null(strstr(text, "Other names"));
	free(text);
}

static void opts_help__every_command__is_within_80_columns(void **state)
{
	(void)state;
	for (const struct cmd *const *cmd = cmd_table(); *cmd; cmd++) {
		char *text = help_of(*cmd);

		assert_within_80_columns(text);
		assert_non_null(strstr(text, (*cmd)->name));
		free(text);
	}
}

static const struct cmd *select_words(int *first, int n, const char *const *words)
{
	static char *argv[16];

	argv[0] = (char *)"xcap";
	for (int i = 0; i < n; i++)
		argv[i + 1] = (char *)words[i];
	argv[n + 1] = NULL;
	return command_line_select(cmd_table(), &cmd_skb, &cmd_help, n + 1, argv, first);
}

static void command_line__first_word__is_a_command_only_if_it_is_exactly_one(void **state)
{
	static const struct {
		const char *words[3];
		int n;
		const struct cmd *cmd;
		int first;
	} lines[] = {
		{{"skb", "tcp"}, 2, &cmd_skb, 2},   {{"version"}, 1, &cmd_version, 2},
		{{"help", "skb"}, 2, &cmd_help, 2}, {{"list"}, 1, &cmd_list, 2},
		{{"check"}, 1, &cmd_check, 2},	    {{"tcp", "port", "80"}, 3, &cmd_skb, 1},
		{{"-c", "list"}, 2, &cmd_skb, 1},   {{"--", "list"}, 2, &cmd_skb, 1},
		{{"lis"}, 1, &cmd_skb, 1},	    {{"lists"}, 1, &cmd_skb, 1},
		{{"--version"}, 1, &cmd_skb, 1},    {{"--help"}, 1, &cmd_help, 2},
		{{"-h"}, 1, &cmd_help, 2},	    {{""}, 0, &cmd_help, 1},
		{{"tcp", "list"}, 2, &cmd_skb, 1},
	};
	int first;

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(lines); i++) {
		assert_ptr_equal(select_words(&first, lines[i].n, lines[i].words), lines[i].cmd);
		assert_int_equal(first, lines[i].first);
	}
}

static void command_line__near__finds_a_mistyped_command(void **state)
{
	(void)state;
	assert_string_equal(command_line_near(cmd_table(), "chekc something"), "check");
	assert_null(command_line_near(cmd_table(), "ether host"));
}

static void command_line__quote__gives_what_a_shell_reads_back(void **state)
{
	char *argv[] = {(char *)"xcap",	     (char *)"-f",	 (char *)"tp:net:x,ip_rcv@1",
			(char *)"tcp[13]=2", (char *)"it's a b", (char *)""};
	struct buf out;

	(void)state;
	buf_init(&out);
	command_line_quote(&out, UTIL_ARRAY_SIZE(argv), argv);
	assert_string_equal(buf_str(&out),
			    "xcap -f tp:net:x,ip_rcv@1 'tcp[13]=2' 'it'\\''s a b' ''");
	buf_fini(&out);
}

#define DROP(...)                                                                                  \
	do {                                                                                       \
		if (PARSE_FOR(&cmd_drop, __VA_ARGS__))                                             \
			fail_msg("refused: %s", err.msg);                                          \
	} while (0)

static void opts_drop__reasons__are_a_list_by_commas_and_by_repeating(void **state)
{
	(void)state;
	DROP("--reason", "NO_SOCKET,OTHERHOST", "--reason=XDP", "tcp");
	assert_int_equal(config.n_reasons, 3);
	assert_string_equal(config.reasons[0], "NO_SOCKET");
	assert_string_equal(config.reasons[1], "OTHERHOST");
	assert_string_equal(config.reasons[2], "XDP");
	opts_free(&config);
	DROP("--stop-on", "drop,reason=NO_SOCKET");
	assert_true(config.stop.drop);
	assert_int_equal(config.stop.n_reasons, 1);
	opts_free(&config);
	ACCEPT("-f", "skb:kfree_skb", "--reason", "NO_SOCKET");
	assert_int_equal(config.n_reasons, 1);
	opts_free(&config);
	REFUSE_FOR(&cmd_drop, "option '--reason': a name is empty", "", "--reason", "A,");
	REFUSE_FOR(&cmd_drop, "option '--reason': a name is empty", "", "--reason", "");
	REFUSE_FOR(&cmd_drop, "option '--reason': 'i,j' is one too many: at most 8 reasons", "",
		   "--reason", "a,b,c,d,e,f,g,h,i,j");
	assert_int_equal(config.n_reasons, 0);
}

static void opts_drop__own_probe__is_said_to_who_gives_another(void **state)
{
	const char *hint =
		"'xcap drop' captures at skb:kfree_skb; 'xcap skb -f SPEC' captures elsewhere";

	(void)state;
	REFUSE_FOR(&cmd_drop, "'xcap drop' has no option '-f'", hint, "-f", "ip_rcv");
	REFUSE_FOR(&cmd_drop, "'xcap drop' has no option '--probe'", hint, "--probe", "ip_rcv");
	REFUSE_FOR(&cmd_drop, "'xcap drop' has no option '--func'", hint, "--func=ip_rcv");
	REFUSE("'xcap skb' has no option '--explain'", SKB_HELP, "--explain");
}

static void opts_drop__summary__takes_the_place_of_text(void **state)
{
	const char *hint = "-w FILE keeps the packets beside the table";

	(void)state;
	DROP("--summary", "--all", "--explain", "-w", "x.pcapng", "-c", "3");
	assert_true(config.summary && config.all && config.explain);
	assert_false(opts_check_text(&config));
	DROP("--summary", "-l");
	assert_false(config.all || config.explain);
	REFUSE_FOR(&cmd_drop, "-v and --summary: a table is printed in the place of packets", hint,
		   "--summary", "-v");
	REFUSE_FOR(&cmd_drop, "--time and --summary: a table is printed in the place of packets",
		   hint, "--summary", "--time=none");
	REFUSE_FOR(&cmd_drop, "--print and --summary: a table is printed in the place of packets",
		   hint, "--summary", "-w", "x", "--print");
	REFUSE_FOR(&cmd_drop, "-w - and --summary: a table is printed in the place of packets",
		   hint, "--summary", "-w", "-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opts_parse__nothing__is_all_defaults),
		cmocka_unit_test(opts_drop__reasons__are_a_list_by_commas_and_by_repeating),
		cmocka_unit_test(opts_drop__own_probe__is_said_to_who_gives_another),
		cmocka_unit_test(opts_drop__summary__takes_the_place_of_text),
		cmocka_unit_test(opts_parse__probe_repeated__keeps_the_order),
		cmocka_unit_test(opts_parse__interface_repeated__keeps_the_order),
		cmocka_unit_test(opts_parse__more_probes_than_fit__is_an_error),
		cmocka_unit_test(opts_parse__filter__is_the_argument_of_e),
		cmocka_unit_test(opts_parse__trailing_words__become_one_expression),
		cmocka_unit_test(opts_parse__dash_dash__ends_the_options),
		cmocka_unit_test(opts_parse__a_dash_alone__is_a_word),
		cmocka_unit_test(opts_parse__bundles__are_their_letters),
		cmocka_unit_test(opts_parse__count__is_a_number_from_1),
		cmocka_unit_test(opts_parse__snaplen__is_0_to_65535_and_never_clamped),
		cmocka_unit_test(opts_parse__skb_data_offset__has_a_sign_and_needs_skb_data),
		cmocka_unit_test(opts_parse__track__is_off_unless_asked_for),
		cmocka_unit_test(opts_parse__track_max__is_a_number_of_packets_with_track),
		cmocka_unit_test(opts_parse__fake_hdr__contradicts_skb_data),
		cmocka_unit_test(opts_parse__buffer_size__is_in_kib_or_has_a_unit),
		cmocka_unit_test(opts_parse__duration__has_a_unit_or_is_in_seconds),
		cmocka_unit_test(opts_parse__write__chooses_the_format_by_the_ending),
		cmocka_unit_test(opts_parse__linktype__takes_tcpdumps_names_and_needs_a_file),
		cmocka_unit_test(opts_parse__format__overrules_the_ending),
		cmocka_unit_test(opts_parse__print__needs_a_file),
		cmocka_unit_test(opts_parse__stack__needs_a_place_for_it),
		cmocka_unit_test(opts_parse__stack_fold__takes_the_place_of_the_text),
		cmocka_unit_test(opts_parse__trace__gathers_without_being_asked),
		cmocka_unit_test(opts_parse__quiet__is_about_messages_not_packets),
		cmocka_unit_test(opts_parse__text_options_with_a_file__need_print),
		cmocka_unit_test(opts_parse__json__takes_the_place_of_the_text),
		cmocka_unit_test(opts_parse__line_buffered__needs_standard_output),
		cmocka_unit_test(opts_parse__time__is_one_of_six_styles),
		cmocka_unit_test(opts_parse__flags_and_names__set_their_fields),
		cmocka_unit_test(opts_parse__help_and_version__end_the_parsing),
		cmocka_unit_test(opts_parse__missing_argument__names_it),
		cmocka_unit_test(opts_parse__argument_for_a_flag__is_an_error),
		cmocka_unit_test(opts_parse__given_twice__is_an_error_also_by_another_name),
		cmocka_unit_test(opts_parse__unknown_option__gets_near_names),
		cmocka_unit_test(opts_parse__letters_of_tcpdump__say_what_to_do_instead),
		cmocka_unit_test(opts_parse__two_filters__is_an_error_with_the_hint_about_e),
		cmocka_unit_test(opts_parse__filter_file__is_one_line_without_comments),
		cmocka_unit_test(opts_parse__empty_filter_file__is_everything),
		cmocka_unit_test(opts_parse__filter_file_that_is_none__is_one_error),
		cmocka_unit_test(opts_parse__filter_file_beside_a_filter__is_an_error),
		cmocka_unit_test(opts_parse__linktype__of_a_filter_needs_no_file),
		cmocka_unit_test(opts_parse__d__counts_to_three),
		cmocka_unit_test(opts_parse__forms_of_a_filter__exclude_each_other),
		cmocka_unit_test(opts_parse__options_of_another_command__are_refused),
		cmocka_unit_test(opts_table__commands__name_options_that_exist),
		cmocka_unit_test(opts_table__rows__belong_to_a_command_and_have_unique_names),
		cmocka_unit_test(opts_help__skb_and_filter__have_every_row_of_theirs),
		cmocka_unit_test(opts_help__version__has_no_row_of_skb),
		cmocka_unit_test(opts_help__every_command__is_within_80_columns),
		cmocka_unit_test(command_line__first_word__is_a_command_only_if_it_is_exactly_one),
		cmocka_unit_test(command_line__near__finds_a_mistyped_command),
		cmocka_unit_test(command_line__quote__gives_what_a_shell_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
