/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode_transport.c - TCP (RFC 9293) and UDP (RFC 768) in the words of tcpdump -S; the rest by
 * name.
 */
#include "decode/decode_transport.h"

#include <netinet/in.h>

#include "base/util.h"
#include "decode/decode_icmp.h"
#include "decode/decode_icmp6.h"
#include "decode/decode_text.h"

#define TCP_HEADER   20
#define TCP_TO_FLAGS 14
#define TCP_FIN	     0x01
#define TCP_SYN	     0x02
#define TCP_RST	     0x04
#define TCP_ACK	     0x10
#define TCP_URG	     0x20
#define UDP_HEADER   8
#define AH_HEADER    12
#define IP_DEPTH_MAX 4 /* IP in IP beyond this is named, not opened: lines stay readable */

static const struct decode_name protocol_names[] = {
	{IPPROTO_HOPOPTS, "HBH"},
	{IPPROTO_ICMP, "ICMP"},
	{IPPROTO_IGMP, "IGMP"},
	{IPPROTO_IPIP, "IPIP"},
	{IPPROTO_TCP, "TCP"},
	{8, "EGP"},
	{9, "IGRP"},
	{IPPROTO_UDP, "UDP"},
	{IPPROTO_DCCP, "DCCP"},
	{IPPROTO_IPV6, "IPv6"},
	{IPPROTO_ROUTING, "Routing"},
	{IPPROTO_FRAGMENT, "Fragment"},
	{IPPROTO_RSVP, "RSVP"},
	{IPPROTO_GRE, "GRE"},
	{IPPROTO_ESP, "ESP"},
	{IPPROTO_AH, "AH"},
	{IPPROTO_ICMPV6, "ICMPv6"},
	{IPPROTO_DSTOPTS, "DSTOPT"},
	{88, "EIGRP"},
	{89, "OSPF"},
	{IPPROTO_ETHERNET, "Ethernet"},
	{97, "EtherIP"},
	{IPPROTO_PIM, "PIM"},
	{IPPROTO_COMP, "IPComp"},
	{112, "VRRP"},
	{113, "PGM"},
	{115, "L2TP"},
	{IPPROTO_SCTP, "SCTP"},
	{IPPROTO_MH, "MH"},
	{IPPROTO_UDPLITE, "UDPLITE"},
	{IPPROTO_MPLS, "MPLS"},
	{IPPROTO_NONE, "no next header"},
	{0, NULL},
};

static const struct decode_name tcp_flags[] = {
	{0x01, "F"}, {0x02, "S"}, {0x04, "R"}, {0x08, "P"}, {0x10, "."},
	{0x20, "U"}, {0x40, "E"}, {0x80, "W"}, {0, NULL},
};

static const struct decode_name mptcp_subtypes[] = {
	{0, "capable"}, {1, "join"}, {2, "dss"},	{3, "add-addr"}, {4, "rem-addr"},
	{5, "prio"},	{6, "fail"}, {7, "fast-close"}, {8, "tcprst"},	 {0, NULL},
};

const char *decode_transport_name(uint8_t protocol)
{
	return decode_text_name(protocol_names, protocol);
}

static void print_option_sack(struct buf *out, const struct decode_cursor *c, uint32_t length)
{
	buf_add_fmt(out, "sack %u ", (length - 2) / 8);
	for (uint32_t at = 2; at + 8 <= length; at += 8)
		buf_add_fmt(out, "{%u:%u}", decode_cursor_u32(c, at), decode_cursor_u32(c, at + 4));
}

static void print_option_unknown(struct buf *out, const struct decode_cursor *c, uint32_t length)
{
	buf_add_fmt(out, "unknown-%u", decode_cursor_u8(c, 0));
	if (length == 2)
		return;
	buf_add_str(out, " 0x");
	decode_text_bytes(out, c->at + 2, length - 2);
}

