/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sink_text.c - one packet, one line: time, probe, interface, packet; with -v a second, indented
 * one, with -S one more for each frame of the stack.
 *
 * The leading columns are always there and as wide as this run needs, so that eye and awk find
 * them. A line holds no control character, whatever packets, tasks and devices are called.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "decode/decode.h"
#include "decode/decode_text.h"
#include "sink/drop_text.h"
#include "sink/output.h"
#include "sink/packet_text.h"
#include "sink/sink.h"
#include "sink/sink_text_journey.h"

#define NS_PER_S       1000000000ull
#define REASON_WIDTH   16 /* at first; NETFILTER_DROP, TCP_INVALID_SYN */
#define PLACE_WIDTH    22 /* at first; nf_hook_slow+0x9d */
#define PATH_WIDTH     8  /* at first; ip:INPUT */
#define DATE_MAX       32
#define INTERVAL_WIDTH 4

struct sink {
	struct output *output;
	const struct capture_info *info;
	struct sink_config config;
	struct decode_options decode;
	struct buf line, word; /* reused for every record */
	bool flush_each;
	bool has_first; /* first_ns and previous_ns are set */
	uint64_t first_ns, previous_ns;
	uint64_t date_s; /* the second that date[] shows */
	char date[DATE_MAX];
	size_t probe_width, if_width, reason_width, place_width, path_width;
	struct sink_text_journey journey;
};

static int text_open(struct sink **sink, const struct sink_config *config,
		     const struct capture_info *info, struct err *err)
{
	struct sink *s = calloc(1, sizeof(*s));
	int ret;

	if (!s)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot start text output");
	ret = output_open(&s->output, config->path, err);
	if (ret) {
		free(s);
		return ret;
	}
	tzset();
	buf_init(&s->line);
	buf_init(&s->word);
	s->info = info;
	s->config = *config;
	s->decode.ether = config->ether;
	s->decode.verbose = config->verbose > 0;
	/* Someone who looks at a terminal wants to see each line when it happens. */
	s->flush_each =
		config->unbuffered || (strcmp(config->path, "-") == 0 && isatty(STDOUT_FILENO));
	s->date_s = UINT64_MAX;
	for (uint32_t i = 0; i < info->n_probes; i++)
		s->probe_width = UTIL_MAX(s->probe_width, strlen(info->probes[i].name));
	s->if_width = UTIL_MAX(info->ifname_width, 1);
	s->reason_width = REASON_WIDTH;
	s->place_width = PLACE_WIDTH;
	sink_text_journey_init(&s->journey, info);
	s->path_width = PATH_WIDTH;
	*sink = s;
	return 0;
}

static void add_fraction(struct sink *s, uint64_t ns)
{
	buf_add_char(&s->line, '.');
	if (s->config.nano)
		decode_text_digits(&s->line, ns % NS_PER_S, 9);
	else
		decode_text_digits(&s->line, ns % NS_PER_S / 1000, 6);
}

/* Local time of day or date; the calendar is asked once a second. */
static void add_date(struct sink *s, uint64_t ns, const char *format)
{
	time_t seconds = ns / NS_PER_S;
	struct tm tm;

	if (s->date_s != ns / NS_PER_S) {
		if (!localtime_r(&seconds, &tm) || !strftime(s->date, DATE_MAX, format, &tm))
			s->date[0] = '\0';
		s->date_s = ns / NS_PER_S;
	}
	buf_add_str(&s->line, s->date);
	add_fraction(s, ns);
}

/*
 * "   0.000123": right-aligned, so that the column stands until ten thousand seconds. Negative when
 * the events of two CPUs come out of order.
 */
static void add_interval(struct sink *s, uint64_t from_ns, uint64_t to_ns)
{
	uint64_t ns = to_ns < from_ns ? from_ns - to_ns : to_ns - from_ns;
	uint64_t seconds = ns / NS_PER_S;
	bool negative = to_ns < from_ns && (s->config.nano || ns >= 1000);

	if (negative)
		buf_add_char(&s->word, '-');
	decode_text_u64(&s->word, seconds);
	if (s->word.len < INTERVAL_WIDTH)
		buf_add(&s->line, "    ", INTERVAL_WIDTH - s->word.len);
	buf_add(&s->line, s->word.data, s->word.len);
	buf_reset(&s->word);
	add_fraction(s, ns);
}

