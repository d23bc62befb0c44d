/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gather_store.c - a hash table of open journeys that are also in lists by age.
 */
#include "flow/gather_store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define BUCKETS_MAX (1u << 16)

int gather_store_init(struct gather_store *store, uint32_t max)
{
	memset(store, 0, sizeof(*store));
	store->max = max;
	store->n_buckets = 1;
	while (store->n_buckets < max && store->n_buckets < BUCKETS_MAX)
		store->n_buckets *= 2;
	store->buckets = calloc(store->n_buckets, sizeof(*store->buckets));
	return store->buckets ? 0 : -ENOMEM;
}

static void free_list(struct gather_list *list)
{
	while (list->oldest) {
		struct gather_open *open = list->oldest;

		list->oldest = open->newer;
		gather_store_free(open);
	}
}

void gather_store_fini(struct gather_store *store)
{
	free_list(&store->open);
	free_list(&store->ended);
	free(store->buckets);
	memset(store, 0, sizeof(*store));
}

/* Ids follow on each other, hashes do not: both are spread by the multiplication. */
static struct gather_open **bucket(const struct gather_store *store, uint64_t key)
{
	return &store->buckets[(key * 0x9e3779b97f4a7c15ull >> 40) & (store->n_buckets - 1)];
}

struct gather_open *gather_store_find(const struct gather_store *store, uint64_t key)
{
	struct gather_open *open = *bucket(store, key);

	while (open && open->key != key)
		open = open->bucket_next;
	return open;
}

static void unlink_open(struct gather_open *open)
{
	struct gather_list *list = open->list;

	if (!list)
		return;
	*(open->older ? &open->older->newer : &list->oldest) = open->newer;
	*(open->newer ? &open->newer->older : &list->newest) = open->older;
	open->list = NULL;
}

void gather_store_move(struct gather_open *open, struct gather_list *list, uint64_t stamp_ns)
{
	unlink_open(open);
	open->older = list->newest;
	open->newer = NULL;
	*(list->newest ? &list->newest->newer : &list->oldest) = open;
	list->newest = open;
	open->list = list;
	open->stamp_ns = stamp_ns;
}

struct gather_open *gather_store_new(struct gather_store *store, uint64_t key)
{
	struct gather_open **head = bucket(store, key), *open;

	if (store->n == store->max)
		return NULL;
	open = calloc(1, sizeof(*open));
	if (!open)
		return NULL;
	open->key = key;
	open->bytes = sizeof(*open);
	open->bucket_next = *head;
	*head = open;
	store->n++;
	store->bytes += open->bytes;
	gather_store_move(open, &store->open, 0);
	return open;
}

void gather_store_take(struct gather_store *store, struct gather_open *open)
{
	struct gather_open **at = bucket(store, open->key);

	while (*at != open)
		at = &(*at)->bucket_next;
	*at = open->bucket_next;
	unlink_open(open);
	store->n--;
	store->bytes -= open->bytes;
}

void gather_store_free(struct gather_open *open)
{
	while (open->first) {
		struct gather_hop *hop = open->first;

		open->first = hop->next;
		free(hop);
	}
	free(open);
}

/* The strings of a record that do not outlive it. */
static const char **string_of(struct record *record, size_t i)
{
	const char **const strings[] = {&record->netns_name, &record->reason,	&record->location,
					&record->nf_path,    &record->nf_table, &record->nf_chain};

	return i < UTIL_ARRAY_SIZE(strings) ? strings[i] : NULL;
}

static void copy_behind(struct gather_hop *hop)
{
	struct record *record = &hop->record;
	char *to = hop->behind;
	const char **s;

	for (size_t i = 0; (s = string_of(record, i)); i++) {
		if (!*s)
			continue;
		size_t size = strlen(*s) + 1;

		memcpy(to, *s, size);
		*s = to;
		to += size;
	}
	if (record->cap_len)
		memcpy(to, record->packet, record->cap_len);
	record->packet = (const uint8_t *)to;
}

int gather_store_append(struct gather_store *store, struct gather_open *open,
			const struct record *record)
{
	struct record copy = *record;
	size_t size = sizeof(struct gather_hop) + record->cap_len;
	struct gather_hop *hop;
	const char **s;

	/* one of too many different ones, which is not kept: see struct record_stack */
	if (copy.stack && !copy.stack->id)
		copy.stack = NULL;
	for (size_t i = 0; (s = string_of(&copy, i)); i++)
		size += *s ? strlen(*s) + 1 : 0;
	hop = malloc(size);
	if (!hop)
		return -ENOMEM;
	hop->next = NULL;
	hop->record = copy;
	copy_behind(hop);
	*(open->last ? &open->last->next : &open->first) = hop;
	open->last = hop;
	open->n_hops++;
	open->bytes += size;
	store->bytes += size;
	return 0;
}
