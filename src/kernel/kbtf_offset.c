/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_offset.c - members by name, from BTF.
 */
#include "kernel/kbtf_offset.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "kernel/kbtf_data.h"
#include "kernel/kroot.h"

#define DEPTH_MAX 4 /* anonymous members within each other */

void kbtf_offset_open(struct kbtf_offset *offset, const struct kbtf *kbtf, const char *module)
{
	const struct kbtf_data *vmlinux = kbtf_vmlinux(kbtf);
	char path[PATH_MAX], file[128];

	snprintf(file, sizeof(file), "/sys/kernel/btf/%s", module);
	offset->own = kbtf_data_open_module(kroot_path(path, sizeof(path), file), vmlinux);
	offset->btf = offset->own ? offset->own : vmlinux;
}

void kbtf_offset_close(struct kbtf_offset *offset)
{
	kbtf_data_close(offset->own);
	memset(offset, 0, sizeof(*offset));
}

static int find(const struct kbtf_data *btf, uint32_t id, const char *name, int depth)
{
	const struct btf_type *type = kbtf_data_type(btf, id);

	if (!type || !btf_is_composite(type) || depth > DEPTH_MAX)
		return -ENOENT;
	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		const struct btf_member *member = &btf_members(type)[i];
		const char *member_name = kbtf_data_name(btf, member->name_off);
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

int kbtf_offset_in(const struct kbtf_data *btf, uint32_t id, const char *member)
{
	return find(btf, id, member, 0);
}

/* The kernel's before the module's; 0: none. */
static uint32_t find_struct(const struct kbtf_data *btf, const char *name)
{
	uint32_t id = btf->base ? kbtf_known_find(btf->base, BTF_KIND_STRUCT, name) : 0;

	return id ? id : kbtf_known_find(btf, BTF_KIND_STRUCT, name);
}

int kbtf_offset_of(const struct kbtf_offset *offset, const char *name, const char *member)
{
	uint32_t id = find_struct(offset->btf, name);

	return id ? find(offset->btf, id, member, 0) : -ENOENT;
}

int kbtf_offset_size(const struct kbtf_offset *offset, const char *name)
{
	uint32_t id = find_struct(offset->btf, name);

	return id ? (int)kbtf_data_type(offset->btf, id)->size : -ENOENT;
}
