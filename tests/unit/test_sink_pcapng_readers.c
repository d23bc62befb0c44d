/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_sink_pcapng_readers.c - libpcap, tcpdump, tshark and capinfos read what the pcapng sink
 * writes.
 *
 * Each of them must take every file without a word on stderr and find exactly the packets in it.
 */
#include <fcntl.h>
#include <pcap.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/util.h"
#include "filetest.h"

static const struct capture_counts counts[] = {
	{.seen = 12, .rejected = 8, .matched = 4, .sent = 4, .missed_known = true},
	{.seen = 9, .rejected = 9},
	{.seen = 1, .matched = 1, .ring_full = 1},
};

static const struct capture_totals totals = {
	.probes = counts,
	.n_probes = 3,
	.shown = 4,
	.start_ns = FILETEST_TS - 5,
	.end_ns = FILETEST_TS + 5,
};

static char *write_file(void **state, const struct record *records, unsigned int n)
{
	char *path = filetest_path(state, "x.pcapng");
	struct sink *sink = filetest_open(&sink_pcapng_ops, path, false, &filetest_info);
	struct err err;
	unsigned int i;

	for (i = 0; i < n; i++)
		assert_int_equal(sink_pcapng_ops.write(sink, &records[i], &err), 0);
	assert_int_equal(sink_pcapng_ops.close(sink, &totals, &err), 0);
	return path;
}

/* The frame of a record without a packet. */
static const uint8_t none[14] = {[12] = 0x88, 0xb5};

/* Four records with everything that a record can have. */
static char *write_mixed(void **state)
{
	struct record records[] = {filetest_record(), filetest_record(), filetest_record(),
				   filetest_record()};

	records[1].ts_ns++;
	records[1].probe = 1;
	records[1].netns_name = "web";
	records[1].direction = XCAP_DIR_OUT;
	records[1].context = XCAP_CTX_TASK;
	memcpy(records[1].comm, "\xff \n\x1b[2J\\\xc3\xa9=\x80\x80\x80\x80\x80\x80", XCAP_COMM);
	records[2].ts_ns += 2;
	records[2].probe = 2;
	records[2].ifname[0] = '\0';
	records[2].flags = XCAP_EV_NO_PACKET;
	records[2].direction = XCAP_DIR_UNKNOWN;
	records[2].len = 40; /* of the skb */
	records[2].cap_len = 0;
	records[2].packet = NULL;
	records[3].ts_ns += 3;
	records[3].packet = filetest_frame(65535);
	records[3].len = records[3].cap_len = 65535;
	records[3].lost_before = 7;
	return write_file(state, records, 4);
}

static unsigned int count_lines(const char *text)
{
	unsigned int n = 0;

	for (; (text = strchr(text, '\n')); text++)
		n++;
	return n;
}

/* Runs a reader that must not complain; what it printed is the caller's. */
static char *read_with(void **state, const char *const *argv)
{
	char *out, *err;
	int status;

	filetest_need(argv[0]);
	status = filetest_run(state, argv, &out, &err);
	assert_string_equal(err, "");
	assert_int_equal(status, 0);
	free(err);
	return out;
}

/* tcpdump always says what it reads; nothing else is allowed on its stderr. */
static char *read_with_tcpdump(void **state, const char *path)
{
	const char *const argv[] = {"tcpdump", "-nr", path, NULL};
	char *out, *err, *expected;

	filetest_need("tcpdump");
	assert_int_equal(filetest_run(state, argv, &out, &err), 0);
	assert_true(asprintf(&expected,
			     "reading from file %s, link-type EN10MB (Ethernet), snapshot length "
			     "65535\n",
			     path) > 0);
	assert_string_equal(err, expected);
	free(err);
	free(expected);
	return out;
}

static void no_records__tcpdump_tshark_and_capinfos__read_an_empty_file(void **state)
{
	char *path = write_file(state, NULL, 0);
	const char *const tshark[] = {"tshark", "-nr", path, NULL};
	const char *const capinfos[] = {"capinfos", "-cM", path, NULL};
	char *out;

	out = read_with_tcpdump(state, path);
	assert_string_equal(out, "");
	free(out);
	out = read_with(state, tshark);
	assert_string_equal(out, "");
	free(out);
	out = read_with(state, capinfos);
	assert_non_null(strstr(out, "Number of packets:   0\n"));
	free(out);
	free(path);
}

