/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sink_pcapng.c - records as a pcapng file (draft-ietf-opsawg-pcapng; sections are its).
 *
 * Section header: comments of lines "xcap-KEY: VALUE", escaped as in pcapng_comment.h, in order:
 *	xcap-file: 1
 *	xcap-command: xcap skb -f ip_rcv@1 -w x.pcapng
 *	xcap-filter: tcp port 80
 *	xcap-probe: 0 spec=ip_rcv@1 name=ip_rcv mechanism=fentry
 * one xcap-probe for each; mechanism=none if it is not attached, drops=1 behind it at kfree_skb,
 * goal=1 where packets have got where they were sent, added=1 if xcap put it there by itself,
 *named=1 if the user named it alone. Interfaces: "ip_rcv/eth0@web" per probe, device ("-": none)
 *and namespace (none: xcap's own). The first is that of probe 0 without device: readers want one
 *before they know any packet. Statistics: each interface has what was written on it; a probe's
 *counters know nothing of devices and stand on its first interface only, so that sums over
 *interfaces are right.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/util.h"
#include "sink/output.h"
#include "sink/pcapng_block.h"
#include "sink/pcapng_comment.h"
#include "sink/pcapng_iface.h"
#include "sink/pcapng_packet.h"
#include "sink/sink.h"

#define NO_IFACE UINT32_MAX

struct sink {
	struct output *output;
	const struct capture_info *info;
	bool unbuffered;
	struct packet_maker maker;
	struct pcapng_iface_table ifaces;
	uint32_t *first_iface; /* of each probe; NO_IFACE: none yet */
	struct buf block, comment;
	struct pcapng_cache cache;
	bool stack;		       /* -S */
	const struct journey *journey; /* whose hops are being written; NULL: none */
	uint32_t hops_left;	       /* of it */
	struct pcapng_stacks stacks;
};

/* Text of the user or of the system as it is; left out where the format could not take it. */
static void option_text(struct buf *b, uint16_t code, const char *s)
{
	if (utf8_is_valid(s))
		pcapng_block_option_str(b, code, s);
}

/* Whole lines, in as many comments as they need: one holds at most 65,535 bytes. */
static void option_lines(struct buf *b, const struct buf *lines)
{
	size_t from = 0, n;

	if (buf_failed(lines))
		b->failed = true;
	while (!buf_failed(b) && from < lines->len) {
		const char *text = lines->data + from;

		n = lines->len - from;
		if (n > PCAPNG_BLOCK_OPTION_MAX)
			n = (const char *)memrchr(text, '\n', PCAPNG_BLOCK_OPTION_MAX) - text + 1;
		pcapng_block_option(b, PCAPNG_OPT_COMMENT, text, n - 1);
		from += n;
	}
}

static void describe_probe(struct buf *lines, uint32_t number, const struct capture_probe *probe)
{
	buf_add_fmt(lines, "xcap-probe: %u", number);
	pcapng_comment_str(lines, "spec", probe->spec);
	pcapng_comment_str(lines, "name", probe->name);
	pcapng_comment_str(lines, "mechanism", probe->mechanism ? probe->mechanism : "none");
	if (probe->is_kfree_skb)
		pcapng_comment_dec(lines, "drops", 1);
	if (probe->is_goal)
		pcapng_comment_dec(lines, "goal", 1);
	if (probe->is_added)
		pcapng_comment_dec(lines, "added", 1);
	if (probe->named)
		pcapng_comment_dec(lines, "named", 1);
	buf_add_char(lines, '\n');
}

/* Section header block, section 4.1. Its length is not known beforehand: -1. */
static void add_shb(struct sink *sink)
{
	const struct capture_info *info = sink->info;
	const char *machine = strrchr(info->os, ' ');
	size_t start = pcapng_block_begin(&sink->block, PCAPNG_BLOCK_SHB);
	uint32_t i;

	pcapng_block_u32(&sink->block, PCAPNG_BLOCK_MAGIC);
	pcapng_block_u16(&sink->block, 1); /* version 1.0 */
	pcapng_block_u16(&sink->block, 0);
	pcapng_block_u64(&sink->block, UINT64_MAX);
	if (machine)
		option_text(&sink->block, PCAPNG_SHB_HARDWARE, machine + 1);
	option_text(&sink->block, PCAPNG_SHB_OS, info->os);
	option_text(&sink->block, PCAPNG_SHB_USERAPPL, info->version);

	buf_reset(&sink->comment);
	pcapng_comment_line(&sink->comment, "xcap-file", "1");
	pcapng_comment_line(&sink->comment, "xcap-command", info->command_line);
	pcapng_comment_line(&sink->comment, "xcap-filter", info->filter);
	for (i = 0; i < info->n_probes; i++)
		describe_probe(&sink->comment, i, &info->probes[i]);
	option_lines(&sink->block, &sink->comment);
	pcapng_block_end(&sink->block, start);
}

/*
 * The filter, section 4.2 "if_filter": a zero byte, then the expression. One that does not fit is
 * only in the section header.
 */
static void option_filter(struct buf *b, const char *filter)
{
	size_t len = strlen(filter);

	if (!len || len >= PCAPNG_BLOCK_OPTION_MAX || !utf8_is_valid(filter))
		return;
	pcapng_block_u16(b, PCAPNG_IF_FILTER);
	pcapng_block_u16(b, len + 1);
	buf_add_char(b, '\0');
	buf_add(b, filter, len);
	buf_add_zero(b, -(len + 1) & 3);
}

/*
 * The number of a link type in an interface block. libpcap (1.10 and before) compares that of the
 * second interface, as it stands in the file, with its own number for that of the first:
 * LINKTYPE_RAW (101), which it calls 12, would end tcpdump there. 12 is read as raw IP by libpcap
 * and Wireshark.
 */
static uint16_t idb_link_type(int link_type)
{
	return link_type == CAPTURE_LINK_RAW ? 12 : link_type;
}

/* Interface description block, section 4.2: the same link type and snaplen for all. */
static void add_idb(struct sink *sink, const struct pcapng_iface *iface)
{
	const struct capture_probe *probe = &sink->info->probes[iface->probe];
	const uint8_t tsresol = 9; /* timestamps count 10^-9 s */
	struct buf *b = &sink->block, *name = &sink->comment;
	size_t start = pcapng_block_begin(b, PCAPNG_BLOCK_IDB);

	pcapng_block_u16(b, idb_link_type(sink->info->link_type));
	pcapng_block_u16(b, 0);
	pcapng_block_u32(b, sink->info->snaplen);
	buf_reset(name);
	pcapng_comment_escape(name, probe->name);
	buf_add_char(name, '/');
	pcapng_comment_escape(name, iface->ifname[0] ? iface->ifname : "-");
	if (iface->netns_name[0])
		buf_add_char(name, '@');
	pcapng_comment_escape(name, iface->netns_name);
	pcapng_block_option_str(b, PCAPNG_IF_NAME, buf_str(name));
	buf_reset(name);
	pcapng_comment_escape(name, probe->spec);
	pcapng_block_option_str(b, PCAPNG_IF_DESCRIPTION, buf_str(name));
	pcapng_block_option(b, PCAPNG_IF_TSRESOL, &tsresol, sizeof(tsresol));
	option_filter(b, sink->info->filter);
	option_text(b, PCAPNG_IF_OS, sink->info->os);
	pcapng_block_end(b, start);
}

/* The number of an interface; its description goes into the block buffer when it is new. */
static int get_iface(struct sink *sink, uint32_t probe, const char *ifname, const char *netns_name,
		     uint32_t *number)
{
	bool added;

	if (pcapng_iface_get(&sink->ifaces, probe, ifname, netns_name, number, &added))
		return -ENOMEM;
	if (added) {
		add_idb(sink, &sink->ifaces.ifaces[*number]);
		if (sink->first_iface[probe] == NO_IFACE)
			sink->first_iface[probe] = *number;
	}
	return 0;
}

/* Hand over what stands in the block buffer. */
static int emit(struct sink *sink, struct err *err)
{
	if (buf_failed(&sink->block))
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot build a pcapng block");
	return output_write(sink->output, sink->block.data, sink->block.len, err);
}

static void describe_counts(struct buf *c, const struct capture_counts *n)
{
	const char *name;

	for (unsigned int i = 0; (name = capture_count_name(i)); i++)
		pcapng_comment_dec(c, name, capture_count(n, i));
	if (n->missed_known)
		pcapng_comment_dec(c, "missed", n->missed);
	else
		pcapng_comment_str(c, "missed", "unknown");
}

/* On the first interface of a probe: the probe's counters, and in words whose they are. */
static void add_probe_counts(struct sink *sink, const struct capture_counts *counts)
{
	static const char whose[] = "these counters are of the whole probe, over all its "
				    "interfaces; only 'written' is of this interface";
	struct buf *b = &sink->block;

	pcapng_block_option_u64(b, PCAPNG_ISB_IFRECV, counts->seen);
	pcapng_block_option_u64(b, PCAPNG_ISB_IFDROP, capture_lost(counts));
	pcapng_block_option_u64(b, PCAPNG_ISB_FILTERACCEPT, counts->matched);
	pcapng_comment_str(&sink->comment, "counters", "probe");
	describe_counts(&sink->comment, counts);
	pcapng_block_comment(b, &sink->comment);
	pcapng_block_option_str(b, PCAPNG_OPT_COMMENT, whose);
}

/* On interface 0: what became of all the records. */
static void add_capture_counts(struct sink *sink, const struct capture_totals *totals)
{
	struct buf *c = &sink->comment;
	const char *name;

	buf_reset(c);
	pcapng_comment_str(c, "counters", "capture");
	for (unsigned int i = 0; (name = capture_total_name(i)); i++)
		pcapng_comment_dec(c, name, capture_total(totals, i));
	pcapng_block_comment(&sink->block, c);
}

/* Interface statistics block, section 4.6. */
static void add_isb(struct sink *sink, uint32_t number, const struct capture_totals *totals)
{
	const struct pcapng_iface *iface = &sink->ifaces.ifaces[number];
	uint32_t first = sink->first_iface[iface->probe];
	struct buf *b = &sink->block;
	size_t start = pcapng_block_begin(b, PCAPNG_BLOCK_ISB);

	pcapng_block_u32(b, number);
	pcapng_block_time(b, totals->end_ns);
	pcapng_block_option_time(b, PCAPNG_ISB_STARTTIME, totals->start_ns);
	pcapng_block_option_time(b, PCAPNG_ISB_ENDTIME, totals->end_ns);
	pcapng_block_option_u64(b, PCAPNG_ISB_USRDELIV, iface->packets);
	buf_reset(&sink->comment);
	pcapng_comment_str(&sink->comment, "probe", sink->info->probes[iface->probe].spec);
	pcapng_comment_dec(&sink->comment, "written", iface->packets);
	if (first == number && iface->probe < totals->n_probes) {
		add_probe_counts(sink, &totals->probes[iface->probe]);
	} else {
		pcapng_comment_dec(&sink->comment, "counters_at_interface", first);
		pcapng_block_comment(b, &sink->comment);
	}
	if (number == 0)
		add_capture_counts(sink, totals);
	pcapng_block_end(b, start);
}

/* A probe whose packets were all rejected or lost needs an interface to carry its counters. */
static int add_silent_probes(struct sink *sink, const struct capture_totals *totals)
{
	uint32_t i, number;

	for (i = 0; i < UTIL_MIN(sink->info->n_probes, totals->n_probes); i++) {
		const struct capture_counts *counts = &totals->probes[i];

		if (sink->first_iface[i] == NO_IFACE && (counts->seen || counts->missed) &&
		    get_iface(sink, i, "", "", &number))
			return -ENOMEM;
	}
	return 0;
}

static int write_statistics(struct sink *sink, const struct capture_totals *totals, struct err *err)
{
	uint32_t i;
	int ret;

	buf_reset(&sink->block);
	if (add_silent_probes(sink, totals))
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot write the statistics");
	for (i = 0; i < sink->ifaces.n; i++) {
		add_isb(sink, i, totals);
		ret = emit(sink, err);
		if (ret)
			return ret;
		buf_reset(&sink->block);
	}
	return 0;
}

static void sink_free(struct sink *sink)
{
	pcapng_iface_fini(&sink->ifaces);
	buf_fini(&sink->block);
	buf_fini(&sink->comment);
	pcapng_stack_fini(&sink->stacks);
	packet_fini(&sink->maker);
	free(sink->first_iface);
	free(sink);
}

/* Section header and the first interface, so that a reader at the other end can begin. */
static int write_header(struct sink *sink, struct err *err)
{
	uint32_t number;
	int ret;

	add_shb(sink);
	if (get_iface(sink, 0, "", "", &number))
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot write the pcapng header");
	ret = emit(sink, err);
	return ret ? ret : output_flush(sink->output, err);
}

static int pcapng_open(struct sink **sink, const struct sink_config *config,
		       const struct capture_info *info, struct err *err)
{
	struct sink *s = calloc(1, sizeof(*s));
	struct err ignored;
	uint32_t i;
	int ret;

	if (s)
		s->first_iface = calloc(info->n_probes, sizeof(*s->first_iface));
	if (!s || !s->first_iface || packet_init(&s->maker, info->link_type, info->snaplen)) {
		if (s)
			free(s->first_iface);
		free(s);
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot write '%s'", config->path);
	}
	for (i = 0; i < info->n_probes; i++)
		s->first_iface[i] = NO_IFACE;
	pcapng_iface_init(&s->ifaces);
	buf_init(&s->block);
	buf_init(&s->comment);
	pcapng_stack_init(&s->stacks);
	s->stack = config->stack;
	s->info = info;
	s->unbuffered = config->unbuffered;
	ret = output_open(&s->output, config->path, err);
	if (!ret) {
		ret = write_header(s, err);
		if (!ret) {
			*sink = s;
			return 0;
		}
		output_close(s->output, &ignored);
	}
	sink_free(s);
	return ret;
}

static void pcapng_begin_journey(struct sink *sink, const struct journey *journey)
{
	sink->journey = journey;
	sink->hops_left = journey->n_hops;
}

/* The journey that the next record is a hop of. */
static struct pcapng_packet_hop next_hop(struct sink *sink)
{
	struct pcapng_packet_hop hop = {.journey = sink->journey, .is_last = sink->hops_left == 1};

	if (sink->hops_left && !--sink->hops_left)
		sink->journey = NULL;
	return hop;
}

/* A packet like one before it; *done: it was one, and the result is that of writing it. */
static int write_known(struct sink *sink, const struct record *record,
		       const struct pcapng_packet_hop *hop, const struct packet *packet, bool *done,
		       struct err *err)
{
	const struct pcapng_cache_row *row = pcapng_packet_known(&sink->cache, record, hop);
	struct pcapng_iface *iface = row ? &sink->ifaces.ifaces[row->iface] : NULL;
	char *at;

	*done = row && !strcmp(iface->netns_name, record->netns_name);
	if (!*done)
		return 0;
	at = output_reserve(sink->output, pcapng_packet_known_size(row, packet), err);
	if (!at)
		return err->code;
	pcapng_packet_put(at, row, record, packet);
	iface->packets++;
	return 0;
}

static int write_new(struct sink *sink, const struct record *record,
		     const struct pcapng_packet_hop *hop, const struct packet *packet,
		     struct err *err)
{
	char ifname[XCAP_IFNAME + 1] = "";
	uint32_t number;
	int ret;

	memcpy(ifname, record->ifname, XCAP_IFNAME);
	buf_reset(&sink->block);
	if (get_iface(sink, record->probe, ifname, record->netns_name, &number))
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot add an interface to the file");
	pcapng_packet_add(&sink->block, &sink->comment, &sink->cache,
			  sink->stack ? &sink->stacks : NULL, sink->info, record, hop, packet,
			  number);
	ret = emit(sink, err);
	if (!ret)
		sink->ifaces.ifaces[number].packets++;
	return ret;
}

static int pcapng_write(struct sink *sink, const struct record *record, struct err *err)
{
	const struct pcapng_packet_hop hop = next_hop(sink);
	struct packet packet;
	bool known;
	int ret;

	if (record->probe >= sink->info->n_probes)
		return err_set(err, ERR_FAILED, "a record names probe %u, and there are %u",
			       record->probe, sink->info->n_probes);
	if (!packet_make(&sink->maker, record, &packet))
		return SINK_LEFT_OUT;
	ret = write_known(sink, record, &hop, &packet, &known, err);
	if (!known)
		ret = write_new(sink, record, &hop, &packet, err);
	return ret || !sink->unbuffered ? ret : output_flush(sink->output, err);
}

static int pcapng_tick(struct sink *sink, struct err *err)
{
	return output_flush(sink->output, err);
}

static int pcapng_close(struct sink *sink, const struct capture_totals *totals, struct err *err)
{
	struct err close_err;
	int ret = totals ? write_statistics(sink, totals, err) : 0;
	int close_ret = output_close(sink->output, &close_err);

	if (close_ret && !ret) {
		*err = close_err;
		ret = close_ret;
	}
	sink_free(sink);
	return ret;
}

const struct sink_ops sink_pcapng_ops = {
	.name = "pcapng",
	.help = "pcapng: packets with all their metadata, for Wireshark and tcpdump",
	.needs = SINK_NEEDS_PACKET | SINK_NEEDS_COMM | SINK_NEEDS_CONTEXT | SINK_NEEDS_DEVICE |
		 SINK_NEEDS_SEGMENTS,
	.open = pcapng_open,
	.write = pcapng_write,
	.begin_journey = pcapng_begin_journey,
	.tick = pcapng_tick,
	.close = pcapng_close,
};
