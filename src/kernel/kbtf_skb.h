/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_skb.h - which functions and tracepoints of a kernel or a module take an skb. Used by kbtf.c
 * only.
 *
 * Looked for once: their names are wanted before the symbols are read, and they themselves after
 * that.
 */
#ifndef KERNEL_KBTF_SKB_H
#define KERNEL_KBTF_SKB_H

#include <stddef.h>
#include <stdint.h>

struct btf_type;
struct kbtf_data;

/* Ids of a FUNC, or of a typedef btf_trace_NAME, each; of several that have one name the first. */
struct kbtf_skb {
	uint32_t *ids;
	size_t n, cap;
};

/* Those among the own types of `data`, whose they stay; NULL without memory. */
const struct kbtf_skb *kbtf_skb_list(const struct kbtf_data *data);
void kbtf_skb_free(struct kbtf_skb *list); /* takes NULL */

/* The name of a function, or of a tracepoint without btf_trace_; NULL: the type is neither. */
const char *kbtf_skb_name(const struct kbtf_data *data, const struct btf_type *type);

/* The kernel puts `void *__data` first in the prototype of each tracepoint; programs never see it.
 */
uint32_t kbtf_skb_skipped(const struct btf_type *type);

#endif
