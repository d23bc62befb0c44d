/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * content.bpf.h - what NAT leaves alone of a packet, read from the window: by it a packet is told
 * from the next one in the same memory, where not every free is seen.
 *
 * Bytes that are not in the window, and headers that were made, are not known and agree with all.
 * Zero is known: a reset has no sequence number, a SYN acknowledges nothing.
 */
#ifndef CONTENT_BPF_H
#define CONTENT_BPF_H

#include <bpf/bpf_endian.h>

#include "compat.bpf.h"
#include "geometry.bpf.h"
#include "view.bpf.h"
#include "xcap/packet.h"

#define CONTENT_ICMP   1
#define CONTENT_TCP    6
#define CONTENT_UDP    17
#define CONTENT_ICMP6  58
#define CONTENT_MASK   127 /* every header that is looked at begins before it */
#define CONTENT_TYPE   12  /* of the first Ethertype */
#define CONTENT_VLAN   bpf_htons(0x8100)
#define CONTENT_SVLAN  bpf_htons(0x88a8)
#define CONTENT_OFFSET bpf_htons(0x1fff) /* IPv4: where a fragment lies */

/* Place of the network header in the window: behind the link header and up to two tags. */
static __always_inline u32 content_network(const struct xcap_packet *p)
{
	u32 at = CONTENT_TYPE;

#pragma unroll
	for (u32 i = 0; i < 2; i++) {
		u16 type = *(u16 *)(p->data + at);

		if (type != CONTENT_VLAN && type != CONTENT_SVLAN)
			break;
		at += 4;
	}
	return at + 2;
}

static __always_inline void content_seq(struct xcap_content *to, u32 seq)
{
	to->seq = seq;
	to->known |= XCAP_CONTENT_SEQ;
}

static __always_inline void content_rest(struct xcap_content *to, u64 rest)
{
	to->rest = rest;
	to->known |= XCAP_CONTENT_REST;
}

/* The header above IP, at `at`, as far as the window has it. */
static __always_inline void content_transport(struct xcap_content *to, const struct xcap_packet *p,
					      u64 at)
{
	const u8 *h;
	u64 rest;

	XCAP_OPAQUE(at);
	at &= CONTENT_MASK;
	h = p->data + at;
	if (to->proto == CONTENT_TCP) {
		to->known &= ~XCAP_CONTENT_LEN;
		if (at + 12 > p->valid)
			return;
		content_seq(to, *(u32 *)(h + 4));
		if (!(p->event.rebuilt & XCAP_REBUILT_TCP))
			content_rest(to, *(u32 *)(h + 8));
		return;
	}
	if (to->proto == CONTENT_ICMP || to->proto == CONTENT_ICMP6) {
		/* the identifier between them is what NAT changes */
		if (at + 8 <= p->valid)
			content_rest(to, *(u16 *)h | (u64) * (u16 *)(h + 6) << 16);
		return;
	}
	if (to->proto != CONTENT_UDP || at + 8 >= p->valid)
		return;
	rest = *(u32 *)(h + 8) | (u64) * (u32 *)(h + 12) << 32;
	if (at + 16 > p->valid)
		rest &= (1ULL << ((p->valid - at - 8) * 8 & 63)) - 1;
	content_rest(to, rest);
}

/* Neither IPv4 nor IPv6, ARP as a rule: its first bytes, and the address that is asked for. */
static __always_inline void content_other(struct xcap_content *to, const struct xcap_packet *p,
					  const u8 *h, u64 at)
{
	if (at + 28 > p->valid)
		return;
	content_seq(to, *(u32 *)(h + 24));
	content_rest(to, *(u32 *)h | (u64) * (u32 *)(h + 4) << 32);
}

static __always_inline void content_read(struct xcap_content *to, const struct xcap_packet *p)
{
	u64 at = content_network(p);
	const u8 *h;

	__builtin_memset(to, 0, sizeof(*to));
	if (p->kind == GEOMETRY_NONE || at + 20 > p->valid)
		return;
	XCAP_OPAQUE(at);
	at &= CONTENT_MASK;
	h = p->data + at;
	to->known = XCAP_CONTENT_PROTO | XCAP_CONTENT_LEN;
	if (h[0] >> 4 == 4) {
		to->version = 4;
		to->proto = h[9];
		to->len = *(u16 *)(h + 2);
		to->ip_id = *(u16 *)(h + 4);
		if (!(p->event.rebuilt & XCAP_REBUILT_IP))
			to->known |= XCAP_CONTENT_IP_ID;
		if (*(u16 *)(h + 6) & CONTENT_OFFSET)
			content_seq(to, *(u16 *)(h + 6));
		else
			content_transport(to, p, at + (h[0] & 0xf) * 4);
	} else if (h[0] >> 4 == 6 && at + 40 <= p->valid) {
		to->version = 6;
		to->proto = h[6];
		to->len = *(u16 *)(h + 4);
		content_transport(to, p, at + 40);
	} else {
		content_other(to, p, h, at);
	}
}

/* Do both know it, and different ones? */
#define CONTENT_DIFFERS(field, bit) (both & (bit) && a->field != b->field)

static __always_inline bool content_agrees(const struct xcap_content *a,
					   const struct xcap_content *b)
{
	u8 both = a->known & b->known;

	return !CONTENT_DIFFERS(version, XCAP_CONTENT_PROTO) &&
	       !CONTENT_DIFFERS(proto, XCAP_CONTENT_PROTO) &&
	       !CONTENT_DIFFERS(seq, XCAP_CONTENT_SEQ) &&
	       !CONTENT_DIFFERS(rest, XCAP_CONTENT_REST) &&
	       !CONTENT_DIFFERS(ip_id, XCAP_CONTENT_IP_ID) &&
	       !CONTENT_DIFFERS(len, XCAP_CONTENT_LEN);
}

#endif
