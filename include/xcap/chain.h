/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chain.h - the netfilter table and chain that dropped a packet: what both sides say of it.
 *
 * Hooks at the entry and the return of what walks a chain keep a note of chain and skb; the probe
 * at kfree_skb finds it and leaves the names in a map under the number that the record carries. The
 * types are those of modules, which CO-RE finds only with more privileges: their layout is read by
 * user space. Kernels without types of modules (before 5.11) have nftables laid out as is stated in
 * plan_chain.c; what is found so is believed only where it agrees with itself.
 */
#ifndef XCAP_CHAIN_H
#define XCAP_CHAIN_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* What is hooked, by the arguments of the function. */
enum xcap_chain_kind {
	XCAP_CHAIN_NFT, /* nft_do_chain(struct nft_pktinfo *, void *chain) */
	XCAP_CHAIN_XT,	/* ipt_do_table() and the like: skb, struct nf_hook_state *, table */
	XCAP_CHAIN_ARP, /* arpt_do_table(): the same, its hooks have other numbers */
	XCAP_CHAIN_EBT, /* ebt_do_table(): the same with a struct ebt_table */
};

/* Offsets of members; read-only data. */
struct xcap_chain_layout {
	__u32 pktinfo_skb;	       /* struct nft_pktinfo */
	__u32 chain_table, chain_name; /* struct nft_chain: both point */
	__u32 table_name;	       /* struct nft_table: points */
	__u32 xt_name, ebt_name;       /* struct xt_table, ebt_table: an array */
	__u32 state_hook;	       /* struct nf_hook_state */
	/* nft's are stated, not read from types: is the memory a chain and its table at all? */
	__u32 is_stated;
	__u32 chain_list, chain_handle; /* struct nft_chain */
	__u32 table_chains, table_last; /* struct nft_table: the list's head, the last handle */
};

#define XCAP_CHAIN_NAME 64 /* longer names are cut */

/* Different chains that drop, at a time; the names of more are not known. */
#define XCAP_CHAIN_MAX 1024

struct xcap_chain_names {
	char table[XCAP_CHAIN_NAME]; /* "": nft's are not as they are stated */
	char chain[XCAP_CHAIN_NAME]; /* of nft; "": by the hook */
	__u32 hook;		     /* as its kind numbers them */
	__u32 kind;		     /* enum xcap_chain_kind */
};

/* A drop of an xt table at this hook; tables and chains stand at multiples of eight. */
#define XCAP_CHAIN_ID(chain, hook) ((chain) + (hook))
#define XCAP_CHAIN_HOOKS	   6

#endif
