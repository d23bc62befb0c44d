/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_chain.c - what walks the chains of netfilter on this kernel, and where its arguments are.
 *
 * By their types: v5.15: 44b5990e7b46 ("netfilter: ip6tables: allow use of ip6t_do_table as
 * hookfn") and its like put the table in the place of the skb, as a mere pointer.
 */
#include "plan/plan_chain.h"

#include <string.h>

#include "base/log.h"
#include "base/util.h"
#include "kernel/kbtf.h"
#include "kernel/kbtf_offset.h"
#include "plan/plan_ladder.h"

static const struct {
	const char *function;
	enum xcap_chain_kind kind;
} walkers[] = {
	{"nft_do_chain", XCAP_CHAIN_NFT},
	{"ipt_do_table", XCAP_CHAIN_XT},
	{"ip6t_do_table", XCAP_CHAIN_XT},
	{"arpt_do_table", XCAP_CHAIN_XT},
};

_Static_assert(UTIL_ARRAY_SIZE(walkers) <= PLAN_CHAIN_HOOKS, "more functions than rows");

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
	int at = kind == XCAP_CHAIN_XT ? find_pointer(target, "struct xt_table *") : -1;

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
	else
		found = get_offset(&types, "xt_table", "name", &layout->xt_name) &&
			get_offset(&types, "nf_hook_state", "hook", &layout->state_hook);
	kbtf_offset_close(&types);
	return found;
}

static bool add_hook(const struct plan_kernel *kernel, const char *function,
		     enum xcap_chain_kind kind, struct plan_chains *chains)
{
	struct plan_chain_hook *hook = &chains->hooks[chains->n];
	struct kbtf_target target;

	if (kbtf_find_function(kernel->btf, NULL, function, &target) || target.module_fd < 0)
		return false;
	*hook = (struct plan_chain_hook){
		.function = function,
		.kind = kind,
		.btf_id = target.btf_id,
		.btf_fd = target.module_fd,
		.skb_arg = find_pointer(&target, kind == XCAP_CHAIN_NFT ? "struct nft_pktinfo *"
									: "struct sk_buff *"),
		.chain_arg = chain_argument(&target, kind),
		.state_arg = find_pointer(&target, "struct nf_hook_state *"),
		.arg_words = target.arg_words,
	};
	if (hook->skb_arg < 0 || hook->chain_arg < 0 ||
	    (kind == XCAP_CHAIN_XT && hook->state_arg < 0) ||
	    !get_layout(kernel, &target, kind, &chains->layout))
		return false;
	chains->n++;
	return true;
}

void plan_chain(const struct plan_request *request, const struct plan_kernel *kernel,
		struct plan *plan)
{
	char why[256] = "";

	if (!request->want_chain || !kernel->btf || kbtf_is_foreign(kernel->btf))
		return;
	if (!plan_ladder_feature(kernel, FEATURE_FEXIT, why, sizeof(why))) {
		log_debug("netfilter's tables and chains are not known: %s", why);
		return;
	}
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(walkers); i++)
		if (!add_hook(kernel, walkers[i].function, walkers[i].kind, &plan->chains))
			log_debug("no chains from '%s': it is not there, or not as it is known",
				  walkers[i].function);
	plan->config.want_chain = plan->chains.n > 0;
}
