/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol_tables.h - a few symbols out of the kernel's own tables in memory, for symbol_source.c.
 *
 * Where the tables are the kernel tells those who debug it, in vmcoreinfo (6.0: 5fd8fea935a1
 * ("vmcoreinfo: include kallsyms symbols") and f09bddbd8661 ("vmcoreinfo: add kallsyms_num_syms
 * symbol")).
 */
#ifndef KERNEL_SYMBOL_TABLES_H
#define KERNEL_SYMBOL_TABLES_H

#include "base/buf.h"
#include "kernel/kmem.h"
#include "kernel/symbol_wanted.h"

/*
 * The kernel's functions that may be wanted, as symbol_source.h says; those of modules are not
 * among them. 0, or -errno where they cannot be had so; `out` may have grown then.
 */
int symbol_tables_read(const struct kmem *mem, const struct symbol_wanted *wanted, struct buf *out);

/* How many symbols there are, of all kinds; 0, or -errno as above, -ENOENT where the kernel does
 * not tell where its tables are. */
int symbol_tables_count(const struct kmem *mem, uint32_t *n);

#endif
