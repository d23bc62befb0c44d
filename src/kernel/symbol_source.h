/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol_source.h - the running kernel's text symbols, without the text of /proc/kallsyms; for
 * symbol.c.
 */
#ifndef KERNEL_SYMBOL_SOURCE_H
#define KERNEL_SYMBOL_SOURCE_H

#include <stdbool.h>

#include "base/buf.h"
#include "kernel/kbtf.h"
#include "kernel/symbol_iter.h"
#include "kernel/symbol_module.h"
#include "kernel/symbol_wanted.h"

struct symbol_source {
	bool is_running; /* false: there is only the text */
	struct symbol_iter iter;
	struct symbol_module module;
};

/* By the running kernel's types (may be NULL, or those of another), which may be given back after
 * that. */
void symbol_source_find(struct symbol_source *source, const struct kbtf *types);

/* What each symbol is in the buffer: its address, its name and its module's, "" for the kernel's.
 * Behind each name is a 0. */
#define SYMBOL_SOURCE_HEAD sizeof(uint64_t)

/*
 * Those whose names are wanted, and a few others, or with *wanted NULL all of them, into the empty
 * `out`. Where they are not to be had but with all others these come, too, and *wanted is NULL
 * then. 0, or -errno where there is only the text.
 */
int symbol_source_read(const struct symbol_source *source, const struct symbol_wanted **wanted,
		       struct buf *out);

#endif
