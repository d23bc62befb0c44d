/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode_fields.c - one pass over a packet's headers, each value into its field.
 *
 * The walk is that of the text: a layer ends where its own length says, padding is nobody's, a
 * length of zero means all that is there (GSO, BIG TCP). What is inside a tunnel is found here and
 * opened by another call, so that each level is a plain struct decode_fields.
 */
#include "decode/decode_fields.h"

#include <linux/if_ether.h>
#include <netinet/in.h>
#include <string.h>

#include "base/util.h"
#include "decode/decode_cursor.h"
#include "decode/decode_link.h"
#include "decode/decode_text.h"

#define ETHER_HEADER	 14
#define VLAN_TAG	 4
#define SNAP_HEADER	 8
#define ARP_IP4		 28
#define IP4_HEADER	 20
#define IP4_DONT	 0x4000
#define IP4_MORE	 0x2000
#define IP4_OFFSET	 0x1fff
#define IP6_HEADER	 40
#define EXTENSION	 8
#define AH_HEADER	 12
#define TCP_HEADER	 20
#define UDP_HEADER	 8
#define GRE_HEADER	 4
#define GRE_CSUM	 0x8000
#define GRE_ROUTING	 0x4000
#define GRE_KEY		 0x2000
#define GRE_SEQ		 0x1000
#define GRE_VERSION	 0x0007
#define TUNNEL_HEADER	 8 /* VXLAN; Geneve without options */
#define VXLAN_PORT	 4789
#define VXLAN_PORT_LINUX 8472 /* the kernel's own default */
#define VXLAN_HAS_VNI	 0x08
#define GENEVE_PORT	 6081

/* One walk. */
struct walk {
	struct decode_fields *f;
	struct decode_cursor c;
	const uint8_t *frame;
};

static void set_inner(struct walk *w, uint8_t tunnel, bool is_ether)
{
	w->f->present |= DECODE_HAS_TUNNEL;
	w->f->tunnel = tunnel;
	w->f->inner_is_ether = is_ether;
	w->f->inner_at = w->c.at - w->frame;
	w->f->inner_cap = w->c.left;
	w->f->inner_len = w->c.wire;
}

static void set_tunnel_id(struct walk *w, uint32_t id)
{
	w->f->present |= DECODE_HAS_TUNNEL_ID;
	w->f->tunnel_id = id;
}

/* RFC 2784 and 2890; version 1 is PPTP's, and routing is historic: not opened. */
static void read_gre(struct walk *w)
{
	uint16_t flags = decode_cursor_u16(&w->c, 0), type = decode_cursor_u16(&w->c, 2);
	uint32_t key_at = GRE_HEADER + (flags & GRE_CSUM ? 4 : 0);
	uint32_t size = key_at + (flags & GRE_KEY ? 4 : 0) + (flags & GRE_SEQ ? 4 : 0);

	if (flags & (GRE_ROUTING | GRE_VERSION) || !decode_cursor_has(&w->c, size))
		return;
	if (flags & GRE_KEY)
		set_tunnel_id(w, decode_cursor_u32(&w->c, key_at));
	decode_cursor_skip(&w->c, size);
	if (type == ETH_P_IP || type == ETH_P_IPV6)
		set_inner(w, DECODE_TUNNEL_GRE, false);
	else if (type == ETH_P_TEB)
		set_inner(w, DECODE_TUNNEL_GRETAP, true);
}

/* RFC 7348. Any UDP may go to these ports: what cannot be VXLAN is not opened. */
static void read_vxlan(struct walk *w)
{
	if (!decode_cursor_has(&w->c, TUNNEL_HEADER) ||
	    decode_cursor_u8(&w->c, 0) != VXLAN_HAS_VNI || decode_cursor_u8(&w->c, 7))
		return;
	set_tunnel_id(w, decode_cursor_u32(&w->c, 4) >> 8);
	decode_cursor_skip(&w->c, TUNNEL_HEADER);
	set_inner(w, DECODE_TUNNEL_VXLAN, true);
}

/* RFC 8926 */
static void read_geneve(struct walk *w)
{
	uint8_t first = decode_cursor_u8(&w->c, 0);
	uint16_t type = decode_cursor_u16(&w->c, 2);
	uint32_t size = TUNNEL_HEADER + (first & 0x3f) * 4;

	if (first >> 6 || !decode_cursor_has(&w->c, size) ||
	    (type != ETH_P_TEB && type != ETH_P_IP && type != ETH_P_IPV6))
		return;
	set_tunnel_id(w, decode_cursor_u32(&w->c, 4) >> 8);
	decode_cursor_skip(&w->c, size);
	set_inner(w, DECODE_TUNNEL_GENEVE, type == ETH_P_TEB);
}

