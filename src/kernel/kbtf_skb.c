/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_skb.c - see kbtf_skb.h.
 *
 * One walk over 130,000 types, of which half are functions: what is found out about a type, or
 * about a prototype that several functions share, is kept for the next that has it.
 */
#include "kernel/kbtf_skb.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

#include "base/util.h"
#include "kernel/kbtf_args.h"
#include "kernel/kbtf_data.h"

#define TRACEPOINT "btf_trace_"

/* More functions than half of this take an skb on no kernel: of more a name may come twice. */
#define SLOTS 16384

struct search {
	const struct kbtf_data *data;
	uint8_t *memo; /* a byte per type; NULL: each is looked at again */
	uint16_t
		*slots; /* an open hash of names: place in the list + 1; NULL: none is looked for */
	struct kbtf_skb *list;
};

uint32_t kbtf_skb_skipped(const struct btf_type *type)
{
	return btf_is_typedef(type) ? 1 : 0;
}

const char *kbtf_skb_name(const struct kbtf_data *data, const struct btf_type *type)
{
	const char *name;

	if (!btf_is_func(type) && !btf_is_typedef(type))
		return NULL;
	name = kbtf_data_name(data, type->name_off);
	if (btf_is_func(type))
		return name;
	return strncmp(name, TRACEPOINT, strlen(TRACEPOINT)) ? NULL : name + strlen(TRACEPOINT);
}

static bool has_skb(const struct search *search, const struct btf_type *type)
{
	const struct btf_type *proto = kbtf_args_proto(search->data, type);

	return proto &&
	       kbtf_args_find_skb(search->data, proto, kbtf_skb_skipped(type), search->memo) >= 0;
}

/* The same of a function, by its prototype where that was seen before. No argument is of a type
 * that is a prototype: they have the other places of the memo. */
static bool function_has_skb(const struct search *search, const struct btf_type *type)
{
	enum { UNKNOWN, NONE = 16, SKB };
	uint8_t fresh = UNKNOWN, *what = search->memo && type->type < kbtf_data_count(search->data)
						 ? &search->memo[type->type]
						 : &fresh;

	if (*what != NONE && *what != SKB)
		*what = has_skb(search, type) ? SKB : NONE;
	return *what == SKB;
}

/* Some kernels' BTF has static functions of one name several times. */
static bool is_new(const struct search *search, uint32_t name_off)
{
	const struct kbtf_skb *list = search->list;
	uint32_t at = name_off * 2654435761u >> 18;

	if (!search->slots || list->n >= SLOTS / 2)
		return true;
	for (; search->slots[at]; at = (at + 1) % SLOTS)
		if (kbtf_data_type(search->data, list->ids[search->slots[at] - 1])->name_off ==
		    name_off)
			return false;
	search->slots[at] = (uint16_t)(list->n + 1);
	return true;
}

static bool add(struct kbtf_skb *list, uint32_t id)
{
	size_t cap = list->cap ? 2 * list->cap : 1024;
	uint32_t *ids = list->ids;

	if (list->n == list->cap) {
		ids = reallocarray(ids, cap, sizeof(*ids));
		if (!ids)
			return false;
		list->ids = ids;
		list->cap = cap;
	}
	ids[list->n++] = id;
	return true;
}

static bool search_all(const struct search *search)
{
	const struct kbtf_data *data = search->data;

	for (uint32_t id = data->first; id < data->end; id++) {
		const struct btf_type *type =
			(const void *)(data->types + data->places[id - data->first]);

		if (btf_is_func(type)) {
			if (!function_has_skb(search, type))
				continue;
		} else if (!btf_is_typedef(type) || !kbtf_skb_name(data, type) ||
			   !has_skb(search, type)) {
			continue;
		}
		if (is_new(search, type->name_off) && !add(search->list, id))
			return false;
	}
	return true;
}

const struct kbtf_skb *kbtf_skb_list(const struct kbtf_data *data)
{
	struct kbtf_skb **kept = data->skb;
	struct search search = {.data = data};

	if (*kept)
		return *kept;
	search.list = calloc(1, sizeof(*search.list));
	if (!search.list)
		return NULL;
	search.memo = calloc(kbtf_data_count(data), 1);
	search.slots = calloc(SLOTS, sizeof(*search.slots));
	if (search_all(&search)) {
		*kept = search.list;
		search.list = NULL;
	}
	free(search.slots);
	free(search.memo);
	kbtf_skb_free(search.list);
	return *kept;
}

void kbtf_skb_free(struct kbtf_skb *list)
{
	if (list)
		free(list->ids);
	free(list);
}
