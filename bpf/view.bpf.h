/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * view.bpf.h - the dozen fields of an skb that the chain needs, and the readers that fill them.
 *
 * Reading fields costs more than filtering: by BTF pointer 2.5 ns for six, by bpf_rdonly_cast 7.5,
 * by a probe read each 82. So a front end's kind of pointer decides once, here, and everything
 * after reads only the view.
 */
#ifndef VIEW_BPF_H
#define VIEW_BPF_H

#include "device.bpf.h"

#define VIEW_NO_OFFSET 0xffff /* of mac_header and transport_header: not set */
#define VIEW_NO_DEVICE 0xffff /* of dev_type */

/* Inodes of namespaces: PROC_DYNAMIC_FIRST (0xf0000000) and the few fixed ones right below it. */
#define VIEW_NSFS_FIRST 0xeffffff0U

struct skb_view {
	u64 head, data;
	u64 dev; /* struct net_device *, when dev_type is not VIEW_NO_DEVICE */
	u64 sk;	 /* skb->sk */
	u32 len, data_len;
	u32 mark;
	u32 skb_iif;
	u32 ifindex;
	u32 netns;
	u16 mac, network, transport;
	u16 protocol; /* network order, as in the skb */
	u16 vlan_proto, vlan_tci;
	u16 dev_type;
	u8 has_vlan;
	u8 has_sk;
	u8 pkt_type;
};

/* One field, followed or probed, whichever the pointer allows. */
#define VIEW_READ(direct, ptr, field)                                                              \
	({                                                                                         \
		typeof((ptr)->field) read_ = 0;                                                    \
		if (direct)                                                                        \
			read_ = (ptr)->field;                                                      \
		else                                                                               \
			bpf_probe_read_kernel(&read_, sizeof(read_), &(ptr)->field);               \
		read_;                                                                             \
	})

/* A word of memory that is certainly there: by a cast pointer it would be 0 where it is not. */
static __always_inline u64 view_peek(u64 addr)
{
	u64 word = 0;

	if (cfg.has_rdonly_cast)
		return *(u64 *)bpf_rdonly_cast((void *)addr,
					       bpf_core_type_id_kernel(struct pt_regs));
	bpf_probe_read_kernel(&word, sizeof(word), (void *)addr);
	return word;
}

/*
 * Fill in what is known of a device. skb->dev shares memory with rbnode and dev_scratch while an
 * skb is queued, so it is believed only if it leads to a network namespace with a namespace's
 * inode.
 */
static __always_inline bool view_device(struct skb_view *v, struct net_device *dev, bool direct)
{
	struct net *net;
	u32 inode;

	if (!dev)
		return false;
	net = VIEW_READ(direct, dev, nd_net.net);
	if (!net)
		return false;
	inode = VIEW_READ(direct, net, ns.inum);
	if (inode < VIEW_NSFS_FIRST)
		return false;
	v->netns = inode;
	v->dev = (u64)dev;
	v->dev_type = VIEW_READ(direct, dev, type);
	if (direct && !cfg.has_rdonly_cast)
		v->ifindex = VIEW_READ(direct, dev, ifindex);
	return true;
}

/* Its index, where that was not as cheap as now. */
static __always_inline void view_ifindex(struct skb_view *v)
{
	if (v->dev_type != VIEW_NO_DEVICE && !v->ifindex)
		v->ifindex = view_peek(v->dev + bpf_core_field_offset(struct net_device, ifindex));
}

/*
 * Without a device of its own (a socket has the packet) a packet that arrived is told by the
 * device's index: its route leads to the loopback device. One on its way out has the route's.
 */
static __always_inline void view_other_device(struct skb_view *v, struct sk_buff *skb,
					      struct sk_buff *links, bool direct)
{
	struct sock *sk = VIEW_READ(direct, links, sk);
	u32 iif = VIEW_READ(direct, skb, skb_iif);
	/* the lowest bit is SKB_DST_NOREF */
	u64 ref = VIEW_READ(direct, skb, _skb_refdst) & ~1ULL;
	struct net_device *dev = 0;
	struct net *net = 0;

	if (ref && !bpf_probe_read_kernel(&dev, sizeof(dev), &((struct dst_entry *)ref)->dev) &&
	    view_device(v, dev, false))
		net = VIEW_READ(false, dev, nd_net.net);
	if (!net && sk)
		net = VIEW_READ(false, sk, __sk_common.skc_net.net);
	if (net && !v->netns)
		v->netns = VIEW_READ(false, net, ns.inum);
	if (v->netns < VIEW_NSFS_FIRST)
		v->netns = 0;
	view_ifindex(v);
	if (!iif || v->ifindex == iif)
		return;
	v->dev_type = VIEW_NO_DEVICE;
	v->ifindex = iif;
	if (v->netns)
		view_device(v, (struct net_device *)device_find(net, iif), false);
}

