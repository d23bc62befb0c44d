/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol_iter.h - the kernel's text symbols by an iterator of its own, for symbol.c.
 */
#ifndef KERNEL_SYMBOL_ITER_H
#define KERNEL_SYMBOL_ITER_H

#include "base/buf.h"
#include "kernel/kbtf.h"
#include "kernel/symbol_wanted.h"

/* Where everything is in what the kernel hands to the iterator's program. */
struct symbol_iter {
	uint32_t target; /* id of the iterator's prototype; 0: this kernel has no such iterator */
	int meta, seq, symbol;
	int value, type, name, module, show;
};

/* By the running kernel's types (may be NULL), which may be given back after that. */
void symbol_iter_find(struct symbol_iter *iter, const struct kbtf *types);

/* What each symbol is in the buffer: its address, its name and its module's, "" for the kernel's.
 * Behind each name is a 0. */
#define SYMBOL_ITER_HEAD sizeof(uint64_t)

/* All of them into out, in the order of /proc/kallsyms; of `wanted` (may be NULL) those and a few
 * others. 0, or -errno where it is to be had as text only. */
int symbol_iter_read(const struct symbol_iter *iter, const struct symbol_wanted *wanted,
		     struct buf *out);

#endif
