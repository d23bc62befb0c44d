/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_sink_json.c - the lines of --json: golden ones for each type, what is left out and what is
 * not, and that each is JSON to a library that is not ours.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "base/util.h"
#include "filetest.h"
#include "frame.h"

#define LINES_MAX 16

/* A finished file, its lines as text and as objects. */
struct file {
	char *data, *lines[LINES_MAX];
	struct json_object *objects[LINES_MAX];
	size_t n;
};

static struct sink *open_sink(const char *path, int verbose)
{
	const struct sink_config config = {.path = path, .verbose = verbose};
	struct sink *sink;
	struct err err;

	err_clear(&err);
	assert_int_equal(sink_json_ops.open(&sink, &config, &filetest_info, &err), 0);
	return sink;
}

static struct file close_sink(struct sink *sink, char *path, const struct capture_totals *totals)
{
	struct file file = {.n = 0};
	char *rest, *line;
	struct err err;

	assert_int_equal(sink_json_ops.close(sink, totals, &err), 0);
	rest = file.data = util_read_file(path, NULL);
	assert_non_null(rest);
	while ((line = strsep(&rest, "\n")) && *line) {
		assert_true(file.n < LINES_MAX);
		file.objects[file.n] = json_tokener_parse(line);
		assert_non_null(file.objects[file.n]);
		file.lines[file.n++] = line;
	}
	free(path);
	return file;
}

static void file_free(struct file *file)
{
	for (size_t i = 0; i < file->n; i++)
		json_object_put(file->objects[i]);
	free(file->data);
}

static struct file write_one(void **state, const struct record *record, int verbose)
{
	char *path = filetest_path(state, "x.json");
	struct sink *sink = open_sink(path, verbose);
	struct err err;

	assert_int_equal(sink_json_ops.write(sink, record, &err), 0);
	return close_sink(sink, path, NULL);
}

/* "ip.src", "flags": a member of a member, NULL if there is none. */
static struct json_object *at(struct json_object *object, const char *path)
{
	char name[64];

	for (const char *end; object && *path; path = *end ? end + 1 : end) {
		end = strchrnul(path, '.');
		snprintf(name, sizeof(name), "%.*s", (int)(end - path), path);
		object = json_object_object_get(object, name);
	}
	return object;
}

static void assert_at(struct json_object *object, const char *path, const char *want)
{
	struct json_object *found = at(object, path);

	if (!found)
		fail_msg("no member %s", path);
	assert_string_equal(json_object_to_json_string_ext(found, JSON_C_TO_STRING_PLAIN), want);
}

static void assert_begins(const char *line, const char *want)
{
	if (strncmp(line, want, strlen(want)) != 0)
		fail_msg("%s does not begin with %s", line, want);
}

static void json_packet__of_everything_usual__is_this_line(void **state)
{
	struct record r = filetest_record();
	struct file file = write_one(state, &r, 0);

	assert_int_equal(file.n, 2);
	assert_string_equal(
		file.lines[1],
		"{\"type\":\"packet\",\"number\":1,\"ts_ns\":1700000000123456789,"
		"\"time\":\"2023-11-14T22:13:20.123456789Z\",\"probe\":\"ip_rcv@1\","
		"\"name\":\"ip_rcv\",\"mechanism\":\"fentry\",\"cpu\":1,\"ctx\":\"softirq\","
		"\"ifname\":\"eth0\",\"ifindex\":2,\"dev_type\":1,\"direction\":\"in\","
		"\"pkt_type\":\"host\",\"skb\":\"0xffff9a3c01b2c400\",\"mark\":0,"
		"\"protocol\":2048,\"len\":60,\"cap_len\":60,\"flags\":[],\"rebuilt\":[],"
		"\"lost\":0,\"lost_before\":0,"
		"\"l2\":{\"src\":\"02:00:00:00:00:01\",\"dst\":\"02:00:00:00:00:02\","
		"\"vlans\":[],\"ethertype\":2048},"
		"\"ip\":{\"version\":4,\"src\":\"10.0.0.1\",\"dst\":\"10.0.0.2\",\"ttl\":64,"
		"\"tos\":0,\"len\":46,\"id\":1,\"df\":true,\"proto\":17,\"proto_name\":\"UDP\"},"
		"\"udp\":{\"sport\":40112,\"dport\":9000,\"len\":26},\"payload_len\":18,"
		"\"text\":\"IP 10.0.0.1.40112 > 10.0.0.2.9000: UDP, length 18\"}");
	file_free(&file);
}