/* The cursor is at a header of `header` bytes. */
static void set_payload(struct walk *w, uint32_t header, uint32_t len)
{
	w->f->payload_at = w->c.at - w->frame + header;
	w->f->present |= DECODE_HAS_PAYLOAD;
	w->f->payload_len = len;
}

static bool read_ports(struct walk *w)
{
	if (!decode_cursor_has(&w->c, 4))
		return false;
	w->f->present |= DECODE_HAS_PORTS;
	w->f->sport = decode_cursor_u16(&w->c, 0);
	w->f->dport = decode_cursor_u16(&w->c, 2);
	return true;
}

static void read_tcp(struct walk *w)
{
	uint32_t header = (decode_cursor_u8(&w->c, 12) >> 4) * 4;
	struct decode_fields *f = w->f;

	if (!read_ports(w) || !decode_cursor_has(&w->c, TCP_HEADER))
		return;
	f->present |= DECODE_HAS_TCP;
	f->tcp_seq = decode_cursor_u32(&w->c, 4);
	f->tcp_ack = decode_cursor_u32(&w->c, 8);
	f->tcp_flags = decode_cursor_u8(&w->c, 13);
	f->tcp_window = decode_cursor_u16(&w->c, 14);
	f->tcp_urgent = decode_cursor_u16(&w->c, 18);
	if (header >= TCP_HEADER && header <= w->c.wire)
		set_payload(w, header, w->c.wire - header);
}

static void read_udp(struct walk *w)
{
	struct decode_fields *f = w->f;
	uint32_t there;

	if (!read_ports(w) || !decode_cursor_has(&w->c, UDP_HEADER))
		return;
	f->present |= DECODE_HAS_UDP;
	f->udp_len = decode_cursor_u16(&w->c, 4);
	there = w->c.wire - UDP_HEADER;
	/* zero: larger than the field can say; too large: a first fragment, or a lie */
	if (f->udp_len >= UDP_HEADER && f->protocol == IPPROTO_UDP)
		there = UTIL_MIN(there, f->udp_len - (uint32_t)UDP_HEADER);
	set_payload(w, UDP_HEADER, there);
	decode_cursor_skip(&w->c, UDP_HEADER);
	decode_cursor_limit(&w->c, there);
	if (f->dport == VXLAN_PORT || f->dport == VXLAN_PORT_LINUX)
		read_vxlan(w);
	else if (f->dport == GENEVE_PORT)
		read_geneve(w);
}

static void read_icmp(struct walk *w)
{
	/* echo request and reply of both families */
	static const uint8_t echoes[][2] = {{8, 0}, {128, 129}};
	struct decode_fields *f = w->f;
	const uint8_t *echo = echoes[f->version == 6];

	if (!decode_cursor_has(&w->c, 4))
		return;
	f->present |= DECODE_HAS_ICMP;
	f->icmp_type = decode_cursor_u8(&w->c, 0);
	f->icmp_code = decode_cursor_u8(&w->c, 1);
	if (!decode_cursor_has(&w->c, 8))
		return;
	set_payload(w, 8, w->c.wire - 8);
	if (f->icmp_type != echo[0] && f->icmp_type != echo[1])
		return;
	f->present |= DECODE_HAS_ECHO;
	f->icmp_id = decode_cursor_u16(&w->c, 4);
	f->icmp_seq = decode_cursor_u16(&w->c, 6);
}

static void read_transport(struct walk *w)
{
	bool is6 = w->f->version == 6;

	switch (w->f->protocol) {
	case IPPROTO_TCP:
		read_tcp(w);
		break;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		read_udp(w);
		break;
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		read_ports(w);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if ((w->f->protocol == IPPROTO_ICMPV6) == is6)
			read_icmp(w);
		break;
	case IPPROTO_GRE:
		read_gre(w);
		break;
	case IPPROTO_IPIP:
		set_inner(w, is6 ? DECODE_TUNNEL_IPIP6 : DECODE_TUNNEL_IPIP, false);
		break;
	case IPPROTO_IPV6:
		set_inner(w, is6 ? DECODE_TUNNEL_IP6IP6 : DECODE_TUNNEL_SIT, false);
		break;
	}
}

/* A fragment header of IPv6, RFC 8200. */
static void read_fragment(struct walk *w)
{
	uint16_t offset = decode_cursor_u16(&w->c, 2);

	w->f->present |= DECODE_HAS_FRAG;
	w->f->frag_offset = offset & ~7u;
	w->f->more_fragments = offset & 1;
	w->f->ip_id = decode_cursor_u32(&w->c, 4);
}

/*
 * Step over extension headers, and AH of both families, up to the first header that is none. False:
 * it was not captured. Each step is of eight bytes at least, so that there is an end.
 */
