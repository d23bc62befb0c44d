/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * front_tp.bpf.h - front ends at tracepoints: tp_btf, and raw_tp where types are not to be had.
 * raw_tp can also be one program for all tracepoints, which its cookie tells apart (6.10).
 */
#ifndef FRONT_TP_BPF_H
#define FRONT_TP_BPF_H

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

/* What the probe's arguments tell beside the skb, where the program is its own. */
static __always_inline void tp_more(struct xcap_ctx *c)
{
	u64 *ctx = c->ctx;

	XCAP_MORE_ARGS(c, ctx);
	KFREE_SKB_ARGS(c, ctx);
	c->has_ext = XCAP_PATCHED(XCAP_MARK_HAS_EXT);
	c->ext = XCAP_PATCHED_WORD(ctx, XCAP_MARK_EXT);
}

SEC("?xcap/tp_btf")
int xcap_tp_btf(u64 *ctx)
{
	struct xcap_ctx c = {};

	c.ctx = ctx;
	c.probe = XCAP_PATCHED(XCAP_MARK_PROBE);
	c.skb = XCAP_PATCHED_SKB(ctx);
	c.direct = 1;
	GIVEN_ARGS(&c, ctx);
	return capture(&c, tp_more);
}

/*
 * Argument n, from 0. By a read: a program that loads a word which one of its tracepoints has not
 * got cannot be attached there.
 */
static __always_inline u64 raw_tp_arg(u64 *ctx, u64 n)
{
	u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), ctx + n);
	return value;
}

/* One that the tracepoint may have, its number from 1; 0: it has none. */
static __always_inline u64 raw_tp_other_arg(u64 *ctx, u64 number)
{
	return number ? raw_tp_arg(ctx, number - 1) : 0;
}

static __always_inline void raw_tp_by_cookie(struct xcap_ctx *c, u64 *ctx)
{
	u64 cookie = bpf_get_attach_cookie(ctx), given;

	c->probe = cookie & XCAP_COOKIE_PROBE;
	c->skb = (void *)raw_tp_arg(ctx, cookie >> XCAP_COOKIE_SKB & XCAP_COOKIE_ARG);
	given = cookie >> XCAP_COOKIE_GIVEN & XCAP_COOKIE_FEW;
	if (given == XCAP_GIVEN_BY_DEVICE)
		c->dev = (void *)raw_tp_arg(ctx, 2);
	/* once more, as a number of which the verifier knows nothing: else it would go through all
	 * that follows for each of them */
	XCAP_OPAQUE(cookie);
	c->given = cookie >> XCAP_COOKIE_GIVEN & XCAP_COOKIE_FEW;
	c->drop = XCAP_BY_COOKIE;
}

static __always_inline void raw_tp_more(struct xcap_ctx *c)
{
	u64 *ctx = c->ctx, cookie, drop;

	if (!XCAP_PATCHED(XCAP_MARK_SHARED)) {
		tp_more(c);
		return;
	}
	cookie = bpf_get_attach_cookie(ctx);
	c->sock = raw_tp_other_arg(ctx, cookie >> XCAP_COOKIE_SOCK & XCAP_COOKIE_ARG);
	c->flow = raw_tp_other_arg(ctx, cookie >> XCAP_COOKIE_FLOW & XCAP_COOKIE_ARG);
	drop = cookie >> XCAP_COOKIE_DROP & XCAP_COOKIE_FEW;
	if (drop)
		c->location = raw_tp_arg(ctx, 1);
	if (drop > 1)
		c->reason = (u32)raw_tp_arg(ctx, 2);
	XCAP_OPAQUE(cookie); /* as above */
	c->cookie_drop = cookie >> XCAP_COOKIE_DROP & XCAP_COOKIE_FEW;
	c->has_ext = !!(cookie & XCAP_COOKIE_HAS_EXT);
	if (c->has_ext)
		c->ext = raw_tp_arg(ctx, cookie >> XCAP_COOKIE_EXT & XCAP_COOKIE_ARG);
}

SEC("?xcap/raw_tp")
int xcap_raw_tp(u64 *ctx)
{
	struct xcap_ctx c = {};

	c.ctx = ctx;
	if (XCAP_PATCHED(XCAP_MARK_SHARED)) {
		raw_tp_by_cookie(&c, ctx);
	} else {
		c.probe = XCAP_PATCHED(XCAP_MARK_PROBE);
		c.skb = XCAP_PATCHED_SKB(ctx);
		GIVEN_ARGS(&c, ctx);
	}
	return capture(&c, raw_tp_more);
}

#endif
