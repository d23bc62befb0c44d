/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * types.c - what types.h says.
 */
#include "session/types.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/util.h"
#include "kernel/kbtf.h"
#include "kernel/kbtf_subset.h"

int types_open(struct types *file)
{
	file->fd = memfd_create("xcap-types", MFD_CLOEXEC);
	if (file->fd < 0)
		return -errno;
	snprintf(file->path, sizeof(file->path), "/proc/self/fd/%d", file->fd);
	return 0;
}

static int make_subset(const struct kbtf *types, const struct btf *local,
		       const struct embedded_section *btf_ext, struct btf **subset)
{
	uint32_t n = btf__type_cnt(local);
	bool *roots = calloc(n, sizeof(*roots));
	int rc = -ENOMEM;

	if (roots)
		rc = kbtf_subset(kbtf_vmlinux(types), local,
				 embedded_roots(btf_ext, roots, n) ? roots : NULL, subset);
	free(roots);
	return rc;
}

int types_fill(struct types *file, const struct kbtf *types, const struct btf *local,
	       const struct embedded_section *btf_ext)
{
	struct btf *subset;
	const void *data;
	uint32_t size;
	int rc = make_subset(types, local, btf_ext, &subset);

	if (rc)
		return rc;
	data = btf__raw_data(subset, &size);
	if (!data)
		rc = -ENOMEM;
	else if (write(file->fd, data, size) != (ssize_t)size)
		rc = -ENOSPC; /* a file in memory takes all or nothing that small */
	btf__free(subset);
	return rc;
}

void types_close(struct types *file)
{
	close(file->fd);
}

void types_find(const struct kbtf *types, struct template_ids *ids)
{
	struct kbtf_wanted wanted[] = {
		{BTF_KIND_STRUCT, "sk_buff", 0},
		{BTF_KIND_STRUCT, "pt_regs", 0},
		{BTF_KIND_FUNC, "bpf_rdonly_cast", 0},
		{BTF_KIND_FUNC, "bpf_dynptr_from_skb", 0},
		{BTF_KIND_FUNC, "bpf_iter_num_new", 0},
		{BTF_KIND_FUNC, "bpf_iter_num_next", 0},
		{BTF_KIND_FUNC, "bpf_iter_num_destroy", 0},
	};
	struct kbtf *own = NULL;
	struct err no_types;

	memset(ids, 0, sizeof(*ids));
	err_clear(&no_types);
	/* a kernel without types has none of the functions either */
	if (kbtf_is_foreign(types) && kbtf_open(&own, &no_types))
		return;
	kbtf_subset_find(kbtf_vmlinux(own ? own : types), wanted, UTIL_ARRAY_SIZE(wanted));
	kbtf_close(own);
	ids->sk_buff = wanted[0].id;
	ids->pt_regs = wanted[1].id;
	ids->rdonly_cast = wanted[2].id;
	ids->dynptr_skb = wanted[3].id;
	ids->loop_new = wanted[4].id;
	ids->loop_next = wanted[5].id;
	ids->loop_end = wanted[6].id;
}
