/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_args.h - the arguments of a function prototype in BTF. Used by kbtf.c only.
 */
#ifndef KERNEL_KBTF_ARGS_H
#define KERNEL_KBTF_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/kbtf.h"
#include "kernel/kbtf_data.h"

#define KBTF_ARGS_SPELLED 256

/*
 * The FUNC_PROTO of a FUNC, or of a typedef btf_trace_NAME (a pointer to it); NULL if it is not
 * well formed.
 */
const struct btf_type *kbtf_args_proto(const struct kbtf_data *btf, const struct btf_type *type);

/*
 * Index of the first argument from `skip` on that points to struct sk_buff, less `skip`; -1: none.
 * memo: a byte per type, of which what was found is kept for the next; 0 at first; may be NULL.
 */
int kbtf_args_find_skb(const struct kbtf_data *btf, const struct btf_type *proto, uint32_t skip,
		       uint8_t *memo);

/* How types are spelled, of one kbtf_data: thousands of functions share a few. All 0 to begin with.
 */
struct kbtf_args_spelled {
	uint32_t ids[KBTF_ARGS_SPELLED];
	struct kbtf_arg args[KBTF_ARGS_SPELLED]; /* without names */
};

/* Fill args, n_args, skb_arg and returns_value; the first `skip` arguments are passed over. spelled
 * may be NULL. */
void kbtf_args_fill(const struct kbtf_data *btf, const struct btf_type *proto, uint32_t skip,
		    struct kbtf_args_spelled *spelled, struct kbtf_target *target);

#endif
