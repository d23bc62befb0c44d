/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ether.bpf.h - the Ethernet addresses of a link header that is made up.
 *
 * What is sent gets the device's address as its source and as its destination what the neighbour
 * layer is going to put there: the route tells the next hop, the device leads to its family's table
 * of neighbours, and that is looked up as the kernel does. What has come in and lost its header
 * gets the device's address as its destination, where it was meant for this host. All of it is read
 * by address; what is not known, or not valid (a neighbour that has not answered), is zero.
 */
#ifndef ETHER_BPF_H
#define ETHER_BPF_H

#include "loop.bpf.h"
#include "rebuild.bpf.h"

#define ETHER_ADDRESS	  6
#define ETHER_BROADCAST	  3	 /* RTN_BROADCAST, of rt_type */
#define ETHER_GATEWAY	  0x0002 /* RTF_GATEWAY, of rt6i_flags */
#define ETHER_VALID	  0xde	 /* NUD_VALID: the neighbour's address can be used */
#define ETHER_PACKET_HOST 0	 /* PACKET_HOST */
#define ETHER_CHAIN_MAX	  8	 /* neighbours of one hash; the table doubles when it is full */

/* A member of the struct at an address, and what comes behind it. */
#define ETHER_READ(type, addr, field) view_peek((addr) + bpf_core_field_offset(struct type, field))

struct ether_hop {
	u64 dev;
	u32 key[4]; /* its IP address: one word or four */
	bool is_6;
};

/* The route: the skb's, or that which the sock keeps for what it sends. 0: not known. */
static __always_inline u64 ether_route(const struct xcap_packet *p, u64 skb, u64 sock)
{
	u64 route = 0;

	/* before TCP clones it the skb is in the list of what was sent, whose pointers are there */
	if (p->kind != GEOMETRY_PAYLOAD)
		route = ETHER_READ(sk_buff, skb, _skb_refdst) & ~1ULL;
	if (!route && sock && p->kind > GEOMETRY_FAKE && p->full)
		route = ETHER_READ(sock, sock, sk_dst_cache);
	return route;
}

static __always_inline void ether_read_key(u32 *key, u64 addr)
{
	bpf_probe_read_kernel(key, 4 * sizeof(*key), (void *)addr);
}

/* The next hop of IPv4; false: to everybody. */
static __always_inline bool ether_hop4(struct ether_hop *hop, const u8 *ip, u64 route)
{
	u8 family = view_peek(route + cfg.neigh.rt_gw_family);

	hop->key[0] = *(u32 *)(ip + 16);
	if (family == REBUILD_INET)
		hop->key[0] = view_peek(route + cfg.neigh.rt_gw4);
	hop->is_6 = family == REBUILD_INET6;
	if (hop->is_6)
		ether_read_key(hop->key, route + cfg.neigh.rt_gw6);
	return family || (hop->key[0] != 0xffffffff &&
			  (u16)view_peek(route + cfg.neigh.rt_type) != ETHER_BROADCAST);
}

static __always_inline void ether_hop6(struct ether_hop *hop, const u8 *ip, u64 route)
{
	hop->is_6 = true;
	hop->key[0] = *(u32 *)(ip + 24);
	hop->key[1] = *(u32 *)(ip + 28);
	hop->key[2] = *(u32 *)(ip + 32);
	hop->key[3] = *(u32 *)(ip + 36);
	if (view_peek(route + cfg.neigh.rt6_flags) & ETHER_GATEWAY)
		ether_read_key(hop->key, route + cfg.neigh.rt6_gateway);
}

/* The address of a group follows from it: RFC 1112, 6.4, and RFC 2464, 7. */
static __always_inline bool ether_group(u8 *to, const struct ether_hop *hop)
{
	u32 key = bpf_ntohl(hop->key[0]);

	if (hop->is_6 && key >> 24 == 0xff) {
		*(u16 *)to = 0x3333;
		*(u32 *)(to + 2) = hop->key[3];
		return true;
	}
	if (hop->is_6 || key >> 28 != 0xe)
		return false;
	*(u16 *)to = bpf_htons(0x0100);
	*(u32 *)(to + 2) = bpf_htonl(0x5e000000 | (key & 0x7fffff));
	return true;
}