static void add_time(struct sink *s, uint64_t ns)
{
	if (!s->has_first)
		s->first_ns = s->previous_ns = ns;
	s->has_first = true;
	switch (s->config.time) {
	case SINK_TIME_NONE:
		return;
	case SINK_TIME_LOCAL:
		add_date(s, ns, "%H:%M:%S");
		break;
	case SINK_TIME_DATE:
		add_date(s, ns, "%Y-%m-%d %H:%M:%S");
		break;
	case SINK_TIME_EPOCH:
		decode_text_u64(&s->line, ns / NS_PER_S);
		add_fraction(s, ns);
		break;
	case SINK_TIME_DELTA:
		add_interval(s, s->previous_ns, ns);
		break;
	case SINK_TIME_SINCE:
		add_interval(s, s->first_ns, ns);
		break;
	}
	s->previous_ns = ns;
	buf_add_char(&s->line, ' ');
}

/* The word as a column that widens for it and stays so; "-" when it is empty. */
static void add_column(struct sink *s, size_t *width)
{
	size_t start = s->line.len;

	if (!s->word.len)
		buf_add_char(&s->word, '-');
	*width = UTIL_MAX(*width, s->word.len);
	buf_add(&s->line, s->word.data, s->word.len);
	buf_pad_to(&s->line, start + *width);
	buf_add_char(&s->line, ' ');
	buf_reset(&s->word);
}

static void set_interface(struct sink *s, const struct record *r)
{
	if (!r->ifname[0])
		return;
	decode_text_word(&s->word, r->ifname);
	if (r->netns_name && r->netns_name[0]) {
		buf_add_char(&s->word, '@');
		decode_text_word(&s->word, r->netns_name);
	}
}

static void set_reason(struct sink *s, const struct record *r)
{
	if (r->reason)
		decode_text_word(&s->word, r->reason);
}

static void add_columns(struct sink *s, const struct record *r)
{
	const struct capture_probe *probe = &s->info->probes[r->probe];
	size_t none = 0, none_either = 0;

	if (s->config.drop_columns) {
		set_reason(s, r);
		add_column(s, &s->reason_width);
		drop_text_place(&s->word, r);
		add_column(s, &s->place_width);
		drop_text_path(&s->word, r);
		add_column(s, &s->path_width);
	} else {
		decode_text_word(&s->word, probe->name);
		add_column(s, &s->probe_width);
	}
	set_interface(s, r);
	add_column(s, &s->if_width);
	if (s->config.drop_columns || !probe->is_kfree_skb)
		return;
	set_reason(s, r);
	add_column(s, &none);
	drop_text_place(&s->word, r);
	add_column(s, &none_either);
}

/* What the probe was asked for beside the packet: the value returned, and that of an argument. */
static void add_call(struct buf *line, const struct record *r)
{
	struct record_return ret;

	if (r->flags & XCAP_EV_HAS_RETURN) {
		ret = record_return(r);
		buf_add_fmt(line, " ret=%s", ret.text);
		if (ret.error)
			buf_add_fmt(line, " (%s)", ret.error);
	}
	if (r->flags & XCAP_EV_HAS_EXT) {
		buf_add_str(line, " ext=");
		decode_text_hex(line, r->ext, 1);
	}
}

static void add_task(struct buf *line, const struct record *r)
{
	char comm[XCAP_COMM + 1] = "";

	if (r->context != XCAP_CTX_TASK)
		return;
	buf_add_fmt(line, " pid=%u", r->pid);
	memcpy(comm, r->comm, XCAP_COMM);
	if (comm[0]) {
		buf_add_char(line, '/');
		decode_text_word(line, comm);
	}
	if (r->tid != r->pid)
		buf_add_fmt(line, " tid=%u", r->tid);
}

/* What of a drop has no column. */
static void add_drop(struct sink *s, const struct record *r)
{
	const char *state = record_sk_state(r);

	if (state)
		buf_add_fmt(&s->line, " sk=%s", state);
	if (s->config.drop_columns || !r->nf_path)
		return;
	buf_add_str(&s->line, " path=");
	drop_text_path(&s->line, r);
}

/* Who the packet is, where it is followed, and what it was made from. */
static void add_identity(struct buf *line, const struct record *r)
{
	if (r->id)
		buf_add_fmt(line, " id=%llu", (unsigned long long)r->id);
	if (r->parent)
		buf_add_fmt(line, " parent=%llu%s", (unsigned long long)r->parent,
			    r->flags & XCAP_EV_RETRANSMIT ? " retransmit" : "");
}

