/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode_icmp6.c - ICMPv6 (RFC 4443), neighbour discovery (RFC 4861), MLD (RFC 2710, 3810).
 */
#include "decode/decode_icmp6.h"

#include <netinet/in.h>

#include "base/util.h"
#include "decode/decode_text.h"

#define ICMP6_HEADER 8
#define INNER_SRC    (ICMP6_HEADER + 8)
#define INNER_DST    (ICMP6_HEADER + 24)
#define INNER_END    (ICMP6_HEADER + 40)
#define MLD1_QUERY   24 /* RFC 3810, 8.1: a query of 24 bytes is version 1, from 28 on version 2 */
#define MLD2_QUERY   28
#define MLD2_RECORD  20

enum icmp6_type {
	ICMP6_UNREACHABLE = 1,
	ICMP6_TOO_BIG = 2,
	ICMP6_EXCEEDED = 3,
	ICMP6_PARAMETER = 4,
	ICMP6_ECHO_ASK = 128,
	ICMP6_ECHO_ANSWER = 129,
	ICMP6_MLD_QUERY = 130,
	ICMP6_MLD_REPORT = 131,
	ICMP6_MLD_DONE = 132,
	ICMP6_ROUTER_SOLICIT = 133,
	ICMP6_ROUTER_ADVERT = 134,
	ICMP6_NEIGHBOR_SOLICIT = 135,
	ICMP6_NEIGHBOR_ADVERT = 136,
	ICMP6_REDIRECTION = 137,
	ICMP6_MLD2_REPORT = 143,
};

static const struct decode_name type_names[] = {
	{ICMP6_UNREACHABLE, "destination unreachable"},
	{ICMP6_TOO_BIG, "packet too big"},
	{ICMP6_EXCEEDED, "time exceeded in-transit"},
	{ICMP6_PARAMETER, "parameter problem"},
	{ICMP6_ECHO_ASK, "echo request"},
	{ICMP6_ECHO_ANSWER, "echo reply"},
	{ICMP6_MLD_QUERY, "multicast listener query"},
	{ICMP6_MLD_REPORT, "multicast listener report"},
	{ICMP6_MLD_DONE, "multicast listener done"},
	{ICMP6_ROUTER_SOLICIT, "router solicitation"},
	{ICMP6_ROUTER_ADVERT, "router advertisement"},
	{ICMP6_NEIGHBOR_SOLICIT, "neighbor solicitation"},
	{ICMP6_NEIGHBOR_ADVERT, "neighbor advertisement"},
	{ICMP6_REDIRECTION, "redirect"},
	{138, "router renumbering"},
	{139, "node information query"},
	{140, "node information reply"},
	{141, "inverse neighbor solicitation"},
	{142, "inverse neighbor advertisement"},
	{ICMP6_MLD2_REPORT, "multicast listener report v2"},
	{155, "RPL"},
	{0, NULL},
};

static const struct decode_name advert_flags[] = {
	{0x80, "router"}, {0x40, "solicited"}, {0x20, "override"}, {0, NULL}};

static const struct decode_name router_flags[] = {
	{0x80, "managed"}, {0x40, "other stateful"}, {0x20, "home agent"}, {0, NULL}};

/* Group record types of RFC 3810, 5.2.12. */
static const struct decode_name record_types[] = {{1, "is_in"}, {2, "is_ex"}, {3, "to_in"},
						  {4, "to_ex"}, {5, "allow"}, {6, "block"},
						  {0, NULL}};

/* The inner packet's destination port, behind its extension headers. False: not captured. */
static bool print_inner_port(struct buf *out, const struct decode_cursor *c)
{
	struct decode_cursor inner = *c;
	uint8_t protocol = decode_cursor_u8(c, ICMP6_HEADER + 6), next;

	decode_cursor_skip(&inner, INNER_END);
	while (protocol == IPPROTO_HOPOPTS || protocol == IPPROTO_DSTOPTS ||
	       protocol == IPPROTO_ROUTING || protocol == IPPROTO_FRAGMENT) {
		if (!decode_cursor_has(&inner, 8))
			return false;
		next = decode_cursor_u8(&inner, 0);
		decode_cursor_skip(&inner, protocol == IPPROTO_FRAGMENT
						   ? 8
						   : (decode_cursor_u8(&inner, 1) + 1u) * 8);
		protocol = next;
	}
	if (!decode_cursor_has(&inner, 4))
		return false;
	decode_text_ip6(out, c->at + INNER_DST);
	if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP)
		buf_add_str(out, protocol == IPPROTO_TCP ? " tcp" : " udp");
	else
		buf_add_fmt(out, " protocol %u", protocol);
	buf_add_fmt(out, " port %u", decode_cursor_u16(&inner, 2));
	return true;
}

