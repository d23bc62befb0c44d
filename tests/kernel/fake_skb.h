/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_skb.h - an skb of our own making, in the memory of a BPF map.
 *
 * A raw tracepoint program can be test-run with any arguments. Given the address of this one it
 * reads an skb whose every field we have chosen, pointers to where there is no memory among them:
 * the only way to make a read of packet bytes fail in a kernel that is whole.
 */
#ifndef KERNEL_FAKE_SKB_H
#define KERNEL_FAKE_SKB_H

#include <stdint.h>

#include "base/err.h"

#define FAKE_SKB_NOWHERE 0xfffffffffffff000ull /* never mapped: error pointers */

struct fake_skb;

struct fake_skb_shape {
	const uint8_t *bytes; /* an Ethernet frame */
	uint32_t len, linear; /* of the frame, and how much of it is not in pages; below 1,024 */
	uint32_t mark;
	bool has_no_head; /* the linear area is nowhere */
};

/* What is in pages is nowhere, always. NULL and err on failure. */
struct fake_skb *fake_skb_new(struct err *err);
void fake_skb_free(struct fake_skb *fake); /* takes NULL */

void fake_skb_shape(struct fake_skb *fake, const struct fake_skb_shape *shape);
/* In the kernel. */
uint64_t fake_skb_address(const struct fake_skb *fake);

#endif