static bool walk_extensions(struct walk *w, uint8_t *protocol)
{
	bool is6 = w->f->version == 6;

	while (!(w->f->present & DECODE_HAS_FRAG && w->f->frag_offset)) {
		uint32_t size = (decode_cursor_u8(&w->c, 1) + 1u) * 8;

		if (*protocol == IPPROTO_AH)
			size = UTIL_MAX((decode_cursor_u8(&w->c, 1) + 2u) * 4, AH_HEADER);
		else if (!is6 || (*protocol != IPPROTO_HOPOPTS && *protocol != IPPROTO_DSTOPTS &&
				  *protocol != IPPROTO_ROUTING && *protocol != IPPROTO_FRAGMENT))
			return true;
		else if (*protocol == IPPROTO_FRAGMENT)
			size = EXTENSION;
		if (!decode_cursor_has(&w->c, size))
			return false;
		if (*protocol == IPPROTO_FRAGMENT)
			read_fragment(w);
		*protocol = decode_cursor_u8(&w->c, 0);
		decode_cursor_skip(&w->c, size);
	}
	return true;
}

/* Behind the IP header: `protocol` is what it says. */
static void read_payload(struct walk *w, uint8_t protocol)
{
	if (!walk_extensions(w, &protocol))
		return;
	w->f->present |= DECODE_HAS_PROTO;
	w->f->protocol = protocol;
	/* the header of the transport layer is in the first fragment only */
	if (w->f->present & DECODE_HAS_FRAG && w->f->frag_offset)
		set_payload(w, 0, w->c.wire);
	else
		read_transport(w);
}

static void read_ip4(struct walk *w)
{
	uint32_t header = (decode_cursor_u8(&w->c, 0) & 15) * 4,
		 total = decode_cursor_u16(&w->c, 2);
	uint16_t frag = decode_cursor_u16(&w->c, 6);
	uint8_t protocol = decode_cursor_u8(&w->c, 9);
	struct decode_fields *f = w->f;

	if (!decode_cursor_has(&w->c, IP4_HEADER) || decode_cursor_u8(&w->c, 0) >> 4 != 4 ||
	    header < IP4_HEADER || (total && total < header))
		return;
	f->present |= DECODE_HAS_IP;
	f->version = 4;
	f->tos = decode_cursor_u8(&w->c, 1);
	f->ttl = decode_cursor_u8(&w->c, 8);
	f->ip_id = decode_cursor_u16(&w->c, 4);
	f->dont_fragment = frag & IP4_DONT;
	f->more_fragments = frag & IP4_MORE;
	f->frag_offset = (frag & IP4_OFFSET) * 8;
	if (f->more_fragments || f->frag_offset)
		f->present |= DECODE_HAS_FRAG;
	memcpy(f->src, w->c.at + 12, 4);
	memcpy(f->dst, w->c.at + 16, 4);
	if (total)
		decode_cursor_declare(&w->c, total);
	f->ip_len = w->c.wire;
	if (!decode_cursor_has(&w->c, header))
		return;
	decode_cursor_skip(&w->c, header);
	read_payload(w, protocol);
}

static void read_ip6(struct walk *w)
{
	uint32_t word = decode_cursor_u32(&w->c, 0), payload = decode_cursor_u16(&w->c, 4);
	uint8_t protocol = decode_cursor_u8(&w->c, 6);
	struct decode_fields *f = w->f;

	if (!decode_cursor_has(&w->c, IP6_HEADER) || word >> 28 != 6)
		return;
	f->present |= DECODE_HAS_IP;
	f->version = 6;
	f->tos = word >> 20;
	f->flow_label = word & 0xfffff;
	f->ttl = decode_cursor_u8(&w->c, 7);
	memcpy(f->src, w->c.at + 8, 16);
	memcpy(f->dst, w->c.at + 24, 16);
	if (payload)
		decode_cursor_declare(&w->c, IP6_HEADER + payload);
	f->ip_len = w->c.wire;
	decode_cursor_skip(&w->c, IP6_HEADER);
	read_payload(w, protocol);
}

/* ARP between Ethernet and IPv4, RFC 826; of others the ethertype is all there is to compare. */
static void read_arp(struct walk *w)
{
	struct decode_arp *arp = &w->f->arp;

	if (!decode_cursor_has(&w->c, ARP_IP4) || decode_cursor_u16(&w->c, 2) != ETH_P_IP ||
	    decode_cursor_u16(&w->c, 4) != 0x0604)
		return;
	w->f->present |= DECODE_HAS_ARP;
	arp->operation = decode_cursor_u16(&w->c, 6);
	memcpy(arp->sender, w->c.at + 8, 6);
	memcpy(arp->sender_ip, w->c.at + 14, 4);
	memcpy(arp->target, w->c.at + 18, 6);
	memcpy(arp->target_ip, w->c.at + 24, 4);
}

