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
	if (kind != XCAP_CHAIN_NFT)
		bpf_probe_read_kernel(&note->names.hook, 1,
				      (void *)(state + chain_layout.state_hook));
	note->names.kind = kind;
	note->chain = chain;
	note->ts_ns = bpf_ktime_get_ns();
	note->skb = chain_skb(kind, skb);
}

/* Not one by chance: the chain is in a list, and the first of its table's list has this table. */
static __always_inline bool chain_agrees(u64 chain, u64 table)
{
	u64 list = chain + chain_layout.chain_list;
	u64 first = chain_word(table + chain_layout.table_chains) - chain_layout.chain_list;
	u64 handle = chain_word(chain + chain_layout.chain_handle);

	return chain_word(chain_word(list) + sizeof(list)) == list &&
	       chain_word(first + chain_layout.chain_table) == table && handle &&
	       handle <= chain_word(table + chain_layout.table_last);
}

/*
 * A table's name stands behind its owner from v5.12 on: 6001a930ce03 ("netfilter: nftables:
 * introduce table ownership"); that is a number and no address.
 */
static __always_inline u64 chain_table_name(u64 table)
{
	u64 name = chain_word(table + chain_layout.table_name);

	if (chain_layout.is_stated && (s64)name >= 0)
		name = chain_word(table + chain_layout.table_name + sizeof(name));
	return name;
}

static __always_inline void chain_name_nft(struct xcap_chain_names *names, u64 chain)
{
	u64 table = chain_word(chain + chain_layout.chain_table);

	names->table[0] = names->chain[0] = 0;
	if (chain_layout.is_stated && !chain_agrees(chain, table))
		return;
	bpf_probe_read_kernel_str(names->chain, XCAP_CHAIN_NAME,
				  (void *)chain_word(chain + chain_layout.chain_name));
	bpf_probe_read_kernel_str(names->table, XCAP_CHAIN_NAME, (void *)chain_table_name(table));
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
	if (note->names.kind == XCAP_CHAIN_NFT) {
		chain_name_nft(&note->names, chain);
	} else {
		chain += note->names.kind == XCAP_CHAIN_EBT ? chain_layout.ebt_name
							    : chain_layout.xt_name;
		note->names.chain[0] = 0;
		bpf_probe_read_kernel_str(note->names.table, XCAP_CHAIN_NAME, (void *)chain);
	}
	return bpf_map_update_elem(names, &id, &note->names, BPF_ANY) ? 0 : id;
}

#endif
