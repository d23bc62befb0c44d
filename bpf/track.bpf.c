/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * track.bpf.c - front ends of the hooks that follow a packet: one for a function's entry and for
 * tracepoints, one for a return. They are cloned for each hook, whatever it is attached by; the
 * places of its arguments and of the call's frame are the clone's own.
 */
#include "xcap.bpf.h"
#include "kprobe.bpf.h"

/* What names the call at both of its ends: the trampoline's context, or where the stack is. */
static __always_inline u64 frame_of(void *ctx, bool at_return)
{
	if (!XCAP_PATCHED(XCAP_MARK_BY_STACK))
		return (u64)ctx;
	return at_return ? KPROBE_FRAME_AT_RETURN((struct pt_regs *)ctx)
			 : KPROBE_FRAME((struct pt_regs *)ctx);
}

SEC("?xcap/track")
int xcap_track(u64 *ctx)
{
	struct xcap_hook_ctx h = {};

	h.hook = XCAP_PATCHED(XCAP_MARK_PROBE);
	h.skb = XCAP_PATCHED_WORD(ctx, XCAP_MARK_SKB);
	h.other = XCAP_PATCHED_WORD(ctx, XCAP_MARK_EXT);
	h.frame = frame_of(ctx, false);
	return xcap_hooked(&h);
}

SEC("?xcap/track_return")
int xcap_track_return(u64 *ctx)
{
	struct xcap_hook_ctx h = {};

	h.hook = XCAP_PATCHED(XCAP_MARK_PROBE);
	h.ret = XCAP_PATCHED_WORD(ctx, XCAP_MARK_RET);
	h.frame = frame_of(ctx, true);
	h.at_return = 1;
	return xcap_hooked(&h);
}
