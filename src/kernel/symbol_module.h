/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol_module.h - a few symbols of loaded modules out of the kernel's memory, for
 * symbol_source.c.
 */
#ifndef KERNEL_SYMBOL_MODULE_H
#define KERNEL_SYMBOL_MODULE_H

#include "base/buf.h"
#include "kernel/kbtf.h"
#include "kernel/kmem.h"
#include "kernel/symbol_wanted.h"

/* Where members are in struct module and in the struct mod_kallsyms that it leads to; -1: these
 * types are not known. */
struct symbol_module {
	int list, name, state, kallsyms;
	int symtab, n_symbols, strtab, types;
};

/* By the running kernel's types, which may be given back after that. */
void symbol_module_find(struct symbol_module *at, const struct kbtf *types);

/* The functions of all loaded modules that may be wanted, as symbol_source.h says. 0, or -errno
 * where they cannot be had so; `out` may have grown then. */
int symbol_module_read(const struct symbol_module *at, const struct kmem *mem,
		       const struct symbol_wanted *wanted, struct buf *out);

#endif
