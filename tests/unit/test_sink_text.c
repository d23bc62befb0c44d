/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_sink_text.c - the text sink against golden files, byte by byte.
 *
 * Runs at the top of the tree. With XCAP_GOLDEN_UPDATE=1 a difference rewrites the golden file; the
 * test fails all the same, so that nothing passes by rewriting.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "frame.h"
#include "sink/sink.h"

#define START_NS 1795356187123456789ull /* 2026-11-22 14:03:07.123456789 UTC */

static char path[] = "/tmp/xcap-text-XXXXXX";
static struct frame tcp, udp, vlan, echo;

static const struct capture_probe probes[] = {
	{"icmp_rcv@1", "icmp_rcv", "fentry", false},
	{"ip_queue_xmit@2", "ip_queue_xmit", "kprobe", false},
	{"tracepoint:skb:kfree_skb", "kfree_skb", "tp_btf", true},
};

static const struct capture_info info = {
	.probes = probes, .n_probes = 3, .link_type = 1, .snaplen = 256, .ifname_width = 8};

static void set_packet(struct record *r, const struct frame *f)
{
	r->packet = f->bytes;
	r->cap_len = r->len = f->len;
}

static struct record base_record(uint64_t number, uint64_t after_ns)
{
	struct record r = {.number = number,
			   .ts_ns = START_NS + after_ns,
			   .cpu = 1,
			   .context = XCAP_CTX_SOFTIRQ,
			   .dev_type = 1,
			   .netns_name = "",
			   .skb = 0xffff9a3c01b2c400,
			   .protocol = 0x0800,
			   .ifindex = 3,
			   .ifname = "eth0"};

	set_packet(&r, &tcp);
	return r;
}

/* The records that every form of time and columns is shown with. */
static size_t build_records(struct record *r)
{
	r[0] = base_record(1, 0);
	set_packet(&r[0], &echo);
	r[1] = base_record(2, 545);
	r[1].probe = 1;
	r[1].ifname[0] = '\0';
	r[1].ifindex = 0;
	r[2] = base_record(3, 1000000000 - 123456789);
	r[2].netns_name = "web";
	set_packet(&r[2], &vlan);
	r[3] = base_record(4, 999000);
	r[3].probe = 2;
	r[3].reason = "NETFILTER_DROP";
	r[3].location = "nf_hook_slow+0x9d";
	r[3].netns_name = "a-long-namespace";
	r[4] = base_record(5, 12 * 3600 * 1000000000ull);
	r[4].probe = 2;
	r[4].flags = XCAP_EV_NO_PACKET;
	r[4].protocol = 0x000c;
	r[4].cap_len = 0;
	r[4].packet = NULL;
	r[5] = base_record(6, 12 * 3600 * 1000000000ull + 1);
	set_packet(&r[5], &udp);
	return 6;
}

/* What only -v shows, and names that would break a line. */
static size_t build_odd_records(struct record *r)
{
	r[0] = base_record(17, 0);
	r[0].direction = XCAP_DIR_IN;
	r[0].netns_name = "web";
	r[0].mark = 0x10;
	r[0].pid = r[0].tid = 812;
	strcpy(r[0].comm, "nginx");
	r[1] = base_record(18, 1);
	r[1].context = XCAP_CTX_TASK;
	r[1].direction = XCAP_DIR_OUT;
	r[1].pid = r[1].tid = 812;
	strcpy(r[1].comm, "nginx");
	r[2] = base_record(19, 2);
	r[2].context = XCAP_CTX_TASK;
	r[2].pid = 900;
	r[2].tid = 901;
	strcpy(r[2].comm, "a b\x1b[2J\n\\\xc3\xa9");
	strcpy(r[2].ifname, "e\x1b[1m");
	r[2].netns_name = "x\ty";
	r[3] = base_record(20, 3);
	r[3].context = XCAP_CTX_UNKNOWN;
	r[3].flags = XCAP_EV_SYNTH_ETH | XCAP_EV_PARTIAL;
	r[3].lost_before = 7;
	r[3].cap_len = 40;
	r[4] = base_record(21, 4);
	r[4].context = XCAP_CTX_HARDIRQ;
	r[4].flags = XCAP_EV_VLAN_TAG;
	set_packet(&r[4], &vlan);
	r[5] = base_record(22, 5);
	r[5].context = XCAP_CTX_NMI;
	memset(r[5].comm, 'c', sizeof(r[5].comm));
	r[6] = base_record(23, 6);
	r[6].context = XCAP_CTX_TASK;
	r[6].pid = r[6].tid = 5;
	memset(r[6].comm, 'c', sizeof(r[6].comm));
	return 7;
}

