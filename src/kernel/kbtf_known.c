/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_known.c - see kbtf_known.h.
 *
 * Each of 130,000 types is held against the table: how its name begins tells nearly all of those
 * that are not there.
 */
#include "kernel/kbtf_known.h"

#include <string.h>

#include <bpf/btf.h>

#include "base/util.h"
#include "kernel/kbtf_data.h"

static const struct known {
	uint32_t kind;
	const char *name;
} table[] = {
	/* what a kernel is asked for */
	{BTF_KIND_FUNC, "bpf_dynptr_from_skb"},
	{BTF_KIND_FUNC, "bpf_fentry_test1"},
	{BTF_KIND_FUNC, "bpf_iter_ksym"},
	{BTF_KIND_FUNC, "bpf_iter_num_destroy"},
	{BTF_KIND_FUNC, "bpf_iter_num_new"},
	{BTF_KIND_FUNC, "bpf_iter_num_next"},
	{BTF_KIND_FUNC, "bpf_rdonly_cast"},
	/* chains of netfilter */
	{BTF_KIND_FUNC, "arpt_do_table"},
	{BTF_KIND_FUNC, "ebt_do_table"},
	{BTF_KIND_FUNC, "ip6t_do_table"},
	{BTF_KIND_FUNC, "ipt_do_table"},
	{BTF_KIND_FUNC, "nft_do_chain"},
	/* by which packets are followed */
	{BTF_KIND_FUNC, "__tcp_retransmit_skb"},
	{BTF_KIND_FUNC, "ip6_copy_metadata"},
	{BTF_KIND_FUNC, "ip_copy_metadata"},
	{BTF_KIND_FUNC, "kfree_skb_partial"},
	{BTF_KIND_FUNC, "napi_reuse_skb"},
	{BTF_KIND_FUNC, "napi_skb_free_stolen_head"},
	{BTF_KIND_FUNC, "pskb_expand_head"},
	{BTF_KIND_FUNC, "skb_copy_header"},
	{BTF_KIND_FUNC, "skb_release_data"},
	{BTF_KIND_FUNC, "skb_segment"},
	{BTF_KIND_FUNC, "tcp_retransmit_skb"},
	/* tracepoints that are there without being named */
	{BTF_KIND_TYPEDEF, "btf_trace_consume_skb"},
	{BTF_KIND_TYPEDEF, "btf_trace_kfree_skb"},
	{BTF_KIND_TYPEDEF, "btf_trace_net_dev_start_xmit"},
	{BTF_KIND_TYPEDEF, "btf_trace_netif_receive_skb"},
	/* what is read of structures */
	{BTF_KIND_STRUCT, "bpf_iter__ksym"},
	{BTF_KIND_STRUCT, "bpf_iter_meta"},
	{BTF_KIND_STRUCT, "bpf_link_info"},
	{BTF_KIND_STRUCT, "kallsym_iter"},
	{BTF_KIND_STRUCT, "mod_kallsyms"},
	{BTF_KIND_STRUCT, "module"},
	{BTF_KIND_STRUCT, "nf_hook_state"},
	{BTF_KIND_STRUCT, "pt_regs"},
	{BTF_KIND_STRUCT, "rhltable"},
	{BTF_KIND_STRUCT, "sk_buff"},
	{BTF_KIND_STRUCT, "xt_table"},
	/* routes and neighbours */
	{BTF_KIND_STRUCT, "in_device"},
	{BTF_KIND_STRUCT, "inet6_dev"},
	{BTF_KIND_STRUCT, "neigh_parms"},
	{BTF_KIND_STRUCT, "neigh_table"},
	{BTF_KIND_STRUCT, "neighbour"},
	{BTF_KIND_STRUCT, "rt6_info"},
	{BTF_KIND_STRUCT, "rtable"},
	/* reasons, per-CPU variables */
	{BTF_KIND_ENUM, "skb_drop_reason_subsys"},
	{BTF_KIND_DATASEC, ".data..percpu"},
};

_Static_assert(UTIL_ARRAY_SIZE(table) <= KBTF_KNOWN_MAX, "more names than places");

/* A name that may be shorter than eight bytes. */
static uint32_t bucket_of(const char *name)
{
	char begin[8] = "";

	memcpy(begin, name, strnlen(name, sizeof(begin)));
	return kbtf_known_bucket(begin);
}

void kbtf_known_init(struct kbtf_known *known)
{
	memset(known, 0, sizeof(*known));
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(table); i++) {
		uint8_t *first = &known->first[bucket_of(table[i].name)];

		known->next[i] = *first;
		*first = i + 1;
		known->kinds |= 1u << table[i].kind;
	}
}

/* Number of the name in the table, from 1; 0: it is not there. */
static uint32_t number_of(const struct kbtf_known *known, uint32_t kind, const char *name)
{
	uint32_t i = *name ? known->first[bucket_of(name)] : 0;

	while (i && (table[i - 1].kind != kind || strcmp(table[i - 1].name, name)))
		i = known->next[i - 1];
	return i;
}

void kbtf_known_note(struct kbtf_known *known, uint32_t kind, const char *name, uint32_t id)
{
	uint32_t i = number_of(known, kind, name);

	if (i && !known->ids[i - 1])
		known->ids[i - 1] = id;
}

uint32_t kbtf_known_find(const struct kbtf_data *data, uint32_t kind, const char *name)
{
	uint32_t i = data->base ? 0 : number_of(&data->known, kind, name);

	if (i)
		return data->known.ids[i - 1];
	return kbtf_index_find(data, kind, name);
}
