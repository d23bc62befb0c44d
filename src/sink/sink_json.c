/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sink_json.c - JSON lines: one object per line, which says in its member "type" what it is.
 *
 * First "capture" (what was asked for, and the probes), then "packet" or, with -g, "journey", at
 * the end, with -g, a "hop" for each probe, and "totals": counters of all probes, all causes of
 * loss among them. The schema is xcap-json(5), and SCHEMA its number. It changes when a member
 * changes its meaning or goes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "sink/json_out.h"
#include "sink/json_record.h"
#include "sink/output.h"
#include "sink/sink.h"

#define SCHEMA 1

struct sink {
	struct output *output;
	const struct capture_info *info;
	struct json_record_options options;
	struct buf line, word; /* reused for every record */
	bool flush_each;
};

static void begin_line(struct sink *s, const char *type)
{
	buf_reset(&s->line);
	json_out_begin(&s->line, NULL, '{');
	json_out_str(&s->line, "type", type);
}

static int end_line(struct sink *s, struct err *err)
{
	int ret;

	json_out_end(&s->line, '}');
	buf_add_char(&s->line, '\n');
	if (buf_failed(&s->line))
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot print JSON");
	ret = output_write(s->output, s->line.data, s->line.len, err);
	if (!ret && s->flush_each)
		ret = output_flush(s->output, err);
	return ret;
}

static int write_capture(struct sink *s, struct err *err)
{
	const char *const tracks[] = {"off", "exact", "approximate"};
	const struct capture_info *info = s->info;
	struct buf *b = &s->line;

	begin_line(s, "capture");
	json_out_u64(b, "schema", SCHEMA);
	json_out_str(b, "version", info->version);
	json_out_str(b, "os", info->os);
	json_out_str(b, "command", info->command_line);
	json_out_str(b, "filter", info->filter);
	json_out_u64(b, "snaplen", info->snaplen);
	json_out_str(b, "track", tracks[info->track]);
	json_out_begin(b, "probes", '[');
	for (uint32_t i = 0; i < info->n_probes; i++) {
		json_out_begin(b, NULL, '{');
		json_record_probe(b, &info->probes[i]);
		json_out_bool(b, "drops", info->probes[i].is_kfree_skb);
		json_out_end(b, '}');
	}
	json_out_end(b, ']');
	return end_line(s, err);
}

static void sink_free(struct sink *s)
{
	buf_fini(&s->line);
	buf_fini(&s->word);
	free(s);
}

static int json_open(struct sink **sink, const struct sink_config *config,
		     const struct capture_info *info, struct err *err)
{
	struct sink *s = calloc(1, sizeof(*s));
	struct err ignored;
	int ret;

	if (!s)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot start JSON output");
	buf_init(&s->line);
	buf_init(&s->word);
	s->info = info;
	s->options.packet = s->options.text.verbose = config->verbose > 0;
	/* Someone who looks at a terminal wants to see each line when it happens. */
	s->flush_each =
		config->unbuffered || (strcmp(config->path, "-") == 0 && isatty(STDOUT_FILENO));
	ret = output_open(&s->output, config->path, err);
	if (!ret) {
		ret = write_capture(s, err);
		if (!ret) {
			*sink = s;
			return 0;
		}
		output_close(s->output, &ignored);
	}
	sink_free(s);
	return ret;
}

static int json_write(struct sink *s, const struct record *record, struct err *err)
{
	begin_line(s, "packet");
	json_out_u64(&s->line, "number", record->number);
	json_record_add(&s->line, &s->word, s->info, record, &s->options);
	return end_line(s, err);
}

static void add_hops(struct sink *s, const struct journey *journey)
{
	struct buf *b = &s->line;

	json_out_begin(b, "hops", '[');
	for (uint32_t i = 0; i < journey->n_hops; i++) {
		const struct journey_hop *hop = &journey->hops[i];

		json_out_begin(b, NULL, '{');
		json_out_u64(b, "since_first_ns", hop->since_first_ns);
		json_out_u64(b, "since_previous_ns", hop->since_previous_ns);
		json_out_str(b, "changes", hop->changes);
		if (hop->is_benign)
			json_out_bool(b, "benign", true);
		json_record_add(b, &s->word, s->info, &hop->record, &s->options);
		json_out_end(b, '}');
	}
	json_out_end(b, ']');
}

static int json_write_journey(struct sink *s, const struct journey *journey, struct err *err)
{
	uint64_t first_ns = journey->hops[0].record.ts_ns;
	struct buf *b = &s->line;

	begin_line(s, "journey");
	json_out_u64(b, "number", journey->number);
	if (journey->id)
		json_out_u64(b, "id", journey->id);
	if (journey->parent)
		json_out_u64(b, "parent", journey->parent);
	json_out_bool(b, "retransmit", journey->retransmit);
	json_out_str(b, "end", journey_end_word(journey->end));
	json_out_u64(b, "ts_ns", first_ns);
	json_out_time(b, "time", first_ns);
	json_out_u64(b, "took_ns", journey->took_ns);
	json_out_bool(b, "continued", journey->continued);
	json_out_bool(b, "cut", journey->cut);
	json_out_u64(b, "lost", journey->lost);
	json_out_begin(b, "missing", '[');
	for (uint32_t i = 0; i < journey->n_missing; i++)
		json_out_str(b, NULL, s->info->probes[journey->missing[i]].spec);
	json_out_end(b, ']');
	add_hops(s, journey);
	return end_line(s, err);
}

