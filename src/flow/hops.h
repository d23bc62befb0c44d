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

/* info outlives it. NULL and errno. */
struct hops *hops_new(const struct capture_info *info);
void hops_free(struct hops *hops); /* takes NULL */

/* 0 or -ENOMEM. */
int hops_add(struct hops *hops, const struct journey *journey);

/* The row of a probe; false: it saw nothing, and nothing was missing there. */
bool hops_get(const struct hops *hops, uint32_t probe, struct capture_hop *row);

/* The rows of all probes, zero where hops_get() has none; the caller frees. NULL and errno. */
struct capture_hop *hops_rows(const struct hops *hops);

/* The table; nothing where there was no journey. */
void hops_print(const struct hops *hops, FILE *out);
/* For each probe the times since the hop before it, by powers of two. */
void hops_print_histograms(const struct hops *hops, FILE *out);

#endif