/* One option of `length` captured bytes, kind and length included. */
static void print_option(struct buf *out, const struct decode_cursor *c, uint32_t length)
{
	/* kind, its only legal length */
	static const uint8_t lengths[][2] = {{2, 4}, {3, 3}, {4, 2}, {8, 10}, {19, 18}};
	uint8_t kind = decode_cursor_u8(c, 0);
	const char *name;

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(lengths); i++)
		if (lengths[i][0] == kind && lengths[i][1] != length) {
			buf_add_fmt(out, "opt-%u [bad length %u]", kind, length);
			return;
		}
	switch (kind) {
	case 2:
		buf_add_fmt(out, "mss %u", decode_cursor_u16(c, 2));
		break;
	case 3:
		buf_add_fmt(out, "wscale %u", decode_cursor_u8(c, 2));
		break;
	case 4:
		buf_add_str(out, "sackOK");
		break;
	case 5:
		print_option_sack(out, c, length);
		break;
	case 8:
		buf_add_fmt(out, "TS val %u ecr %u", decode_cursor_u32(c, 2),
			    decode_cursor_u32(c, 6));
		break;
	case 19:
		buf_add_str(out, "md5 ");
		decode_text_bytes(out, c->at + 2, length - 2);
		break;
	case 30:
		name = decode_text_name(mptcp_subtypes, decode_cursor_u8(c, 2) >> 4);
		buf_add_fmt(out, "mptcp %u %s", length, length > 2 && name ? name : "unknown");
		break;
	case 34:
		buf_add_str(out, length > 2 ? "tfo  cookie " : "tfo  cookiereq");
		decode_text_bytes(out, c->at + 2, length - 2);
		break;
	default:
		print_option_unknown(out, c, length);
		break;
	}
}

/* " options [...]," of the cursor's bytes, which are all option bytes that should be there. */
static void print_options(struct buf *out, struct decode_cursor c)
{
	const char *separator = "";

	buf_add_str(out, ", options [");
	while (c.wire) {
		uint8_t kind = decode_cursor_u8(&c, 0), length = decode_cursor_u8(&c, 1);

		buf_add_str(out, separator);
		separator = ",";
		if (!decode_cursor_has(&c, 1) || (kind > 1 && !decode_cursor_has(&c, 2))) {
			decode_text_truncated(out, "tcp");
			break;
		}
		if (kind <= 1) {
			buf_add_str(out, kind ? "nop" : "eol");
			if (!kind)
				break;
			decode_cursor_skip(&c, 1);
			continue;
		}
		if (length < 2 || length > c.wire) {
			buf_add_fmt(out, "opt-%u [bad length %u]", kind, length);
			break;
		}
		if (!decode_cursor_has(&c, length)) {
			decode_text_truncated(out, "tcp");
			break;
		}
		print_option(out, &c, length);
		decode_cursor_skip(&c, length);
	}
	buf_add_char(out, ']');
}

void decode_transport_tcp_flags(struct buf *out, uint8_t flags)
{
	decode_text_bits(out, tcp_flags, flags, "");
}

static void print_tcp_flags(struct buf *out, uint8_t flags)
{
	buf_add(out, "Flags [", 7);
	decode_transport_tcp_flags(out, flags);
	buf_add_char(out, ']');
}

static void print_tcp(struct decode_packet *p, struct decode_cursor c)
{
	uint32_t header = (decode_cursor_u8(&c, 12) >> 4) * 4, seq = decode_cursor_u32(&c, 4),
		 payload;
	uint8_t flags = decode_cursor_u8(&c, 13);
	struct decode_cursor options = c;

	if (!decode_ip_endpoints(p, &c) || !decode_cursor_has(&c, TCP_TO_FLAGS)) {
		decode_text_truncated(p->out, "tcp");
		return;
	}
	if (header < TCP_HEADER || header > c.wire) {
		print_tcp_flags(p->out, flags);
		buf_add_fmt(p->out, " [bad hdr length %u - too %s, %s %u]", header,
			    header < TCP_HEADER ? "short" : "long", header < TCP_HEADER ? "<" : ">",
			    header < TCP_HEADER ? TCP_HEADER : c.wire);
		return;
	}
	payload = c.wire - header;
	print_tcp_flags(p->out, flags);
	if (payload || flags & (TCP_SYN | TCP_FIN | TCP_RST)) {
		buf_add(p->out, ", seq ", 6);
		decode_text_u64(p->out, seq);
		if (payload) {
			buf_add_char(p->out, ':');
			decode_text_u64(p->out, (uint32_t)(seq + payload));
		}
	}
	if (flags & TCP_ACK) {
		buf_add(p->out, ", ack ", 6);
		decode_text_u64(p->out, decode_cursor_u32(&c, 8));
	}
	if (!decode_cursor_has(&c, TCP_HEADER)) {
		buf_add_char(p->out, ',');
		decode_text_truncated(p->out, "tcp");
		return;
	}
	buf_add(p->out, ", win ", 6);
	decode_text_u64(p->out, decode_cursor_u16(&c, 14));
	if (flags & TCP_URG) {
		buf_add_str(p->out, ", urg ");
		decode_text_u64(p->out, decode_cursor_u16(&c, 18));
	}
	if (header > TCP_HEADER && p->options->verbose) {
		decode_cursor_limit(&options, header);
		decode_cursor_skip(&options, TCP_HEADER);
		print_options(p->out, options);
	}
	decode_text_length(p->out, payload);
}

