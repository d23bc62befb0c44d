/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sink_pcap.c - records as a classic pcap file with nanoseconds.
 *
 * The format has no room for metadata: bytes, lengths and time only. A record without packet is a
 * link header alone, so that the file has as many packets as there were records. libpcap writes the
 * file's header, as it knows the numbers of link types; what comes behind it is 16 bytes and the
 * packet (pcap-savefile(5)), which pcap_dump() takes two calls of stdio for.
 */
#include <errno.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "record/packet.h"
#include "sink/output.h"
#include "sink/sink.h"

struct sink {
	struct output *output;
	struct packet_maker maker;
	bool unbuffered;
};

#define PACKET_HEADER 16

/* The stream that libpcap writes its header to. */
struct header_stream {
	struct output *output;
	int ret; /* of the first write that failed, with its err */
	struct err *err;
};

/* cookie_write_function_t: 0 tells a failure; struct output buffers, the stream does not. */
static ssize_t stream_write(void *cookie, const char *data, size_t len)
{
	struct header_stream *to = cookie;

	if (!to->ret)
		to->ret = output_write(to->output, data, len, to->err);
	return to->ret ? 0 : (ssize_t)len;
}

static int write_header_as(struct sink *sink, pcap_t *pcap, struct err *err)
{
	const cookie_io_functions_t functions = {.write = stream_write};
	struct header_stream to = {.output = sink->output, .err = err};
	FILE *stream = fopencookie(&to, "w", functions);
	pcap_dumper_t *dumper;

	if (!stream)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot write a pcap file");
	setvbuf(stream, NULL, _IONBF, 0);
	dumper = pcap_dump_fopen(pcap, stream);
	if (dumper)
		pcap_dump_close(dumper);
	else
		fclose(stream);
	if (to.ret)
		return to.ret;
	return dumper ? output_flush(sink->output, err)
		      : err_set(err, ERR_FAILED, "cannot write a pcap file: %s", pcap_geterr(pcap));
}

static int write_header(struct sink *sink, const struct capture_info *info, struct err *err)
{
	/* the one of the three whose number in a file is not that in this system's libpcap */
	const int dlt = info->link_type == CAPTURE_LINK_RAW ? DLT_RAW : info->link_type;
	pcap_t *pcap = pcap_open_dead_with_tstamp_precision(dlt, info->snaplen,
							    PCAP_TSTAMP_PRECISION_NANO);
	int ret;

	if (!pcap)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot write a pcap file");
	ret = write_header_as(sink, pcap, err);
	pcap_close(pcap);
	return ret;
}

/* Close everything; 0 or the first failure of the closing itself. */
static int sink_free(struct sink *sink, struct err *err)
{
	int ret = output_close(sink->output, err);

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
		ret = write_header(s, info, err);
	if (ret)
		sink_free(s, &ignored);
	else
		*sink = s;
	return ret;
}

/* All numbers in the writer's byte order. */
static int pcap_sink_write(struct sink *sink, const struct record *record, struct err *err)
{
	struct packet packet;
	char *at;

	if (!packet_make(&sink->maker, record, &packet))
		return SINK_LEFT_OUT;
	at = output_reserve(sink->output, PACKET_HEADER + packet.cap_len, err);
	if (!at)
		return err->code;
	at = util_put_u32(at, record->ts_ns / 1000000000);
	at = util_put_u32(at, record->ts_ns % 1000000000);
	at = util_put_u32(at, packet.cap_len);
	at = util_put_u32(at, packet.len);
	memcpy(at, packet.data, packet.cap_len);
	return sink->unbuffered ? output_flush(sink->output, err) : 0;
}

static int pcap_sink_tick(struct sink *sink, struct err *err)
{
	return output_flush(sink->output, err);
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