static void json_capture__the_first_line__has_schema_command_and_probes(void **state)
{
	struct record r = filetest_record();
	struct file file = write_one(state, &r, 0);

	assert_string_equal(
		file.lines[0],
		"{\"type\":\"capture\",\"schema\":1,\"version\":\"xcap 0.1.0\","
		"\"os\":\"Linux 6.18.0 x86_64\","
		"\"command\":\"xcap skb -f 'ip_rcv@1, tp:net:*' -w x\","
		"\"filter\":\"udp port 9000\",\"snaplen\":65535,\"track\":\"off\",\"probes\":["
		"{\"probe\":\"ip_rcv@1\",\"name\":\"ip_rcv\",\"mechanism\":\"fentry\","
		"\"drops\":false},"
		"{\"probe\":\"tracepoint:net:netif_receive_skb\",\"name\":\"netif_receive_skb\","
		"\"mechanism\":\"tp_btf\",\"drops\":false},"
		"{\"probe\":\"tracepoint:skb:kfree_skb\",\"name\":\"kfree_skb\",\"drops\":true}]}");
	file_free(&file);
}

static void json_packet__zeros__are_written_and_unknowns_are_left_out(void **state)
{
	static const char *const absent[] = {
		"ctx",	      "pid",	   "tid", "comm",   "ifname",	  "netns",  "ifindex",
		"netns_name", "dev_type",  "id",  "parent", "retransmit", "reason", "location",
		"nf",	      "sk_state",  "ret", "errno",  "ext",	  "gso",    "stack",
		"packet",     "direction", "tcp", "icmp",   "tunnel"};
	static const char *const zero[] = {"cpu",    "mark",	  "lost",     "lost_before",
					   "ip.ttl", "udp.sport", "udp.dport"};
	struct record r = {.number = 1, .dev_type = UINT16_MAX, .netns_name = ""};
	struct file file;
	struct frame f;

	frame_build_udp4(&f, 4);
	memset(f.bytes + 34, 0, 4);
	f.bytes[22] = 0;
	r.packet = f.bytes;
	r.len = r.cap_len = f.len;
	file = write_one(state, &r, 0);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(absent); i++)
		assert_null(at(file.objects[1], absent[i]));
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(zero); i++)
		assert_at(file.objects[1], zero[i], "0");
	assert_at(file.objects[1], "skb", "\"0x0\"");
	file_free(&file);
}

static const char *const frames[] = {"nf_hook_slow+0x9d", "foo+0x1 [mod]"};
static const struct record_stack stack = {.id = 1, .n = 2, .frames = frames};

/* A drop in task context of a packet that is tracked, with all that can be known of it. */
static struct record full_record(void)
{
	struct record r = filetest_record();

	r.probe = 2;
	r.context = XCAP_CTX_TASK;
	r.tid = 813;
	memcpy(r.comm, "a \"b\"\n\xff-16 bytes", sizeof(r.comm));
	r.netns = 4026531840;
	r.netns_name = "web";
	r.mark = 0x10;
	r.id = 17;
	r.parent = 12;
	r.flags = XCAP_EV_RETRANSMIT | XCAP_EV_HAS_REASON | XCAP_EV_VLAN_TAG | XCAP_EV_PARTIAL |
		  XCAP_EV_HAS_EXT | XCAP_EV_UNDECIDED;
	r.reason = "NETFILTER_DROP";
	r.location = "nf_hook_slow+0x9d";
	r.nf_path = "ip INPUT";
	r.nf_table = "filter";
	r.nf_chain = "input";
	r.sk_state = 10;
	r.ext = 0xffff888100000000;
	r.rebuilt = XCAP_REBUILT_IP | XCAP_REBUILT_TCP;
	r.gso_size = 1448;
	r.gso_segs = 3;
	r.lost = 9;
	r.lost_before = 2;
	r.stack = &stack;
	return r;
}

