/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_module.h - the types of loaded modules, each read when first looked into. Used by kbtf.c and
 * feature_try.c.
 */
#ifndef KERNEL_KBTF_MODULE_H
#define KERNEL_KBTF_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/kbtf_data.h"

struct kbtf_module {
	char name[56];
	struct kbtf_data *btf; /* NULL until kbtf_module_btf(); and after it if unreadable */
	bool tried;
	uint32_t id; /* the kernel's id of the object; 0: not known */
	int fd;	     /* 0: not asked for yet; -errno */
};

struct kbtf_modules {
	struct kbtf_module *list; /* by name */
	size_t n;
	bool listed, ids_read;
	int ids_error; /* 0 or why the ids could not be read */
};

/* Fill the list from /sys/kernel/btf, once; what cannot be read is left out. */
void kbtf_module_list(struct kbtf_modules *modules);
void kbtf_module_fini(struct kbtf_modules *modules);
/* Give back the types; what is known of each module and its descriptor stay. */
void kbtf_module_release(struct kbtf_modules *modules);

/* Its types on top of vmlinux's; NULL if they cannot be read. */
const struct kbtf_data *kbtf_module_btf(struct kbtf_module *module,
					const struct kbtf_data *vmlinux);

/* fd of its BTF object, or -errno (-EPERM without CAP_SYS_ADMIN). Stays the module's. */
int kbtf_module_fd(struct kbtf_modules *modules, struct kbtf_module *module);

#endif
