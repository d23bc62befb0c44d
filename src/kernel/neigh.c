/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * neigh.c - offsets of what bpf/ether.bpf.h reads, from the kernel's types.
 *
 * CO-RE would do this as well, but libbpf goes through all types once for each struct, at each
 * start, asked for or not: seven milliseconds. This is one pass, where addresses are wanted; and a
 * kernel without one of these structs (no IPv6) still loads the program.
 */
#include "kernel/neigh.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/util.h"
#include "kernel/kbtf_data.h"
#include "kernel/kbtf_offset.h"

/* In order of the structs. */
static const struct {
	const char *type, *member;
	size_t at; /* in struct xcap_neigh */
} members[] = {
	{"in_device", "arp_parms", offsetof(struct xcap_neigh, arp_parms)},
	{"inet6_dev", "nd_parms", offsetof(struct xcap_neigh, nd_parms)},
	{"neigh_parms", "tbl", offsetof(struct xcap_neigh, tbl)},
	{"neigh_table", "nht", offsetof(struct xcap_neigh, nht)},
	{"neighbour", "nud_state", offsetof(struct xcap_neigh, nud_state)},
	{"neighbour", "ha", offsetof(struct xcap_neigh, ha)},
	{"neighbour", "dev", offsetof(struct xcap_neigh, dev)},
	{"neighbour", "primary_key", offsetof(struct xcap_neigh, key)},
	{"rtable", "rt_type", offsetof(struct xcap_neigh, rt_type)},
	{"rtable", "rt_gw_family", offsetof(struct xcap_neigh, rt_gw_family)},
	{"rtable", "rt_gw4", offsetof(struct xcap_neigh, rt_gw4)},
	{"rtable", "rt_gw6", offsetof(struct xcap_neigh, rt_gw6)},
	{"rt6_info", "rt6i_gateway", offsetof(struct xcap_neigh, rt6_gateway)},
	{"rt6_info", "rt6i_flags", offsetof(struct xcap_neigh, rt6_flags)},
};

/* Those of the struct `id`; how many there are. */
static size_t take_struct(const struct kbtf_data *btf, uint32_t id, const char *name,
			  struct xcap_neigh *neigh)
{
	size_t n = 0;

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(members); i++) {
		int64_t offset;

		if (strcmp(members[i].type, name) != 0)
			continue;
		offset = kbtf_offset_in(btf, id, members[i].member);
		if (offset < 0 || offset > UINT16_MAX)
			continue;
		*(uint16_t *)((char *)neigh + members[i].at) = (uint16_t)offset;
		n++;
	}
	return n;
}

int neigh_find_offsets(const struct kbtf *kbtf, struct xcap_neigh *neigh)
{
	const struct kbtf_data *btf = kbtf_vmlinux(kbtf);
	size_t n = 0;

	memset(neigh, 0, sizeof(*neigh));
	for (uint32_t id = 1; id < kbtf_data_count(btf) && n < UTIL_ARRAY_SIZE(members); id++) {
		const struct btf_type *type = kbtf_data_type(btf, id);
		const char *name;

		if (!btf_is_struct(type))
			continue;
		name = kbtf_data_name(btf, type->name_off);
		if (name[0] == 'i' || name[0] == 'n' || name[0] == 'r')
			n += take_struct(btf, id, name, neigh);
	}
	neigh->known = n == UTIL_ARRAY_SIZE(members);
	return neigh->known ? 0 : -ENOENT;
}