/* UDP-Lite (RFC 3828) has its checksum coverage where UDP has the length. */
static void print_udp(struct decode_packet *p, struct decode_cursor c, bool lite)
{
	uint32_t length = decode_cursor_u16(&c, 4), there = c.wire - UDP_HEADER;

	if (!decode_ip_endpoints(p, &c) || !decode_cursor_has(&c, UDP_HEADER)) {
		decode_text_truncated(p->out, lite ? "udplite" : "udp");
		return;
	}
	/* Zero: larger than the field can say (RFC 2675), or not filled in yet. */
	length = lite || !length ? c.wire : length;
	if (length < UDP_HEADER) {
		buf_add_fmt(p->out, "truncated-udplength %u", length);
		return;
	}
	length -= UDP_HEADER;
	if (length > there && !p->fragment) {
		buf_add_fmt(p->out, "UDP, bad length %u > %u", length, there);
		return;
	}
	buf_add_str(p->out, lite ? "UDPLITE" : "UDP");
	decode_text_length(p->out, length);
}

/* Named, with ports where the protocol has them in TCP's place. */
static void print_other(struct decode_packet *p, const struct decode_cursor *c, uint8_t protocol)
{
	const char *name = decode_transport_name(protocol);

	if (protocol != IPPROTO_SCTP && protocol != IPPROTO_DCCP) {
		decode_ip_addresses(p);
	} else if (!decode_ip_endpoints(p, c)) {
		decode_text_truncated(p->out, protocol == IPPROTO_SCTP ? "sctp" : "dccp");
		return;
	}
	if (protocol == IPPROTO_NONE) {
		buf_add_str(p->out, name);
		return;
	}
	if (protocol == IPPROTO_ESP && decode_cursor_has(c, 8))
		buf_add_fmt(p->out, "ESP(spi=0x%08x,seq=0x%x)", decode_cursor_u32(c, 0),
			    decode_cursor_u32(c, 4));
	else if (protocol == IPPROTO_GRE && decode_cursor_has(c, 2))
		buf_add_fmt(p->out, "GREv%u", decode_cursor_u8(c, 1) & 7);
	else if (name)
		buf_add_str(p->out, name);
	else
		buf_add_fmt(p->out, "ip-proto-%u", protocol);
	decode_text_length(p->out, c->wire);
}

/* AH (RFC 4302) in either family: said, stepped over. False: cut off, said. */
static bool skip_ah(struct decode_packet *p, struct decode_cursor *c, uint8_t *protocol)
{
	uint32_t size = (decode_cursor_u8(c, 1) + 2u) * 4;

	decode_ip_addresses(p);
	if (!decode_cursor_has(c, AH_HEADER) || size < AH_HEADER) {
		decode_text_truncated(p->out, "ah");
		return false;
	}
	buf_add_fmt(p->out, "AH(spi=0x%08x,seq=0x%x): ", decode_cursor_u32(c, 4),
		    decode_cursor_u32(c, 8));
	*protocol = decode_cursor_u8(c, 0);
	if (!decode_cursor_has(c, size)) {
		decode_text_truncated(p->out, "ah");
		return false;
	}
	decode_cursor_skip(c, size);
	return true;
}

void decode_transport_print(struct decode_packet *p, struct decode_cursor c, uint8_t protocol)
{
	while (protocol == IPPROTO_AH)
		if (!skip_ah(p, &c, &protocol))
			return;
	switch (protocol) {
	case IPPROTO_TCP:
		print_tcp(p, c);
		return;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		print_udp(p, c, protocol == IPPROTO_UDPLITE);
		return;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if ((protocol == IPPROTO_ICMP) != (p->version == 4))
			break;
		decode_ip_addresses(p);
		if (protocol == IPPROTO_ICMP)
			decode_icmp_print(p, c);
		else
			decode_icmp6_print(p, c);
		return;
	case IPPROTO_IPIP:
	case IPPROTO_IPV6:
		if (p->depth >= IP_DEPTH_MAX)
			break;
		decode_ip_addresses(p);
		decode_ip_print(p->out, c, protocol == IPPROTO_IPIP ? 4 : 6, p->options,
				p->depth + 1);
		return;
	}
	print_other(p, &c, protocol);
}
