/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame.h - builds Ethernet frames in tests, header by header.
 *
 * Each call appends one header with values that tests know; lengths are set by frame_finish_ip4()
 * and frame_finish_ip6() or left to the test, which may write any byte of the frame itself.
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame {
	uint8_t bytes[2048];
	uint32_t len;
	uint32_t ip; /* where the last IP header starts */
};

/* `count` is the number of bytes in `bytes`. */
void frame_add(struct frame *f, const void *bytes, size_t count);
void frame_add_u8(struct frame *f, uint8_t value);
void frame_add_u16(struct frame *f, uint16_t value);
void frame_add_u32(struct frame *f, uint32_t value);
/* `count` bytes of value `fill`. */
void frame_add_fill(struct frame *f, uint8_t fill, size_t count);
void frame_set_u16(struct frame *f, uint32_t offset, uint16_t value);

/* 02:00:00:00:00:01 > 02:00:00:00:00:02; forgets what was there. */
void frame_ether(struct frame *f, uint16_t type);
/* The tag's value and the type behind it. */
void frame_vlan(struct frame *f, uint16_t tci, uint16_t type);
/* 10.0.0.1 > 10.0.0.2, id 4660, ttl 64; frag is the flags and offset word. */
void frame_ip4(struct frame *f, uint8_t protocol, uint16_t frag);
/* fd00::1 > fd00::2, hop limit 64 */
void frame_ip6(struct frame *f, uint8_t next);
/* 40112 > 9000; the options are padded by the caller to a multiple of 4. */
void frame_tcp(struct frame *f, uint8_t flags, const uint8_t *options, size_t options_len);
/* 40112 > 9000, with a payload of `payload` bytes. */
void frame_udp(struct frame *f, uint16_t payload);

/* Set the length of the last IP header to what the frame has now. */
void frame_finish_ip4(struct frame *f);
void frame_finish_ip6(struct frame *f);

/* Whole frames; `options` is 20 bytes of TCP options. */
void frame_build_tcp4(struct frame *f, uint8_t flags, bool options, uint16_t payload);
void frame_build_udp4(struct frame *f, uint16_t payload);
void frame_build_echo4(struct frame *f);
void frame_build_arp(struct frame *f, uint16_t operation);
/* ICMP `type` and `code`, with `word` behind them, about UDP 10.0.0.1.40112 > 10.0.0.2.9000. */
void frame_build_icmp_error(struct frame *f, uint8_t type, uint8_t code, uint32_t word);
/* ICMPv6 header and `rest` bytes that read as the addresses fd00::5, fd00::6... */
void frame_build_icmp6(struct frame *f, uint8_t type, uint8_t code, uint32_t word, uint32_t rest);
/* IPv6 with hop-by-hop, routing, destination, AH, UDP; a fragment header if frag is not negative.
 */
void frame_build_extensions(struct frame *f, int frag);

#endif
