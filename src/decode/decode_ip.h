/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode_ip.h - IPv4 and IPv6 headers, their extension headers and fragments.
 *
 * Called by decode_link.c for the two ethertypes and by itself for IP in IP. What the transport
 * layers must know of the headers before them is struct decode_packet.
 */
#ifndef DECODE_DECODE_IP_H
#define DECODE_DECODE_IP_H

#include <stdbool.h>
#include <stdint.h>

#include "decode/decode.h"
#include "decode/decode_cursor.h"

struct decode_packet {
	struct buf *out;
	const struct decode_options *options;
	const uint8_t *src, *dst; /* in the packet; 4 or 16 bytes by version */
	uint8_t version;	  /* 4 or 6 */
	bool addressed;		  /* "src > dst: " is printed already */
	bool fragment;		  /* a first fragment: the rest of the payload is elsewhere */
	unsigned int depth;	  /* IP headers around this one */
};

/* The cursor is at the IP header; version is what the layer before said, 4 or 6. */
void decode_ip_print(struct buf *out, struct decode_cursor c, uint8_t version,
		     const struct decode_options *options, unsigned int depth);

/* An address of the packet's family at `addr`. */
void decode_ip_address(const struct decode_packet *p, const uint8_t *addr);

/* "src > dst: " unless it was printed before. */
void decode_ip_addresses(struct decode_packet *p);

/*
 * "src.port > dst.port: ", or "port > port: " behind headers that already printed the addresses.
 * False, with the addresses printed, if the ports were not captured.
 */
bool decode_ip_endpoints(struct decode_packet *p, const struct decode_cursor *c);

#endif
