/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcapng_iface.c - interface numbers, by open addressing.
 *
 * Interfaces are never taken out: a pcapng file cannot take back an interface either.
 */
#include "sink/pcapng_iface.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64u

void pcapng_iface_init(struct pcapng_iface_table *table)
{
	memset(table, 0, sizeof(*table));
}

void pcapng_iface_fini(struct pcapng_iface_table *table)
{
	uint32_t i;

	for (i = 0; i < table->n; i++)
		free(table->ifaces[i].netns_name);
	free(table->ifaces);
	free(table->slots);
	pcapng_iface_init(table);
}

/* FNV-1a, 32 bit; strings with their NUL, so that "a","bc" and "ab","c" differ. */
static uint32_t hash_bytes(uint32_t hash, const void *data, size_t len)
{
	const unsigned char *byte = data;

	while (len--)
		hash = (hash ^ *byte++) * 16777619u;
	return hash;
}

static uint32_t hash_key(uint32_t probe, const char *ifname, const char *netns_name)
{
	uint32_t hash = hash_bytes(2166136261u, &probe, sizeof(probe));

	hash = hash_bytes(hash, ifname, strlen(ifname) + 1);
	return hash_bytes(hash, netns_name, strlen(netns_name) + 1);
}

static bool is_key(const struct pcapng_iface *iface, uint32_t probe, const char *ifname,
		   const char *netns_name)
{
	return iface->probe == probe && strcmp(iface->ifname, ifname) == 0 &&
	       strcmp(iface->netns_name, netns_name) == 0;
}

/* The slot that holds the key, or the free one where it belongs. */
static uint32_t *find_slot(const struct pcapng_iface_table *table, uint32_t probe,
			   const char *ifname, const char *netns_name)
{
	uint32_t i = hash_key(probe, ifname, netns_name);

	for (;; i++) {
		uint32_t *slot = &table->slots[i & (table->n_slots - 1)];
		const struct pcapng_iface *iface;

		if (!*slot)
			return slot;
		iface = &table->ifaces[*slot - 1];
		if (is_key(iface, probe, ifname, netns_name))
			return slot;
	}
}

/* Make room for one more: at most half of the slots are ever used. */
static int grow(struct pcapng_iface_table *table)
{
	uint32_t n_slots = table->n_slots ? table->n_slots * 2 : FIRST_SLOTS, i;
	struct pcapng_iface *ifaces;
	uint32_t *slots;

	if (table->n < table->cap)
		return 0;
	ifaces = reallocarray(table->ifaces, n_slots / 2, sizeof(*ifaces));
	if (!ifaces)
		return -ENOMEM;
	table->ifaces = ifaces;
	slots = calloc(n_slots, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	free(table->slots);
	table->slots = slots;
	table->n_slots = n_slots;
	table->cap = n_slots / 2;
	for (i = 0; i < table->n; i++) {
		const struct pcapng_iface *iface = &ifaces[i];

		*find_slot(table, iface->probe, iface->ifname, iface->netns_name) = i + 1;
	}
	return 0;
}

static int add(struct pcapng_iface_table *table, uint32_t probe, const char *ifname,
	       const char *netns_name)
{
	struct pcapng_iface *iface;
	char *copy;

	if (grow(table))
		return -ENOMEM;
	copy = strdup(netns_name);
	if (!copy)
		return -ENOMEM;
	iface = &table->ifaces[table->n];
	memset(iface, 0, sizeof(*iface));
	iface->probe = probe;
	strncpy(iface->ifname, ifname, XCAP_IFNAME);
	iface->netns_name = copy;
	*find_slot(table, probe, ifname, netns_name) = ++table->n;
	return 0;
}

int pcapng_iface_get(struct pcapng_iface_table *table, uint32_t probe, const char *ifname,
		     const char *netns_name, uint32_t *number, bool *added)
{
	const uint32_t *slot;

	*added = false;
	/* mostly a packet is on the interface of the one before it */
	*number = table->last;
	if (table->last < table->n &&
	    is_key(&table->ifaces[table->last], probe, ifname, netns_name))
		return 0;
	if (table->n) {
		slot = find_slot(table, probe, ifname, netns_name);
		if (*slot) {
			*number = table->last = *slot - 1;
			return 0;
		}
	}
	if (add(table, probe, ifname, netns_name))
		return -ENOMEM;
	*number = table->last = table->n - 1;
	*added = true;
	return 0;
}