static void add_times(struct buf *b, const char *key, const struct capture_times *times)
{
	json_out_begin(b, key, '{');
	json_out_u64(b, "n", times->n);
	if (times->n) {
		json_out_u64(b, "p50_ns", times->p50_ns);
		json_out_u64(b, "p90_ns", times->p90_ns);
		json_out_u64(b, "p99_ns", times->p99_ns);
		json_out_u64(b, "max_ns", times->max_ns);
	}
	json_out_end(b, '}');
}

/* With -g a line for each probe that journeys tell of. */
static int write_hops(struct sink *s, const struct capture_totals *totals, struct err *err)
{
	struct buf *b = &s->line;
	int ret = 0;

	for (uint32_t i = 0; totals->hops && i < s->info->n_probes && !ret; i++) {
		const struct capture_hop *hop = &totals->hops[i];

		if (!hop->seen && !hop->missing)
			continue;
		begin_line(s, "hop");
		json_record_probe(b, &s->info->probes[i]);
		json_out_u64(b, "seen", hop->seen);
		json_out_u64(b, "missing", hop->missing);
		add_times(b, "since_previous", &hop->since_previous);
		add_times(b, "since_first", &hop->since_first);
		ret = end_line(s, err);
	}
	return ret;
}

static void add_journeys(struct buf *b, const struct capture_journeys *journeys)
{
	if (!journeys->are)
		return;
	json_out_begin(b, "journeys", '{');
	for (int i = 0; i < JOURNEY_ENDS; i++)
		json_out_u64(b, journey_end_word(i), journeys->ends[i]);
	json_out_u64(b, "fast", journeys->fast);
	json_out_u64(b, "unbased", journeys->unbased);
	json_out_u64(b, "cut", journeys->cut);
	json_out_end(b, '}');
}

static void add_counts(struct buf *b, const struct capture_counts *counts)
{
	const char *name;

	for (unsigned int i = 0; (name = capture_count_name(i)); i++)
		json_out_u64(b, name, capture_count(counts, i));
	json_out_u64(b, "lost", capture_lost(counts));
	/* this kernel may not count them: no number is none, not zero */
	if (counts->missed_known)
		json_out_u64(b, "missed", counts->missed);
}

static void add_totals(struct buf *b, const struct capture_totals *totals)
{
	const char *name;

	json_out_u64(b, "start_ns", totals->start_ns);
	json_out_u64(b, "end_ns", totals->end_ns);
	for (unsigned int i = 0; (name = capture_total_name(i)); i++)
		json_out_u64(b, name, capture_total(totals, i));
}

static int write_totals(struct sink *s, const struct capture_totals *totals, struct err *err)
{
	struct capture_counts sum = {.missed_known = true};
	uint32_t n = UTIL_MIN(totals->n_probes, s->info->n_probes);
	struct buf *b = &s->line;

	for (uint32_t i = 0; i < n; i++) {
		struct capture_counts counts = totals->probes[i];

		/* what is not attached misses nothing */
		counts.missed_known |= !s->info->probes[i].mechanism;
		capture_add(&sum, &counts);
	}
	begin_line(s, "totals");
	add_totals(b, totals);
	add_journeys(b, &totals->journeys);
	add_counts(b, &sum);
	json_out_begin(b, "probes", '[');
	for (uint32_t i = 0; i < n; i++) {
		json_out_begin(b, NULL, '{');
		json_record_probe(b, &s->info->probes[i]);
		add_counts(b, &totals->probes[i]);
		json_out_end(b, '}');
	}
	json_out_end(b, ']');
	return end_line(s, err);
}

static int json_tick(struct sink *s, struct err *err)
{
	return output_flush(s->output, err);
}

static int json_close(struct sink *s, const struct capture_totals *totals, struct err *err)
{
	int ret = totals ? write_hops(s, totals, err) : 0;
	struct err close_err;
	int close_ret;

	if (totals && !ret)
		ret = write_totals(s, totals, err);
	close_ret = output_close(s->output, &close_err);
	if (close_ret && !ret) {
		*err = close_err;
		ret = close_ret;
	}
	sink_free(s);
	return ret;
}

const struct sink_ops sink_json_ops = {
	.name = "json",
	.help = "JSON lines: packets with all their metadata, for programs",
	.needs = SINK_NEEDS_COMM | SINK_NEEDS_CONTEXT | SINK_NEEDS_DEVICE | SINK_NEEDS_SEGMENTS,
	.needs_verbose = SINK_NEEDS_PACKET,
	.is_lines = true,
	.open = json_open,
	.write = json_write,
	.write_journey = json_write_journey,
	.tick = json_tick,
	.close = json_close,
};
