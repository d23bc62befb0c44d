/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rebuild.bpf.h - headers that an skb does not have yet, made from its sock and its control block.
 *
 * Local output builds a packet from the inside out, so a probe deep in it sees a payload, then a
 * transport header, then an IP header without its length. What is missing is made here, into the
 * window in front of the real bytes, before the filter runs; xcap_event.rebuilt says which headers
 * those are, and user space puts the checksums in. What is not known is zero: IP id, options, an
 * automatic flow label. A sock whose peer is not known (listening, not connected) makes no packet.
 *
 * All of a sock is read by probe: it is rare, and a sock that is no sock any more must not hurt.
 */
#ifndef REBUILD_BPF_H
#define REBUILD_BPF_H

#include <bpf/bpf_endian.h>

#include "geometry.bpf.h"
#include "slot.bpf.h"

#define REBUILD_INET	2  /* AF_INET */
#define REBUILD_INET6	10 /* AF_INET6 */
#define REBUILD_TCP	6
#define REBUILD_UDP	17
#define REBUILD_IP4_LEN 20
#define REBUILD_IP6_LEN 40
#define REBUILD_TCP_LEN 20
#define REBUILD_LEN_MAX                                                                            \
	65535 /* what a length field holds; BIG TCP writes 0 beyond it, so do we                   \
	       */

/* sk_state, include/net/tcp_states.h; the two are smaller structs that begin with sock_common */
#define REBUILD_TIME_WAIT    6
#define REBUILD_NEW_SYN_RECV 12

#define REBUILD_FLAG_SYN 0x02
#define REBUILD_FLAG_PSH 0x08
#define REBUILD_FLAG_ACK 0x10

/* The verifier has no idea where a header starts: at most behind link header, tag and IPv6. */
#define REBUILD_AT(p, offset)                                                                      \
	({                                                                                         \
		u64 at_ = (offset);                                                                \
		XCAP_OPAQUE(at_);                                                                  \
		(p)->data + (at_ & (XCAP_WINDOW_SLACK - 1));                                       \
	})

#define REBUILD_READ(ptr, field) BPF_CORE_READ_BITFIELD_PROBED(ptr, field)

static __always_inline u16 rebuild_length(u32 length)
{
	return length > REBUILD_LEN_MAX ? 0 : bpf_htons(length);
}

static __always_inline bool rebuild_is_full(const struct sock *sk)
{
	u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);

	return state != REBUILD_TIME_WAIT && state != REBUILD_NEW_SYN_RECV;
}

static __always_inline bool rebuild_has_peer6(const struct sock *sk, u32 *peer)
{
	bpf_core_read(peer, 16, &sk->__sk_common.skc_v6_daddr);
	return peer[0] | peer[1] | peer[2] | peer[3];
}

/*
 * p->version: what this sock sends; 0: no IP, or nobody knows to whom. The sock by which the kernel
 * resets connections has no peer: then the flow tells.
 */
static __always_inline void rebuild_find_peer(struct xcap_packet *p, const struct sock *sk,
					      u64 flow)
{
	u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	u32 peer[4] = {};

	p->version = p->by_flow = 0;
	if (family == REBUILD_INET6 && rebuild_has_peer6(sk, peer)) {
		/* ::ffff:a.b.c.d */
		p->version = !peer[0] && !peer[1] && peer[2] == bpf_htonl(0xffff) ? 4 : 6;
	} else if (family == REBUILD_INET && BPF_CORE_READ(sk, __sk_common.skc_daddr)) {
		p->version = 4;
	} else if (flow && (family == REBUILD_INET || family == REBUILD_INET6)) {
		p->version = family == REBUILD_INET ? 4 : 6;
		p->by_flow = 1;
	}
}

static __always_inline void rebuild_ip4(u8 *h, const struct xcap_packet *p, const struct sock *sk,
					u64 flow, u32 length)
{
	struct inet_sock *inet = (void *)sk;
	struct net *net = BPF_CORE_READ(sk, __sk_common.skc_net.net);
	u8 tos = p->full ? BPF_CORE_READ(inet, tos) : 0,
	   pmtu = p->full ? BPF_CORE_READ(inet, pmtudisc) : 0;
	short ttl = p->full ? BPF_CORE_READ(inet, uc_ttl) : -1;

	if (ttl < 0)
		ttl = REBUILD_READ(net, ipv4.sysctl_ip_default_ttl);
	h[0] = 0x45;
	h[1] = tos;
	*(u16 *)(h + 2) = rebuild_length(length);
	*(u16 *)(h + 4) = 0;
	/* IP_PMTUDISC_WANT and _DO: don't fragment */
	*(u16 *)(h + 6) = pmtu == 1 || pmtu == 2 ? bpf_htons(0x4000) : 0;
	h[8] = ttl;
	h[9] = p->transport;
	*(u16 *)(h + 10) = 0;
	*(u32 *)(h + 12) = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
	*(u32 *)(h + 16) = BPF_CORE_READ(sk, __sk_common.skc_daddr);
	if (p->by_flow) {
		*(u32 *)(h + 12) = BPF_CORE_READ((struct flowi4 *)flow, saddr);
		*(u32 *)(h + 16) = BPF_CORE_READ((struct flowi4 *)flow, daddr);
	}
}

