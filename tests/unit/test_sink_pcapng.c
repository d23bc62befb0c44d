/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_sink_pcapng.c - the bytes of pcapng files: blocks, options, comments, errors.
 *
 * What other programs make of the files is in test_sink_pcapng_readers.c, full disks and gone
 * readers are in test_sink_errors.c.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "base/util.h"
#include "filetest.h"
#include "sink/pcapng_block.h"
#include "sink/pcapng_comment.h"

/* A finished file in memory. */
struct file {
	char *data;
	size_t len;
};

static struct file write_file(void **state, const struct capture_info *info,
			      const struct record *records, unsigned int n,
			      const struct capture_totals *totals)
{
	char *path = filetest_path(state, "x.pcapng");
	struct sink *sink = filetest_open(&sink_pcapng_ops, path, false, info);
	struct file file;
	struct err err;
	unsigned int i;

	for (i = 0; i < n; i++)
		assert_int_equal(sink_pcapng_ops.write(sink, &records[i], &err), 0);
	assert_int_equal(sink_pcapng_ops.close(sink, totals, &err), 0);
	file.data = util_read_file(path, &file.len);
	assert_non_null(file.data);
	free(path);
	return file;
}

/* The nth block of a type; fails the test if there is none. */
static struct filetest_block block_of(const struct file *file, uint32_t type, unsigned int nth)
{
	struct filetest_block block;
	unsigned int i;

	for (i = 0; filetest_block(file->data, file->len, i, &block); i++)
		if (block.type == type && nth-- == 0)
			return block;
	fail_msg("no such block of type %u", type);
	return block;
}

static unsigned int count_blocks(const struct file *file, uint32_t type)
{
	struct filetest_block block;
	unsigned int i, n = 0;

	for (i = 0; filetest_block(file->data, file->len, i, &block); i++)
		n += block.type == type;
	return n;
}

static void assert_comment(const struct file *file, unsigned int packet, const char *expected)
{
	struct filetest_block block = block_of(file, PCAPNG_BLOCK_EPB, packet);
	char *comment = filetest_option_str(&block, PCAPNG_OPT_COMMENT, 0);

	assert_string_equal(comment, expected);
	free(comment);
}

static void assert_option(const struct filetest_block *block, uint16_t code, const char *expected)
{
	char *value = filetest_option_str(block, code, 0);

	assert_string_equal(value, expected);
	free(value);
}

static void section_header__holds_command_line_filter_and_every_probe(void **state)
{
	struct file file = write_file(state, &filetest_info, NULL, 0, NULL);
	struct filetest_block shb = block_of(&file, PCAPNG_BLOCK_SHB, 0);

	assert_option(&shb, PCAPNG_SHB_HARDWARE, "x86_64");
	assert_option(&shb, PCAPNG_SHB_OS, "Linux 6.18.0 x86_64");
	assert_option(&shb, PCAPNG_SHB_USERAPPL, "xcap 0.1.0");
	assert_option(&shb, PCAPNG_OPT_COMMENT,
		      "xcap-file: 1\n"
		      "xcap-command: xcap skb -f 'ip_rcv@1, tp:net:*' -w x\n"
		      "xcap-filter: udp port 9000\n"
		      "xcap-probe: 0 spec=ip_rcv@1 name=ip_rcv mechanism=fentry\n"
		      "xcap-probe: 1 spec=tracepoint:net:netif_receive_skb name=netif_receive_skb "
		      "mechanism=tp_btf\n"
		      "xcap-probe: 2 spec=tracepoint:skb:kfree_skb name=kfree_skb mechanism=none "
		      "drops=1");
	free(file.data);
}

