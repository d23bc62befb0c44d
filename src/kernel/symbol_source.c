/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol_source.c - from the way that costs least to the one that more kernels have.
 */
#include "kernel/symbol_source.h"

#include <errno.h>

#include "kernel/kmem.h"
#include "kernel/kroot.h"
#include "kernel/symbol_tables.h"

void symbol_source_find(struct symbol_source *source, const struct kbtf *types)
{
	*source = (struct symbol_source){};
	if (!types || kbtf_is_foreign(types) || *kroot_prefix())
		return;
	source->is_running = true;
	symbol_iter_find(&source->iter, types);
	symbol_module_find(&source->module, types);
}

/* Out of the kernel's tables in memory. */
static int read_wanted(const struct symbol_source *source, const struct symbol_wanted *wanted,
		       struct buf *out)
{
	struct kmem mem;
	int rc = kmem_open(&mem);

	if (rc)
		return rc;
	rc = symbol_tables_read(&mem, wanted, out);
	if (!rc)
		rc = symbol_module_read(&source->module, &mem, wanted, out);
	kmem_close(&mem);
	return rc;
}

int symbol_source_read(const struct symbol_source *source, const struct symbol_wanted **wanted,
		       struct buf *out)
{
	if (!source->is_running)
		return -ENOENT;
	if (*wanted && !read_wanted(source, *wanted, out))
		return 0;
	*wanted = NULL;
	buf_reset(out);
	return symbol_iter_read(&source->iter, out);
}
