/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probe_read_filter.bpf.c - the yardstick for the cost of a decision: "tcp port 80" done as other
 * tools do.
 *
 * Each field of the skb that xcap looks at is fetched by a probe read of its own, and so is each of
 * the packet's bytes that libpcap's program for `tcp port 80` loads, in its order, each within the
 * packet's bounds. Beside it an empty program. Loaded by probe_read_filter.c.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

/* [0] seen, [1] matched */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, u32);
	__type(value, u64);
} counts SEC(".maps");

struct fields {
	unsigned char *start;
	u32 len, linear;
	u64 sum; /* keeps the reads of the fields that only a record needs */
};

static __always_inline void count(u32 row)
{
	u64 *value = bpf_map_lookup_elem(&counts, &row);

	if (value)
		__sync_fetch_and_add(value, 1);
}

static __always_inline void read_fields(struct sk_buff *skb, struct fields *f)
{
	struct net_device *dev = BPF_CORE_READ(skb, dev);
	unsigned char *head = BPF_CORE_READ(skb, head), *data = BPF_CORE_READ(skb, data);
	u32 len = BPF_CORE_READ(skb, len), data_len = BPF_CORE_READ(skb, data_len);

	f->start = head + BPF_CORE_READ(skb, mac_header);
	f->len = len + (data - f->start);
	f->linear = f->len - data_len;
	f->sum = BPF_CORE_READ(skb, network_header);
	f->sum += BPF_CORE_READ(skb, transport_header);
	f->sum += BPF_CORE_READ(skb, protocol);
	f->sum += BPF_CORE_READ(skb, vlan_proto);
	f->sum += BPF_CORE_READ(skb, vlan_tci);
	f->sum += BPF_CORE_READ(skb, mark);
	f->sum += BPF_CORE_READ(skb, skb_iif);
	f->sum += BPF_CORE_READ_BITFIELD_PROBED(skb, pkt_type);
	f->sum += (u64)BPF_CORE_READ(skb, sk);
	if (dev) {
		f->sum += BPF_CORE_READ(dev, nd_net.net, ns.inum);
		f->sum += BPF_CORE_READ(dev, type);
		f->sum += BPF_CORE_READ(dev, ifindex);
	}
}

#define LOAD(to, f, at)                                                                            \
	((at) + sizeof(to) > (f)->linear ||                                                        \
	 bpf_probe_read_kernel(&(to), sizeof(to), (f)->start + (at)))

static __always_inline bool is_port_80(struct fields *f, u32 at)
{
	u16 port;

	if (LOAD(port, f, at))
		return false;
	if (port == bpf_htons(80))
		return true;
	return !LOAD(port, f, at + 2) && port == bpf_htons(80);
}

static __always_inline bool decide(struct fields *f)
{
	u16 type, fragment;
	u8 proto, first;

	if (LOAD(type, f, 12))
		return false;
	if (type == bpf_htons(0x86dd))
		return !LOAD(proto, f, 20) && proto == 6 && is_port_80(f, 54);
	if (type != bpf_htons(0x0800) || LOAD(proto, f, 23) || proto != 6 ||
	    LOAD(fragment, f, 20) || (fragment & bpf_htons(0x1fff)) || LOAD(first, f, 14))
		return false;
	return is_port_80(f, 14 + (first & 0xf) * 4);
}

SEC("tp_btf/kfree_skb")
int BPF_PROG(by_probe_read, struct sk_buff *skb)
{
	struct fields f;

	count(0);
	read_fields(skb, &f);
	if (decide(&f) && f.sum)
		count(1);
	return 0;
}

SEC("tp_btf/kfree_skb")
int BPF_PROG(empty, struct sk_buff *skb)
{
	return 0;
}
