/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sink_pcap.c - records as a classic pcap file with nanoseconds, by libpcap's own writer.
 *
 * The format has no room for metadata: bytes, lengths and time only. A record without packet is a
 * packet of zero bytes, so that the file has as many packets as there were records. libpcap writes
 * to a stream over struct output, so that errors read the same for every sink and none is missed:
 * pcap_dump() itself returns nothing.
 */
#include <errno.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "record/packet.h"
#include "sink/output.h"
#include "sink/sink.h"

struct sink {
	struct output *output;
	pcap_t *pcap;
	pcap_dumper_t *dumper;
	struct packet_maker maker;
	bool unbuffered;
	int ret; /* of the first write that failed, with its err */
	struct err err;
};

/* cookie_write_function_t: 0 tells a failure; struct output buffers, the stream does not. */
static ssize_t stream_write(void *cookie, const char *data, size_t len)
{
	struct sink *sink = cookie;

	if (!sink->ret)
		sink->ret = output_write(sink->output, data, len, &sink->err);
	return sink->ret ? 0 : (ssize_t)len;
}

/* The outcome of everything written so far. */
static int check(const struct sink *sink, struct err *err)
{
	if (sink->ret)
		*err = sink->err;
	return sink->ret;
}

static int flush(struct sink *sink, struct err *err)
{
	return sink->ret ? check(sink, err) : output_flush(sink->output, err);
}

static int open_dumper(struct sink *sink, const struct capture_info *info, struct err *err)
{
	const cookie_io_functions_t functions = {.write = stream_write};
	/* the one of the three whose number in a file is not that in this system's libpcap */
	const int dlt = info->link_type == CAPTURE_LINK_RAW ? DLT_RAW : info->link_type;
	FILE *stream;

	sink->pcap = pcap_open_dead_with_tstamp_precision(dlt, info->snaplen,
							  PCAP_TSTAMP_PRECISION_NANO);
	stream = fopencookie(sink, "w", functions);
	if (!sink->pcap || !stream) {
		if (stream)
			fclose(stream);
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot write a pcap file");
	}
	setvbuf(stream, NULL, _IONBF, 0);
	sink->dumper = pcap_dump_fopen(sink->pcap, stream);
	if (sink->dumper)
		return flush(sink, err);
	fclose(stream);
	return sink->ret ? check(sink, err)
			 : err_set(err, ERR_FAILED, "cannot write a pcap file: %s",
				   pcap_geterr(sink->pcap));
}

/* Close everything; 0 or the first failure of the closing itself. */
static int sink_free(struct sink *sink, struct err *err)
{
	int ret;

	if (sink->dumper)
		pcap_dump_close(sink->dumper);
	if (sink->pcap)
		pcap_close(sink->pcap);
	ret = output_close(sink->output, err);
	packet_fini(&sink->maker);
	free(sink);
	return ret;
}

static int pcap_sink_open(struct sink **sink, const struct sink_config *config,
			  const struct capture_info *info, struct err *err)
{
	struct sink *s = calloc(1, sizeof(*s));
	struct err ignored;
	int ret;

	if (!s || packet_init(&s->maker, info->link_type, info->snaplen)) {
		free(s);
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot write '%s'", config->path);
	}
	s->unbuffered = config->unbuffered;
	ret = output_open(&s->output, config->path, err);
	if (!ret)
		ret = open_dumper(s, info, err);
	if (ret)
		sink_free(s, &ignored);
	else
		*sink = s;
	return ret;
}

static int pcap_sink_write(struct sink *sink, const struct record *record, struct err *err)
{
	struct pcap_pkthdr header = {
		.ts.tv_sec = record->ts_ns / 1000000000,
		.ts.tv_usec = record->ts_ns % 1000000000, /* ns: see open_dumper() */
	};
	struct packet packet;

	if (!packet_make(&sink->maker, record, &packet))
		return SINK_LEFT_OUT;
	header.caplen = packet.cap_len;
	header.len = packet.len;
	pcap_dump((u_char *)sink->dumper, &header, packet.data);
	return sink->unbuffered ? flush(sink, err) : check(sink, err);
}

static int pcap_sink_tick(struct sink *sink, struct err *err)
{
	return flush(sink, err);
}

static int pcap_sink_close(struct sink *sink, const struct capture_totals *totals, struct err *err)
{
	(void)totals; /* the format has no place for them */
	return sink_free(sink, err);
}

const struct sink_ops sink_pcap_ops = {
	.name = "pcap",
	.help = "classic pcap with nanoseconds: packets only, for any reader",
	.needs = SINK_NEEDS_PACKET,
	.open = pcap_sink_open,
	.write = pcap_sink_write,
	.tick = pcap_sink_tick,
	.close = pcap_sink_close,
};