static void section_header__of_4096_probes__has_each_on_a_line_of_its_own(void **state)
{
	struct capture_probe *probes = calloc(4096, sizeof(*probes));
	struct capture_info info = filetest_info;
	struct filetest_block shb;
	unsigned int i, found = 0;
	struct file file;
	char *comment;

	for (i = 0; i < 4096; i++)
		probes[i] = filetest_info.probes[0];
	info.probes = probes;
	info.n_probes = 4096;
	file = write_file(state, &info, NULL, 0, NULL);
	shb = block_of(&file, PCAPNG_BLOCK_SHB, 0);
	for (i = 0; *(comment = filetest_option_str(&shb, PCAPNG_OPT_COMMENT, i)); i++) {
		char *line, *rest = comment;

		while ((line = strsep(&rest, "\n")))
			if (strncmp(line, "xcap-probe: ", 12) == 0) {
				assert_int_equal(strtoul(line + 12, NULL, 10), found++);
				assert_string_equal(strstr(line, " spec"),
						    " spec=ip_rcv@1 name=ip_rcv mechanism=fentry");
			}
		free(comment);
	}
	free(comment);
	assert_true(i > 1);
	assert_int_equal(found, 4096);
	free(probes);
	free(file.data);
}

static void comment_line__longer_than_a_line__goes_on_and_joins_to_the_same_text(void **state)
{
	size_t len = 3 * PCAPNG_COMMENT_LINE;
	char *value = malloc(len + 1), *joined = calloc(1, len + 1), *line, *rest;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < len; i += 3)
		memcpy(value + i, "\xe4\xb8\x80", 3); /* never to be cut in the middle */
	value[len] = '\0';
	buf_init(&b);
	pcapng_comment_line(&b, "k", value);
	rest = (char *)buf_str(&b);
	for (i = 0; (line = strsep(&rest, "\n")) && *line; i++) {
		const char *text = strchr(line, ' ') + 1;

		assert_true(strncmp(line, i ? "k+: " : "k: ", i ? 4 : 3) == 0);
		assert_true(strlen(text) <= PCAPNG_COMMENT_LINE);
		assert_true(utf8_is_valid(text));
		strcat(joined, text);
	}
	assert_int_equal(i, 4);
	assert_string_equal(joined, value);
	free(value);
	free(joined);
	buf_fini(&b);
}

static void interface__of_a_probe_and_device__has_name_spec_filter_and_ns(void **state)
{
	struct record records[] = {filetest_record(), filetest_record(), filetest_record()};
	struct filetest_block idb;
	struct file file;
	size_t len;

	records[1].netns_name = "web";
	records[2].probe = 1;
	records[2].ifname[0] = '\0';
	file = write_file(state, &filetest_info, records, 3, NULL);
	assert_int_equal(count_blocks(&file, PCAPNG_BLOCK_IDB), 4);
	idb = block_of(&file, PCAPNG_BLOCK_IDB, 0);
	assert_option(&idb, PCAPNG_IF_NAME, "ip_rcv/-");
	idb = block_of(&file, PCAPNG_BLOCK_IDB, 2);
	assert_option(&idb, PCAPNG_IF_NAME, "ip_rcv/eth0@web");
	idb = block_of(&file, PCAPNG_BLOCK_IDB, 3);
	assert_option(&idb, PCAPNG_IF_NAME, "netif_receive_skb/-");
	idb = block_of(&file, PCAPNG_BLOCK_IDB, 1);
	assert_memory_equal(idb.body, "\x01\x00\x00\x00\xff\xff\x00\x00", 8);
	assert_option(&idb, PCAPNG_IF_NAME, "ip_rcv/eth0");
	assert_option(&idb, PCAPNG_IF_DESCRIPTION, "ip_rcv@1");
	assert_option(&idb, PCAPNG_IF_OS, "Linux 6.18.0 x86_64");
	assert_int_equal(*filetest_option(&idb, PCAPNG_IF_TSRESOL, 0, &len), 9);
	assert_int_equal(len, 1);
	assert_memory_equal(filetest_option(&idb, PCAPNG_IF_FILTER, 0, &len), "\0udp port 9000",
			    14);
	assert_int_equal(len, 14);
	free(file.data);
}

