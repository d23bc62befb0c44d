/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture.c - arithmetic on a probe's counters, said once for sinks and statistics.
 */
#include "record/capture.h"

#include <stddef.h>

#include "base/util.h"

#define COUNT(name)                                                                                \
	{                                                                                          \
#name, offsetof(struct capture_counts, name)                                       \
	}

static const struct {
	const char *name;
	size_t offset;
} counts_table[] = {
	COUNT(seen),	    COUNT(rejected),  COUNT(fault),	 COUNT(nested),
	COUNT(undecidable), COUNT(sampled),   COUNT(limited),	 COUNT(matched),
	COUNT(sent),	    COUNT(ring_full), COUNT(table_full), COUNT(discarded),
};

#define TOTAL(name)                                                                                \
	{                                                                                          \
#name, offsetof(struct capture_totals, name)                                       \
	}

static const struct {
	const char *name;
	size_t offset;
} totals_table[] = {
	TOTAL(shown),	    TOTAL(settled_out), TOTAL(hidden),	  TOTAL(held_back),
	TOTAL(strays),	    TOTAL(after_limit), TOTAL(unwritten), TOTAL(left_out),
	TOTAL(unconverted), TOTAL(tracked),	TOTAL(untracked), TOTAL(aged),
	TOTAL(ends_lost),
};

const char *capture_total_name(unsigned int i)
{
	return i < UTIL_ARRAY_SIZE(totals_table) ? totals_table[i].name : NULL;
}

uint64_t capture_total(const struct capture_totals *totals, unsigned int i)
{
	return *(const uint64_t *)((const char *)totals + totals_table[i].offset);
}

const char *capture_count_name(unsigned int i)
{
	return i < UTIL_ARRAY_SIZE(counts_table) ? counts_table[i].name : NULL;
}

uint64_t capture_count(const struct capture_counts *counts, unsigned int i)
{
	return *(const uint64_t *)((const char *)counts + counts_table[i].offset);
}

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
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(counts_table); i++)
		*(uint64_t *)((char *)sum + counts_table[i].offset) += capture_count(counts, i);
	sum->missed_known = sum->missed_known && counts->missed_known;
	sum->missed += counts->missed;
}
