/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_subset.h - the few of the kernel's types that an object is relocated by.
 *
 * libbpf reads all of the kernel's types again, and searches them by name for every type of an
 * object: a third of the time until a capture listens. It can be given a file of types instead.
 */
#ifndef KERNEL_KBTF_SUBSET_H
#define KERNEL_KBTF_SUBSET_H

#include <stdbool.h>
#include <stdint.h>

struct btf;
struct kbtf_data;

/*
 * New types, the caller's: those of `types`, a kernel's, that have the name of one in `local`
 * (without what follows ___) whose id is set in `roots`, or of any where that is NULL; with the
 * members that have the name of one there, and what these are made of. What they point to is left
 * out, as no relocation follows a pointer. Ids are new ones. 0, -ENOMEM, or -EINVAL if `types` make
 * no sense.
 */
int kbtf_subset(const struct kbtf_data *types, const struct btf *local, const bool *roots,
		struct btf **subset);

/* A type that is looked for, by BTF_KIND_* and name. */
struct kbtf_wanted {
	uint32_t kind;
	const char *name;
	uint32_t id; /* out; 0: there is none */
};

/* The first of each. */
void kbtf_subset_find(const struct kbtf_data *types, struct kbtf_wanted *wanted, uint32_t n);

#endif
