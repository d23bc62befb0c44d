/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_index.c - see kbtf_index.h. Open addressing; of equal ones the first was put in first, and
 * so is found first.
 */
#include "kernel/kbtf_index.h"

#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

#include "kernel/kbtf_data.h"

/* Walks after which an index is made: it takes as long as about so many. */
#define WALKS_MAX 8

static bool is_it(const struct kbtf_data *data, uint32_t id, uint32_t kind, const char *name)
{
	const struct btf_type *type = kbtf_data_type(data, id);

	return btf_kind(type) == kind && !strcmp(kbtf_data_name(data, type->name_off), name);
}

/* FNV-1a */
static uint32_t hash_of(uint32_t kind, const char *name)
{
	uint32_t hash = 2166136261u ^ kind;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	return hash;
}

static void put(const struct kbtf_data *data, struct kbtf_index *index, uint32_t id)
{
	const struct btf_type *type = kbtf_data_type(data, id);
	uint32_t at = hash_of(btf_kind(type), kbtf_data_name(data, type->name_off));

	while (index->ids[at & index->mask])
		at++;
	index->ids[at & index->mask] = id;
}

/* Half of the places stay free. Without memory there are walks, as before. */
static void make(const struct kbtf_data *data, struct kbtf_index *index)
{
	uint32_t size = 2;

	while (size < 2 * (data->end - data->first))
		size *= 2;
	index->ids = calloc(size, sizeof(*index->ids));
	if (!index->ids)
		return;
	index->mask = size - 1;
	for (uint32_t id = data->first; id < data->end; id++)
		if (kbtf_data_type(data, id)->name_off)
			put(data, index, id);
}

static uint32_t walk(const struct kbtf_data *data, uint32_t kind, const char *name)
{
	for (uint32_t id = data->first; id < data->end; id++)
		if (is_it(data, id, kind, name))
			return id;
	return 0;
}

uint32_t kbtf_index_find(const struct kbtf_data *data, uint32_t kind, const char *name)
{
	struct kbtf_index *index = data->index;

	if (!index->ids && ++index->n_asked > WALKS_MAX)
		make(data, index);
	if (!index->ids || !*name)
		return walk(data, kind, name);
	for (uint32_t at = hash_of(kind, name); index->ids[at & index->mask]; at++)
		if (is_it(data, index->ids[at & index->mask], kind, name))
			return index->ids[at & index->mask];
	return 0;
}