/* The line of -v: what is not known or zero is left out, but for the fields that always are. */
static void add_details(struct sink *s, const struct record *r)
{
	static const char *const directions[] = {"", " dir=in", " dir=out"};
	const char *context = record_context(r);
	struct buf *line = &s->line;

	buf_add_fmt(line, "    #%llu cpu=%u ctx=%s", (unsigned long long)r->number, r->cpu,
		    context ? context : "-");
	add_identity(line, r);
	add_task(line, r);
	if (r->direction < UTIL_ARRAY_SIZE(directions))
		buf_add_str(line, directions[r->direction]);
	if (r->netns_name && r->netns_name[0]) {
		buf_add_str(line, " netns=");
		decode_text_word(line, r->netns_name);
	}
	if (r->ifindex)
		buf_add_fmt(line, " ifindex=%u", r->ifindex);
	if (r->mark)
		buf_add_fmt(line, " mark=0x%x", r->mark);
	add_drop(s, r);
	buf_add_fmt(line, " len=%u cap=%u skb=%llx", r->len, r->cap_len,
		    (unsigned long long)r->skb);
	if (r->gso_size)
		buf_add_fmt(line, " gso=%u", r->gso_size);
	if (r->gso_size && r->gso_segs)
		buf_add_fmt(line, "x%u", r->gso_segs);
	if (r->flags & XCAP_EV_SYNTH_ETH)
		buf_add_str(line, " synth=ether");
	if (r->flags & XCAP_EV_VLAN_TAG)
		buf_add_str(line, " vlan=accel");
	if (r->flags & XCAP_EV_PARTIAL)
		buf_add_str(line, " partial");
	if (r->lost_before)
		buf_add_fmt(line, " lost_before=%u", r->lost_before);
	buf_add_char(line, '\n');
}

static void add_stack(struct buf *line, const struct record_stack *stack)
{
	for (uint32_t i = 0; i < stack->n; i++) {
		buf_add_str(line, "        ");
		for (const char *at = stack->frames[i]; *at; at++)
			buf_add_char(line, *at >= ' ' && *at < 0x7f ? *at : '?');
		buf_add_char(line, '\n');
	}
}

/* What was built in `line`, to the output. */
static int put(struct sink *s, struct err *err)
{
	int ret;

	if (buf_failed(&s->line) || buf_failed(&s->word) || buf_failed(&s->journey.word))
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot print a packet");
	ret = output_write(s->output, s->line.data, s->line.len, err);
	if (!ret && s->flush_each)
		ret = output_flush(s->output, err);
	return ret;
}

static int text_write(struct sink *s, const struct record *record, struct err *err)
{
	buf_reset(&s->line);
	buf_reset(&s->word);
	add_time(s, record->ts_ns);
	add_columns(s, record);
	packet_text_add(&s->line, record, &s->decode);
	add_call(&s->line, record);
	buf_add_char(&s->line, '\n');
	if (s->config.verbose > 0)
		add_details(s, record);
	if (s->config.stack && record->stack)
		add_stack(&s->line, record->stack);
	return put(s, err);
}

static int text_write_journey(struct sink *s, const struct journey *journey, struct err *err)
{
	bool verbose = s->config.verbose > 0;

	buf_reset(&s->line);
	buf_reset(&s->word);
	if (s->config.journey_color)
		buf_add_fmt(&s->line, "\033[%sm", s->config.journey_color);
	add_time(s, journey->hops[0].record.ts_ns);
	sink_text_journey_head(&s->line, journey);
	packet_text_add(&s->line, &journey->hops[0].record, &s->decode);
	if (s->config.journey_color)
		buf_add_str(&s->line, "\033[0m");
	buf_add_char(&s->line, '\n');
	for (uint32_t i = 0; i < journey->n_hops; i++) {
		sink_text_journey_hop(&s->journey, &s->line, journey, i);
		add_call(&s->line, &journey->hops[i].record);
		buf_add_char(&s->line, '\n');
		if (verbose)
			add_details(s, &journey->hops[i].record);
		if (s->config.stack && journey->hops[i].record.stack)
			add_stack(&s->line, journey->hops[i].record.stack);
	}
	sink_text_journey_tail(&s->journey, &s->line, journey);
	return put(s, err);
}

static int text_tick(struct sink *s, struct err *err)
{
	return output_flush(s->output, err);
}

static int text_close(struct sink *s, const struct capture_totals *totals, struct err *err)
{
	int ret;

	(void)totals; /* they go to stderr: stdout carries packets only */
	if (!s)
		return 0;
	ret = output_close(s->output, err);
	buf_fini(&s->line);
	buf_fini(&s->word);
	sink_text_journey_fini(&s->journey);
	free(s);
	return ret;
}

const struct sink_ops sink_text_ops = {
	.name = "text",
	.help = "one line per packet",
	.is_lines = true,
	.needs = SINK_NEEDS_DEVICE,
	.needs_verbose = SINK_NEEDS_COMM | SINK_NEEDS_CONTEXT | SINK_NEEDS_SEGMENTS,
	.open = text_open,
	.write = text_write,
	.write_journey = text_write_journey,
	.tick = text_tick,
	.close = text_close,
};
