/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode_fields.h - a packet as values: addresses, ports, numbers and flags of its headers.
 *
 * Used where fields are compared or written one by one (what changed at a hop, JSON); text is made
 * by decode.h. Pure: one pass through the checked cursor, no allocation. A field is valid where its
 * bit in `present` says so; a header that was cut off, or is not there in this fragment, has none.
 * Lengths are those of the wire, by the same rules as in the text.
 */
#ifndef DECODE_DECODE_FIELDS_H
#define DECODE_DECODE_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define DECODE_FIELDS_VLANS 4 /* tags beyond these are stepped over and counted */

enum decode_fields_present {
	DECODE_HAS_ETHER = 1 << 0,	/* eth_src, eth_dst: a link header that was not made up */
	DECODE_HAS_TYPE = 1 << 1,	/* ether_type */
	DECODE_HAS_ARP = 1 << 2,	/* arp: Ethernet and IPv4 */
	DECODE_HAS_IP = 1 << 3,		/* version to ip_len */
	DECODE_HAS_FRAG = 1 << 4,	/* it is a fragment: ip_id, frag_offset, more_fragments */
	DECODE_HAS_PROTO = 1 << 5,	/* protocol, behind all extension headers that are known */
	DECODE_HAS_PORTS = 1 << 6,	/* sport, dport: TCP, UDP, UDP-Lite, SCTP, DCCP */
	DECODE_HAS_TCP = 1 << 7,	/* tcp_* */
	DECODE_HAS_UDP = 1 << 8,	/* udp_len */
	DECODE_HAS_ICMP = 1 << 9,	/* icmp_type, icmp_code: of both families */
	DECODE_HAS_ECHO = 1 << 10,	/* icmp_id, icmp_seq: echo requests and replies */
	DECODE_HAS_PAYLOAD = 1 << 11,	/* payload_len, payload_at */
	DECODE_HAS_TUNNEL = 1 << 12,	/* tunnel, inner_*: there is a packet inside */
	DECODE_HAS_TUNNEL_ID = 1 << 13, /* tunnel_id: VNI, or key of GRE */
};

enum decode_fields_tunnel {
	DECODE_TUNNEL_NONE,
	DECODE_TUNNEL_IPIP,   /* IPv4 in IPv4 */
	DECODE_TUNNEL_SIT,    /* IPv6 in IPv4 */
	DECODE_TUNNEL_IPIP6,  /* IPv4 in IPv6 */
	DECODE_TUNNEL_IP6IP6, /* IPv6 in IPv6 */
	DECODE_TUNNEL_GRE,    /* with IPv4 or IPv6 inside */
	DECODE_TUNNEL_GRETAP, /* with Ethernet inside */
	DECODE_TUNNEL_VXLAN,
	DECODE_TUNNEL_GENEVE,
};

struct decode_vlan {
	uint16_t type; /* the ethertype that announces it, 0x8100 */
	uint16_t tci;  /* priority, DEI, VLAN id */
};

struct decode_arp {
	uint16_t operation;
	uint8_t sender[6], target[6];
	uint8_t sender_ip[4], target_ip[4];
};

struct decode_fields {
	uint32_t present; /* enum decode_fields_present */
	uint8_t eth_src[6], eth_dst[6];
	uint16_t ether_type; /* behind all VLAN tags; at most 1,500: an 802.3 length */
	uint32_t n_vlans;    /* tags there are; vlans[] has the first DECODE_FIELDS_VLANS */
	struct decode_vlan vlans[DECODE_FIELDS_VLANS];
	struct decode_arp arp;
	uint8_t version;	  /* of IP: 4, 6 */
	uint8_t src[16], dst[16]; /* 4 bytes of IPv4, the others are zero */
	uint8_t ttl, tos;	  /* hop limit and traffic class of IPv6 */
	bool dont_fragment, more_fragments;
	uint32_t ip_id;	      /* IPv6: only in fragments */
	uint32_t flow_label;  /* IPv6 */
	uint32_t ip_len;      /* of the IP packet, its header included; where the header says 0, the
				 bytes that are there */
	uint32_t frag_offset; /* bytes */
	uint8_t protocol;     /* of what follows IP: IPPROTO_* */
	uint16_t sport, dport;
	uint32_t tcp_seq, tcp_ack;
	uint16_t tcp_window, tcp_urgent;
	uint8_t tcp_flags;
	uint16_t udp_len; /* as the header says; UDP-Lite: what the checksum covers */
	uint8_t icmp_type, icmp_code;
	uint16_t icmp_id, icmp_seq;
	uint32_t payload_len; /* behind the transport header, in this packet */
	uint32_t payload_at;  /* where it begins in the frame */
	uint8_t tunnel;	      /* enum decode_fields_tunnel */
	bool inner_is_ether;  /* what is inside begins with an Ethernet header, else with IP */
	uint32_t tunnel_id;
	uint32_t inner_at, inner_cap, inner_len; /* where it begins in the frame, its bytes captured
						    and on the wire */
};

/*
 * The outermost headers of an Ethernet frame of cap_len bytes, wire_len on the wire. synth_eth: the
 * link header is made up: its addresses are not fields.
 */
void decode_fields_ethernet(struct decode_fields *fields, const uint8_t *frame, uint32_t cap_len,
			    uint32_t wire_len, bool synth_eth);

/*
 * The headers of the packet inside `outer`, which was made of this frame. False if there is none.
 * May be called again for what is inside that one, also with inner == outer: inner_at counts from
 * the frame's start always.
 */
bool decode_fields_inner(struct decode_fields *inner, const struct decode_fields *outer,
			 const uint8_t *frame);

/* An address of the packet's IP version, as text. */
void decode_fields_address(struct buf *out, const struct decode_fields *fields,
			   const uint8_t *addr);

/* "vxlan"; "" for DECODE_TUNNEL_NONE */
const char *decode_fields_tunnel_name(uint8_t tunnel);

#endif