static void libpcap__gives_back_bytes_lengths_and_time_to_the_ns(void **state)
{
	static const uint32_t lengths[] = {60, 60, 14, 65535};
	char *path = write_mixed(state), errbuf[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap =
		pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, errbuf);
	struct pcap_pkthdr *header;
	const u_char *data;
	unsigned int i;

	assert_string_equal(errbuf, "");
	assert_non_null(pcap);
	assert_int_equal(pcap_datalink(pcap), DLT_EN10MB);
	assert_int_equal(pcap_snapshot(pcap), 65535);
	for (i = 0; pcap_next_ex(pcap, &header, &data) == 1; i++) {
		assert_true(i < UTIL_ARRAY_SIZE(lengths));
		assert_int_equal(header->caplen, lengths[i]);
		assert_int_equal(header->len, lengths[i]);
		assert_int_equal(header->ts.tv_sec, FILETEST_TS / 1000000000);
		assert_int_equal(header->ts.tv_usec, FILETEST_TS % 1000000000 + i);
		assert_memory_equal(data, lengths[i] == 14 ? none : filetest_frame(lengths[i]),
				    lengths[i]);
	}
	assert_string_equal(pcap_geterr(pcap), "");
	assert_int_equal(i, UTIL_ARRAY_SIZE(lengths));
	pcap_close(pcap);
	free(path);
}

static void tcpdump__prints_one_line_per_record_and_no_complaint(void **state)
{
	char *path = write_mixed(state);
	char *out = read_with_tcpdump(state, path);

	assert_int_equal(count_lines(out), 4);
	assert_non_null(strstr(out, "IP 10.0.0.1.40112 > 10.0.0.2.9000: UDP, length 65493\n"));
	free(out);
	free(path);
}

static void tshark__sees_interfaces_directions_drops_and_comments(void **state)
{
	char *path = write_mixed(state);
	const char *const argv[] = {"tshark",
				    "-nr",
				    path,
				    "-Tfields",
				    "-Eseparator=|",
				    "-eframe.interface_name",
				    "-eframe.interface_description",
				    "-eframe.time_epoch",
				    "-eframe.cap_len",
				    "-eframe.packet_flags_direction",
				    "-eframe.drop_count",
				    "-eframe.comment",
				    NULL};
	char *out = read_with(state, argv);

	assert_string_equal(
		out,
		"ip_rcv/eth0|ip_rcv@1|1700000000.123456789|60|0x00000001||probe=ip_rcv@1 cpu=1 "
		"ctx=softirq pid=812 comm=nginx ifindex=2 devtype=1 skb=0xffff9a3c01b2c400 "
		"proto=0x800\n"
		"netif_receive_skb/"
		"eth0@web|tracepoint:net:netif_receive_skb|1700000000.123456790|60|"
		"0x00000002||probe=tracepoint:net:netif_receive_skb cpu=1 ctx=task pid=812 "
		"comm=\\xff\\x20\\x0a\\x1b[2J\\x5c\xc3\xa9=\\x80\\x80\\x80\\x80\\x80 netns=web "
		"ifindex=2 devtype=1 skb=0xffff9a3c01b2c400 proto=0x800\n"
		"kfree_skb/-|tracepoint:skb:kfree_skb|1700000000.123456791|14|||"
		"probe=tracepoint:skb:kfree_skb cpu=1 ctx=softirq pid=812 comm=nginx ifindex=2 "
		"devtype=1 skb=0xffff9a3c01b2c400 proto=0x800 packet=none len=40\n"
		"ip_rcv/eth0|ip_rcv@1|1700000000.123456792|65535|0x00000001|7|probe=ip_rcv@1 cpu=1 "
		"ctx=softirq pid=812 comm=nginx ifindex=2 devtype=1 skb=0xffff9a3c01b2c400 "
		"proto=0x800\n");
	free(out);
	free(path);
}

static void tshark__300_interfaces__names_each(void **state)
{
	struct record *records = calloc(300, sizeof(*records));
	char *path, *out, *line, *rest, expected[64];
	unsigned int i;

	for (i = 0; i < 300; i++) {
		records[i] = filetest_record();
		snprintf(records[i].ifname, XCAP_IFNAME, "veth%u", i);
	}
	path = write_file(state, records, 300);
	out = read_with_tcpdump(state, path);
	assert_int_equal(count_lines(out), 300);
	free(out);
	out = read_with(state, (const char *const[]){"tshark", "-nr", path, "-Tfields",
						     "-eframe.interface_name", NULL});
	rest = out;
	for (i = 0; (line = strsep(&rest, "\n")) && *line; i++) {
		snprintf(expected, sizeof(expected), "ip_rcv/veth%u", i);
		assert_string_equal(line, expected);
	}
	assert_int_equal(i, 300);
	free(out);
	free(path);
	free(records);
}

static void capinfos__shows_section_and_interfaces(void **state)
{
	char *path = write_mixed(state);
	const char *const argv[] = {"capinfos", "-M", path, NULL};
	static const char *const lines[] = {
		"Number of packets:   4\n",
		"Capture oper-sys:    Linux 6.18.0 x86_64\n",
		"Capture application: xcap 0.1.0\n",
		"Number of interfaces in file: 4\n",
		"Name = ip_rcv/eth0\n",
		"Name = netif_receive_skb/eth0@web\n",
		"Name = kfree_skb/-\n",
		"Filter string = udp port 9000\n",
		"Time precision = nanoseconds (9)\n",
		"Number of stat entries = 1\n",
		"xcap-command: xcap skb -f 'ip_rcv@1, tp:net:*' -w x",
	};
	char *out = read_with(state, argv);
	size_t i;

	for (i = 0; i < UTIL_ARRAY_SIZE(lines); i++)
		if (!strstr(out, lines[i]))
			fail_msg("no '%s' in:\n%s", lines[i], out);
	free(out);
	free(path);
}