static void packet__comment__holds_every_known_field_and_no_other(void **state)
{
	struct record records[] = {filetest_record(), filetest_record()};
	struct record *r = &records[1];
	struct file file;

	r->probe = 2;
	r->context = XCAP_CTX_TASK;
	r->tid = 815;
	r->netns_name = "web";
	r->mark = 0x10;
	r->pkt_type = 3;
	r->reason = "NETFILTER_DROP";
	r->location = "nf_hook_slow+0x9d [nf tables]";
	r->nf_path = "ip INPUT";
	r->nf_table = "filter";
	r->nf_chain = "INPUT";
	r->sk_state = 10;
	r->lost = 5;
	r->flags = XCAP_EV_SYNTH_ETH | XCAP_EV_VLAN_TAG | XCAP_EV_PARTIAL | XCAP_EV_UNDECIDED;
	file = write_file(state, &filetest_info, records, 2, NULL);
	assert_comment(&file, 0,
		       "probe=ip_rcv@1 cpu=1 ctx=softirq pid=812 comm=nginx ifindex=2 devtype=1 "
		       "skb=0xffff9a3c01b2c400 proto=0x800");
	assert_comment(
		&file, 1,
		"probe=tracepoint:skb:kfree_skb cpu=1 ctx=task pid=812 tid=815 comm=nginx "
		"netns=web ifindex=2 devtype=1 skb=0xffff9a3c01b2c400 mark=0x10 proto=0x800 "
		"pkttype=3 reason=NETFILTER_DROP location=nf_hook_slow+0x9d\\x20[nf\\x20tables] "
		"nf=ip\\x20INPUT table=filter chain=INPUT sk=LISTEN "
		"lost=5 synth=ether vlan=accel partial=1 settled=user");
	free(file.data);
}

static void packet__comment__has_return_argument_gso_and_rebuilt_headers(void **state)
{
	static const struct {
		uint64_t ret;
		const char *written;
	} cases[] = {
		{0, "ret=0"},
		{1, "ret=1"},
		{0xfffffff3, "ret=-13 errno=EACCES"}, /* an int */
		{-13ull, "ret=-13 errno=EACCES"},     /* a long */
		{-4095ull, "ret=-4095"},	      /* the last error has no name */
		{-4096ull, "ret=-4096"},
		{0xffff9a3c01b2c400, "ret=0xffff9a3c01b2c400"},
		{0x80000000, "ret=0x80000000"},
	};
	char expected[256];
	size_t i;

	for (i = 0; i < UTIL_ARRAY_SIZE(cases); i++) {
		struct record r = filetest_record();
		struct file file;

		r.flags = XCAP_EV_HAS_RETURN | XCAP_EV_HAS_EXT;
		r.ret = cases[i].ret;
		r.ext = 0xffff9a3c01b2c500;
		r.gso_size = 1448;
		r.gso_segs = 43;
		r.rebuilt = XCAP_REBUILT_IP | XCAP_REBUILT_TCP;
		file = write_file(state, &filetest_info, &r, 1, NULL);
		snprintf(expected, sizeof(expected),
			 "probe=ip_rcv@1 cpu=1 ctx=softirq pid=812 comm=nginx ifindex=2 devtype=1 "
			 "skb=0xffff9a3c01b2c400 proto=0x800 %s ext=0xffff9a3c01b2c500 gso=1448 "
			 "segs=43 rebuilt=ip,tcp",
			 cases[i].written);
		assert_comment(&file, 0, expected);
		free(file.data);
	}
}

static void packet__that_raw_has_no_form_for__is_left_out_with_its_interface(void **state)
{
	struct capture_info info = filetest_info;
	char *path = filetest_path(state, "x.pcapng");
	struct record r = filetest_record();
	struct sink *sink;
	struct err err;
	struct file file;

	info.link_type = CAPTURE_LINK_RAW;
	sink = filetest_open(&sink_pcapng_ops, path, false, &info);
	r.flags = XCAP_EV_NO_PACKET;
	assert_int_equal(sink_pcapng_ops.write(sink, &r, &err), SINK_LEFT_OUT);
	assert_int_equal(sink_pcapng_ops.close(sink, NULL, &err), 0);
	file.data = util_read_file(path, &file.len);
	assert_int_equal(count_blocks(&file, PCAPNG_BLOCK_EPB), 0);
	assert_int_equal(count_blocks(&file, PCAPNG_BLOCK_IDB), 1);
	free(file.data);
	free(path);
}