static void json_packet__of_a_drop_with_all_that_is_known__has_all_of_it(void **state)
{
	struct record r = full_record();
	struct file file = write_one(state, &r, 0);
	struct json_object *o = file.objects[1];

	assert_at(o, "ctx", "\"task\"");
	assert_at(o, "pid", "812");
	assert_at(o, "tid", "813");
	/* 16 bytes and no NUL */
	assert_at(o, "comm", "\"a \\\"b\\\"\\n\\\\xff-16 bytes\"");
	assert_at(o, "netns", "4026531840");
	assert_at(o, "netns_name", "\"web\"");
	assert_at(o, "mark", "16");
	assert_at(o, "id", "17");
	assert_at(o, "parent", "12");
	assert_at(o, "retransmit", "true");
	assert_at(o, "flags", "[\"vlan_accel\",\"partial\",\"settled\"]");
	assert_at(o, "rebuilt", "[\"ip\",\"tcp\"]");
	assert_at(o, "gso", "{\"size\":1448,\"segs\":3}");
	assert_at(o, "reason", "\"NETFILTER_DROP\"");
	assert_at(o, "location", "\"nf_hook_slow+0x9d\"");
	assert_at(o, "nf", "{\"path\":\"ip INPUT\",\"table\":\"filter\",\"chain\":\"input\"}");
	assert_at(o, "sk_state", "\"LISTEN\"");
	assert_at(o, "ext", "\"0xffff888100000000\"");
	assert_at(o, "lost", "9");
	assert_at(o, "lost_before", "2");
	assert_at(o, "stack", "[\"nf_hook_slow+0x9d\",\"foo+0x1 [mod]\"]");
	assert_null(at(o, "mechanism"));
	file_free(&file);
}

static void json_packet__in_interrupts__has_no_task(void **state)
{
	struct record r = full_record();
	struct file file;

	r.context = XCAP_CTX_SOFTIRQ;
	file = write_one(state, &r, 0);
	assert_null(at(file.objects[1], "pid"));
	assert_null(at(file.objects[1], "comm"));
	file_free(&file);
}

static void json_packet__of_an_skb_that_is_none__says_so_and_has_no_headers(void **state)
{
	struct record r = filetest_record();
	struct file file;

	r.flags = XCAP_EV_NO_PACKET;
	r.cap_len = 0;
	r.packet = NULL;
	file = write_one(state, &r, 1);
	assert_at(file.objects[1], "flags", "[\"no_packet\"]");
	assert_at(file.objects[1], "text", "\"no packet (protocol 0x0800, length 60)\"");
	assert_at(file.objects[1], "packet", "\"\"");
	assert_null(at(file.objects[1], "l2"));
	assert_null(at(file.objects[1], "ip"));
	file_free(&file);
}

static void json_packet__return_values__are_numbers_where_they_are_small(void **state)
{
	static const struct {
		uint64_t ret;
		const char *value, *error;
	} cases[] = {
		{0, "0", NULL},
		{0xfffffff3, "-13", "\"EACCES\""},
		{0xffff888100000000, "\"0xffff888100000000\"", NULL},
	};
	struct record r = filetest_record();

	r.flags = XCAP_EV_HAS_RETURN;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(cases); i++) {
		struct file file;

		r.ret = cases[i].ret;
		file = write_one(state, &r, 0);
		assert_at(file.objects[1], "ret", cases[i].value);
		if (cases[i].error)
			assert_at(file.objects[1], "errno", cases[i].error);
		else
			assert_null(at(file.objects[1], "errno"));
		file_free(&file);
	}
}

static struct json_object *object_of_frame(void **state, const struct frame *f, int verbose,
					   struct file *file)
{
	struct record r = filetest_record();

	r.packet = f->bytes;
	r.len = r.cap_len = f->len;
	*file = write_one(state, &r, verbose);
	return file->objects[1];
}