/* What an exit probe, a second argument, a super-packet and rebuilt headers add. */
static size_t build_calls(struct record *r)
{
	static const uint64_t returned[] = {0, 0xfffffff3, -110ull, 0xffff9a3c01b2c400};

	for (size_t i = 0; i < 4; i++) {
		r[i] = base_record(i + 1, i);
		r[i].flags = XCAP_EV_HAS_RETURN;
		r[i].ret = returned[i];
		r[i].gso_size = 1448;
		r[i].gso_segs = i * 43;
	}
	r[1].rebuilt = XCAP_REBUILT_IP | XCAP_REBUILT_TCP;
	r[2].flags |= XCAP_EV_HAS_EXT;
	r[2].ext = 0xffff9a3c01b2c500;
	r[3].flags |= XCAP_EV_NO_PACKET;
	r[4] = base_record(5, 4);
	set_packet(&r[4], &udp);
	r[4].rebuilt = XCAP_REBUILT_UDP;
	r[4].flags = XCAP_EV_HAS_EXT;
	return 5;
}

static size_t build_drops(struct record *r)
{
	size_t n = build_records(r);

	for (size_t i = 0; i < n; i++) {
		r[i].probe = 2;
		r[i].reason = "TCP_INVALID_SEQUENCE";
		r[i].location = "nf_hook_slow+0x9d";
		r[i].nf_path = "ip INPUT";
	}
	r[0].reason = "NOT_SPECIFIED";
	r[3].reason = NULL;
	r[3].location = r[3].nf_path = NULL;
	r[4].location = "ieee80211_rx_handlers_result+0x1c8 [mac80211]";
	return n;
}

