/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stats.c - totals: captured, seen, rejected, lost, and what does not add up.
 *
 * An event that was seen is rejected, lost, held back on purpose (sampling, limits, an action), or
 * sent; one that was sent is shown, settled out, hidden, after the limit or unwritten. Both sums
 * are checked.
 */
#include "flow/stats.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "xcap/config.h"

/* With more probes than this, those that saw nothing share one line. */
#define ROWS_MAX 40
/* The same of a probe that a set or a glob named: nobody looks for each of them. */
#define ROWS_MAX_OF_SETS 8

struct cause {
	const char *name;
	uint64_t n;
};

/* The non-zero causes, "2 ring full, 1 nested", after `before` if there are any. */
static void print_causes(FILE *out, const char *before, const struct cause *causes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!causes[i].n)
			continue;
		fprintf(out, "%s%" PRIu64 " %s", before, causes[i].n, causes[i].name);
		before = ", ";
	}
}

static void print_lost_causes(FILE *out, const char *before, const struct capture_counts *counts)
{
	const struct cause causes[] = {
		{"ring full", counts->ring_full},   {"nested", counts->nested},
		{"read fault", counts->fault},	    {"undecidable", counts->undecidable},
		{"table full", counts->table_full},
	};

	print_causes(out, before, causes, UTIL_ARRAY_SIZE(causes));
}

static void print_held_causes(FILE *out, const char *before, const struct capture_counts *counts)
{
	const struct cause causes[] = {
		{"not sampled", counts->sampled},
		{"over the rate limit", counts->limited},
		{"discarded by the action", counts->discarded},
	};

	print_causes(out, before, causes, UTIL_ARRAY_SIZE(causes));
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* All probes; whether misses are known is asked of the attached ones only. */
static struct capture_counts sum_counts(const struct capture_info *info,
					const struct capture_totals *totals)
{
	struct capture_counts sum = {.missed_known = true};
	uint32_t i;

	for (i = 0; i < totals->n_probes; i++) {
		struct capture_counts counts = totals->probes[i];

		if (!info->probes[i].mechanism)
			counts.missed_known = true;
		capture_add(&sum, &counts);
	}
	return sum;
}

static void print_seen(FILE *out, const struct capture_info *info, uint64_t seen, uint64_t rejected)
{
	fprintf(out, "%" PRIu64 " packet%s seen", seen, plural(seen));
	if (rejected || info->filter[0])
		fprintf(out, ", %" PRIu64 " rejected%s", rejected,
			info->filter[0] ? " by the filter" : "");
	fputc('\n', out);
}

/* "3 journeys: 2 complete, 1 dropped", and those that are not shown. */
static void print_journeys(FILE *out, const struct capture_journeys *journeys)
{
	const struct cause ends[] = {
		{"complete", journeys->ends[JOURNEY_COMPLETE]},
		{"dropped", journeys->ends[JOURNEY_DROPPED]},
		{"consumed", journeys->ends[JOURNEY_CONSUMED]},
		{"open", journeys->ends[JOURNEY_OPEN]},
		{"uncertain", journeys->ends[JOURNEY_UNCERTAIN]},
	};
	const struct cause others[] = {
		{"faster than --min-latency", journeys->fast},
		{"never at the probe of --gather-baseline", journeys->unbased},
		{"of those shown closed before their time", journeys->cut},
	};
	uint64_t n = 0;

	if (!journeys->are)
		return;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(ends); i++)
		n += ends[i].n;
	fprintf(out, "%" PRIu64 " journey%s", n, plural(n));
	print_causes(out, ": ", ends, UTIL_ARRAY_SIZE(ends));
	print_causes(out, "; ", others, UTIL_ARRAY_SIZE(others));
	fputc('\n', out);
}

static void print_sums(FILE *out, const struct capture_info *info,
		       const struct capture_totals *totals, const struct capture_counts *sum)
{
	uint64_t lost = capture_lost(sum), held = sum->sampled + sum->limited + sum->discarded;
	const struct cause unshown[] = {
		{"after the limit of -c or --stop-on", totals->after_limit},
		{"not written, the output failed", totals->unwritten},
		{"not IP, for which -y RAW has no form", totals->left_out},
		{"in journeys that are held back", totals->held_back},
		{"in no journey", totals->strays},
	};
	uint64_t printed_only = totals->unconverted - totals->left_out;

	print_journeys(out, &totals->journeys);
	fprintf(out, "%" PRIu64 " packet%s captured\n", totals->shown, plural(totals->shown));
	print_seen(out, info, sum->seen, sum->rejected + totals->settled_out);
	fprintf(out, "%" PRIu64 " packet%s lost", lost, plural(lost));
	print_lost_causes(out, ": ", sum);
	fputc('\n', out);
	if (held) {
		fprintf(out, "%" PRIu64 " packet%s held back", held, plural(held));
		print_held_causes(out, ": ", sum);
		fputc('\n', out);
	}
	if (totals->after_limit || totals->unwritten || totals->left_out || totals->held_back ||
	    totals->strays) {
		print_causes(out, "not shown: ", unshown, UTIL_ARRAY_SIZE(unshown));
		fputc('\n', out);
	}
	if (printed_only)
		fprintf(out,
			"printed, but not in the file: %" PRIu64 " not IP, for which -y RAW "
			"has no form\n",
			printed_only);
	if (totals->output_failed)
		fputs("not all that was captured is in the output: it failed before the last of it "
		      "was "
		      "written\n",
		      out);
}

