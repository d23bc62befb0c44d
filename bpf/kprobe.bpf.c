/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kprobe.bpf.c - front end at a function's entry by kprobe; the skb is in a register.
 */
#include "xcap.bpf.h"

SEC("?xcap/kprobe")
int xcap_kprobe(u64 *ctx)
{
	struct xcap_ctx c = {};

	c.probe = XCAP_PATCHED(XCAP_MARK_PROBE);
	c.skb = XCAP_PATCHED_SKB(ctx);
	XCAP_MORE_ARGS(&c, ctx);
	return xcap_capture(&c);
}
