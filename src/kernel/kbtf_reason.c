/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_reason.c - enum skb_drop_reason and the enums of sub-systems.
 *
 * A reason's upper 16 bits are the sub-system, an enum skb_drop_reason_subsys (v6.4: 071c0fc6fb91
 * ("net: extend drop reasons for multiple subsystems")); 0 is the core. Their enums are found by
 * the kernel's own habit of calling them *drop_reason: mac80211_drop_reason, ovs_drop_reason,
 * qdisc_drop_reason. Names come out as the kernel itself prints them: NETFILTER_DROP, but
 * OVS_DROP_LAST_ACTION.
 */
#include "kernel/kbtf_reason.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define SUBSYS_SHIFT 16

/* Without the prefixes that the kernel does not print either. */
static const char *strip_prefix(const char *name)
{
	static const char *const prefixes[] = {"SKB_DROP_REASON_", "SKB_"};

	name += strspn(name, "_");
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(prefixes); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return name + strlen(prefixes[i]);
	return name;
}

static void add(struct kbtf_reasons *reasons, uint32_t value, const char *name)
{
	struct kbtf_reason *list;
	char *copy;

	if (!(reasons->n & (reasons->n + 1)) || !reasons->list) {
		list = realloc(reasons->list, 2 * (reasons->n + 1) * sizeof(*list));
		if (!list)
			return; /* without memory a reason shows as its number */
		reasons->list = list;
	}
	copy = strdup(name);
	if (copy)
		reasons->list[reasons->n++] = (struct kbtf_reason){.value = value, .name = copy};
}

/* Core reasons have no sub-system; SUBSYS_MASK and MAX are no reasons. */
static void add_core(struct kbtf_reasons *reasons, uint32_t value, const char *name)
{
	if (!(value >> SUBSYS_SHIFT) && strcmp(name, "SKB_DROP_REASON_MAX"))
		add(reasons, value, strip_prefix(name));
}

static void add_subsys(struct kbtf_reasons *reasons, uint32_t value, const char *name)
{
	uint32_t subsys = value >> SUBSYS_SHIFT;

	if (subsys && subsys < reasons->n_subsys)
		add(reasons, value, strip_prefix(name));
}

/* The last member of enum skb_drop_reason_subsys is their number. */
static void take_subsys(struct kbtf_reasons *reasons, uint32_t value, const char *name)
{
	if (!strcmp(name, "SKB_DROP_REASON_SUBSYS_NUM"))
		reasons->n_subsys = value;
}

typedef void (*member_fn)(struct kbtf_reasons *reasons, uint32_t value, const char *name);

static member_fn handler(const char *name)
{
	static const char ending[] = "drop_reason";
	size_t len = strlen(name), end = sizeof(ending) - 1;

	if (!strcmp(name, "skb_drop_reason"))
		return add_core;
	return len >= end && !strcmp(name + len - end, ending) ? add_subsys : NULL;
}

static void for_each_member(struct kbtf_reasons *reasons, const struct kbtf_data *btf,
			    const struct btf_type *type, member_fn fn)
{
	const struct btf_enum *members = btf_enum(type);

	for (uint32_t i = 0; i < btf_vlen(type); i++)
		fn(reasons, members[i].val, kbtf_data_name(btf, members[i].name_off));
}

void kbtf_reason_collect(struct kbtf_reasons *reasons, const struct kbtf_data *btf, uint32_t start)
{
	uint32_t id = start > 1 ? 0 : kbtf_known_find(btf, BTF_KIND_ENUM, "skb_drop_reason_subsys");

	if (id)
		for_each_member(reasons, btf, kbtf_data_type(btf, id), take_subsys);
	for (uint32_t i = start; i < kbtf_data_count(btf); i++) {
		const struct btf_type *type = kbtf_data_type(btf, i);
		member_fn fn;

		if (!btf_is_enum(type))
			continue;
		fn = handler(kbtf_data_name(btf, type->name_off));
		if (fn)
			for_each_member(reasons, btf, type, fn);
	}
}

void kbtf_reason_fini(struct kbtf_reasons *reasons)
{
	for (size_t i = 0; i < reasons->n; i++)
		free(reasons->list[i].name);
	free(reasons->list);
	memset(reasons, 0, sizeof(*reasons));
}

int kbtf_reason_value(const struct kbtf_reasons *reasons, const char *name, uint32_t *value)
{
	static const char prefix[] = "SKB_DROP_REASON_";

	if (!strncasecmp(name, prefix, sizeof(prefix) - 1))
		name += sizeof(prefix) - 1;
	for (size_t i = 0; i < reasons->n; i++)
		if (!strcasecmp(reasons->list[i].name, name)) {
			*value = reasons->list[i].value;
			return 0;
		}
	return -ENOENT;
}

const char *kbtf_reason_find(const struct kbtf_reasons *reasons, uint32_t value)
{
	for (size_t i = 0; i < reasons->n; i++)
		if (reasons->list[i].value == value)
			return reasons->list[i].name;
	return NULL;
}
