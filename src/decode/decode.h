/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode.h - a packet as one line of text, in the words of tcpdump.
 *
 * Called by the text sink. Every byte is read through a checked cursor (decode_cursor.h): hostile
 * and cut-off packets print what is there and end in "[|tcp]" and the like, as tcpdump does.
 */
#ifndef DECODE_DECODE_H
#define DECODE_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct decode_options {
	bool ether;   /* MAC addresses first */
	bool verbose; /* TTL, id, TOS, TCP options (-v) */
};

/*
 * Append the Ethernet frame of cap_len bytes (wire_len on the wire) to out, without a newline;
 * never any control character. synth_eth: the link header is made up, its addresses mean nothing.
 */
void decode_ethernet(struct buf *out, const uint8_t *frame, uint32_t cap_len, uint32_t wire_len,
		     bool synth_eth, const struct decode_options *options);

#endif
