/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hops.h - what all journeys together tell of each probe: how many came by, how many did not, and
 * how long it took them.
 *
 *	hop                seen  missing    p50    p90    p99     max  from first: p50 ...
 *	netif_receive_skb  1000        0      -      -      -       -
 *	ip_rcv              998        2  1.2us  1.9us  4.4us  12.1us  ...
 */
#ifndef FLOW_HOPS_H
#define FLOW_HOPS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "record/capture.h"
#include "record/journey.h"

struct hops;

struct hops_times {
	uint64_t n, p50_ns, p90_ns, p99_ns, max_ns;
};

struct hops_row {
	uint64_t seen, missing; /* hops; journeys that are known not to have been there */
	struct hops_times since_previous, since_first; /* of hops that were not the first */
};

/* info outlives it. NULL and errno. */
struct hops *hops_new(const struct capture_info *info);
void hops_free(struct hops *hops); /* takes NULL */

/* 0 or -ENOMEM. */
int hops_add(struct hops *hops, const struct journey *journey);

/* The row of a probe; false: it saw nothing, and nothing was missing there. */
bool hops_get(const struct hops *hops, uint32_t probe, struct hops_row *row);

/* The table; nothing where there was no journey. */
void hops_print(const struct hops *hops, FILE *out);
/* For each probe the times since the hop before it, by powers of two. */
void hops_print_histograms(const struct hops *hops, FILE *out);

#endif
