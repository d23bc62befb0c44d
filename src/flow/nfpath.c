/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nfpath.c - functions of the kernel to netfilter's families and hooks.
 *
 * Netfilter's hooks are called from a few dozen functions, which differ little between 5.10 and
 * 7.2; the compiler inlines some into their callers, so those stand here too. The innermost
 * function outside netfilter's own that is in the table tells the hook.
 */
#include "flow/nfpath.h"

#include <string.h>

#include "base/util.h"

struct caller {
	const char *function;
	const char *path;
	const char *within;	 /* with this one further out ... */
	const char *path_within; /* ... it is this path; NULL: no such case */
};

static const struct caller callers[] = {
	{"ip_rcv", "ip PREROUTING"},
	{"ip_list_rcv", "ip PREROUTING"},
	{"ip_sublist_rcv", "ip PREROUTING"},
	{"xfrm4_transport_finish", "ip PREROUTING"},
	{"ip_local_deliver", "ip INPUT"},
	{"ip_forward", "ip FORWARD"},
	{"ip_mr_forward", "ip FORWARD"},
	{"ip_mr_input", "ip FORWARD"},
	{"ipmr_queue_xmit", "ip FORWARD"},
	{"ipmr_queue_fwd_xmit", "ip FORWARD"},
	{"__ip_local_out", "ip OUTPUT"},
	{"ip_local_out", "ip OUTPUT"},
	{"ip_build_and_send_pkt", "ip OUTPUT"},
	{"ip_send_skb", "ip OUTPUT"},
	{"__ip_queue_xmit", "ip OUTPUT"},
	{"raw_send_hdrinc", "ip OUTPUT"},
	{"raw_sendmsg", "ip OUTPUT"},
	{"ip_output", "ip POSTROUTING"},
	{"ip_mc_output", "ip POSTROUTING"},
	{"xfrm4_output", "ip POSTROUTING"},
	{"ipv6_rcv", "ip6 PREROUTING"},
	{"ipv6_list_rcv", "ip6 PREROUTING"},
	{"ip6_sublist_rcv", "ip6 PREROUTING"},
	{"xfrm6_transport_finish", "ip6 PREROUTING"},
	{"ip6_input", "ip6 INPUT"},
	{"ip6_mc_input", "ip6 INPUT"},
	{"ip6_forward", "ip6 FORWARD"},
	{"ip6_mr_forward", "ip6 FORWARD"},
	{"ip6_mr_input", "ip6 FORWARD"},
	{"ip6mr_forward2", "ip6 FORWARD"},
	{"__ip6_local_out", "ip6 OUTPUT"},
	{"ip6_local_out", "ip6 OUTPUT"},
	{"ip6_send_skb", "ip6 OUTPUT"},
	{"ip6_xmit", "ip6 OUTPUT"},
	{"rawv6_send_hdrinc", "ip6 OUTPUT"},
	{"rawv6_sendmsg", "ip6 OUTPUT"},
	{"ndisc_send_skb", "ip6 OUTPUT"},
	{"mld_sendpack", "ip6 OUTPUT"},
	{"igmp6_send", "ip6 OUTPUT"},
	{"ip6_output", "ip6 POSTROUTING"},
	{"xfrm6_output", "ip6 POSTROUTING"},
	{"arp_rcv", "arp INPUT"},
	{"arp_xmit", "arp OUTPUT"},
	/* bridge netfilter: the tables of IP for what a bridge forwards */
	{"br_nf_pre_routing", "ip PREROUTING"},
	{"br_nf_pre_routing_ipv6", "ip6 PREROUTING"},
	{"br_nf_forward_ip", "ip FORWARD"},
	{"br_nf_forward_arp", "arp FORWARD"},
	{"br_nf_post_routing", "ip POSTROUTING"},
	{"br_handle_frame", "bridge PREROUTING"},
	{"br_pass_frame_up", "bridge INPUT"},
	{"__br_forward", "bridge FORWARD", "br_dev_xmit", "bridge OUTPUT"},
	{"br_forward", "bridge FORWARD", "br_dev_xmit", "bridge OUTPUT"},
	{"br_flood", "bridge FORWARD", "br_dev_xmit", "bridge OUTPUT"},
	{"br_forward_finish", "bridge POSTROUTING"},
	{"__netif_receive_skb_core", "netdev ingress"},
	{"__netif_receive_skb_one_core", "netdev ingress"},
	{"__dev_queue_xmit", "netdev egress"},
};

/* They free packets, or lists and queues of them, for whoever called. */
static const char *const freers[] = {
	"__kfree_skb",
	"__kfree_skb_list",
	"__kfree_skb_reason",
	"__skb_queue_purge",
	"__skb_queue_purge_reason",
	"__tcf_kfree_skb_list",
	"dev_kfree_skb_any",
	"dev_kfree_skb_any_reason",
	"kfree_skb",
	"kfree_skb_list",
	"kfree_skb_list_reason",
	"kfree_skb_reason",
	"rtnl_kfree_skbs",
	"sk_skb_reason_drop",
	"skb_queue_purge",
	"skb_queue_purge_reason",
	"skb_release_data",
	"tcf_kfree_skb_list",
};

/* Netfilter's own, by the beginnings of their names. */
static const char *const netfilter[] = {
	"nf_", "nft_",	   "ipt_",	"ip6t_",    "arpt_",	      "ebt_",
	"xt_", "iptable_", "ip6table_", "arptable", "ip_sabotage_in",
};

/* Length of the function's name: "foo" of "foo.isra.0+0x12/0x40 [mod]". */
static size_t name_length(const char *frame)
{
	return strcspn(frame, ".+ /[");
}

bool nfpath_is_in(const char *frame, const char *function)
{
	size_t n = name_length(frame);

	return strlen(function) == n && !memcmp(frame, function, n);
}

static bool is_freer(const char *frame)
{
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(freers); i++)
		if (nfpath_is_in(frame, freers[i]))
			return true;
	return false;
}

static bool is_netfilter(const char *frame)
{
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(netfilter); i++)
		if (!strncmp(frame, netfilter[i], strlen(netfilter[i])))
			return true;
	return false;
}

/*
 * The frame behind those that trace and free: that of the location, which is an address in the
 * stack, and from there on the first that is no freer. n: there is none.
 */
static uint32_t dropper(const struct record *record)
{
	const struct record_stack *stack = record->stack;
	uint32_t at = 0;

	while (at < stack->n && strcmp(stack->frames[at], record->location))
		at++;
	while (at < stack->n && is_freer(stack->frames[at]))
		at++;
	return at;
}

static const char *path_of(const struct caller *caller, const struct record_stack *stack,
			   uint32_t at)
{
	for (; caller->within && at < stack->n; at++)
		if (nfpath_is_in(stack->frames[at], caller->within))
			return caller->path_within;
	return caller->path;
}

const char *nfpath_find(const struct record *record)
{
	const struct record_stack *stack = record->stack;
	uint32_t at;

	if (!stack || !record->location)
		return NULL;
	at = dropper(record);
	if (at == stack->n || !is_netfilter(stack->frames[at]))
		return NULL;
	for (; at < stack->n; at++)
		for (size_t i = 0; i < UTIL_ARRAY_SIZE(callers); i++)
			if (nfpath_is_in(stack->frames[at], callers[i].function))
				return path_of(&callers[i], stack, at);
	return NULL;
}

const char *nfpath_place(const struct record *record)
{
	uint32_t at;

	if (!record->stack || !record->location || !is_freer(record->location))
		return record->location;
	at = dropper(record);
	return at < record->stack->n ? record->stack->frames[at] : record->location;
}