static __always_inline u8 view_vlan_bit(struct sk_buff *skb, bool direct)
{
	struct sk_buff___pre_6_2 *old = (void *)skb;

	return direct ? BPF_CORE_READ_BITFIELD(old, vlan_present)
		      : BPF_CORE_READ_BITFIELD_PROBED(old, vlan_present);
}

/*
 * What tells where the packet is. direct: a compile-time constant; skb is then a pointer that the
 * verifier follows. links: the same skb, by which its pointers are read. dev: the device, where the
 * probe's arguments tell it.
 */
static __always_inline void view_read(struct skb_view *v, struct sk_buff *skb,
				      struct sk_buff *links, struct net_device *dev, bool direct)
{
	v->len = VIEW_READ(direct, skb, len);
	v->data_len = VIEW_READ(direct, skb, data_len);
	v->head = (u64)VIEW_READ(direct, skb, head);
	v->data = (u64)VIEW_READ(direct, skb, data);
	v->mac = VIEW_READ(direct, skb, mac_header);
	v->network = VIEW_READ(direct, skb, network_header);
	v->transport = VIEW_READ(direct, skb, transport_header);
	v->vlan_proto = VIEW_READ(direct, skb, vlan_proto);
	v->vlan_tci = VIEW_READ(direct, skb, vlan_tci);
	v->has_vlan = COMPAT_VLAN_IS_BIT(skb) ? view_vlan_bit(skb, direct)
					      : (v->vlan_proto || v->vlan_tci);
	v->dev_type = VIEW_NO_DEVICE;
	v->dev = 0;
	v->ifindex = v->netns = 0;
	if (!(dev && view_device(v, dev, false)) &&
	    !view_device(v, VIEW_READ(direct, links, dev), direct))
		view_other_device(v, skb, links, direct);
}

/* The rest, which the record wants, and the filter as a rule does not. */
static __always_inline void view_read_more(struct skb_view *v, struct sk_buff *skb,
					   struct sk_buff *links, bool direct)
{
	v->protocol = VIEW_READ(direct, skb, protocol);
	v->mark = VIEW_READ(direct, skb, mark);
	v->skb_iif = VIEW_READ(direct, skb, skb_iif);
	v->pkt_type = direct ? BPF_CORE_READ_BITFIELD(skb, pkt_type)
			     : BPF_CORE_READ_BITFIELD_PROBED(skb, pkt_type);
	v->sk = (u64)VIEW_READ(direct, links, sk);
	v->has_sk = !!v->sk;
	view_ifindex(v);
}

/* There is no skb: tcp_send_reset and others pass NULL. */
static __always_inline void view_none(struct skb_view *v)
{
	__builtin_memset(v, 0, sizeof(*v));
	v->dev_type = VIEW_NO_DEVICE;
}

/*
 * Through a cast pointer the verifier follows the skb's pointers cheaply: for each one read through
 * a trusted one, as tp_btf and fentry have, it searches all of BTF by name several times (10 ms in
 * all on 6.18). An address is made into a pointer likewise.
 */
static __always_inline struct sk_buff *view_links(struct sk_buff *skb)
{
	return cfg.has_rdonly_cast ? bpf_rdonly_cast(skb, bpf_core_type_id_kernel(struct sk_buff))
				   : skb;
}

/* By the kind of pointer that the front end has. */
static __always_inline void view_fill(struct skb_view *v, const struct xcap_ctx *c)
{
	struct sk_buff *skb = c->skb;

	if (!skb)
		view_none(v);
	else if (c->direct)
		view_read(v, skb, view_links(skb), c->dev, true);
	else if (cfg.has_rdonly_cast)
		view_read(v, view_links(skb), view_links(skb), c->dev, true);
	else
		view_read(v, skb, skb, c->dev, false);
}

static __always_inline void view_fill_more(struct skb_view *v, const struct xcap_ctx *c,
					   const struct xcap_packet *p)
{
	struct sk_buff *skb = xcap_skb(c, p);

	if (!skb)
		return;
	if (c->direct)
		view_read_more(v, skb, view_links(skb), true);
	else if (cfg.has_rdonly_cast)
		view_read_more(v, view_links(skb), view_links(skb), true);
	else
		view_read_more(v, skb, skb, false);
}

#endif