/* The chain of the table in which the neighbour is: arp_hashfn(), ndisc_hashfn(). */
static __always_inline u64 ether_chain(const struct ether_hop *hop)
{
	struct compat_neighbours table = {};
	u64 from;
	u32 hash;

	if (hop->is_6)
		from = view_peek(ETHER_READ(net_device, hop->dev, ip6_ptr) + cfg.neigh.nd_parms);
	else
		from = view_peek(ETHER_READ(net_device, hop->dev, ip_ptr) + cfg.neigh.arp_parms);
	from = view_peek(view_peek(from + cfg.neigh.tbl) + cfg.neigh.nht);
	bpf_probe_read_kernel(&table, sizeof(table), (void *)from);
	hash = (hop->key[0] ^ (u32)hop->dev ^ hop->dev >> 32) * table.random[0];
	if (hop->is_6)
		hash += hop->key[1] * table.random[1] + hop->key[2] * table.random[2] +
			hop->key[3] * table.random[3];
	hash >>= (32 - table.shift) & 31;
	return table.heads ? view_peek(table.heads + hash * sizeof(u64)) : 0;
}

static __always_inline bool ether_is_hop(const struct ether_hop *hop, u64 neighbour)
{
	u64 at = neighbour + cfg.neigh.key, half = *(u64 *)hop->key, other = *(u64 *)(hop->key + 2);

	if (view_peek(neighbour + cfg.neigh.dev) != hop->dev)
		return false;
	if (!hop->is_6)
		return (u32)view_peek(at) == hop->key[0];
	return view_peek(at) == half && view_peek(at + sizeof(half)) == other;
}

/* The end of the chain, or what is looked for; else the next one. */
static __always_inline bool ether_ends(const struct ether_hop *hop, u64 *neighbour)
{
	if (!*neighbour || ether_is_hop(hop, *neighbour))
		return true;
	*neighbour = view_peek(*neighbour);
	return false;
}

/* Not inlined: so that the counter stays in a register, without which 5.10 sees no end. */
static __attribute__((noinline)) u64 ether_find(const struct ether_hop *hop, u64 neighbour)
{
	bool ends = false;

	LOOP(i, ETHER_CHAIN_MAX, (ends = ether_ends(hop, &neighbour)));
	return ends ? neighbour : 0;
}

static __always_inline void ether_copy(u8 *to, u64 from)
{
	u64 address = view_peek(from);

	*(u32 *)to = address;
	*(u16 *)(to + 4) = address >> 32;
}

static __always_inline void ether_neighbour(u8 *to, const struct ether_hop *hop)
{
	u64 neighbour = ether_find(hop, ether_chain(hop));

	if (neighbour && view_peek(neighbour + cfg.neigh.nud_state) & ETHER_VALID)
		ether_copy(to, neighbour + cfg.neigh.ha);
}

/*
 * Put them into the header at the start of the window, which is zeros there; the IP header stands
 * behind it already. Not inlined: it is rare.
 */
static __attribute__((noinline)) void ether_addresses(struct xcap_packet *p,
						      const struct skb_view *v, u64 skb, u64 sock)
{
	u8 *ip = REBUILD_AT(p, GEOMETRY_ETH_LEN + (v->has_vlan ? GEOMETRY_TAG_LEN : 0));
	u64 route, dev = v->dev_type == VIEW_NO_DEVICE ? 0 : v->dev;
	struct ether_hop hop = {};
	bool everybody = false;
	u16 family;

	if (p->event.direction == XCAP_DIR_IN) {
		if (v->dev_type == GEOMETRY_ETHER && v->pkt_type == ETHER_PACKET_HOST)
			ether_copy(p->data, ETHER_READ(net_device, v->dev, dev_addr));
		return;
	}
	route = ether_route(p, skb, v->sk ? v->sk : sock);
	if (p->event.direction != XCAP_DIR_OUT || !route)
		return;
	/* its first member */
	family = view_peek(ETHER_READ(dst_entry, route, ops));
	if (!dev)
		dev = ETHER_READ(dst_entry, route, dev);
	if ((u16)ETHER_READ(net_device, dev, type) != GEOMETRY_ETHER)
		return;
	hop.dev = dev;
	if (family == REBUILD_INET && ip[0] >> 4 == 4)
		everybody = !ether_hop4(&hop, ip, route);
	else if (family == REBUILD_INET6 && ip[0] >> 4 == 6)
		ether_hop6(&hop, ip, route);
	else
		return;
	ether_copy(p->data + ETHER_ADDRESS, ETHER_READ(net_device, dev, dev_addr));
	if (everybody)
		__builtin_memset(p->data, 0xff, ETHER_ADDRESS);
	else if (!ether_group(p->data, &hop))
		ether_neighbour(p->data, &hop);
}

#endif
