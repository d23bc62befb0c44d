/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_chain.c - what walks the chains of netfilter on this kernel, and where its arguments are.
 *
 * By their types: v5.15: 44b5990e7b46 ("netfilter: ip6tables: allow use of ip6t_do_table as
 * hookfn") and its like put the table in the place of the skb, as a mere pointer.
 *
 * Before 5.11 modules bring no types. What is known of them then is stated here: they are kernels
 * whose struct net still points to the tables, which v5.13 took away: ae689334225f ("netfilter:
 * ip_tables: pass table pointer via nf_hook_ops") and others; the arguments are as before 5.15. The
 * hooks of nftables are the same from 4.4 to 7.2, and so is the begin of struct nft_chain and, but
 * for the size of struct rhltable, of struct nft_table; the program checks it at each drop.
 */
#include "plan/plan_chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/util.h"
#include "kernel/kbtf.h"
#include "kernel/kbtf_offset.h"
#include "kernel/module.h"
#include "plan/plan_ladder.h"

static const struct walker {
	const char *function, *module;
	enum xcap_chain_kind kind;
} walkers[] = {
	{"nft_do_chain", "nf_tables", XCAP_CHAIN_NFT},
	{"ipt_do_table", "ip_tables", XCAP_CHAIN_XT},
	{"ip6t_do_table", "ip6_tables", XCAP_CHAIN_XT},
	{"arpt_do_table", "arp_tables", XCAP_CHAIN_ARP},
	{"ebt_do_table", "ebtables", XCAP_CHAIN_EBT},
};

_Static_assert(UTIL_ARRAY_SIZE(walkers) <= PLAN_CHAIN_HOOKS, "more functions than rows");

/* The begin of struct nft_chain: two pointers to rules, their list; then: */
enum {
	NFT_CHAIN_LIST = 32, /* in the table's; behind it the node of a hash */
	NFT_CHAIN_TABLE = 64,
	NFT_CHAIN_HANDLE = 72, /* then u32 use, u8 flags */
	NFT_CHAIN_NAME = 88,
};

/* The begin of struct nft_table: its list's node, struct rhltable; and behind that: */
enum {
	NFT_TABLE_RHLTABLE = 16,
	NFT_TABLE_CHAINS = 0, /* then lists of sets, objects, flow tables */
	NFT_TABLE_LAST = 64,  /* then u64 handle, u32 use, u16 family */
	NFT_TABLE_NAME = 88,  /* from 5.12 on, behind u32 nlpid, 96 */
};

#define EBT_TABLE_NAME 16 /* struct ebt_table: a list's node, the name */

/* What plan_chain() works with. */
struct search {
	const struct plan_kernel *kernel;
	bool has_fexit;
	char *modules; /* those that are loaded */
	struct plan_chains *chains;
};

/* Of a pointer to `type`, const or not; -1: none. */
static int find_pointer(const struct kbtf_target *target, const char *type)
{
	for (uint32_t i = 0; i < target->n_args; i++) {
		const char *text = target->args[i].type;

		if (!strncmp(text, "const ", 6))
			text += 6;
		if (!strcmp(text, type))
			return i;
	}
	return -1;
}

static int chain_argument(const struct kbtf_target *target, enum xcap_chain_kind kind)
{
	int at = -1;

	if (kind == XCAP_CHAIN_EBT)
		at = find_pointer(target, "struct ebt_table *");
	else if (kind != XCAP_CHAIN_NFT)
		at = find_pointer(target, "struct xt_table *");
	return at < 0 ? find_pointer(target, "void *") : at;
}

static bool get_offset(const struct kbtf_offset *types, const char *name, const char *member,
		       uint32_t *out)
{
	int offset = kbtf_offset_of(types, name, member);

	*out = offset < 0 ? 0 : offset;
	return offset >= 0;
}

static bool get_layout(const struct plan_kernel *kernel, const struct kbtf_target *target,
		       enum xcap_chain_kind kind, struct xcap_chain_layout *layout)
{
	struct kbtf_offset types;
	bool found;

	kbtf_offset_open(&types, kernel->btf, target->module);
	if (kind == XCAP_CHAIN_NFT)
		found = get_offset(&types, "nft_pktinfo", "skb", &layout->pktinfo_skb) &&
			get_offset(&types, "nft_chain", "table", &layout->chain_table) &&
			get_offset(&types, "nft_chain", "name", &layout->chain_name) &&
			get_offset(&types, "nft_table", "name", &layout->table_name);
	else if (kind == XCAP_CHAIN_EBT)
		found = get_offset(&types, "ebt_table", "name", &layout->ebt_name);
	else
		found = get_offset(&types, "xt_table", "name", &layout->xt_name);
	if (kind != XCAP_CHAIN_NFT)
		found = found && get_offset(&types, "nf_hook_state", "hook", &layout->state_hook);
	kbtf_offset_close(&types);
	return found;
}

static bool has_kprobe(const struct search *s)
{
	return plan_ladder_feature(s->kernel, FEATURE_KPROBE, NULL, 0);
}

/* As the types of the function tell. */
static bool hook_by_types(const struct search *s, const struct walker *walker,
			  const struct kbtf_target *target, struct plan_chain_hook *hook)
{
	bool is_nft = walker->kind == XCAP_CHAIN_NFT;

	*hook = (struct plan_chain_hook){
		.function = walker->function,
		.mechanism = s->has_fexit && target->module_fd >= 0 ? PLAN_FEXIT : PLAN_KRETPROBE,
		.kind = walker->kind,
		.btf_id = target->btf_id,
		.btf_fd = target->module_fd,
		.skb_arg =
			find_pointer(target, is_nft ? "struct nft_pktinfo *" : "struct sk_buff *"),
		.chain_arg = chain_argument(target, walker->kind),
		.state_arg = find_pointer(target, "struct nf_hook_state *"),
		.arg_words = target->arg_words,
	};
	return (hook->mechanism == PLAN_FEXIT || has_kprobe(s)) && hook->skb_arg >= 0 &&
	       hook->chain_arg >= 0 && (is_nft || hook->state_arg >= 0) &&
	       get_layout(s->kernel, target, walker->kind, &s->chains->layout);
}

static bool state_nft(const struct kbtf_offset *types, struct xcap_chain_layout *layout)
{
	int size = kbtf_offset_size(types, "rhltable");
	uint32_t behind = NFT_TABLE_RHLTABLE + size;

	if (size < 0)
		return false;
	layout->is_stated = true;
	layout->pktinfo_skb = 0;
	layout->chain_list = NFT_CHAIN_LIST;
	layout->chain_table = NFT_CHAIN_TABLE;
	layout->chain_handle = NFT_CHAIN_HANDLE;
	layout->chain_name = NFT_CHAIN_NAME;
	layout->table_chains = behind + NFT_TABLE_CHAINS;
	layout->table_last = behind + NFT_TABLE_LAST;
	layout->table_name = behind + NFT_TABLE_NAME;
	return true;
}

/* Struct net points to its tables: their functions take skb, state, table. */
static bool state_xt(const struct kbtf_offset *types, enum xcap_chain_kind kind,
		     struct xcap_chain_layout *layout)
{
	layout->ebt_name = EBT_TABLE_NAME;
	if (!get_offset(types, "nf_hook_state", "hook", &layout->state_hook))
		return false;
	if (kind == XCAP_CHAIN_EBT)
		return kbtf_offset_of(types, "netns_xt", "frame_filter") >= 0;
	return kbtf_offset_of(types, "netns_ipv4", "iptable_filter") >= 0 &&
	       get_offset(types, "xt_table", "name", &layout->xt_name);
}

/* As it is stated above, of a function whose types are not known. */
static bool hook_by_statement(struct search *s, const struct walker *walker,
			      struct plan_chain_hook *hook)
{
	bool is_nft = walker->kind == XCAP_CHAIN_NFT, known;
	struct kbtf_offset types;

	if (!has_kprobe(s) || !module_is_among(s->modules, walker->module))
		return false;
	*hook = (struct plan_chain_hook){
		.function = walker->function,
		.mechanism = PLAN_KRETPROBE,
		.kind = walker->kind,
		.btf_fd = -1,
		.chain_arg = is_nft ? 1 : 2,
		.state_arg = is_nft ? -1 : 1,
	};
	kbtf_offset_open(&types, s->kernel->btf, "");
	known = is_nft ? state_nft(&types, &s->chains->layout)
		       : state_xt(&types, walker->kind, &s->chains->layout);
	kbtf_offset_close(&types);
	return known;
}

static bool find_hook(struct search *s, const struct walker *walker, struct plan_chain_hook *hook)
{
	struct kbtf_target target;

	if (kbtf_find_function(s->kernel->btf, NULL, walker->function, &target))
		return hook_by_statement(s, walker, hook);
	return hook_by_types(s, walker, &target, hook);
}

void plan_chain(const struct plan_kernel *kernel, struct plan *plan)
{
	struct search s = {.kernel = kernel, .chains = &plan->chains};
	char why[256] = "";

	if (!kernel->btf || kbtf_is_foreign(kernel->btf))
		return;
	s.has_fexit = plan_ladder_feature(kernel, FEATURE_FEXIT, why, sizeof(why));
	if (!s.has_fexit && !has_kprobe(&s)) {
		log_debug("netfilter's tables and chains are not known: %s", why);
		return;
	}
	s.modules = module_read_loaded();
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(walkers); i++) {
		if (find_hook(&s, &walkers[i], &plan->chains.hooks[plan->chains.n])) {
			plan->chains.n++;
			continue;
		}
		if (!module_is_among(s.modules, walkers[i].module))
			plan->chains.absent[plan->chains.n_absent++] = walkers[i].module;
		log_debug("no chains from '%s': it is not there, or not as it is known",
			  walkers[i].function);
	}
	free(s.modules);
	plan->config.want_chain = plan->chains.n > 0;
}
