/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * latency.h - a distribution of times in bounded memory: percentiles and powers of two.
 *
 * Log-linear: each power of two is cut into LATENCY_PARTS, so that a percentile is at most 1 part
 * in LATENCY_PARTS (3.2 %) above the true value, and never above the largest; up to LATENCY_PARTS
 * ns it is exact. 5 KiB each.
 */
#ifndef FLOW_LATENCY_H
#define FLOW_LATENCY_H

#include <stdint.h>

#define LATENCY_PARTS	32
#define LATENCY_OCTAVES 36 /* of parts: the first has all below LATENCY_PARTS ns */
#define LATENCY_POWERS	40 /* times beyond 2^40 ns, 18 minutes, are in the last part */

struct latency {
	uint64_t n, max_ns;
	uint32_t parts[LATENCY_OCTAVES * LATENCY_PARTS];
};

void latency_add(struct latency *latency, uint64_t ns);

/* The time that `percent` of all do not exceed; 0 where there is none. */
uint64_t latency_percentile(const struct latency *latency, uint32_t percent);

/* How many were in [2^octave, 2^(octave + 1)) ns; octave 0 holds 0 and 1 ns. */
uint64_t latency_octave(const struct latency *latency, uint32_t octave);

#endif