static bool print_unreachable(struct buf *out, const struct decode_cursor *c, uint8_t code)
{
	static const char *const codes[] = {"unreachable route ", "unreachable prohibited ",
					    "beyond scope ",	  "unreachable address ",
					    "unreachable port, ", "failed source policy ",
					    "rejected route "};

	if (!decode_cursor_has(c, INNER_END))
		return false;
	if (code >= UTIL_ARRAY_SIZE(codes)) {
		buf_add_fmt(out, ", unknown unreach code (%u)", code);
		return true;
	}
	buf_add_str(out, ", ");
	buf_add_str(out, codes[code]);
	if (code == 4)
		return print_inner_port(out, c);
	decode_text_ip6(out, c->at + INNER_DST);
	if (code == 2) {
		buf_add_str(out, ", source address ");
		decode_text_ip6(out, c->at + INNER_SRC);
	}
	return true;
}

static bool print_exceeded(struct buf *out, const struct decode_cursor *c, uint8_t code)
{
	if (!decode_cursor_has(c, INNER_END))
		return false;
	if (code == 0) {
		buf_add_str(out, " for ");
		decode_text_ip6(out, c->at + INNER_DST);
	} else if (code == 1) {
		buf_add_str(out, " (reassembly)");
	} else {
		buf_add_fmt(out, ", unknown code (%u)", code);
	}
	return true;
}

static bool print_parameter(struct buf *out, const struct decode_cursor *c, uint8_t code)
{
	static const char *const codes[] = {"erroneous", "next header", "option"};

	if (!decode_cursor_has(c, ICMP6_HEADER))
		return false;
	if (code < UTIL_ARRAY_SIZE(codes))
		buf_add_fmt(out, ", %s - octet %u", codes[code], decode_cursor_u32(c, 4));
	else
		buf_add_fmt(out, ", code-#%u", code);
	return true;
}

/* Options of neighbour discovery, with -v: addresses and prefixes. */
static void print_nd_options(struct buf *out, const struct decode_cursor *from, uint32_t skip)
{
	struct decode_cursor c = *from;

	decode_cursor_skip(&c, skip);
	while (decode_cursor_has(&c, 8)) {
		uint8_t type = decode_cursor_u8(&c, 0);
		uint32_t size = decode_cursor_u8(&c, 1) * 8u;

		if (!size || !decode_cursor_has(&c, size))
			break;
		if (type <= 2) {
			buf_add_str(out, type == 1 ? ", source link-address "
						   : ", destination link-address ");
			decode_text_mac(out, c.at + 2);
		} else if (type == 3 && size == 32) {
			buf_add_str(out, ", prefix ");
			decode_text_ip6(out, c.at + 16);
			buf_add_fmt(out, "/%u", decode_cursor_u8(&c, 2));
		} else if (type == 5 && size == 8) {
			buf_add_fmt(out, ", mtu %u", decode_cursor_u32(&c, 4));
		} else {
			buf_add_fmt(out, ", option %u", type);
		}
		decode_cursor_skip(&c, size);
	}
	if (c.wire)
		decode_text_truncated(out, "icmp6");
}

/* A neighbour or router message whose options start at `options`. */
static bool print_discovery(struct buf *out, const struct decode_cursor *c, uint8_t type,
			    uint32_t options, bool verbose)
{
	if (!decode_cursor_has(c, options))
		return false;
	if (type == ICMP6_NEIGHBOR_SOLICIT || type == ICMP6_NEIGHBOR_ADVERT) {
		buf_add_str(out, type == ICMP6_NEIGHBOR_SOLICIT ? ", who has " : ", tgt is ");
		decode_text_ip6(out, c->at + 8);
	} else if (type == ICMP6_REDIRECTION) {
		buf_add_str(out, ", ");
		decode_text_ip6(out, c->at + 24);
		buf_add_str(out, " to ");
		decode_text_ip6(out, c->at + 8);
	}
	if (!verbose)
		return true;
	if (type == ICMP6_NEIGHBOR_ADVERT) {
		buf_add_str(out, ", Flags [");
		decode_text_bits(out, advert_flags, decode_cursor_u8(c, 4), ", ");
		buf_add_char(out, ']');
	} else if (type == ICMP6_ROUTER_ADVERT) {
		buf_add_fmt(out, ", hop limit %u, Flags [", decode_cursor_u8(c, 4));
		decode_text_bits(out, router_flags, decode_cursor_u8(c, 5), ", ");
		buf_add_fmt(out, "], router lifetime %us", decode_cursor_u16(c, 6));
	}
	print_nd_options(out, c, options);
	return true;
}

