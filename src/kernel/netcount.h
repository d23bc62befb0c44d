/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netcount.h - the kernel's own counters of lost packets, and which of them moved during a capture.
 *
 * What a device or its driver throws away never becomes an skb that is freed, and a socket that
 * refuses a connection may free nothing: kfree_skb is not hit, but a counter moves. Read from
 * /proc/net once at the start and once at the end, in xcap's own namespace and in others that were
 * named.
 */
#ifndef KERNEL_NETCOUNT_H
#define KERNEL_NETCOUNT_H

#include <stdint.h>
#include <stdio.h>

struct netcount;
struct netns_table;

/* The counters as they stand in xcap's own namespace; NULL and errno. */
struct netcount *netcount_new(void);

/* And in another one; 0, or -errno where it cannot be looked at. The table outlives the counters.
 */
int netcount_add(struct netcount *netcount, struct netns_table *netns, uint32_t inode);

/*
 * One line each, "  eth0 rx drop +12", for those that have moved since, below a heading; nothing
 * where none has. Returns how many.
 */
unsigned int netcount_print(const struct netcount *netcount, FILE *out);

void netcount_free(struct netcount *netcount); /* takes NULL */

#endif
