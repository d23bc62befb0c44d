/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode_icmp.h - ICMP for IPv4 (RFC 792, 1191); called by decode_transport.c.
 */
#ifndef DECODE_DECODE_ICMP_H
#define DECODE_DECODE_ICMP_H

#include "decode/decode_ip.h"

/* The cursor is at the ICMP header; the addresses are printed. */
void decode_icmp_print(struct decode_packet *p, struct decode_cursor c);

#endif