static char *run(const struct sink_config *wanted, size_t (*build)(struct record *r), size_t *len)
{
	struct sink_config config = *wanted;
	struct record records[8];
	struct sink *sink;
	struct err err;
	size_t n = build(records);

	config.path = path;
	assert_int_equal(sink_text_ops.open(&sink, &config, &info, &err), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(sink_text_ops.write(sink, &records[i], &err), 0);
	assert_int_equal(sink_text_ops.close(sink, NULL, &err), 0);
	return util_read_file(path, len);
}

static void expect(const char *name, const struct sink_config *config,
		   size_t (*build)(struct record *r))
{
	char golden_path[128];
	size_t len, want_len = 0;
	char *text = run(config, build, &len), *want;
	FILE *file;
	bool same;

	assert_non_null(text);
	for (size_t i = 0; i < len; i++)
		assert_true(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
	snprintf(golden_path, sizeof(golden_path), "tests/golden/text_%s.txt", name);
	want = util_read_file(golden_path, &want_len);
	same = want && len == want_len && memcmp(text, want, len) == 0;
	if (!same && getenv("XCAP_GOLDEN_UPDATE")) {
		file = fopen(golden_path, "w");
		assert_non_null(file);
		fwrite(text, 1, len, file);
		fclose(file);
	}
	if (!same)
		fprintf(stderr, "--- %s\n%s+++ got\n%s", golden_path, want ? want : "(none)\n",
			text);
	free(text);
	free(want);
	assert_true(same);
}

static void text__columns_are_as_wide_as_the_run_needs(void **state)
{
	(void)state;
	expect("local", &(struct sink_config){0}, build_records);
}

static void text__every_form_of_time(void **state)
{
	static const struct {
		enum sink_time time;
		const char *name;
	} forms[] = {
		{SINK_TIME_NONE, "none"}, {SINK_TIME_EPOCH, "epoch"}, {SINK_TIME_DELTA, "delta"},
		{SINK_TIME_DATE, "date"}, {SINK_TIME_SINCE, "since"},
	};
	struct sink_config config = {0};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(forms); i++) {
		config.time = forms[i].time;
		expect(forms[i].name, &config, build_records);
	}
}

static void text__nano__has_nine_digits_in_every_form(void **state)
{
	(void)state;
	expect("nano_local", &(struct sink_config){.nano = true}, build_records);
	expect("nano_epoch", &(struct sink_config){.nano = true, .time = SINK_TIME_EPOCH},
	       build_records);
	expect("nano_delta", &(struct sink_config){.nano = true, .time = SINK_TIME_DELTA},
	       build_records);
}

static void text__verbose__adds_a_line_of_fields_and_escapes_names(void **state)
{
	(void)state;
	expect("verbose", &(struct sink_config){.verbose = 1}, build_odd_records);
	expect("odd", &(struct sink_config){0}, build_odd_records);
}

static void text__calls__show_return_argument_and_rebuilt_headers(void **state)
{
	(void)state;
	expect("calls", &(struct sink_config){0}, build_calls);
	expect("calls_verbose", &(struct sink_config){.verbose = 1}, build_calls);
}

static void text__drop_columns__reason_and_place_instead_of_the_probe(void **state)
{
	(void)state;
	expect("drops", &(struct sink_config){.drop_columns = true}, build_drops);
	expect("drops_mixed", &(struct sink_config){0}, build_drops);
}

static void text__ether__shows_addresses_but_not_made_up_ones(void **state)
{
	(void)state;
	expect("ether", &(struct sink_config){.ether = true}, build_odd_records);
}

static off_t size_now(void)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static void text__lines_reach_the_file_at_tick_or_at_once_if_unbuffered(void **state)
{
	struct record record = base_record(1, 0);
	struct sink *sink;
	struct err err;

	(void)state;
	for (int unbuffered = 0; unbuffered < 2; unbuffered++) {
		struct sink_config config = {.path = path, .unbuffered = unbuffered};

		assert_int_equal(sink_text_ops.open(&sink, &config, &info, &err), 0);
		assert_int_equal(sink_text_ops.write(sink, &record, &err), 0);
		assert_int_equal(size_now() > 0, unbuffered);
		assert_int_equal(sink_text_ops.tick(sink, &err), 0);
		assert_true(size_now() > 0);
		assert_int_equal(sink_text_ops.close(sink, NULL, &err), 0);
	}
}

static void text__full_disk__is_an_error_of_tick(void **state)
{
	struct sink_config config = {.path = "/dev/full"};
	struct record record = base_record(1, 0);
	struct sink *sink;
	struct err err;

	(void)state;
	assert_int_equal(sink_text_ops.open(&sink, &config, &info, &err), 0);
	assert_int_equal(sink_text_ops.write(sink, &record, &err), 0);
	assert_int_equal(sink_text_ops.tick(sink, &err), -ENOSPC);
	assert_string_equal(err.msg, "cannot write '/dev/full': No space left on device (ENOSPC)");
	assert_int_equal(sink_text_ops.close(sink, NULL, &err), 0);
}

static void text__unwritable_path__fails_at_open(void **state)
{
	struct sink_config config = {.path = "/nonexistent/x"};
	struct sink *sink;
	struct err err;

	(void)state;
	assert_int_equal(sink_text_ops.open(&sink, &config, &info, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "'/nonexistent/x'"));
}

static int setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	if (fd < 0)
		return -1;
	close(fd);
	frame_build_tcp4(&tcp, 0x02, true, 0);
	frame_build_udp4(&udp, 9);
	frame_build_echo4(&echo);
	frame_ether(&vlan, 0x8100);
	frame_vlan(&vlan, 3 << 13 | 5, 0x0800);
	frame_ip4(&vlan, 17, 0);
	frame_udp(&vlan, 2);
	frame_finish_ip4(&vlan);
	return 0;
}

static int clean(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text__columns_are_as_wide_as_the_run_needs),
		cmocka_unit_test(text__every_form_of_time),
		cmocka_unit_test(text__nano__has_nine_digits_in_every_form),
		cmocka_unit_test(text__verbose__adds_a_line_of_fields_and_escapes_names),
		cmocka_unit_test(text__calls__show_return_argument_and_rebuilt_headers),
		cmocka_unit_test(text__drop_columns__reason_and_place_instead_of_the_probe),
		cmocka_unit_test(text__ether__shows_addresses_but_not_made_up_ones),
		cmocka_unit_test(text__lines_reach_the_file_at_tick_or_at_once_if_unbuffered),
		cmocka_unit_test(text__full_disk__is_an_error_of_tick),
		cmocka_unit_test(text__unwritable_path__fails_at_open),
	};

	return cmocka_run_group_tests(tests, setup, clean);
}
