/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode_transport.h - what IP carries: TCP, UDP and, by name and length, everything else.
 *
 * Called by decode_ip.c when the IP headers are done; ICMP goes on to decode_icmp.c.
 */
#ifndef DECODE_DECODE_TRANSPORT_H
#define DECODE_DECODE_TRANSPORT_H

#include "decode/decode_ip.h"

/* The cursor is at the header of IP protocol `protocol`. */
void decode_transport_print(struct decode_packet *p, struct decode_cursor c, uint8_t protocol);

/* "TCP", "OSPF"; NULL for a protocol without a name here. */
const char *decode_transport_name(uint8_t protocol);

/* "S.", the letters of tcpdump; "none" */
void decode_transport_tcp_flags(struct buf *out, uint8_t flags);

#endif