/* A comment that is used again must be that of the packet it stands at, word for word. */
static void packet__comment__of_packets_that_are_nearly_alike__is_their_own(void **state)
{
	static char netns[8] = "one";
	struct record records[9], alone;
	struct file all, single;
	unsigned int i;

	for (i = 0; i < UTIL_ARRAY_SIZE(records); i++) {
		records[i] = filetest_record();
		records[i].skb += i << 8;
		records[i].len += i;
	}
	records[2].mark = 5;
	records[3].reason = "NETFILTER_DROP";
	records[4].flags = XCAP_EV_HAS_EXT;
	records[4].ext = 7;
	records[5].skb = 0x1234;
	records[6].lost = 3;
	records[7].tid = 813;
	records[8].netns_name = netns;
	all = write_file(state, &filetest_info, records, UTIL_ARRAY_SIZE(records), NULL);
	for (i = 0; i < UTIL_ARRAY_SIZE(records); i++) {
		struct filetest_block block;
		char *expected;

		alone = records[i];
		single = write_file(state, &filetest_info, &alone, 1, NULL);
		block = block_of(&single, PCAPNG_BLOCK_EPB, 0);
		expected = filetest_option_str(&block, PCAPNG_OPT_COMMENT, 0);
		assert_comment(&all, i, expected);
		free(expected);
		free(single.data);
	}
	free(all.data);
}

/* One packet of these kinds after any other is what it would be as the first of a file. */
static void packet__whatever_came_before_it__is_the_same_block(void **state)
{
	struct record kinds[8], records[8 * 8 * 2];
	struct filetest_block expected[8], block;
	struct file single[8], all;
	unsigned int i, n = 0;

	for (i = 0; i < 8; i++)
		kinds[i] = filetest_record();
	kinds[1].cap_len = 57; /* padded by three */
	kinds[1].skb = 0xfffff00000000009;
	kinds[2].context = XCAP_CTX_TASK;
	kinds[3].lost_before = 4;
	kinds[4].id = 9;
	kinds[5].flags = XCAP_EV_RETRANSMIT;
	kinds[6].direction = XCAP_DIR_UNKNOWN;
	kinds[7].reason = "NETFILTER_DROP";
	for (i = 0; i < 8; i++) {
		single[i] = write_file(state, &filetest_info, &kinds[i], 1, NULL);
		expected[i] = block_of(&single[i], PCAPNG_BLOCK_EPB, 0);
	}
	for (i = 0; i < 64; i++) {
		records[n++] = kinds[i / 8];
		records[n++] = kinds[i % 8];
	}
	all = write_file(state, &filetest_info, records, n, NULL);
	for (i = 0; i < n; i++) {
		unsigned int kind = i % 2 ? i / 2 % 8 : i / 2 / 8;

		block = block_of(&all, PCAPNG_BLOCK_EPB, i);
		assert_int_equal(block.len, expected[kind].len);
		assert_memory_equal(block.body, expected[kind].body, block.len);
	}
	for (i = 0; i < 8; i++)
		free(single[i].data);
	free(all.data);
}

static void packet__comm_of_hostile_bytes__stays_one_word_of_utf8(void **state)
{
	static const struct {
		char comm[XCAP_COMM];
		const char *written;
	} cases[] = {
		{"a b=c\n\td\\", "a\\x20b=c\\x0a\\x09d\\x5c"},
		{"\xff\xfe\x80", "\\xff\\xfe\\x80"},
		{"\xc3\xa9\xe4\xb8\x80", "\xc3\xa9\xe4\xb8\x80"},
		{"\xc0\xaf\xe0\x80\xaf", "\\xc0\\xaf\\xe0\\x80\\xaf"}, /* overlong */
		{"\xed\xa0\x80\xf4\x90\x80\x80", "\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80"},
		{"\xc2\x85\xc2\xa0\xe2\x80\xa8", "\\xc2\\x85\\xc2\\xa0\\xe2\\x80\\xa8"},
		{"\x7f\x1b[2J", "\\x7f\\x1b[2J"},
		{"0123456789abcde\xe4", "0123456789abcde\\xe4"}, /* no NUL, cut off */
	};
	char expected[256];
	size_t i;

	for (i = 0; i < UTIL_ARRAY_SIZE(cases); i++) {
		struct record r = filetest_record();
		struct file file;

		memcpy(r.comm, cases[i].comm, XCAP_COMM);
		file = write_file(state, &filetest_info, &r, 1, NULL);
		snprintf(expected, sizeof(expected),
			 "probe=ip_rcv@1 cpu=1 ctx=softirq pid=812 comm=%s ifindex=2 devtype=1 "
			 "skb=0xffff9a3c01b2c400 proto=0x800",
			 cases[i].written);
		assert_true(utf8_is_valid(expected));
		assert_comment(&file, 0, expected);
		free(file.data);
	}
}

