/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol_iter.h - the kernel's text symbols by an iterator of its own, for symbol.c only.
 */
#ifndef KERNEL_SYMBOL_ITER_H
#define KERNEL_SYMBOL_ITER_H

#include "base/buf.h"
#include "kernel/kbtf.h"

/* What each symbol is in the buffer: its address, its name and its module's, "" for the kernel's.
 * Behind each name is a 0. */
#define SYMBOL_ITER_HEAD sizeof(uint64_t)

/* All of them into out, in the order of /proc/kallsyms. 0, or -errno where it is to be had as text
 * only. */
int symbol_iter_read(const struct kbtf *types, struct buf *out);

#endif
