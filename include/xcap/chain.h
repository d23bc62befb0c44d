/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chain.h - the netfilter table and chain that dropped a packet: what both sides say of it.
 *
 * Hooks at the entry and the return of what walks a chain keep a note of chain and skb; the probe
 * at kfree_skb finds it and leaves the names in a map under the number that the record carries. The
 * types are those of modules, which CO-RE finds only with more privileges: their layout is read by
 * user space.
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
};

/* Offsets of members; read-only data. */
struct xcap_chain_layout {
	__u32 pktinfo_skb;	       /* struct nft_pktinfo */
	__u32 chain_table, chain_name; /* struct nft_chain: both point */
	__u32 table_name;	       /* struct nft_table: points */
	__u32 xt_name;		       /* struct xt_table: an array */
	__u32 state_hook;	       /* struct nf_hook_state */
};

#define XCAP_CHAIN_NAME 64 /* longer names are cut */

/* Different chains that drop, at a time; the names of more are not known. */
#define XCAP_CHAIN_MAX 1024

struct xcap_chain_names {
	char table[XCAP_CHAIN_NAME];
	char chain[XCAP_CHAIN_NAME]; /* of nft; "": xt, by the hook */
	__u32 hook;		     /* xt: enum nf_inet_hooks */
	__u32 pad;
};

/* A drop of an xt table at this hook; tables and chains stand at multiples of eight. */
#define XCAP_CHAIN_ID(chain, hook) ((chain) + (hook))
#define XCAP_CHAIN_HOOKS	   5

#endif
