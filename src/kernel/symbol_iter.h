/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol_iter.h - the kernel's text symbols by an iterator of its own, for symbol_source.c.
 */
#ifndef KERNEL_SYMBOL_ITER_H
#define KERNEL_SYMBOL_ITER_H

#include "base/buf.h"
#include "kernel/kbtf.h"

/* Where everything is in what the kernel hands to the iterator's program. */
struct symbol_iter {
	uint32_t target; /* id of the iterator's prototype; 0: this kernel has no such iterator */
	int meta, seq, symbol;
	int value, type, name, module, show;
};

/* By the running kernel's types, which may be given back after that. */
void symbol_iter_find(struct symbol_iter *iter, const struct kbtf *types);

/* All of them into out, as symbol_source.h says, in the order of /proc/kallsyms. 0, or -errno where
 * they are to be had as text only. */
int symbol_iter_read(const struct symbol_iter *iter, struct buf *out);

#endif
