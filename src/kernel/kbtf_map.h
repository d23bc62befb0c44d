/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_map.h - the kernel's types by mapping their file, where the kernel allows that.
 */
#ifndef KERNEL_KBTF_MAP_H
#define KERNEL_KBTF_MAP_H

struct btf;

#define KBTF_MAP_OWN "/sys/kernel/btf/vmlinux"

/* The running kernel's types, the caller's; read where they cannot be mapped. NULL and errno. */
struct btf *kbtf_map_own(void);

#endif