static void packet__flags__hold_direction_and_reception_where_known(void **state)
{
	static const struct {
		uint8_t direction, pkt_type;
		uint32_t word; /* 0: no option */
	} cases[] = {
		{XCAP_DIR_IN, 0, 1 | 1 << 2},  {XCAP_DIR_IN, 1, 1 | 3 << 2},
		{XCAP_DIR_IN, 2, 1 | 2 << 2},  {XCAP_DIR_IN, 3, 1 | 4 << 2},
		{XCAP_DIR_IN, 4, 1},	       {XCAP_DIR_OUT, 0, 2},
		{XCAP_DIR_OUT, 4, 2},	       {XCAP_DIR_UNKNOWN, 0, 0},
		{XCAP_DIR_UNKNOWN, 2, 2 << 2}, {XCAP_DIR_UNKNOWN, 255, 0},
	};
	size_t i, len;

	for (i = 0; i < UTIL_ARRAY_SIZE(cases); i++) {
		struct record r = filetest_record();
		struct filetest_block epb;
		const uint8_t *option;
		struct file file;

		r.direction = cases[i].direction;
		r.pkt_type = cases[i].pkt_type;
		file = write_file(state, &filetest_info, &r, 1, NULL);
		epb = block_of(&file, PCAPNG_BLOCK_EPB, 0);
		option = filetest_option(&epb, PCAPNG_EPB_FLAGS, 0, &len);
		assert_int_equal(option != NULL, cases[i].word != 0);
		if (option)
			assert_memory_equal(option, &cases[i].word, 4);
		free(file.data);
	}
}

static void packet__losses_and_task__are_options_only_where_there_are_any(void **state)
{
	struct record records[] = {filetest_record(), filetest_record()};
	const uint32_t ids[] = {812, 815};
	struct filetest_block epb;
	const uint8_t *option;
	struct file file;
	size_t len;

	records[1].context = XCAP_CTX_TASK;
	records[1].tid = 815;
	records[1].lost_before = 7;
	file = write_file(state, &filetest_info, records, 2, NULL);
	epb = block_of(&file, PCAPNG_BLOCK_EPB, 0);
	assert_null(filetest_option(&epb, PCAPNG_EPB_DROPCOUNT, 0, &len));
	assert_null(filetest_option(&epb, PCAPNG_EPB_PIDTID, 0, &len));
	epb = block_of(&file, PCAPNG_BLOCK_EPB, 1);
	assert_int_equal(filetest_option_u64(&epb, PCAPNG_EPB_DROPCOUNT), 7);
	option = filetest_option(&epb, PCAPNG_EPB_PIDTID, 0, &len);
	assert_int_equal(len, sizeof(ids));
	assert_memory_equal(option, ids, sizeof(ids));
	free(file.data);
}

