/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tp.bpf.c - front ends at tracepoints: tp_btf, and raw_tp where types are not to be had.
 */
#include "xcap.bpf.h"

/* Arguments 2 and 3 of kfree_skb: the caller's address and, from 5.17, the reason. */
#define KFREE_SKB_ARGS(c, ctx)                                                                     \
	do {                                                                                       \
		(c)->drop = XCAP_PATCHED(XCAP_MARK_DROP);                                          \
		if ((c)->drop)                                                                     \
			(c)->location = (ctx)[1];                                                  \
		if ((c)->drop > 1)                                                                 \
			(c)->reason = (u32)(ctx)[2];                                               \
	} while (0)

/* net_dev_xmit(skb, rc, dev, len): skb->dev may lead to the receiver's device by now. */
#define GIVEN_ARGS(c, ctx)                                                                         \
	do {                                                                                       \
		(c)->given = XCAP_PATCHED(XCAP_MARK_GIVEN);                                        \
		if ((c)->given == XCAP_GIVEN_BY_DEVICE)                                            \
			(c)->dev = (void *)(ctx)[2];                                               \
	} while (0)

SEC("?xcap/tp_btf")
int xcap_tp_btf(u64 *ctx)
{
	struct xcap_ctx c = {};

	c.probe = XCAP_PATCHED(XCAP_MARK_PROBE);
	c.skb = XCAP_PATCHED_SKB(ctx);
	XCAP_MORE_ARGS(&c, ctx);
	c.direct = 1;
	GIVEN_ARGS(&c, ctx);
	c.dynptr = c.given == XCAP_GIVEN_NOT && cfg.has_dynptr;
	KFREE_SKB_ARGS(&c, ctx);
	c.has_ext = XCAP_PATCHED(XCAP_MARK_HAS_EXT);
	c.ext = XCAP_PATCHED_WORD(ctx, XCAP_MARK_EXT);
	return xcap_capture(&c);
}

SEC("?xcap/raw_tp")
int xcap_raw_tp(u64 *ctx)
{
	struct xcap_ctx c = {};

	c.probe = XCAP_PATCHED(XCAP_MARK_PROBE);
	c.skb = XCAP_PATCHED_SKB(ctx);
	XCAP_MORE_ARGS(&c, ctx);
	GIVEN_ARGS(&c, ctx);
	KFREE_SKB_ARGS(&c, ctx);
	c.has_ext = XCAP_PATCHED(XCAP_MARK_HAS_EXT);
	c.ext = XCAP_PATCHED_WORD(ctx, XCAP_MARK_EXT);
	return xcap_capture(&c);
}
