/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture.c - arithmetic on a probe's counters, said once for sinks and statistics.
 */
#include "record/capture.h"

uint64_t capture_lost(const struct capture_counts *counts)
{
	return counts->fault + counts->nested + counts->undecidable + counts->ring_full +
	       counts->table_full;
}

uint64_t capture_seen_sum(const struct capture_counts *counts)
{
	return counts->rejected + counts->fault + counts->nested + counts->undecidable +
	       counts->sampled + counts->limited + counts->matched;
}

uint64_t capture_matched_sum(const struct capture_counts *counts)
{
	return counts->sent + counts->ring_full + counts->table_full + counts->discarded;
}

void capture_add(struct capture_counts *sum, const struct capture_counts *counts)
{
	sum->seen += counts->seen;
	sum->rejected += counts->rejected;
	sum->fault += counts->fault;
	sum->nested += counts->nested;
	sum->undecidable += counts->undecidable;
	sum->sampled += counts->sampled;
	sum->limited += counts->limited;
	sum->matched += counts->matched;
	sum->sent += counts->sent;
	sum->ring_full += counts->ring_full;
	sum->table_full += counts->table_full;
	sum->discarded += counts->discarded;
	sum->missed_known = sum->missed_known && counts->missed_known;
	sum->missed += counts->missed;
}