static void packet__that_is_followed__has_its_id_as_option_and_word(void **state)
{
	struct record records[] = {filetest_record(), filetest_record(), filetest_record()};
	struct filetest_block epb;
	struct file file;
	size_t len;

	/* two packets that are alike, so that the second comment is from the cache */
	records[0].id = 17;
	records[1].id = 18;
	records[1].parent = 17;
	file = write_file(state, &filetest_info, records, 3, NULL);
	for (unsigned int i = 0; i < 2; i++) {
		epb = block_of(&file, PCAPNG_BLOCK_EPB, i);
		assert_int_equal(filetest_option_u64(&epb, PCAPNG_EPB_PACKETID), 17 + i);
	}
	assert_comment(&file, 0,
		       "probe=ip_rcv@1 cpu=1 ctx=softirq pid=812 comm=nginx ifindex=2 devtype=1 "
		       "skb=0xffff9a3c01b2c400 proto=0x800 id=17");
	assert_comment(&file, 1,
		       "probe=ip_rcv@1 cpu=1 ctx=softirq pid=812 comm=nginx ifindex=2 devtype=1 "
		       "skb=0xffff9a3c01b2c400 proto=0x800 id=18 parent=17");
	/* and none of it in that of a packet that is not followed */
	epb = block_of(&file, PCAPNG_BLOCK_EPB, 2);
	assert_null(filetest_option(&epb, PCAPNG_EPB_PACKETID, 0, &len));
	assert_comment(&file, 2,
		       "probe=ip_rcv@1 cpu=1 ctx=softirq pid=812 comm=nginx ifindex=2 devtype=1 "
		       "skb=0xffff9a3c01b2c400 proto=0x800");
	free(file.data);
}

static void packet__drops_by_netfilter__name_path_table_chain_and_socket(void **state)
{
	struct record records[] = {filetest_record(), filetest_record()};
	struct file file;

	records[0].nf_path = "ip INPUT";
	records[0].nf_table = "filter";
	records[0].nf_chain = "input";
	records[0].sk_state = 10;
	records[0].id = records[0].parent = 3;
	records[0].flags = XCAP_EV_RETRANSMIT;
	file = write_file(state, &filetest_info, records, 2, NULL);
	assert_comment(&file, 0,
		       "probe=ip_rcv@1 cpu=1 ctx=softirq pid=812 comm=nginx ifindex=2 devtype=1 "
		       "skb=0xffff9a3c01b2c400 proto=0x800 nf=ip\\x20INPUT table=filter "
		       "chain=input sk=LISTEN id=3 parent=3 retransmit=1");
	assert_comment(&file, 1,
		       "probe=ip_rcv@1 cpu=1 ctx=softirq pid=812 comm=nginx ifindex=2 devtype=1 "
		       "skb=0xffff9a3c01b2c400 proto=0x800");
	free(file.data);
}

static void packet__that_is_a_hop__names_its_journey_and_the_last_one_what_was_missing(void **state)
{
	char *path = filetest_path(state, "x.pcapng"), *comment;
	struct sink *sink = filetest_open(&sink_pcapng_ops, path, false, &filetest_info);
	struct record r = filetest_record();
	const uint32_t missing[] = {1, 2};
	const struct journey journey = {.number = 3,
					.end = JOURNEY_DROPPED,
					.n_hops = 2,
					.took_ns = 4100,
					.missing = missing,
					.n_missing = 2,
					.cut = true,
					.lost = 5};
	static const char *const want[] = {
		" journey=3 end=dropped took=4100",
		" journey=3 end=dropped took=4100 missing=tracepoint:net:netif_receive_skb,"
		"tracepoint:skb:kfree_skb journey_lost=5 cut=1",
		" proto=0x800",
	};
	struct filetest_block epb;
	struct file file;
	struct err err;

	sink_pcapng_ops.begin_journey(sink, &journey);
	for (int i = 0; i < 3; i++)
		assert_int_equal(sink_pcapng_ops.write(sink, &r, &err), 0);
	assert_int_equal(sink_pcapng_ops.close(sink, NULL, &err), 0);
	file.data = util_read_file(path, &file.len);
	for (unsigned int i = 0; i < 3; i++) {
		epb = block_of(&file, PCAPNG_BLOCK_EPB, i);
		comment = filetest_option_str(&epb, PCAPNG_OPT_COMMENT, 0);
		assert_true(strlen(comment) > strlen(want[i]));
		assert_string_equal(comment + strlen(comment) - strlen(want[i]), want[i]);
		free(comment);
	}
	free(file.data);
	free(path);
}

