/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcapng_cache.c - one row per probe, device, CPU and process, by direct mapping.
 *
 * The key is all of the record that is not each packet's own, so that a field that is new in
 * comments needs no thought here; bytes of padding that differ cost a miss and nothing else.
 */
#include "sink/pcapng_cache.h"

#include <endian.h>
#include <string.h>

#include "base/util.h"

#define SKB_WORD   " skb=0x"
#define SKB_DIGITS 16

bool pcapng_cache_takes(const struct record *record)
{
	/* pointers whose strings may have changed are no key; kernel addresses have their upper
	 * bits set: the digits are always as many */
	return !(record->flags & XCAP_EV_NO_PACKET) && !record->reason && !record->location &&
	       !record->nf_path && !record->nf_table && !record->nf_chain && record->skb >> 60;
}

/* Eight hexadecimal digits in one word: a nibble to each byte, and those above 9 moved to 'a'. */
static void put_digits(char *to, uint32_t value)
{
	uint64_t x = value, above;

	x = (x << 16 | x) & 0x0000ffff0000ffffull;
	x = (x << 8 | x) & 0x00ff00ff00ff00ffull;
	x = (x << 4 | x) & 0x0f0f0f0f0f0f0f0full;
	above = (x + 0x0606060606060606ull) >> 4 & 0x0101010101010101ull;
	x += 0x3030303030303030ull + above * ('a' - '0' - 10);
	x = htobe64(x);
	memcpy(to, &x, sizeof(x));
}

static uint32_t slot_of(const struct record *record)
{
	uint32_t slot = record->probe * 31 + record->ifindex * 13 + record->cpu * 7 + record->pid;

	return slot & (PCAPNG_CACHE_ROWS - 1);
}

static bool has_key(const struct pcapng_cache_row *row, const struct record *record)
{
	return row->text_len &&
	       !memcmp(row->key, (const char *)record + PCAPNG_CACHE_KEY, sizeof(row->key));
}

const struct pcapng_cache_row *pcapng_cache_find(const struct pcapng_cache *cache,
						 const struct record *record)
{
	const struct pcapng_cache_row *row = &cache->rows[slot_of(record)];

	return has_key(row, record) ? row : NULL;
}

struct pcapng_cache_row *pcapng_cache_get(struct pcapng_cache *cache, const struct record *record,
					  uint32_t iface, bool *found)
{
	struct pcapng_cache_row *row = &cache->rows[slot_of(record)];

	*found = row->iface == iface && has_key(row, record);
	if (!*found) {
		row->len = row->text_len = 0;
		row->iface = iface;
		memcpy(row->key, (const char *)record + PCAPNG_CACHE_KEY, sizeof(row->key));
	}
	return row;
}

void pcapng_cache_put(struct pcapng_cache_row *row, const char *options, uint32_t len,
		      uint32_t text_at, uint32_t text_len)
{
	uint32_t end = text_at + text_len, skb_at;
	const char *word;

	/* blanks in values are escaped: this is the key */
	word = memmem(options + text_at, text_len, SKB_WORD, strlen(SKB_WORD));
	if (!word || UTIL_MAX(len, end) > sizeof(row->options))
		return;
	skb_at = word - options + strlen(SKB_WORD);
	if (skb_at + SKB_DIGITS > end)
		return;
	memcpy(row->options, options, UTIL_MAX(len, end));
	row->len = len;
	row->text_at = text_at;
	row->text_len = text_len;
	row->skb_at = skb_at;
}

void pcapng_cache_copy(char *to, const struct pcapng_cache_row *row, uint32_t from, uint32_t len,
		       uint64_t skb)
{
	memcpy(to, row->options + from, len);
	put_digits(to + row->skb_at - from, skb >> 32);
	put_digits(to + row->skb_at - from + SKB_DIGITS / 2, skb);
}