static __always_inline void rebuild_ip6(u8 *h, const struct xcap_packet *p, const struct sock *sk,
					u64 flow, u32 payload)
{
	struct ipv6_pinfo *np = p->full ? BPF_CORE_READ((struct inet_sock *)sk, pinet6) : 0;
	struct net *net = BPF_CORE_READ(sk, __sk_common.skc_net.net);
	u32 class = np ? BPF_CORE_READ(np, tclass) : 0;
	u32 label = np ? BPF_CORE_READ(np, flow_label) & bpf_htonl(0xfffff) : 0;
	int hops = np ? (int)(s16)REBUILD_READ(np, hop_limit) : -1;

	if (hops < 0)
		hops = BPF_CORE_READ(net, ipv6.devconf_all, hop_limit);
	*(u32 *)h = bpf_htonl(6u << 28 | class << 20) | label;
	*(u16 *)(h + 4) = rebuild_length(payload);
	h[6] = p->transport;
	h[7] = hops;
	if (p->by_flow) {
		bpf_core_read(h + 8, 16, &((struct flowi6 *)flow)->saddr);
		bpf_core_read(h + 24, 16, &((struct flowi6 *)flow)->daddr);
	} else {
		bpf_core_read(h + 8, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		bpf_core_read(h + 24, 16, &sk->__sk_common.skc_v6_daddr);
	}
}

/* From the control block, which holds what the header will say, and the connection's state. */
static __always_inline void rebuild_tcp(u8 *h, const struct sock *sk, u64 skb)
{
	struct tcp_skb_cb *cb = (void *)(skb + bpf_core_field_offset(struct sk_buff, cb));
	struct tcp_sock *tp = (void *)sk;
	u32 flags = REBUILD_READ(cb, tcp_flags), window = BPF_CORE_READ(tp, rcv_wnd);

	if (!(flags & REBUILD_FLAG_SYN)) {
		window >>= REBUILD_READ(tp, rx_opt.rcv_wscale);
		/* __tcp_transmit_skb() sets it for what is sent in segments */
		if (BPF_CORE_READ(cb, tcp_gso_segs) > 1)
			flags |= REBUILD_FLAG_PSH;
	}
	*(u16 *)h = bpf_htons(BPF_CORE_READ(sk, __sk_common.skc_num));
	*(u16 *)(h + 2) = BPF_CORE_READ(sk, __sk_common.skc_dport);
	*(u32 *)(h + 4) = bpf_htonl(BPF_CORE_READ(cb, seq));
	*(u32 *)(h + 8) = flags & REBUILD_FLAG_ACK ? bpf_htonl(BPF_CORE_READ(tp, rcv_nxt)) : 0;
	*(u16 *)(h + 12) = bpf_htons(REBUILD_TCP_LEN / 4 << 12 | (flags & 0x1ff));
	*(u16 *)(h + 14) = bpf_htons(window > REBUILD_LEN_MAX ? REBUILD_LEN_MAX : window);
	*(u32 *)(h + 16) = 0; /* checksum, urgent pointer */
}

/*
 * Bytes that TCP has received and put together in an skb of their own (tcp_collapse) have no header
 * either: not among those that the sock sends, which begin where its peer has acknowledged, or one
 * byte before (a keep-alive).
 */
static __always_inline bool rebuild_is_received(const struct sock *sk, u64 skb)
{
	struct tcp_skb_cb *cb = (void *)(skb + bpf_core_field_offset(struct sk_buff, cb));
	struct tcp_sock *tp = (void *)sk;
	u32 from = BPF_CORE_READ(tp, snd_una) - 1;

	return BPF_CORE_READ(cb, seq) - from > BPF_CORE_READ(tp, write_seq) - from;
}

/* What the sock tells goes into p, where the verifier does not follow each combination. */
static __always_inline void rebuild_judge(struct xcap_packet *p, const struct sock *sk, u64 flow)
{
	rebuild_find_peer(p, sk, flow);
	p->full = rebuild_is_full(sk);
	p->transport = REBUILD_TCP;
	if (*(volatile u8 *)&p->full)
		p->transport = BPF_CORE_READ(sk, sk_protocol);
}

static __always_inline bool rebuild_headers(struct xcap_packet *p, const struct skb_view *v)
{
	u64 flow = p->flow, skb = p->event.skb;
	const struct sock *sk = (void *)(v->sk ? v->sk : p->sock);
	u32 shift = p->shift, made;

	/* towards a socket the headers are there; if not, the control block does not say enough */
	if (!sk || p->event.direction == XCAP_DIR_IN)
		return false;
	rebuild_judge(p, sk, flow);
	made = p->kind == GEOMETRY_PAYLOAD ? REBUILD_TCP_LEN : 0;
	if (!p->version || (made && (!p->full || p->transport != REBUILD_TCP)))
		return false;
	if (made && rebuild_is_received(sk, skb)) {
		p->event.direction = XCAP_DIR_IN;
		return false;
	}
	if (p->version == 4)
		rebuild_ip4(REBUILD_AT(p, shift), p, sk, flow, REBUILD_IP4_LEN + made + p->total);
	else
		rebuild_ip6(REBUILD_AT(p, shift), p, sk, flow, made + p->total);
	p->shift = shift + made + (p->version == 4 ? REBUILD_IP4_LEN : REBUILD_IP6_LEN);
	p->event.rebuilt = XCAP_REBUILT_IP;
	if (*(volatile u8 *)&p->kind != GEOMETRY_PAYLOAD)
		return true;
	p->event.rebuilt = XCAP_REBUILT_IP | XCAP_REBUILT_TCP;
	shift = *(volatile u32 *)&p->shift;
	rebuild_tcp(REBUILD_AT(p, shift - REBUILD_TCP_LEN), sk, skb);
	return true;
}

/*
 * Make what is missing of a packet of kind L4 or PAYLOAD in front of its real bytes; 0: that cannot
 * be done. p->sock and p->flow are set. A function of its own: it is rare.
 */
__attribute__((noinline)) u64 xcap_rebuild(u64 row)
{
	struct window_slot *slot = slot_at(row);

	return slot && rebuild_headers(&slot->packet, &slot->view);
}

#endif
