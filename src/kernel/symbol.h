/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol.h - kernel addresses to "name+0x1d [module]" and back, from /proc/kallsyms.
 *
 * Loaded once, when the first address has to be named or a function's existence to be checked
 * beyond BTF.
 */
#ifndef KERNEL_SYMBOL_H
#define KERNEL_SYMBOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "kernel/symbol_source.h"

struct symbol_table;

/*
 * Read the text symbols; quicker where the kernel can be asked without the text (source may be
 * NULL). Addresses may all be zero (kptr_restrict, no CAP_SYSLOG): then
 * symbol_restricted() is true and every look-up by address fails. ERR_FAILED if unreadable.
 */
int symbol_open(struct symbol_table **table, const struct symbol_source *source, struct err *err);

/*
 * The same, but where the kernel's own tables can be read only those whose names are wanted, and a
 * few others, in a fraction of the time: it can be asked for names that symbol_covers() says yes
 * to, and not for addresses, unless it is whole after all. `wanted` is the caller's, and stays as
 * long as the table.
 */
int symbol_open_wanted(struct symbol_table **table, const struct symbol_source *source,
		       const struct symbol_wanted *wanted, struct err *err);
bool symbol_is_whole(const struct symbol_table *table);

void symbol_close(struct symbol_table *table); /* takes NULL */
bool symbol_restricted(const struct symbol_table *table);

/* "nf_hook_slow+0x9d", "foo+0x1 [mod]" or "0xffffffff81..." into out; true if it was named. */
bool symbol_name(const struct symbol_table *table, uint64_t addr, char *out, size_t size);

/*
 * The same of an address that a call returns to, as stacks have them: of the function that called,
 * though the call may be its last instruction and the address the next function's first.
 */
bool symbol_name_return(const struct symbol_table *table, uint64_t addr, char *out, size_t size);

/* Are all symbols of this name in the table, if there are any? */
bool symbol_covers(const struct symbol_table *table, const char *name);

/* How many text symbols have this name; *addr (may be NULL) is the first one's. */
unsigned int symbol_find(const struct symbol_table *table, const char *name, uint64_t *addr);

/* The same within one module; "": the kernel itself, NULL: anywhere. */
unsigned int symbol_find_in(const struct symbol_table *table, const char *module, const char *name,
			    uint64_t *addr);

#endif
