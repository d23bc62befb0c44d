/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode_link.h - what stands between the Ethernet addresses and IP.
 *
 * Called by decode.c, which has read the Ethernet header.
 */
#ifndef DECODE_DECODE_LINK_H
#define DECODE_DECODE_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "decode/decode.h"
#include "decode/decode_cursor.h"

/* Larger values of the type field are types, others are lengths (IEEE 802.3, 3.2.6). */
#define DECODE_LINK_LENGTH_MAX 1500

/* The cursor is behind the type field; type is its value. */
void decode_link_print(struct buf *out, struct decode_cursor c, uint16_t type, bool synth_eth,
		       const struct decode_options *options);

/* The type field announces a VLAN tag, of 802.1Q, 802.1ad or older kinds. */
bool decode_link_is_vlan(uint16_t type);

/* "IPv4", "802.1Q"; NULL for a type without a name here. */
const char *decode_link_type_name(uint16_t type);

#endif