static bool print_mld(struct buf *out, const struct decode_cursor *c, uint8_t type, bool verbose)
{
	bool v2 = type == ICMP6_MLD_QUERY && c->wire >= MLD2_QUERY;

	if (!decode_cursor_has(c, v2 ? MLD2_QUERY : MLD1_QUERY))
		return false;
	if (!v2)
		buf_add_fmt(out, " max resp delay: %u addr: ", decode_cursor_u16(c, 4));
	else if (verbose)
		buf_add_fmt(out, " v2 [max resp delay=%u] [gaddr ", decode_cursor_u16(c, 4));
	else
		buf_add_str(out, " v2 [gaddr ");
	decode_text_ip6(out, c->at + 8);
	if (v2)
		buf_add_char(out, ']');
	return true;
}

static bool print_mld2_record(struct buf *out, const struct decode_cursor *c, uint16_t sources)
{
	const char *name = decode_text_name(record_types, decode_cursor_u8(c, 0));

	if (!decode_cursor_has(c, MLD2_RECORD + sources * 16u))
		return false;
	buf_add_str(out, " [gaddr ");
	decode_text_ip6(out, c->at + 4);
	buf_add_fmt(out, " %s {", name ? name : "unknown");
	for (uint16_t i = 0; i < sources; i++) {
		buf_add_char(out, ' ');
		decode_text_ip6(out, c->at + MLD2_RECORD + i * 16u);
	}
	buf_add_str(out, " }]");
	return true;
}

static bool print_mld2_report(struct buf *out, const struct decode_cursor *from, bool verbose)
{
	struct decode_cursor c = *from;
	uint16_t records = decode_cursor_u16(&c, 6), sources;

	if (!decode_cursor_has(&c, ICMP6_HEADER))
		return false;
	buf_add_fmt(out, ", %u group record(s)", records);
	decode_cursor_skip(&c, ICMP6_HEADER);
	for (; verbose && records; records--) {
		sources = decode_cursor_u16(&c, 2);
		if (!print_mld2_record(out, &c, sources))
			return false;
		decode_cursor_skip(&c, MLD2_RECORD + sources * 16u + decode_cursor_u8(&c, 1) * 4u);
	}
	return true;
}

/* What stands between the type's name and the length; false: cut off. */
static bool print_message(struct buf *out, const struct decode_cursor *c, uint8_t type,
			  uint8_t code, bool verbose)
{
	switch (type) {
	case ICMP6_UNREACHABLE:
		return print_unreachable(out, c, code);
	case ICMP6_TOO_BIG:
		if (!decode_cursor_has(c, ICMP6_HEADER))
			return false;
		buf_add_fmt(out, ", mtu %u", decode_cursor_u32(c, 4));
		return true;
	case ICMP6_EXCEEDED:
		return print_exceeded(out, c, code);
	case ICMP6_PARAMETER:
		return print_parameter(out, c, code);
	case ICMP6_ECHO_ASK:
	case ICMP6_ECHO_ANSWER:
		if (!decode_cursor_has(c, ICMP6_HEADER))
			return false;
		buf_add_str(out, ", id ");
		decode_text_u64(out, decode_cursor_u16(c, 4));
		buf_add_str(out, ", seq ");
		decode_text_u64(out, decode_cursor_u16(c, 6));
		return true;
	case ICMP6_MLD_QUERY:
	case ICMP6_MLD_REPORT:
	case ICMP6_MLD_DONE:
		return print_mld(out, c, type, verbose);
	case ICMP6_ROUTER_SOLICIT:
		return print_discovery(out, c, type, 8, verbose);
	case ICMP6_ROUTER_ADVERT:
		return print_discovery(out, c, type, 16, verbose);
	case ICMP6_NEIGHBOR_SOLICIT:
	case ICMP6_NEIGHBOR_ADVERT:
		return print_discovery(out, c, type, 24, verbose);
	case ICMP6_REDIRECTION:
		return print_discovery(out, c, type, 40, verbose);
	case ICMP6_MLD2_REPORT:
		return print_mld2_report(out, c, verbose);
	}
	return true;
}

void decode_icmp6_print(struct decode_packet *p, struct decode_cursor c)
{
	uint8_t type = decode_cursor_u8(&c, 0);
	const char *name = decode_text_name(type_names, type);

	buf_add_str(p->out, "ICMP6, ");
	if (!decode_cursor_has(&c, 2)) {
		decode_text_truncated(p->out, "icmp6");
		return;
	}
	if (name)
		buf_add_str(p->out, name);
	else
		buf_add_fmt(p->out, "unknown icmp6 type (%u)", type);
	if (!print_message(p->out, &c, type, decode_cursor_u8(&c, 1), p->options->verbose))
		decode_text_truncated(p->out, "icmp6");
	else
		decode_text_length(p->out, c.wire);
}
