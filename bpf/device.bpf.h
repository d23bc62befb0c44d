/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * device.bpf.h - a network namespace's device by its index, as the kernel looks it up.
 */
#ifndef DEVICE_BPF_H
#define DEVICE_BPF_H

#include "loop.bpf.h"

/* NETDEV_HASHENTRIES of every kernel so far, and how far a chain is followed: 2,048 devices. */
#define DEVICE_CHAINS	 256
#define DEVICE_CHAIN_MAX 8

/* The end of the chain, or the device that has the index; else the next one. */
static __always_inline bool device_ends(struct hlist_node **node, u32 ifindex, u64 *found)
{
	u64 dev = (u64)*node - bpf_core_field_offset(struct net_device, index_hlist);

	if (!*node)
		return true;
	if (BPF_CORE_READ((struct net_device *)dev, ifindex) == (int)ifindex) {
		*found = dev;
		return true;
	}
	*node = BPF_CORE_READ(*node, next);
	return false;
}

/* Its address, 0: not found. Not inlined: it is rare, and so that 5.10 sees the loop's end. */
static __attribute__((noinline)) u64 device_find(struct net *net, u32 ifindex)
{
	struct hlist_head *chains = BPF_CORE_READ(net, dev_index_head);
	struct hlist_node *node = BPF_CORE_READ(&chains[ifindex % DEVICE_CHAINS], first);
	u64 found = 0;

	LOOP(i, DEVICE_CHAIN_MAX, device_ends(&node, ifindex, &found));
	return found;
}

#endif