/* Packets that were followed, and those of which something is missing. */
static void print_track(FILE *out, const struct capture_info *info,
			const struct capture_totals *totals)
{
	const struct cause causes[] = {
		{"not followed: no room (--track-max)", totals->untracked},
		{"forgotten after a long silence", totals->aged},
		{"whose end was lost", totals->ends_lost},
	};

	if (!info->track)
		return;
	fprintf(out, "%" PRIu64 " packet%s followed%s", totals->tracked, plural(totals->tracked),
		info->track == XCAP_TRACK_APPROXIMATE ? " (identity=approximate)" : "");
	print_causes(out, "; ", causes, UTIL_ARRAY_SIZE(causes));
	fputc('\n', out);
}

/* Hits for which no program ran: a number, or that this kernel does not tell; nothing if none. */
static void print_missed(FILE *out, const struct capture_counts *sum)
{
	if (sum->missed)
		fprintf(out, "missed: %s%" PRIu64 " hit%s, not among those seen\n",
			sum->missed_known ? "" : "at least ", sum->missed, plural(sum->missed));
	else if (!sum->missed_known)
		fputs("missed: unknown on this kernel\n", out);
}

/* Widths of the table's columns. */
struct widths {
	int spec, seen, rejected, captured, lost;
};

static int number_width(uint64_t n, const char *title)
{
	return UTIL_MAX(snprintf(NULL, 0, "%" PRIu64, n), (int)strlen(title));
}

static bool has_row(const struct capture_info *info, const struct capture_totals *totals,
		    uint32_t probe)
{
	const struct capture_counts *counts = &totals->probes[probe];
	uint32_t max = info->probes[probe].named ? ROWS_MAX : ROWS_MAX_OF_SETS;

	return totals->n_probes <= max || counts->seen || counts->missed;
}

static struct widths measure(const struct capture_info *info, const struct capture_totals *totals,
			     const struct capture_counts *sum)
{
	struct widths w = {
		.spec = strlen("probe"),
		.seen = number_width(sum->seen, "seen"),
		.rejected = number_width(sum->rejected, "rejected"),
		.captured = number_width(sum->sent, "captured"),
		.lost = number_width(capture_lost(sum), "lost"),
	};
	uint32_t i;

	for (i = 0; i < totals->n_probes; i++)
		if (has_row(info, totals, i))
			w.spec = UTIL_MAX(w.spec, (int)strlen(info->probes[i].spec));
	return w;
}

static void print_row(FILE *out, const struct capture_probe *probe,
		      const struct capture_counts *counts, const struct widths *w)
{
	if (!probe->mechanism && !counts->seen) {
		fprintf(out, "%-*s  not attached\n", w->spec, probe->spec);
		return;
	}
	fprintf(out, "%-*s  %*" PRIu64 "  %*" PRIu64 "  %*" PRIu64 "  %*" PRIu64, w->spec,
		probe->spec, w->seen, counts->seen, w->rejected, counts->rejected, w->captured,
		counts->sent, w->lost, capture_lost(counts));
	print_lost_causes(out, "  lost: ", counts);
	print_held_causes(out, "  held back: ", counts);
	if (counts->missed)
		fprintf(out, "  missed: %" PRIu64, counts->missed);
	else if (!counts->missed_known)
		fputs("  missed: unknown", out);
	fputc('\n', out);
}

static void print_table(FILE *out, const struct capture_info *info,
			const struct capture_totals *totals, const struct capture_counts *sum)
{
	struct widths w = measure(info, totals, sum);
	uint32_t i, silent = 0;

	fprintf(out, "%-*s  %*s  %*s  %*s  %*s\n", w.spec, "probe", w.seen, "seen", w.rejected,
		"rejected", w.captured, "captured", w.lost, "lost");
	for (i = 0; i < totals->n_probes; i++) {
		if (has_row(info, totals, i))
			print_row(out, &info->probes[i], &totals->probes[i], &w);
		else
			silent++;
	}
	if (silent)
		fprintf(out, "%u more probe%s saw nothing\n", silent, plural(silent));
}

static void check(FILE *out, const char *who, const char *what, uint64_t counted, uint64_t sum)
{
	if (counted != sum)
		fprintf(out,
			"xcap: warning: the counters of %s do not add up: %s %" PRIu64
			", accounted for %" PRIu64 "\n",
			who, what, counted, sum);
}

static void check_all(FILE *out, const struct capture_info *info,
		      const struct capture_totals *totals, const struct capture_counts *sum)
{
	uint32_t i;

	for (i = 0; i < totals->n_probes; i++) {
		const struct capture_counts *counts = &totals->probes[i];

		check(out, info->probes[i].spec, "seen", counts->seen, capture_seen_sum(counts));
		check(out, info->probes[i].spec, "matched", counts->matched,
		      capture_matched_sum(counts));
	}
	check(out, "the capture", "sent", sum->sent,
	      totals->shown + totals->settled_out + totals->hidden + totals->after_limit +
		      totals->unwritten + totals->left_out + totals->held_back + totals->strays);
}

void stats_print(FILE *out, const struct capture_info *info, const struct capture_totals *totals)
{
	struct capture_counts sum = sum_counts(info, totals);

	print_sums(out, info, totals, &sum);
	print_track(out, info, totals);
	print_missed(out, &sum);
	if (totals->n_probes > 1)
		print_table(out, info, totals, &sum);
	/* while the capture goes on, counters read one after the other may be a few events apart */
	if (totals->end_ns)
		check_all(out, info, totals, &sum);
	fflush(out);
}
