/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode_icmp6.h - ICMP for IPv6 (RFC 4443, 4861, 2710, 3810); called by decode_transport.c.
 */
#ifndef DECODE_DECODE_ICMP6_H
#define DECODE_DECODE_ICMP6_H

#include "decode/decode_ip.h"

/* The cursor is at the ICMP header; the addresses are printed. */
void decode_icmp6_print(struct decode_packet *p, struct decode_cursor c);

#endif
