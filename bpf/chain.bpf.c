/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chain.bpf.c - the hooks at the entry and the return of nft_do_chain(), ipt_do_table() and the
 * like: one template, cloned for each. They count nothing and send nothing. At a return by
 * kretprobe there are no arguments: the note of the entry stands, or goes whoever's it is, so that
 * a packet may lose its chain but never gets another one's.
 *
 * From v6.7 on nft_do_chain() frees what it drops by itself: e0d4593140b0 ("netfilter: make
 * nftables drops visible in net dropmonitor"); otherwise the caller does, behind the return.
 */
#include "chain.bpf.h"

/* core.bpf.c has them. */
__hidden void xcap_chain_note(u64 kind, u64 skb, u64 chain, u64 state);
__hidden void xcap_chain_forget(u64 kind, u64 skb);

SEC("?xcap/chain")
int xcap_chain(u64 *ctx)
{
	u64 kind = XCAP_PATCHED(XCAP_MARK_PROBE), at_return = XCAP_PATCHED(XCAP_MARK_HAS_RET);
	u64 skb = XCAP_PATCHED_WORD(ctx, XCAP_MARK_SKB);
	u64 chain = XCAP_PATCHED_WORD(ctx, XCAP_MARK_EXT);
	u64 state = XCAP_PATCHED_WORD(ctx, XCAP_MARK_FLOW);
	u64 verdict = XCAP_PATCHED_WORD(ctx, XCAP_MARK_RET);

	if (at_return && (verdict & CHAIN_VERDICT_MASK) != CHAIN_NF_DROP)
		xcap_chain_forget(kind, skb);
	else if (!at_return || !XCAP_PATCHED(XCAP_MARK_BY_STACK))
		xcap_chain_note(kind, skb, chain, state);
	return 0;
}
