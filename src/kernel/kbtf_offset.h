/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_offset.h - where a member of a kernel structure is, also of a module's.
 */
#ifndef KERNEL_KBTF_OFFSET_H
#define KERNEL_KBTF_OFFSET_H

#include "kernel/kbtf.h"

struct kbtf_data;

/* Types of a module on top of the kernel's; those of the kernel where it is no module. */
struct kbtf_offset {
	const struct kbtf_data *btf;
	struct kbtf_data *own; /* to be freed; NULL: the kernel's */
};

void kbtf_offset_open(struct kbtf_offset *offset, const struct kbtf *kbtf, const char *module);
void kbtf_offset_close(struct kbtf_offset *offset);

/* Offset in bytes of `member` in struct `name`, also inside anonymous members; -ENOENT: none. */
int kbtf_offset_of(const struct kbtf_offset *offset, const char *name, const char *member);

/* Size in bytes of struct `name`; -ENOENT: it is not in this BTF. */
int kbtf_offset_size(const struct kbtf_offset *offset, const char *name);

/* Offset of `member` in the structure or union with this id. */
int kbtf_offset_in(const struct kbtf_data *btf, uint32_t id, const char *member);

#endif
