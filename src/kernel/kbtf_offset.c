/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_offset.c - members by name, from BTF.
 */
#include "kernel/kbtf_offset.h"

#include <bpf/btf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "kernel/kroot.h"

#define DEPTH_MAX 4 /* anonymous members within each other */

void kbtf_offset_open(struct kbtf_offset *offset, const struct kbtf *kbtf, const char *module)
{
	/* splitting does not change it */
	struct btf *vmlinux = (struct btf *)kbtf_vmlinux(kbtf);
	char path[PATH_MAX], file[128];

	snprintf(file, sizeof(file), "/sys/kernel/btf/%s", module);
	offset->own = btf__parse_raw_split(kroot_path(path, sizeof(path), file), vmlinux);
	offset->btf = offset->own ? offset->own : vmlinux;
}

void kbtf_offset_close(struct kbtf_offset *offset)
{
	btf__free(offset->own);
	memset(offset, 0, sizeof(*offset));
}

static int find(const struct btf *btf, uint32_t id, const char *name, int depth)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	if (!type || !btf_is_composite(type) || depth > DEPTH_MAX)
		return -ENOENT;
	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		const struct btf_member *member = &btf_members(type)[i];
		const char *member_name = btf__name_by_offset(btf, member->name_off);
		int within = 0;

		if (!member_name[0])
			within = find(btf, member->type, name, depth + 1);
		else if (strcmp(member_name, name))
			continue;
		if (within >= 0)
			return within + btf_member_bit_offset(type, i) / 8;
	}
	return -ENOENT;
}

int kbtf_offset_in(const struct btf *btf, uint32_t id, const char *member)
{
	return find(btf, id, member, 0);
}

int kbtf_offset_of(const struct kbtf_offset *offset, const char *name, const char *member)
{
	int id = btf__find_by_name_kind(offset->btf, name, BTF_KIND_STRUCT);

	return id > 0 ? find(offset->btf, id, member, 0) : -ENOENT;
}

int kbtf_offset_size(const struct kbtf_offset *offset, const char *name)
{
	int id = btf__find_by_name_kind(offset->btf, name, BTF_KIND_STRUCT);

	return id > 0 ? (int)btf__type_by_id(offset->btf, id)->size : -ENOENT;
}