static void unfinished_file__is_read_by_all_to_the_last_tick(void **state)
{
	char *path = filetest_path(state, "x.pcapng"), *out;
	struct sink *sink = filetest_open(&sink_pcapng_ops, path, false, &filetest_info);
	struct record r = filetest_record();
	struct err err;

	assert_int_equal(sink_pcapng_ops.write(sink, &r, &err), 0);
	assert_int_equal(sink_pcapng_ops.tick(sink, &err), 0);
	out = read_with_tcpdump(state, path);
	assert_int_equal(count_lines(out), 1);
	free(out);
	out = read_with(state, (const char *const[]){"tshark", "-nr", path, NULL});
	assert_int_equal(count_lines(out), 1);
	free(out);
	assert_int_equal(sink_pcapng_ops.close(sink, NULL, &err), 0);
	free(path);
}

/* A reader at the other end of a pipe: it reads `in`, what it prints comes out of `out`. */
struct live {
	pid_t pid;
	int in, out;
};

static struct live live_start(const char *const *argv)
{
	int in[2], out[2];
	struct live live;

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	live.pid = fork();
	assert_true(live.pid >= 0);
	if (live.pid == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		close(in[0]);
		close(in[1]);
		close(out[0]);
		close(out[1]);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	live.in = in[1];
	live.out = out[0];
	return live;
}

/* One line that must come within 30 s, the sink still being open. */
static void assert_live_line(const struct live *live, const char *expected)
{
	struct pollfd p = {.fd = live->out, .events = POLLIN};
	char line[512];
	size_t n = 0;

	do {
		assert_int_equal(poll(&p, 1, 30000), 1);
		assert_int_equal(read(live->out, line + n, 1), 1);
	} while (line[n++] != '\n' && n < sizeof(line) - 1);
	line[n] = '\0';
	assert_non_null(strstr(line, expected));
}

static void assert_live_reader(const char *const *argv)
{
	const struct sink_config config = {.path = "-", .unbuffered = true};
	struct record r = filetest_record();
	struct live live;
	struct sink *sink;
	struct err err;
	int saved, i, ret, status;

	filetest_need(argv[0]);
	live = live_start(argv);
	saved = filetest_stdout_begin(live.in);
	ret = sink_pcapng_ops.open(&sink, &config, &filetest_info, &err);
	filetest_stdout_end(saved);
	assert_int_equal(ret, 0);
	for (i = 0; i < 3; i++) {
		r.ifname[3] = '0' + i; /* a new interface each time */
		saved = filetest_stdout_begin(live.in);
		ret = sink_pcapng_ops.write(sink, &r, &err);
		filetest_stdout_end(saved);
		assert_int_equal(ret, 0);
		assert_live_line(&live, "10.0.0.1");
	}
	saved = filetest_stdout_begin(live.in);
	ret = sink_pcapng_ops.close(sink, &totals, &err);
	filetest_stdout_end(saved);
	assert_int_equal(ret, 0);
	close(live.in);
	assert_int_equal(waitpid(live.pid, &status, 0), live.pid);
	assert_int_equal(status, 0);
	assert_int_equal(read(live.out, &i, sizeof(i)), 0);
	close(live.out);
}

static void pipe_to_tcpdump__shows_each_packet_when_it_is_written(void **state)
{
	(void)state;
	assert_live_reader((const char *const[]){"tcpdump", "-lnr", "-", NULL});
}

static void pipe_to_tshark__shows_each_packet_when_it_is_written(void **state)
{
	(void)state;
	assert_live_reader((const char *const[]){"tshark", "-lni", "-", NULL});
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, filetest_setup, filetest_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_records__tcpdump_tshark_and_capinfos__read_an_empty_file),
		TEST(libpcap__gives_back_bytes_lengths_and_time_to_the_ns),
		TEST(tcpdump__prints_one_line_per_record_and_no_complaint),
		TEST(tshark__sees_interfaces_directions_drops_and_comments),
		TEST(tshark__300_interfaces__names_each),
		TEST(capinfos__shows_section_and_interfaces),
		TEST(pipe_to_tcpdump__shows_each_packet_when_it_is_written),
		TEST(pipe_to_tshark__shows_each_packet_when_it_is_written),
		TEST(unfinished_file__is_read_by_all_to_the_last_tick),
	};

	return cmocka_run_group_tests_name("sink_pcapng_readers", tests, NULL, NULL);
}