static void json_packet__headers_of_each_protocol__are_objects_of_their_own(void **state)
{
	struct json_object *o;
	struct file file;
	struct frame f;

	frame_build_tcp4(&f, 0x12, true, 0);
	o = object_of_frame(state, &f, 0, &file);
	assert_at(o, "tcp",
		  "{\"sport\":40112,\"dport\":9000,\"seq\":91377,\"ack\":7,\"flags\":\"S.\","
		  "\"window\":64240,\"urgent\":0}");
	file_free(&file);
	frame_build_icmp6(&f, 128, 0, 0x00070009, 8);
	o = object_of_frame(state, &f, 0, &file);
	assert_at(o, "icmp", "{\"type\":128,\"code\":0,\"id\":7,\"seq\":9}");
	assert_at(o, "ip.src", "\"fd00::1\"");
	assert_at(o, "ip.flow", "0");
	assert_null(at(o, "ip.df"));
	file_free(&file);
	frame_build_arp(&f, 1);
	o = object_of_frame(state, &f, 0, &file);
	assert_at(o, "arp",
		  "{\"operation\":1,\"sender\":\"02:00:00:00:00:01\",\"sender_ip\":\"10.0.0.1\","
		  "\"target\":\"00:00:00:00:00:00\",\"target_ip\":\"10.0.0.2\"}");
	file_free(&file);
	frame_build_extensions(&f, 16);
	o = object_of_frame(state, &f, 0, &file);
	assert_at(o, "ip.frag", "{\"offset\":16,\"more\":false}");
	assert_at(o, "ip.id", "99");
	assert_null(at(o, "udp"));
	file_free(&file);
}

static void json_packet__tags_and_tunnels__nest_as_the_headers_do(void **state)
{
	struct json_object *o;
	struct file file;
	struct frame f;

	frame_ether(&f, 0x88a8);
	frame_vlan(&f, 0x7005, 0x8100);
	frame_vlan(&f, 6, 0x800);
	frame_ip4(&f, 41, 0);
	frame_ip6(&f, 17);
	frame_udp(&f, 6);
	frame_finish_ip6(&f);
	f.ip = 22;
	frame_finish_ip4(&f);
	o = object_of_frame(state, &f, 0, &file);
	assert_at(o, "l2.vlans",
		  "[{\"type\":34984,\"id\":5,\"priority\":3,\"dei\":true},"
		  "{\"type\":33024,\"id\":6,\"priority\":0,\"dei\":false}]");
	assert_at(o, "ip.version", "4");
	assert_null(at(o, "udp"));
	assert_at(o, "tunnel.kind", "\"sit\"");
	assert_null(at(o, "tunnel.id"));
	assert_null(at(o, "tunnel.l2"));
	assert_at(o, "tunnel.ip.dst", "\"fd00::2\"");
	assert_at(o, "tunnel.udp.dport", "9000");
	assert_at(o, "tunnel.payload_len", "6");
	file_free(&file);
}

static void json_packet__verbose__has_the_bytes_and_the_longer_text(void **state)
{
	struct json_object *o;
	struct file file;
	struct frame f;

	frame_build_udp4(&f, 2);
	o = object_of_frame(state, &f, 1, &file);
	assert_at(o, "packet",
		  "\"02000000000202000000000108004500001e1234000040110000"
		  "0a0000010a0000029cb02328000a00007878\"");
	assert_non_null(strstr(json_object_get_string(at(o, "text")), "ttl 64, id 4660"));
	file_free(&file);
	o = object_of_frame(state, &f, 0, &file);
	assert_null(at(o, "packet"));
	file_free(&file);
}

