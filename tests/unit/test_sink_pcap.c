/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_sink_pcap.c - classic pcap files, as libpcap, tcpdump, tshark and capinfos read them.
 *
 * Full disks and gone readers are in test_sink_errors.c.
 */
#include <pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"
#include "filetest.h"

static char *write_file(void **state, const struct capture_info *info, const struct record *records,
			unsigned int n)
{
	char *path = filetest_path(state, "x.pcap");
	struct sink *sink = filetest_open(&sink_pcap_ops, path, false, info);
	struct err err;
	unsigned int i;

	for (i = 0; i < n; i++)
		assert_int_equal(sink_pcap_ops.write(sink, &records[i], &err), 0);
	assert_int_equal(sink_pcap_ops.close(sink, NULL, &err), 0);
	return path;
}

/* The frame of a record without a packet. */
static const uint8_t none[14] = {[12] = 0x88, 0xb5};

/* An ordinary packet, one without bytes, the longest one. */
static char *write_mixed(void **state)
{
	struct record records[] = {filetest_record(), filetest_record(), filetest_record()};

	records[1].ts_ns++;
	records[1].flags = XCAP_EV_NO_PACKET;
	records[1].len = 40; /* of the skb */
	records[1].cap_len = 0;
	records[1].packet = NULL;
	records[2].ts_ns += 2;
	records[2].packet = filetest_frame(65535);
	records[2].len = records[2].cap_len = 65535;
	return write_file(state, &filetest_info, records, 3);
}

static void header__has_the_magic_of_nanoseconds_snaplen_and_ethernet(void **state)
{
	static const uint32_t expected[] = {0xa1b23c4d, 2 | 4 << 16, 0, 0, 65535, 1};
	char *path = write_file(state, &filetest_info, NULL, 0);
	size_t len;
	char *data = util_read_file(path, &len);

	assert_int_equal(len, sizeof(expected));
	assert_memory_equal(data, expected, len);
	free(data);
	free(path);
}

static void libpcap__gives_back_bytes_lengths_and_time_to_the_ns(void **state)
{
	static const uint32_t lengths[] = {60, 14, 65535};
	char *path = write_mixed(state), errbuf[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap =
		pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, errbuf);
	struct pcap_pkthdr *header;
	const u_char *data;
	unsigned int i;

	assert_string_equal(errbuf, "");
	assert_non_null(pcap);
	for (i = 0; pcap_next_ex(pcap, &header, &data) == 1; i++) {
		assert_true(i < UTIL_ARRAY_SIZE(lengths));
		assert_int_equal(header->caplen, lengths[i]);
		assert_int_equal(header->len, lengths[i]);
		assert_int_equal(header->ts.tv_sec, FILETEST_TS / 1000000000);
		assert_int_equal(header->ts.tv_usec, FILETEST_TS % 1000000000 + i);
		assert_memory_equal(data, lengths[i] == 14 ? none : filetest_frame(lengths[i]),
				    lengths[i]);
	}
	assert_int_equal(i, UTIL_ARRAY_SIZE(lengths));
	pcap_close(pcap);
	free(path);
}

static void packet__cap_len_above_snaplen_or_len__is_cut_and_len_raised(void **state)
{
	static const uint32_t expected[][2] = {{50, 60}, {50, 60}};
	struct record records[] = {filetest_record(), filetest_record()};
	struct capture_info info = filetest_info;
	char *path, *data;
	size_t len;

	info.snaplen = 50;
	records[1].len = 10;
	path = write_file(state, &info, records, 2);
	data = util_read_file(path, &len);
	assert_int_equal(len, 24 + 2 * (16 + 50));
	assert_memory_equal(data + 24 + 8, expected[0], 8);
	assert_memory_equal(data + 24 + 16 + 50 + 8, expected[1], 8);
	free(data);
	free(path);
}

static void readers__find_every_packet_and_do_not_complain(void **state)
{
	char *path = write_mixed(state), *out, *err;
	const char *const tcpdump[] = {"tcpdump", "-nttr", path, NULL};
	const char *const tshark[] = {"tshark", "-nr", path, "-Tfields", "-eframe.cap_len", NULL};
	const char *const capinfos[] = {"capinfos", "-cM", path, NULL};
	static const char beginning[] = "1700000000.123456 IP 10.0.0.1.40112 > 10.0.0.2.9000: ";

	filetest_need("tcpdump");
	filetest_need("tshark");
	filetest_need("capinfos");
	assert_int_equal(filetest_run(state, tcpdump, &out, &err), 0);
	assert_non_null(strstr(err, "link-type EN10MB (Ethernet), snapshot length 65535\n"));
	assert_ptr_equal(strchr(err, '\n'), err + strlen(err) - 1);
	assert_memory_equal(out, beginning, sizeof(beginning) - 1);
	free(out);
	free(err);
	assert_int_equal(filetest_run(state, tshark, &out, &err), 0);
	assert_string_equal(err, "");
	assert_string_equal(out, "60\n14\n65535\n");
	free(out);
	free(err);
	assert_int_equal(filetest_run(state, capinfos, &out, &err), 0);
	assert_string_equal(err, "");
	assert_non_null(strstr(out, "Number of packets:   3\n"));
	free(out);
	free(err);
	free(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, filetest_setup, filetest_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(header__has_the_magic_of_nanoseconds_snaplen_and_ethernet),
		TEST(libpcap__gives_back_bytes_lengths_and_time_to_the_ns),
		TEST(packet__cap_len_above_snaplen_or_len__is_cut_and_len_raised),
		TEST(readers__find_every_packet_and_do_not_complain),
	};

	return cmocka_run_group_tests_name("sink_pcap", tests, NULL, NULL);
}
