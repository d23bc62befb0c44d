/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf_reach.h - can a program accept any packet of which some bits are known beforehand, and how
 * far does it look at one?
 *
 * Called by plan to tell at start what cannot match at a place, where the link header is zeros or
 * the direction is always the same. "No" is certain; "yes" may be wrong, for bits that hang
 * together are followed one by one only.
 */
#ifndef FILTER_CBPF_REACH_H
#define FILTER_CBPF_REACH_H

#include <stdbool.h>
#include <stdint.h>

#include "filter/cbpf.h"

/* Bytes at the packet's start that something can be known of: link header and IP version. */
#define CBPF_REACH_BYTES 16

struct cbpf_known {
	uint8_t value[CBPF_REACH_BYTES];
	uint8_t mask[CBPF_REACH_BYTES]; /* bits that are known to be as in value */
	uint8_t pkt_types; /* bit i: SKF_AD_PKTTYPE may be i, of PACKET_HOST (0) to 7; 0: all */
};

/*
 * False: no packet that agrees with `known` is accepted. True also where memory is short. The
 * program has to be valid, as cbpf_compile() leaves it.
 */
bool cbpf_reach_accepts(const struct cbpf_prog *prog, const struct cbpf_known *known);

/*
 * As cbpf_span(), of what is looked at of packets that agree with `known`; never more than that.
 * Where the program asks for the packet's direction or memory is short it is the same.
 */
uint32_t cbpf_reach_span(const struct cbpf_prog *prog, const struct cbpf_known *known);

#endif