static void json_journey__has_its_hops_with_all_that_packets_have(void **state)
{
	char *path = filetest_path(state, "x.json");
	struct journey_hop hops[2] = {
		{.record = filetest_record(), .changes = ""},
		{.record = full_record(),
		 .since_first_ns = 4100,
		 .since_previous_ns = 4100,
		 .changes = "dst 10.0.0.9.80 -> 10.0.0.2.9000; ttl 64 -> 63"},
	};
	const uint32_t missing[] = {1};
	const struct journey journey = {
		.number = 3,
		.id = 17,
		.parent = 12,
		.end = JOURNEY_DROPPED,
		.hops = hops,
		.n_hops = 2,
		.took_ns = 4100,
		.cut = true,
		.missing = missing,
		.n_missing = 1,
	};
	struct sink *sink = open_sink(path, 0);
	struct json_object *o, *hop;
	struct file file;
	struct err err;

	assert_int_equal(sink_json_ops.write_journey(sink, &journey, &err), 0);
	file = close_sink(sink, path, NULL);
	o = file.objects[1];
	assert_begins(file.lines[1],
		      "{\"type\":\"journey\",\"number\":3,\"id\":17,\"parent\":12,"
		      "\"retransmit\":false,\"end\":\"dropped\","
		      "\"ts_ns\":1700000000123456789,"
		      "\"time\":\"2023-11-14T22:13:20.123456789Z\",\"took_ns\":4100,"
		      "\"continued\":false,\"cut\":true,"
		      "\"lost\":0,\"missing\":[\"tracepoint:net:netif_receive_skb\"],"
		      "\"hops\":[{\"since_first_ns\":0,\"since_previous_ns\":0,"
		      "\"changes\":\"\",\"ts_ns\":");
	assert_int_equal(json_object_array_length(at(o, "hops")), 2);
	hop = json_object_array_get_idx(at(o, "hops"), 1);
	assert_at(hop, "since_first_ns", "4100");
	assert_at(hop, "changes", "\"dst 10.0.0.9.80 -> 10.0.0.2.9000; ttl 64 -> 63\"");
	assert_at(hop, "reason", "\"NETFILTER_DROP\"");
	assert_at(hop, "udp.dport", "9000");
	assert_null(at(hop, "number"));
	assert_null(at(hop, "type"));
	file_free(&file);
}

static void json_journey__by_content_and_uncertain__has_no_id_and_says_what_was_lost(void **state)
{
	char *path = filetest_path(state, "x.json");
	struct journey_hop hop = {.record = filetest_record(), .changes = ""};
	const struct journey journey = {
		.number = 1, .end = JOURNEY_UNCERTAIN, .hops = &hop, .n_hops = 1, .lost = 5};
	struct sink *sink = open_sink(path, 0);
	struct file file;
	struct err err;

	assert_int_equal(sink_json_ops.write_journey(sink, &journey, &err), 0);
	file = close_sink(sink, path, NULL);
	assert_null(at(file.objects[1], "id"));
	assert_null(at(file.objects[1], "parent"));
	assert_at(file.objects[1], "end", "\"uncertain\"");
	assert_at(file.objects[1], "lost", "5");
	assert_at(file.objects[1], "missing", "[]");
	file_free(&file);
}

static void json_totals__the_last_line__has_every_loss_of_every_probe(void **state)
{
	const struct capture_counts counts[3] = {
		{.seen = 10,
		 .rejected = 3,
		 .fault = 1,
		 .nested = 2,
		 .undecidable = 1,
		 .matched = 3,
		 .sent = 1,
		 .ring_full = 1,
		 .table_full = 1,
		 .missed_known = true,
		 .missed = 4},
		{.seen = 1, .matched = 1, .sent = 1, .missed_known = true},
		{.seen = 0},
	};
	const struct capture_totals totals = {.probes = counts,
					      .n_probes = 3,
					      .shown = 2,
					      .start_ns = 5,
					      .end_ns = 9,
					      .tracked = 7,
					      .untracked = 1,
					      .aged = 2,
					      .ends_lost = 3};
	char *path = filetest_path(state, "x.json");
	struct file file = close_sink(open_sink(path, 0), path, &totals);
	struct json_object *probe;

	assert_int_equal(file.n, 2);
	assert_begins(file.lines[1],
		      "{\"type\":\"totals\",\"start_ns\":5,\"end_ns\":9,\"shown\":2,"
		      "\"settled_out\":0,\"hidden\":0,\"held_back\":0,\"strays\":0,\"after_limit\":"
		      "0,\"unwritten\":0,\"left_out\":0,"
		      "\"unconverted\":0,\"tracked\":7,\"untracked\":1,\"aged\":2,"
		      "\"ends_lost\":3,\"seen\":11,\"rejected\":3,\"fault\":1,\"nested\":2,"
		      "\"undecidable\":1,\"sampled\":0,\"limited\":0,\"matched\":4,"
		      "\"sent\":2,\"ring_full\":1,\"table_full\":1,\"discarded\":0,"
		      "\"lost\":6,\"missed\":4,\"probes\":[");
	assert_int_equal(json_object_array_length(at(file.objects[1], "probes")), 3);
	probe = json_object_array_get_idx(at(file.objects[1], "probes"), 0);
	assert_at(probe, "probe", "\"ip_rcv@1\"");
	assert_at(probe, "lost", "6");
	assert_at(probe, "missed", "4");
	/* not known is no number */
	probe = json_object_array_get_idx(at(file.objects[1], "probes"), 2);
	assert_null(at(probe, "missed"));
	assert_at(probe, "seen", "0");
	assert_null(at(file.objects[1], "journeys"));
	file_free(&file);
}