/* The tags between the type field of the link header and the network header. */
static bool read_vlans(struct walk *w, uint16_t *type)
{
	struct decode_fields *f = w->f;

	for (; decode_link_is_vlan(*type); f->n_vlans++) {
		uint16_t tci = decode_cursor_u16(&w->c, 0);

		if (!decode_cursor_has(&w->c, VLAN_TAG))
			return false;
		if (f->n_vlans < DECODE_FIELDS_VLANS)
			f->vlans[f->n_vlans] = (struct decode_vlan){.type = *type, .tci = tci};
		*type = decode_cursor_u16(&w->c, 2);
		decode_cursor_skip(&w->c, VLAN_TAG);
	}
	return true;
}

/* LLC with SNAP, IEEE 802.2: an ethertype after all. */
static uint16_t read_snap(struct walk *w, uint16_t length)
{
	uint16_t type = decode_cursor_u16(&w->c, 6);

	decode_cursor_limit(&w->c, length);
	if (!decode_cursor_has(&w->c, SNAP_HEADER) || type <= DECODE_LINK_LENGTH_MAX ||
	    decode_cursor_u32(&w->c, 0) != 0xaaaa0300 || decode_cursor_u16(&w->c, 4))
		return length;
	decode_cursor_skip(&w->c, SNAP_HEADER);
	return type;
}

static void read_ether(struct walk *w, bool synth_eth)
{
	struct decode_fields *f = w->f;
	uint16_t type = decode_cursor_u16(&w->c, 12);

	if (!decode_cursor_has(&w->c, ETHER_HEADER))
		return;
	if (!synth_eth) {
		f->present |= DECODE_HAS_ETHER;
		memcpy(f->eth_dst, w->c.at, 6);
		memcpy(f->eth_src, w->c.at + 6, 6);
	}
	decode_cursor_skip(&w->c, ETHER_HEADER);
	if (!read_vlans(w, &type))
		return;
	if (type <= DECODE_LINK_LENGTH_MAX && !synth_eth)
		type = read_snap(w, type);
	f->present |= DECODE_HAS_TYPE;
	f->ether_type = type;
	if (type == ETH_P_IP)
		read_ip4(w);
	else if (type == ETH_P_IPV6)
		read_ip6(w);
	else if (type == ETH_P_ARP)
		read_arp(w);
}

void decode_fields_ethernet(struct decode_fields *fields, const uint8_t *frame, uint32_t cap_len,
			    uint32_t wire_len, bool synth_eth)
{
	struct walk w = {.f = fields, .c = {frame, cap_len, wire_len}, .frame = frame};

	memset(fields, 0, sizeof(*fields));
	decode_cursor_limit(&w.c, wire_len);
	read_ether(&w, synth_eth);
}

bool decode_fields_inner(struct decode_fields *inner, const struct decode_fields *outer,
			 const uint8_t *frame)
{
	struct walk w = {.f = inner,
			 .c = {frame + outer->inner_at, outer->inner_cap, outer->inner_len},
			 .frame = frame};

	bool is_ether = outer->inner_is_ether;

	if (!(outer->present & DECODE_HAS_TUNNEL))
		return false;
	/* they may be one */
	memset(inner, 0, sizeof(*inner));
	if (is_ether)
		read_ether(&w, false);
	else if (decode_cursor_u8(&w.c, 0) >> 4 == 6)
		read_ip6(&w);
	else
		read_ip4(&w);
	return true;
}

void decode_fields_address(struct buf *out, const struct decode_fields *fields, const uint8_t *addr)
{
	if (fields->version == 6)
		decode_text_ip6(out, addr);
	else
		decode_text_ip4(out, addr);
}

const char *decode_fields_tunnel_name(uint8_t tunnel)
{
	static const char *const names[] = {
		[DECODE_TUNNEL_NONE] = "",	   [DECODE_TUNNEL_IPIP] = "ipip",
		[DECODE_TUNNEL_SIT] = "sit",	   [DECODE_TUNNEL_IPIP6] = "ipip6",
		[DECODE_TUNNEL_IP6IP6] = "ip6ip6", [DECODE_TUNNEL_GRE] = "gre",
		[DECODE_TUNNEL_GRETAP] = "gretap", [DECODE_TUNNEL_VXLAN] = "vxlan",
		[DECODE_TUNNEL_GENEVE] = "geneve",
	};

	return tunnel < UTIL_ARRAY_SIZE(names) ? names[tunnel] : "";
}