static void interfaces__150_devices_and_150_netns__are_described_once_each_before_use(void **state)
{
	struct record *records = calloc(600, sizeof(*records));
	struct filetest_block block;
	unsigned int i, described = 0, packets = 0;
	char netns[600][8];
	struct file file;

	for (i = 0; i < 600; i++) {
		records[i] = filetest_record();
		snprintf(netns[i], sizeof(netns[i]), "ns%u", i % 300);
		if (i % 300 < 150)
			snprintf(records[i].ifname, XCAP_IFNAME, "veth%u", i % 300);
		else
			records[i].netns_name = netns[i];
	}
	file = write_file(state, &filetest_info, records, 600, NULL);
	for (i = 0; filetest_block(file.data, file.len, i, &block); i++) {
		uint32_t number;

		described += block.type == PCAPNG_BLOCK_IDB;
		if (block.type != PCAPNG_BLOCK_EPB)
			continue;
		memcpy(&number, block.body, sizeof(number));
		assert_int_equal(number, packets++ % 300 + 1);
		assert_true(number < described);
	}
	assert_int_equal(described, 301);
	assert_int_equal(packets, 600);
	free(records);
	free(file.data);
}

static const struct capture_counts counts[] = {
	{.seen = 12,
	 .rejected = 7,
	 .nested = 1,
	 .matched = 4,
	 .sent = 2,
	 .ring_full = 2,
	 .missed_known = true,
	 .missed = 3},
	{.seen = 9, .rejected = 9},
	{.missed_known = true},
};

static const struct capture_totals totals = {
	.probes = counts,
	.n_probes = 3,
	.shown = 2,
	.start_ns = FILETEST_TS - 5,
	.end_ns = FILETEST_TS + 5,
};

static void assert_statistics(const struct file *file, unsigned int i, uint64_t written,
			      const char *comment, bool has_counts)
{
	struct filetest_block isb = block_of(file, PCAPNG_BLOCK_ISB, i);
	uint64_t start = (FILETEST_TS - 5) >> 32 | (FILETEST_TS - 5) << 32;
	size_t len;

	assert_int_equal(isb.body[0], i);
	assert_int_equal(filetest_option_u64(&isb, PCAPNG_ISB_STARTTIME), start);
	assert_int_equal(filetest_option_u64(&isb, PCAPNG_ISB_USRDELIV), written);
	assert_option(&isb, PCAPNG_OPT_COMMENT, comment);
	assert_int_equal(filetest_option(&isb, PCAPNG_ISB_IFRECV, 0, &len) != NULL, has_counts);
	assert_int_equal(filetest_option(&isb, PCAPNG_ISB_IFDROP, 0, &len) != NULL, has_counts);
	assert_int_equal(filetest_option(&isb, PCAPNG_ISB_FILTERACCEPT, 0, &len) != NULL,
			 has_counts);
}

static void statistics__of_a_probe__stand_on_its_first_interface_only(void **state)
{
	struct record records[] = {filetest_record(), filetest_record()};
	struct filetest_block isb;
	struct file file;
	char *text;

	records[1].ifname[3] = '1';
	file = write_file(state, &filetest_info, records, 2, &totals);
	assert_int_equal(count_blocks(&file, PCAPNG_BLOCK_ISB), 4);
	assert_statistics(&file, 0, 0,
			  "probe=ip_rcv@1 written=0 counters=probe seen=12 rejected=7 fault=0 "
			  "nested=1 undecidable=0 sampled=0 limited=0 matched=4 sent=2 ring_full=2 "
			  "table_full=0 discarded=0 missed=3",
			  true);
	assert_statistics(&file, 1, 1, "probe=ip_rcv@1 written=1 counters_at_interface=0", false);
	assert_statistics(&file, 2, 1, "probe=ip_rcv@1 written=1 counters_at_interface=0", false);
	assert_statistics(&file, 3, 0,
			  "probe=tracepoint:net:netif_receive_skb written=0 counters=probe seen=9 "
			  "rejected=9 fault=0 nested=0 undecidable=0 sampled=0 limited=0 matched=0 "
			  "sent=0 ring_full=0 table_full=0 discarded=0 missed=unknown",
			  true);
	isb = block_of(&file, PCAPNG_BLOCK_ISB, 0);
	assert_int_equal(filetest_option_u64(&isb, PCAPNG_ISB_IFRECV), 12);
	assert_int_equal(filetest_option_u64(&isb, PCAPNG_ISB_IFDROP), 3);
	assert_int_equal(filetest_option_u64(&isb, PCAPNG_ISB_FILTERACCEPT), 4);
	text = filetest_option_str(&isb, PCAPNG_OPT_COMMENT, 1);
	assert_non_null(strstr(text, "whole probe, over all its interfaces"));
	free(text);
	text = filetest_option_str(&isb, PCAPNG_OPT_COMMENT, 2);
	assert_string_equal(text,
			    "counters=capture shown=2 settled_out=0 hidden=0 held_back=0 strays=0 "
			    "after_limit=0 unwritten=0 "
			    "left_out=0 unconverted=0 tracked=0 untracked=0 aged=0 ends_lost=0");
	free(text);
	free(file.data);
}

