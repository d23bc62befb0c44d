/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * content.c - a hash over the fields of a packet; see the header for which.
 */
#include "flow/content.h"

#include <netinet/in.h>
#include <string.h>

#include "base/util.h"
#include "decode/decode_fields.h"

#define TUNNELS_MAX 4
/* Payload that is captured at any snaplen worth having, and tells datagrams without an id apart. */
#define PAYLOAD_MAX 32

/* FNV-1a, 64 bit (http://www.isthe.com/chongo/tech/comp/fnv/), with a last stir for the low bits.
 */
static uint64_t add_bytes(uint64_t hash, const void *data, size_t len)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3ull;
	return hash;
}

static uint64_t add_number(uint64_t hash, uint64_t number)
{
	return add_bytes(hash, &number, sizeof(number));
}

/* The innermost packet in the frame. */
static void innermost(struct decode_fields *fields, const struct record *record)
{
	struct decode_fields inner;

	decode_fields_ethernet(fields, record->packet, record->cap_len, record->len,
			       record->flags & XCAP_EV_SYNTH_ETH);
	for (int i = 0; i < TUNNELS_MAX && decode_fields_inner(&inner, fields, record->packet); i++)
		*fields = inner;
}

static uint64_t add_transport(uint64_t hash, const struct decode_fields *f)
{
	if (f->present & DECODE_HAS_PORTS)
		hash = add_number(hash, (uint32_t)f->sport << 16 | f->dport);
	if (f->present & DECODE_HAS_TCP) {
		hash = add_number(hash, (uint64_t)f->tcp_seq << 32 | f->tcp_ack);
		hash = add_number(hash, f->tcp_flags);
	}
	if (f->present & DECODE_HAS_ICMP)
		hash = add_number(hash, f->icmp_type << 8 | f->icmp_code);
	if (f->present & DECODE_HAS_ECHO)
		hash = add_number(hash, (uint32_t)f->icmp_id << 16 | f->icmp_seq);
	return hash;
}

static uint64_t add_ip(uint64_t hash, const struct decode_fields *f)
{
	hash = add_bytes(hash, f->src, sizeof(f->src));
	hash = add_bytes(hash, f->dst, sizeof(f->dst));
	hash = add_number(hash, (uint64_t)f->ip_id << 32 | f->flow_label);
	hash = add_number(hash,
			  (uint64_t)f->frag_offset << 16 | f->more_fragments << 8 | f->protocol);
	hash = add_number(hash, f->ip_len);
	return add_transport(hash, f);
}

uint64_t content_key(const struct record *record, bool by_pointer)
{
	struct decode_fields f;
	uint64_t hash = 0xcbf29ce484222325ull;

	if (by_pointer)
		hash = add_number(hash, record->skb);
	if (record->flags & XCAP_EV_NO_PACKET)
		hash = add_number(hash, record->skb);
	innermost(&f, record);
	if (f.present & DECODE_HAS_IP)
		hash = add_ip(hash, &f);
	else
		hash = add_number(hash, (uint64_t)f.ether_type << 32 | record->len);
	if (!(f.present & DECODE_HAS_TCP) && (f.present & DECODE_HAS_PAYLOAD) &&
	    f.payload_at < record->cap_len) {
		uint32_t len = UTIL_MIN(record->cap_len - f.payload_at, f.payload_len);

		/* padding behind it may be gone at the next hop */
		hash = add_bytes(hash, record->packet + f.payload_at, UTIL_MIN(len, PAYLOAD_MAX));
	}
	hash ^= hash >> 32;
	return hash ? hash : 1;
}
