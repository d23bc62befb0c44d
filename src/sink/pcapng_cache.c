/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcapng_cache.c - one row per interface, CPU and process, by direct mapping.
 *
 * The key is the whole record, so that a field that is new in comments needs no thought here; bytes
 * of padding that differ cost a miss and nothing else.
 */
#include "sink/pcapng_cache.h"

#include <string.h>

#define SKB_WORD   " skb=0x"
#define SKB_DIGITS 16

/* What belongs to the packet alone, and pointers, whose strings may have changed. */
static void make_key(struct record *key, const struct record *record)
{
	*key = *record;
	key->number = 0;
	key->ts_ns = 0;
	key->skb = 0;
	key->netns_name = NULL; /* the interface's */
	key->lost_before = 0;	/* an option of its own */
	key->len = key->cap_len = 0;
	key->id = key->parent = 0; /* behind what is kept */
	key->packet = NULL;
	key->stack = NULL; /* a comment of its own */
}

static bool is_kept(const struct record *record)
{
	/* kernel addresses have their upper bits set: the digits are always as many */
	return !(record->flags & XCAP_EV_NO_PACKET) && !record->reason && !record->location &&
	       !record->nf_path && !record->nf_table && !record->nf_chain && record->skb >> 60;
}

static void put_skb(char *digits, uint64_t skb)
{
	for (int i = SKB_DIGITS - 1; i >= 0; i--, skb >>= 4)
		digits[i] = "0123456789abcdef"[skb & 15];
}

struct pcapng_cache_row *pcapng_cache_get(struct pcapng_cache *cache, const struct record *record,
					  uint32_t iface, bool *found)
{
	struct pcapng_cache_row *row;
	struct record key;

	*found = false;
	if (!is_kept(record))
		return NULL;
	row = &cache->rows[(iface * 31 + record->cpu * 7 + record->pid) & (PCAPNG_CACHE_ROWS - 1)];
	make_key(&key, record);
	if (row->len && row->iface == iface && !memcmp(&row->key, &key, sizeof(key))) {
		put_skb(row->text + row->skb_at, record->skb);
		*found = true;
		return row;
	}
	row->len = 0;
	row->iface = iface;
	memcpy(&row->key, &key, sizeof(key));
	return row;
}

void pcapng_cache_put(struct pcapng_cache_row *row, const struct buf *comment)
{
	const char *word;

	if (buf_failed(comment) || comment->len > sizeof(row->text))
		return;
	/* blanks in values are escaped: this is the key */
	word = memmem(comment->data, comment->len, SKB_WORD, strlen(SKB_WORD));
	if (!word)
		return;
	memcpy(row->text, comment->data, comment->len);
	row->skb_at = word - comment->data + strlen(SKB_WORD);
	if (row->skb_at + SKB_DIGITS <= comment->len)
		row->len = comment->len;
}
