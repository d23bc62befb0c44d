/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * latency.c - a log-linear histogram: see the header for its error.
 */
#include "flow/latency.h"

#include "base/util.h"

#define PARTS_LOG 5 /* of LATENCY_PARTS */
#define PARTS_ALL (LATENCY_OCTAVES * LATENCY_PARTS)

_Static_assert(LATENCY_PARTS == 1 << PARTS_LOG, "PARTS_LOG is the logarithm of LATENCY_PARTS");

/* The first octave of parts holds 0 to LATENCY_PARTS - 1 ns, one each. */
static uint32_t part_of(uint64_t ns)
{
	uint32_t log, part;

	if (ns < LATENCY_PARTS)
		return ns;
	log = 63 - __builtin_clzll(ns);
	part = (log - PARTS_LOG + 1) * LATENCY_PARTS +
	       ((ns >> (log - PARTS_LOG)) & (LATENCY_PARTS - 1));
	return UTIL_MIN(part, PARTS_ALL - 1);
}

/* The largest time of a part. */
static uint64_t part_end(uint32_t part)
{
	uint32_t octave = part / LATENCY_PARTS;
	uint64_t step = part % LATENCY_PARTS;

	if (!octave)
		return step;
	if (part == PARTS_ALL - 1)
		return UINT64_MAX;
	return ((LATENCY_PARTS + step + 1) << (octave - 1)) - 1;
}

void latency_add(struct latency *latency, uint64_t ns)
{
	latency->n++;
	latency->max_ns = UTIL_MAX(latency->max_ns, ns);
	latency->parts[part_of(ns)]++;
}

uint64_t latency_percentile(const struct latency *latency, uint32_t percent)
{
	/* how many have to be at or below it, rounded up */
	uint64_t want = (latency->n * percent + 99) / 100, n = 0;

	for (uint32_t i = 0; want && i < PARTS_ALL; i++) {
		n += latency->parts[i];
		if (n >= want)
			return UTIL_MIN(part_end(i), latency->max_ns);
	}
	return latency->max_ns;
}

uint64_t latency_octave(const struct latency *latency, uint32_t octave)
{
	uint32_t from = octave ? part_of(1ull << octave) : 0;
	uint32_t to = octave + 1 < LATENCY_POWERS ? part_of(2ull << octave) : PARTS_ALL;
	uint64_t n = 0;

	for (uint32_t i = from; i < to; i++)
		n += latency->parts[i];
	return n;
}
