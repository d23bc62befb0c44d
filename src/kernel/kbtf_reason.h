/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_reason.h - drop reasons by number, collected from the enums in BTF. Used by kbtf.c only.
 */
#ifndef KERNEL_KBTF_REASON_H
#define KERNEL_KBTF_REASON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/kbtf_data.h"

struct kbtf_reason {
	uint32_t value;
	char *name; /* a copy: the types may be released before */
};

struct kbtf_reasons {
	struct kbtf_reason *list;
	size_t n;
	uint32_t n_subsys; /* sub-systems that this kernel knows, the core's included */
};

/* Note all reasons in the types from id `start` on; start 1 is vmlinux and must come first. */
void kbtf_reason_collect(struct kbtf_reasons *reasons, const struct kbtf_data *btf, uint32_t start);
void kbtf_reason_fini(struct kbtf_reasons *reasons);

/*
 * The value of a reason by its name, in any case and with or without SKB_DROP_REASON_: 0 or
 * -ENOENT.
 */
int kbtf_reason_value(const struct kbtf_reasons *reasons, const char *name, uint32_t *value);

/* NULL if unknown. */
const char *kbtf_reason_find(const struct kbtf_reasons *reasons, uint32_t value);

#endif
