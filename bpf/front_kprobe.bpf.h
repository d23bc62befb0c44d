/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * front_kprobe.bpf.h - front ends at a function's entry by kprobe; the skb is in a register.
 *
 * xcap_kprobe is cloned per probe. xcap_kprobe_multi is one program for all: its cookie tells the
 * probe and the arguments (5.15 for single kprobes, 5.18 for kprobe-multi; before that a map has
 * it, by address).
 */
#ifndef FRONT_KPROBE_BPF_H
#define FRONT_KPROBE_BPF_H

#include "kprobe.bpf.h"

static __always_inline void kprobe_more(struct xcap_ctx *c)
{
	u64 *ctx = c->ctx;

	XCAP_MORE_ARGS(c, ctx);
	c->has_ext = XCAP_PATCHED(XCAP_MARK_HAS_EXT);
	c->ext = XCAP_PATCHED_WORD(ctx, XCAP_MARK_EXT);
}

SEC("?xcap/kprobe")
int xcap_kprobe(u64 *ctx)
{
	struct xcap_ctx c = {};

	c.ctx = ctx;
	c.probe = XCAP_PATCHED(XCAP_MARK_PROBE);
	c.skb = XCAP_PATCHED_SKB(ctx);
	c.keep = XCAP_PATCHED(XCAP_MARK_KEEP);
	c.frame = KPROBE_FRAME((struct pt_regs *)ctx);
	return capture(&c, kprobe_more);
}

#define KPROBE_NO_COOKIE ~0ULL

/* Before 5.15 a kprobe's program is not told which it is, but where: behind the breakpoint, also
 * where the kernel has put something else in its place. */
static __always_inline u64 kprobe_cookie(struct pt_regs *ctx)
{
	u64 place = ctx->ip - 1, *cookie;

	if (!cfg.by_address)
		return bpf_get_attach_cookie(ctx);
	cookie = bpf_map_lookup_elem(&cookies, &place);
	return cookie ? *cookie : KPROBE_NO_COOKIE;
}

static __always_inline void kprobe_multi_more(struct xcap_ctx *c)
{
	struct pt_regs *ctx = c->ctx;
	u64 cookie = kprobe_cookie(ctx);

	c->sock = kprobe_other_arg(ctx, cookie >> XCAP_COOKIE_SOCK & XCAP_COOKIE_ARG);
	c->flow = kprobe_other_arg(ctx, cookie >> XCAP_COOKIE_FLOW & XCAP_COOKIE_ARG);
	c->has_ext = !!(cookie & XCAP_COOKIE_HAS_EXT);
	if (c->has_ext)
		c->ext = kprobe_arg(ctx, cookie >> XCAP_COOKIE_EXT & XCAP_COOKIE_ARG);
}

SEC("?xcap/kprobe_multi")
int xcap_kprobe_multi(struct pt_regs *ctx)
{
	u64 cookie = kprobe_cookie(ctx);
	struct xcap_ctx c = {};

	if (cfg.by_address && cookie == KPROBE_NO_COOKIE)
		return 0;
	c.ctx = ctx;
	c.probe = cookie & XCAP_COOKIE_PROBE;
	c.skb = (void *)kprobe_arg(ctx, cookie >> XCAP_COOKIE_SKB & XCAP_COOKIE_ARG);
	c.keep = XCAP_PATCHED(XCAP_MARK_KEEP);
	c.frame = KPROBE_FRAME(ctx);
	return capture(&c, kprobe_multi_more);
}

#endif
