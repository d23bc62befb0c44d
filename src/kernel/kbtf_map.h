/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_map.h - the kernel's types by mapping their file, where the kernel allows that.
 */
#ifndef KERNEL_KBTF_MAP_H
#define KERNEL_KBTF_MAP_H

struct btf;

/*
 * The types in a file of raw BTF, the caller's. NULL: it is not there, cannot be mapped or holds
 * none; then it has to be read, and that tells why.
 */
struct btf *kbtf_map_file(const char *path);

#endif
