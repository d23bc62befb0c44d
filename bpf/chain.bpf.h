/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chain.bpf.h - the note of the netfilter chain at work, which the probe at kfree_skb takes.
 *
 * A packet is freed in the chain, or right after its verdict, on the same CPU: one note per CPU is
 * enough, which ends with any other verdict. What is old, because the task was moved in between, is
 * nobody's. The names are read when the packet is dropped, while the chain is certainly there.
 */
#ifndef CHAIN_BPF_H
#define CHAIN_BPF_H

#include "xcap.bpf.h"
#include "xcap/chain.h"

/* Far more than a chain takes, also where the machine stands still in between, as guests do. */
#define CHAIN_AGE_NS 250000000

#define CHAIN_NF_DROP	   0 /* NF_DROP, in the lower bits of a verdict */
#define CHAIN_VERDICT_MASK 0xff

struct chain_note {
	u64 skb, chain; /* addresses */
	u64 ts_ns;
	u32 kind; /* enum xcap_chain_kind */
	u32 pad;
	struct xcap_chain_names names;
};

/* Read-only data and maps: core.bpf.c has them. */
extern const volatile struct xcap_chain_layout chain_layout;

static __always_inline u64 chain_word(u64 addr)
{
	u64 word = 0;

	bpf_probe_read_kernel(&word, sizeof(word), (void *)addr);
	return word;
}

/* The skb, by the argument that leads to it. */
static __always_inline u64 chain_skb(u64 kind, u64 arg)
{
	return kind == XCAP_CHAIN_NFT ? chain_word(arg + chain_layout.pktinfo_skb) : arg;
}

static __always_inline void chain_put(struct chain_note *note, u64 kind, u64 skb, u64 chain,
				      u64 state)
{
	note->names.hook = 0;
	if (kind == XCAP_CHAIN_XT)
		bpf_probe_read_kernel(&note->names.hook, 1,
				      (void *)(state + chain_layout.state_hook));
	note->kind = kind;
	note->chain = chain;
	note->ts_ns = bpf_ktime_get_ns();
	note->skb = chain_skb(kind, skb);
}

/* Table and chain at work for this skb: the number of their row in `names`; 0: not known. */
static __always_inline u64 chain_take(struct chain_note *note, void *names, u64 skb)
{
	u64 chain = note->chain, id = XCAP_CHAIN_ID(chain, note->names.hook);

	if (note->skb != skb)
		return 0;
	note->skb = 0;
	if (bpf_ktime_get_ns() - note->ts_ns > CHAIN_AGE_NS)
		return 0;
	if (note->kind == XCAP_CHAIN_NFT) {
		bpf_probe_read_kernel_str(note->names.chain, XCAP_CHAIN_NAME,
					  (void *)chain_word(chain + chain_layout.chain_name));
		chain = chain_word(chain + chain_layout.chain_table);
		bpf_probe_read_kernel_str(note->names.table, XCAP_CHAIN_NAME,
					  (void *)chain_word(chain + chain_layout.table_name));
	} else {
		note->names.chain[0] = 0;
		bpf_probe_read_kernel_str(note->names.table, XCAP_CHAIN_NAME,
					  (void *)(chain + chain_layout.xt_name));
	}
	return bpf_map_update_elem(names, &id, &note->names, BPF_ANY) ? 0 : id;
}

#endif