static void json_hops__of_journeys__are_lines_before_the_totals(void **state)
{
	const struct capture_counts counts[3] = {{.seen = 10}};
	const struct capture_hop hops[3] = {
		{.seen = 10},
		{.seen = 8,
		 .missing = 2,
		 .since_previous = {8, 1200, 1900, 4400, 12100},
		 .since_first = {8, 2200, 2900, 5400, 13100}},
	};
	const struct capture_totals totals = {
		.probes = counts,
		.n_probes = 3,
		.hops = hops,
		.journeys = {.are = true,
			     .ends = {[JOURNEY_COMPLETE] = 8, [JOURNEY_OPEN] = 2},
			     .fast = 1,
			     .unbased = 3,
			     .cut = 4},
	};
	char *path = filetest_path(state, "x.json");
	struct file file = close_sink(open_sink(path, 0), path, &totals);

	assert_int_equal(file.n, 4);
	assert_string_equal(file.lines[1],
			    "{\"type\":\"hop\",\"probe\":\"ip_rcv@1\",\"name\":\"ip_rcv\","
			    "\"mechanism\":\"fentry\",\"seen\":10,\"missing\":0,"
			    "\"since_previous\":{\"n\":0},\"since_first\":{\"n\":0}}");
	assert_at(file.objects[2], "missing", "2");
	assert_at(file.objects[2], "since_previous",
		  "{\"n\":8,\"p50_ns\":1200,\"p90_ns\":1900,\"p99_ns\":4400,\"max_ns\":12100}");
	assert_at(file.objects[3], "type", "\"totals\"");
	assert_at(file.objects[3], "journeys",
		  "{\"complete\":8,\"dropped\":0,\"consumed\":0,\"open\":2,\"uncertain\":0,"
		  "\"fast\":1,\"unbased\":3,\"cut\":4}");
	file_free(&file);
}

static void json__a_reader_that_is_gone__is_epipe_at_the_next_flush(void **state)
{
	struct record r = filetest_record();
	struct sink *sink;
	struct err err;
	int fd = filetest_broken_pipe(), saved = filetest_stdout_begin(fd);
	const struct sink_config config = {.path = "-"};

	(void)state;
	err_clear(&err);
	if (sink_json_ops.open(&sink, &config, &filetest_info, &err) == 0) {
		sink_json_ops.write(sink, &r, &err);
		assert_int_equal(sink_json_ops.tick(sink, &err), -EPIPE);
		sink_json_ops.close(sink, NULL, &err);
	}
	filetest_stdout_end(saved);
	assert_int_equal(err.code, -EPIPE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, filetest_setup, filetest_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(json_packet__of_everything_usual__is_this_line),
		TEST(json_capture__the_first_line__has_schema_command_and_probes),
		TEST(json_packet__zeros__are_written_and_unknowns_are_left_out),
		TEST(json_packet__of_a_drop_with_all_that_is_known__has_all_of_it),
		TEST(json_packet__in_interrupts__has_no_task),
		TEST(json_packet__of_an_skb_that_is_none__says_so_and_has_no_headers),
		TEST(json_packet__return_values__are_numbers_where_they_are_small),
		TEST(json_packet__headers_of_each_protocol__are_objects_of_their_own),
		TEST(json_packet__tags_and_tunnels__nest_as_the_headers_do),
		TEST(json_packet__verbose__has_the_bytes_and_the_longer_text),
		TEST(json_journey__has_its_hops_with_all_that_packets_have),
		TEST(json_journey__by_content_and_uncertain__has_no_id_and_says_what_was_lost),
		TEST(json_totals__the_last_line__has_every_loss_of_every_probe),
		TEST(json_hops__of_journeys__are_lines_before_the_totals),
		TEST(json__a_reader_that_is_gone__is_epipe_at_the_next_flush),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
