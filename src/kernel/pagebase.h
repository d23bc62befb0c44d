/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pagebase.h - where the kernel keeps the two numbers that lead from a page to its bytes.
 *
 * On x86-64 `vmemmap_base` and `page_offset_base` are variables, as KASLR moves what they stand
 * for. The BPF object reads their values; what it needs to be told is their addresses, which only
 * the kernel's symbol table has. Used by feature_try.c.
 */
#ifndef KERNEL_PAGEBASE_H
#define KERNEL_PAGEBASE_H

#include <stddef.h>
#include <stdint.h>

struct pagebase {
	uint64_t vmemmap_base, page_offset_base; /* addresses of the variables */
};

/*
 * Asks the kernel by a BPF program (5.16), which takes no time, or else reads /proc/kallsyms. 0, or
 * -errno with one line in `why`.
 */
int pagebase_find(struct pagebase *bases, char *why, size_t size);

#endif
