/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json_packet.c - decoded headers in JSON, level by level into tunnels.
 */
#include "sink/json_packet.h"

#include <netinet/in.h>

#include "base/util.h"
#include "decode/decode_fields.h"
#include "decode/decode_text.h"
#include "decode/decode_transport.h"
#include "sink/json_out.h"

#define TUNNELS_MAX 4 /* opened, one in the other */

static void add_mac(struct buf *b, const char *key, const uint8_t *mac)
{
	json_out_key(b, key);
	buf_add_char(b, '"');
	decode_text_mac(b, mac);
	buf_add_char(b, '"');
}

static void add_ip4(struct buf *b, const char *key, const uint8_t *addr)
{
	json_out_key(b, key);
	buf_add_char(b, '"');
	decode_text_ip4(b, addr);
	buf_add_char(b, '"');
}

static void add_address(struct buf *b, const char *key, const struct decode_fields *f,
			const uint8_t *addr)
{
	json_out_key(b, key);
	buf_add_char(b, '"');
	decode_fields_address(b, f, addr);
	buf_add_char(b, '"');
}

static void add_vlans(struct buf *b, const struct decode_fields *f)
{
	json_out_begin(b, "vlans", '[');
	for (uint32_t i = 0; i < UTIL_MIN(f->n_vlans, (uint32_t)DECODE_FIELDS_VLANS); i++) {
		uint16_t tci = f->vlans[i].tci;

		json_out_begin(b, NULL, '{');
		json_out_u64(b, "type", f->vlans[i].type);
		json_out_u64(b, "id", tci & 0xfff);
		json_out_u64(b, "priority", tci >> 13);
		json_out_bool(b, "dei", tci & 0x1000);
		json_out_end(b, '}');
	}
	json_out_end(b, ']');
}

static void add_l2(struct buf *b, const struct decode_fields *f)
{
	if (!(f->present & (DECODE_HAS_ETHER | DECODE_HAS_TYPE)) && !f->n_vlans)
		return;
	json_out_begin(b, "l2", '{');
	if (f->present & DECODE_HAS_ETHER) {
		add_mac(b, "src", f->eth_src);
		add_mac(b, "dst", f->eth_dst);
	}
	add_vlans(b, f);
	if (f->present & DECODE_HAS_TYPE)
		json_out_u64(b, "ethertype", f->ether_type);
	json_out_end(b, '}');
}

static void add_arp(struct buf *b, const struct decode_fields *f)
{
	if (!(f->present & DECODE_HAS_ARP))
		return;
	json_out_begin(b, "arp", '{');
	json_out_u64(b, "operation", f->arp.operation);
	add_mac(b, "sender", f->arp.sender);
	add_ip4(b, "sender_ip", f->arp.sender_ip);
	add_mac(b, "target", f->arp.target);
	add_ip4(b, "target_ip", f->arp.target_ip);
	json_out_end(b, '}');
}

static void add_ip(struct buf *b, const struct decode_fields *f)
{
	const char *name = decode_transport_name(f->protocol);

	if (!(f->present & DECODE_HAS_IP))
		return;
	json_out_begin(b, "ip", '{');
	json_out_u64(b, "version", f->version);
	add_address(b, "src", f, f->src);
	add_address(b, "dst", f, f->dst);
	json_out_u64(b, "ttl", f->ttl);
	json_out_u64(b, "tos", f->tos);
	json_out_u64(b, "len", f->ip_len);
	if (f->version == 4 || f->present & DECODE_HAS_FRAG)
		json_out_u64(b, "id", f->ip_id);
	if (f->version == 4)
		json_out_bool(b, "df", f->dont_fragment);
	else
		json_out_u64(b, "flow", f->flow_label);
	if (f->present & DECODE_HAS_FRAG) {
		json_out_begin(b, "frag", '{');
		json_out_u64(b, "offset", f->frag_offset);
		json_out_bool(b, "more", f->more_fragments);
		json_out_end(b, '}');
	}
	if (f->present & DECODE_HAS_PROTO) {
		json_out_u64(b, "proto", f->protocol);
		if (name)
			json_out_str(b, "proto_name", name);
	}
	json_out_end(b, '}');
}

static void add_tcp_members(struct buf *b, const struct decode_fields *f)
{
	if (!(f->present & DECODE_HAS_TCP))
		return;
	json_out_u64(b, "seq", f->tcp_seq);
	json_out_u64(b, "ack", f->tcp_ack);
	json_out_key(b, "flags");
	buf_add_char(b, '"');
	decode_transport_tcp_flags(b, f->tcp_flags);
	buf_add_char(b, '"');
	json_out_u64(b, "window", f->tcp_window);
	json_out_u64(b, "urgent", f->tcp_urgent);
}

static void add_icmp_members(struct buf *b, const struct decode_fields *f)
{
	json_out_u64(b, "type", f->icmp_type);
	json_out_u64(b, "code", f->icmp_code);
	if (!(f->present & DECODE_HAS_ECHO))
		return;
	json_out_u64(b, "id", f->icmp_id);
	json_out_u64(b, "seq", f->icmp_seq);
}

/* The name of the object that the transport header is in. */
static const char *transport_key(const struct decode_fields *f)
{
	if (f->present & DECODE_HAS_ICMP)
		return "icmp";
	if (!(f->present & DECODE_HAS_PORTS))
		return NULL;
	switch (f->protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		return "udp";
	default:
		return "ports";
	}
}

static void add_transport(struct buf *b, const struct decode_fields *f)
{
	const char *key = transport_key(f);

	if (key) {
		json_out_begin(b, key, '{');
		if (f->present & DECODE_HAS_PORTS) {
			json_out_u64(b, "sport", f->sport);
			json_out_u64(b, "dport", f->dport);
		}
		if (f->present & DECODE_HAS_ICMP)
			add_icmp_members(b, f);
		add_tcp_members(b, f);
		if (f->present & DECODE_HAS_UDP)
			json_out_u64(b, "len", f->udp_len);
		json_out_end(b, '}');
	}
	if (f->present & DECODE_HAS_PAYLOAD)
		json_out_u64(b, "payload_len", f->payload_len);
}

static void add_level(struct buf *b, const struct decode_fields *f)
{
	add_l2(b, f);
	add_arp(b, f);
	add_ip(b, f);
	add_transport(b, f);
}

void json_packet_add(struct buf *b, const struct record *record)
{
	struct decode_fields f;
	unsigned int depth = 0;

	if (record->flags & XCAP_EV_NO_PACKET)
		return;
	decode_fields_ethernet(&f, record->packet, record->cap_len, record->len,
			       record->flags & XCAP_EV_SYNTH_ETH);
	add_level(b, &f);
	for (; f.present & DECODE_HAS_TUNNEL && depth < TUNNELS_MAX; depth++) {
		json_out_begin(b, "tunnel", '{');
		json_out_str(b, "kind", decode_fields_tunnel_name(f.tunnel));
		if (f.present & DECODE_HAS_TUNNEL_ID)
			json_out_u64(b, "id", f.tunnel_id);
		decode_fields_inner(&f, &f, record->packet);
		add_level(b, &f);
	}
	while (depth--)
		json_out_end(b, '}');
}
