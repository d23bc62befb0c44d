/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sink_text_journey.c - hops with their latencies, below each other in columns; drops in words.
 */
#include "sink/sink_text_journey.h"

#include <string.h>

#include "base/util.h"
#include "decode/decode_text.h"
#include "record/duration.h"

#define INDENT	    "        "
#define FIRST_WIDTH 13 /* "        0.0us" */
#define DELTA_WIDTH 6  /* "+6.1us", at first */

void sink_text_journey_init(struct sink_text_journey *text, const struct capture_info *info)
{
	memset(text, 0, sizeof(*text));
	text->info = info;
	text->delta_width = DELTA_WIDTH;
	for (uint32_t i = 0; i < info->n_probes; i++)
		if (!info->probes[i].is_kfree_skb)
			text->probe_width =
				UTIL_MAX(text->probe_width, strlen(info->probes[i].name));
	text->if_width = UTIL_MAX(info->ifname_width, 1);
	buf_init(&text->word);
}

void sink_text_journey_fini(struct sink_text_journey *text)
{
	buf_fini(&text->word);
}

void sink_text_journey_head(struct buf *line, const struct journey *journey)
{
	char took[DURATION_SIZE];

	buf_add_fmt(line, "#%llu %s%s %s ", (unsigned long long)journey->number,
		    journey_end_name(journey->end), journey->continued ? " (continued)" : "",
		    duration_text(journey->took_ns, took));
}

/* text->word as a column. */
static void add_column(struct sink_text_journey *text, struct buf *line, size_t *width)
{
	size_t start = line->len;

	*width = UTIL_MAX(*width, text->word.len);
	buf_add(line, text->word.data, text->word.len);
	buf_pad_to(line, start + *width);
	buf_add_char(line, ' ');
	text->word.failed |= line->failed;
	buf_reset(&text->word);
}

static void add_times(struct sink_text_journey *text, struct buf *line,
		      const struct journey_hop *hop, bool is_first)
{
	char ns[DURATION_SIZE];

	duration_text(hop->since_first_ns, ns);
	buf_pad_to(line, line->len + FIRST_WIDTH - UTIL_MIN(strlen(ns), FIRST_WIDTH));
	buf_add_fmt(line, "%s ", ns);
	if (!is_first)
		buf_add_fmt(&text->word, "+%s", duration_text(hop->since_previous_ns, ns));
	add_column(text, line, &text->delta_width);
}

/* "DROP NETFILTER_DROP ip INPUT, table filter, chain input (nf_hook_slow+0x9d)" */
static void add_drop(struct buf *line, const struct journey_hop *hop)
{
	const struct record *r = &hop->record;

	buf_add_str(line, hop->is_benign ? "freed" : "DROP");
	if (r->reason) {
		buf_add_char(line, ' ');
		decode_text_word(line, r->reason);
	}
	if (r->nf_path)
		buf_add_fmt(line, " %s", r->nf_path);
	if (r->nf_table) {
		buf_add_str(line, ", table ");
		decode_text_word(line, r->nf_table);
	}
	if (r->nf_chain) {
		buf_add_str(line, ", chain ");
		decode_text_word(line, r->nf_chain);
	}
	if (r->location)
		buf_add_fmt(line, " (%s)", r->location);
}

static void add_place(struct sink_text_journey *text, struct buf *line, const struct record *r)
{
	decode_text_word(&text->word, text->info->probes[r->probe].name);
	add_column(text, line, &text->probe_width);
	buf_add_char(line, ' ');
	if (r->ifname[0])
		decode_text_word(&text->word, r->ifname);
	else
		buf_add_char(&text->word, '-');
	if (r->ifname[0] && r->netns_name && r->netns_name[0]) {
		buf_add_char(&text->word, '@');
		decode_text_word(&text->word, r->netns_name);
	}
	add_column(text, line, &text->if_width);
	buf_add_fmt(line, " cpu%u", r->cpu);
}

void sink_text_journey_hop(struct sink_text_journey *text, struct buf *line,
			   const struct journey *journey, uint32_t i)
{
	const struct journey_hop *hop = &journey->hops[i];

	add_times(text, line, hop, !i);
	if (text->info->probes[hop->record.probe].is_kfree_skb)
		add_drop(line, hop);
	else
		add_place(text, line, &hop->record);
	if (hop->changes[0])
		buf_add_fmt(line, "  %s", hop->changes);
}

static uint32_t row_of(uint64_t id)
{
	return (id ^ id / SINK_TEXT_JOURNEY_KIN) % SINK_TEXT_JOURNEY_KIN;
}

/* A packet whose parent's journey is not written yet. */
static void keep_made(struct sink_text_journey *text, const struct journey *journey)
{
	struct sink_text_journey_made *made = &text->made[row_of(journey->parent)];

	if (made->id != journey->parent)
		*made = (struct sink_text_journey_made){journey->parent, journey->number};
	made->last = journey->number;
	made->n++;
}

/* What it came from, by the number of its journey, if that was written, else by its id. */
static void add_parent(struct sink_text_journey *text, struct buf *line,
		       const struct journey *journey)
{
	const char *how = journey->retransmit ? "sent again: before it was" : "made from";
	const struct sink_text_journey_shown *shown = &text->shown[row_of(journey->parent)];

	if (!journey->parent)
		return;
	if (shown->id == journey->parent) {
		buf_add_fmt(line, INDENT "%s #%llu\n", how, (unsigned long long)shown->number);
		return;
	}
	buf_add_fmt(line, INDENT "id %llu, %s %llu\n", (unsigned long long)journey->id, how,
		    (unsigned long long)journey->parent);
	keep_made(text, journey);
}

/* What came from it and was written before. */
static void add_made(const struct sink_text_journey *text, struct buf *line,
		     const struct journey *journey)
{
	const struct sink_text_journey_made *made = &text->made[row_of(journey->id)];

	if (!journey->id || made->id != journey->id)
		return;
	if (made->n == 1)
		buf_add_fmt(line, INDENT "#%llu was made from it\n",
			    (unsigned long long)made->first);
	else
		buf_add_fmt(line, INDENT "%llu packets were made from it: #%llu to #%llu\n",
			    (unsigned long long)made->n, (unsigned long long)made->first,
			    (unsigned long long)made->last);
}

void sink_text_journey_tail(struct sink_text_journey *text, struct buf *line,
			    const struct journey *journey)
{
	struct sink_text_journey_shown *shown = &text->shown[row_of(journey->id)];

	for (uint32_t i = 0; i < journey->n_missing; i++) {
		buf_add_str(line, INDENT "NOT received at ");
		decode_text_word(line, text->info->probes[journey->missing[i]].name);
		buf_add_char(line, '\n');
	}
	if (journey->lost)
		buf_add_fmt(line, INDENT "%llu event%s lost about its time\n",
			    (unsigned long long)journey->lost, journey->lost == 1 ? "" : "s");
	else if (journey->end == JOURNEY_UNCERTAIN)
		buf_add_str(line, INDENT "not followed: its probes stand for themselves\n");
	if (journey->cut && journey->end == JOURNEY_OPEN)
		buf_add_str(line, INDENT "closed on its way\n");
	add_parent(text, line, journey);
	add_made(text, line, journey);
	if (journey->id)
		*shown = (struct sink_text_journey_shown){journey->id, journey->number};
}
