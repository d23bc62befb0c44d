/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * exit.bpf.c - front ends at a function's return. Their entry parts are those of fentry and kprobe,
 * with `keep` set.
 */
#include "xcap.bpf.h"
#include "kprobe.bpf.h"

SEC("?xcap/fexit")
int xcap_fexit(u64 *ctx)
{
	struct xcap_ctx c = {};

	c.ctx = ctx;
	c.probe = XCAP_PATCHED(XCAP_MARK_PROBE);
	c.frame = (u64)ctx; /* the trampoline's, which serves both ends of the call */
	c.has_ret = XCAP_PATCHED(XCAP_MARK_HAS_RET);
	c.ret = XCAP_PATCHED_WORD(ctx, XCAP_MARK_RET);
	return xcap_return(&c);
}

SEC("?xcap/kretprobe")
int xcap_kretprobe(struct pt_regs *ctx)
{
	struct xcap_ctx c = {};

	c.ctx = ctx;
	c.probe = XCAP_PATCHED(XCAP_MARK_PROBE);
	c.frame = KPROBE_FRAME_AT_RETURN(ctx);
	c.has_ret = XCAP_PATCHED(XCAP_MARK_HAS_RET);
	c.ret = ctx->ax;
	return xcap_return(&c);
}

SEC("?xcap/kretprobe_multi")
int xcap_kretprobe_multi(struct pt_regs *ctx)
{
	u64 cookie = bpf_get_attach_cookie(ctx);
	struct xcap_ctx c = {};

	c.ctx = ctx;
	c.probe = cookie & XCAP_COOKIE_PROBE;
	c.frame = KPROBE_FRAME_AT_RETURN(ctx);
	c.has_ret = !!(cookie & XCAP_COOKIE_HAS_RET);
	c.ret = ctx->ax;
	return xcap_return(&c);
}
