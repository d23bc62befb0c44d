/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hops.c - counts and latencies per probe, and their table.
 *
 * Memory is taken for a probe when the first packet comes by: of hundreds of a glob most see none.
 */
#include "flow/hops.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "flow/latency.h"
#include "record/duration.h"

#define BAR_WIDTH 40

struct place {
	uint64_t seen, missing;
	struct latency since_previous, since_first;
};

struct hops {
	const struct capture_info *info;
	struct place **places; /* one per probe; NULL: nothing yet */
};

struct hops *hops_new(const struct capture_info *info)
{
	struct hops *hops = calloc(1, sizeof(*hops));

	if (!hops)
		return NULL;
	hops->info = info;
	hops->places = calloc(info->n_probes + 1, sizeof(*hops->places));
	if (hops->places)
		return hops;
	free(hops);
	return NULL;
}

void hops_free(struct hops *hops)
{
	if (!hops)
		return;
	for (uint32_t i = 0; i < hops->info->n_probes; i++)
		free(hops->places[i]);
	free(hops->places);
	free(hops);
}

static struct place *place_of(struct hops *hops, uint32_t probe)
{
	if (!hops->places[probe])
		hops->places[probe] = calloc(1, sizeof(struct place));
	return hops->places[probe];
}

int hops_add(struct hops *hops, const struct journey *journey)
{
	struct place *place;

	for (uint32_t i = 0; i < journey->n_hops; i++) {
		const struct journey_hop *hop = &journey->hops[i];

		place = place_of(hops, hop->record.probe);
		if (!place)
			return -ENOMEM;
		place->seen++;
		if (!i)
			continue;
		latency_add(&place->since_previous, hop->since_previous_ns);
		latency_add(&place->since_first, hop->since_first_ns);
	}
	for (uint32_t i = 0; i < journey->n_missing; i++) {
		place = place_of(hops, journey->missing[i]);
		if (!place)
			return -ENOMEM;
		place->missing++;
	}
	return 0;
}

static struct capture_times times_of(const struct latency *latency)
{
	return (struct capture_times){
		.n = latency->n,
		.p50_ns = latency_percentile(latency, 50),
		.p90_ns = latency_percentile(latency, 90),
		.p99_ns = latency_percentile(latency, 99),
		.max_ns = latency->max_ns,
	};
}

bool hops_get(const struct hops *hops, uint32_t probe, struct capture_hop *row)
{
	const struct place *place = hops->places[probe];

	if (!place)
		return false;
	row->seen = place->seen;
	row->missing = place->missing;
	row->since_previous = times_of(&place->since_previous);
	row->since_first = times_of(&place->since_first);
	return true;
}

struct capture_hop *hops_rows(const struct hops *hops)
{
	struct capture_hop *rows = calloc(hops->info->n_probes, sizeof(*rows));

	for (uint32_t i = 0; rows && i < hops->info->n_probes; i++)
		hops_get(hops, i, &rows[i]);
	return rows;
}

static int name_width(const struct hops *hops)
{
	int width = strlen("probe");

	for (uint32_t i = 0; i < hops->info->n_probes; i++)
		if (hops->places[i])
			width = UTIL_MAX(width, (int)strlen(hops->info->probes[i].name));
	return width;
}

static void print_times(FILE *out, const struct capture_times *times)
{
	const uint64_t ns[] = {times->p50_ns, times->p90_ns, times->p99_ns, times->max_ns};
	char text[DURATION_SIZE];

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(ns); i++)
		fprintf(out, " %9s", times->n ? duration_text(ns[i], text) : "-");
}

void hops_print(const struct hops *hops, FILE *out)
{
	static const char *const titles[] = {"p50", "p90", "p99", "max"};
	int width = name_width(hops);
	struct capture_hop row;
	bool any = false;

	for (uint32_t i = 0; i < hops->info->n_probes; i++) {
		if (!hops_get(hops, i, &row))
			continue;
		if (!any) {
			fprintf(out, "%-*s %9s %9s", width, "hop", "seen", "missing");
			for (size_t t = 0; t < UTIL_ARRAY_SIZE(titles); t++)
				fprintf(out, " %9s", titles[t]);
			fputs("   from first:", out);
			for (size_t t = 0; t < UTIL_ARRAY_SIZE(titles); t++)
				fprintf(out, t ? " %9s" : " %s", titles[t]);
			fputc('\n', out);
		}
		any = true;
		fprintf(out, "%-*s %9" PRIu64 " %9" PRIu64, width, hops->info->probes[i].name,
			row.seen, row.missing);
		print_times(out, &row.since_previous);
		fputs("        ", out);
		print_times(out, &row.since_first);
		fputc('\n', out);
	}
}

static void print_histogram(FILE *out, const char *name, const struct latency *latency)
{
	uint32_t first = LATENCY_POWERS, last = 0;
	char from[DURATION_SIZE], to[DURATION_SIZE];
	uint64_t most = 0;

	for (uint32_t i = 0; i < LATENCY_POWERS; i++) {
		uint64_t n = latency_octave(latency, i);

		if (n)
			last = i;
		if (n && first == LATENCY_POWERS)
			first = i;
		most = UTIL_MAX(most, n);
	}
	fprintf(out, "%s, since the hop before:\n", name);
	for (uint32_t i = first; i <= last; i++) {
		uint64_t n = latency_octave(latency, i);
		int bar = (n * BAR_WIDTH + most - 1) / most;

		fprintf(out, "  %9s .. %-9s %9" PRIu64 " |%.*s\n",
			duration_text(i ? 1ull << i : 0, from), duration_text(2ull << i, to), n,
			bar, "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@");
	}
}

void hops_print_histograms(const struct hops *hops, FILE *out)
{
	for (uint32_t i = 0; i < hops->info->n_probes; i++)
		if (hops->places[i] && hops->places[i]->since_previous.n)
			print_histogram(out, hops->info->probes[i].name,
					&hops->places[i]->since_previous);
}
