/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * front_fentry.bpf.h - front end at a function's entry through a BPF trampoline.
 */
#ifndef FRONT_FENTRY_BPF_H
#define FRONT_FENTRY_BPF_H

#include "xcap.bpf.h"

static __always_inline void fentry_more(struct xcap_ctx *c)
{
	u64 *ctx = c->ctx;

	XCAP_MORE_ARGS(c, ctx);
	c->has_ext = XCAP_PATCHED(XCAP_MARK_HAS_EXT);
	c->ext = XCAP_PATCHED_WORD(ctx, XCAP_MARK_EXT);
}

SEC("?xcap/fentry")
int xcap_fentry(u64 *ctx)
{
	struct xcap_ctx c = {};

	c.ctx = ctx;
	c.probe = XCAP_PATCHED(XCAP_MARK_PROBE);
	c.skb = XCAP_PATCHED_SKB(ctx);
	c.direct = 1;
	c.keep = XCAP_PATCHED(XCAP_MARK_KEEP);
	c.frame = (u64)ctx;
	return capture(&c, fentry_more);
}

#endif