static void packet__cap_len_above_snaplen_or_len__is_cut_and_len_raised(void **state)
{
	struct capture_info info = filetest_info;
	struct record records[] = {filetest_record(), filetest_record()};
	struct filetest_block epb;
	struct file file;

	info.snaplen = 50;
	records[1].len = 10;
	file = write_file(state, &info, records, 2, NULL);
	epb = block_of(&file, PCAPNG_BLOCK_EPB, 0);
	assert_memory_equal(epb.body + 12, "\x32\0\0\0\x3c\0\0\0", 8);
	epb = block_of(&file, PCAPNG_BLOCK_EPB, 1);
	assert_memory_equal(epb.body + 12, "\x32\0\0\0\x3c\0\0\0", 8);
	free(file.data);
}

static void write__probe_out_of_range__is_an_error_and_writes_nothing(void **state)
{
	char *path = filetest_path(state, "x.pcapng");
	struct sink *sink = filetest_open(&sink_pcapng_ops, path, true, &filetest_info);
	struct record r = filetest_record();
	struct filetest_block block;
	struct err err;
	char *data;
	size_t len;

	r.probe = 3;
	assert_int_equal(sink_pcapng_ops.write(sink, &r, &err), -EIO);
	assert_string_equal(err.msg, "a record names probe 3, and there are 3");
	assert_int_equal(sink_pcapng_ops.close(sink, NULL, &err), 0);
	data = util_read_file(path, &len);
	assert_true(filetest_block(data, len, 1, &block));
	assert_false(filetest_block(data, len, 2, &block));
	free(data);
	free(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, filetest_setup, filetest_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(section_header__holds_command_line_filter_and_every_probe),
		TEST(section_header__of_4096_probes__has_each_on_a_line_of_its_own),
		TEST(comment_line__longer_than_a_line__goes_on_and_joins_to_the_same_text),
		TEST(interface__of_a_probe_and_device__has_name_spec_filter_and_ns),
		TEST(packet__comment__holds_every_known_field_and_no_other),
		TEST(packet__comment__has_return_argument_gso_and_rebuilt_headers),
		TEST(packet__that_raw_has_no_form_for__is_left_out_with_its_interface),
		TEST(packet__comment__of_packets_that_are_nearly_alike__is_their_own),
		TEST(packet__whatever_came_before_it__is_the_same_block),
		TEST(packet__comm_of_hostile_bytes__stays_one_word_of_utf8),
		TEST(packet__flags__hold_direction_and_reception_where_known),
		TEST(packet__losses_and_task__are_options_only_where_there_are_any),
		TEST(packet__that_is_followed__has_its_id_as_option_and_word),
		TEST(packet__drops_by_netfilter__name_path_table_chain_and_socket),
		TEST(packet__that_is_a_hop__names_its_journey_and_the_last_one_what_was_missing),
		TEST(interfaces__150_devices_and_150_netns__are_described_once_each_before_use),
		TEST(statistics__of_a_probe__stand_on_its_first_interface_only),
		TEST(packet__cap_len_above_snaplen_or_len__is_cut_and_len_raised),
		TEST(write__probe_out_of_range__is_an_error_and_writes_nothing),
	};

	return cmocka_run_group_tests_name("sink_pcapng", tests, NULL, NULL);
}
