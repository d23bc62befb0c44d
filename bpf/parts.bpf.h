/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parts.bpf.h - bytes in pages by their address, where the kernel has no helper for them.
 *
 * On x86-64 every page of memory is mapped, in order, at page_offset_base, and its struct page
 * stands at the same place of an array at vmemmap_base. So a packet is a list of runs of bytes: the
 * linear area, the skb's frags, and the same of each skb in its frag_list. parts_find() makes it
 * once for a packet; the window, the filter and the record read by it.
 *
 * What a loop goes on with stands in the slot, a map, not in registers: the verifier then sees one
 * state at each turn, not one for each way through all turns before.
 */
#ifndef PARTS_BPF_H
#define PARTS_BPF_H

#include "compat.bpf.h"
#include "xcap/packet.h"

#define PARTS_PAGE_SHIFT 12

/* The variables' values. */
struct parts_bases {
	u64 vmemmap, page_offset;
};

/* Put the frags of an skb behind the list, as the kernel has them. Returns its frag_list, or 0. */
static __always_inline u64 parts_open(struct xcap_packet *p, struct sk_buff *skb)
{
	struct skb_shared_info *info = (void *)(BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, end));
	u64 n = BPF_CORE_READ(info, nr_frags), at = p->n_parts;

	p->raw_end = at;
	if (COMPAT_IS_UNREADABLE(skb) || n > XCAP_FRAGS_MAX)
		return 0;
	n *= sizeof(struct xcap_part);
	XCAP_OPAQUE(n);
	XCAP_OPAQUE(at);
	if (at >= XCAP_PARTS || n > XCAP_FRAGS_MAX * sizeof(struct xcap_part))
		return 0;
	if (bpf_probe_read_kernel(&p->parts[at], n, (void *)info + COMPAT_FRAGS_OFFSET))
		return 0;
	p->raw_end = at + n / sizeof(struct xcap_part);
	return (u64)BPF_CORE_READ(info, frag_list);
}

/* The part at n_parts is complete but for its end. False: that was the last one. */
static __always_inline bool parts_add(struct xcap_packet *p, struct xcap_part *part, u64 addr,
				      u32 len)
{
	u32 missing = p->total - p->reach;

	part->addr = addr;
	part->len = len < missing ? len : missing;
	p->reach += part->len;
	part->end = p->reach;
	p->n_parts++;
	return p->reach < p->total;
}

/* A frag of the kernel becomes a part. False: no more of them, or none that can be read. */
static __always_inline bool parts_take(struct xcap_packet *p, struct xcap_part *part,
				       const struct parts_bases *bases)
{
	u64 page = part->addr;

	if (page & COMPAT_FRAG_IS_NO_PAGE || page < bases->vmemmap)
		return false;
	page = (page - bases->vmemmap) / bpf_core_type_size(struct page);
	return parts_add(p, part, bases->page_offset + (page << PARTS_PAGE_SHIFT) + part->end,
			 part->len);
}

/* The next skb of the frag_list; one that has such a list itself is the last. */
static __always_inline bool parts_next(struct xcap_packet *p, struct xcap_part *part)
{
	struct sk_buff *skb = (void *)p->next_skb;
	u32 len;

	if (!skb)
		return false;
	len = BPF_CORE_READ(skb, len) - BPF_CORE_READ(skb, data_len);
	if (len && !parts_add(p, part, (u64)BPF_CORE_READ(skb, data), len))
		return false;
	p->next_skb = parts_open(p, skb) ? 0 : (u64)BPF_CORE_READ(skb, next);
	return true;
}

/* Make the list: p->parts, p->n_parts and, of the packet's bytes, how many it reaches. */
__hidden __attribute__((noinline)) long parts_find(struct xcap_packet *p, u64 skb)
{
	struct parts_bases bases = {};

	p->parts[0].addr = p->start;
	p->parts[0].len = p->parts[0].end = p->reach = p->linear;
	p->n_parts = p->raw_end = 1;
	p->next_skb = skb;
	if (bpf_probe_read_kernel(&bases.vmemmap, sizeof(u64), (void *)cfg.vmemmap_base) ||
	    bpf_probe_read_kernel(&bases.page_offset, sizeof(u64), (void *)cfg.page_offset_base))
		return -1;
	p->next_skb = parts_open(p, *(struct sk_buff *volatile *)&p->next_skb);
	for (u64 i = 0; i < XCAP_PARTS; i++) {
		u64 at = p->n_parts;

		XCAP_OPAQUE(at);
		if (at >= XCAP_PARTS)
			break;
		if (at < p->raw_end ? !parts_take(p, &p->parts[at], &bases)
				    : !parts_next(p, &p->parts[at]))
			break;
	}
	return 0;
}

/* Which part has this byte of the packet? Below p->reach there is one. */
static __always_inline u64 parts_search(struct xcap_packet *p, u64 offset)
{
	volatile u32 *found = &p->found;

	*found = 0;
#pragma unroll
	for (u32 step = XCAP_PARTS / 2; step; step /= 2) {
		u64 last = *found + step - 1;

		XCAP_OPAQUE(last);
		if (last < XCAP_PARTS && last < p->n_parts && p->parts[last].end <= offset)
			*found = last + 1;
	}
	return *found;
}

/* One byte of the packet, below p->reach. 0 or negative. */
static __always_inline long parts_byte(struct xcap_packet *p, u8 *to, u64 offset)
{
	u64 at = parts_search(p, offset);

	XCAP_OPAQUE(at);
	if (at >= XCAP_PARTS)
		return -1;
	return bpf_probe_read_kernel(
		to, 1, (void *)(p->parts[at].addr + p->parts[at].len + offset - p->parts[at].end));
}

/* Copy from this byte of the packet on, to [pos, end) of the destination. */
static __always_inline void parts_seek(struct xcap_packet *p, u64 offset, u64 pos, u64 end)
{
	u64 at = parts_search(p, offset);

	XCAP_OPAQUE(at);
	if (at >= XCAP_PARTS)
		at = 0;
	p->cursor.part = at;
	p->cursor.from = p->parts[at].len + offset - p->parts[at].end;
	p->cursor.pos = pos;
	p->cursor.end = end;
}

/* Parts that are longer than a chunk take several turns: eight chunks are the largest copy. */
#define PARTS_TURNS (XCAP_PARTS + 8)

/*
 * Copy as parts_seek() says. `to` has room for room + chunk bytes, both constants; the last byte
 * goes below `room`. 0 or negative.
 */
__hidden __attribute__((noinline)) long parts_copy(struct xcap_packet *p, u8 *to, u64 room,
						   u64 chunk)
{
	volatile struct xcap_cursor *c = &p->cursor;

	for (u64 i = 0; i < PARTS_TURNS; i++) {
		u64 at = c->part, from = c->from, pos = c->pos, n = c->end - pos;
		u32 rest;

		if (pos >= c->end)
			return 0;
		XCAP_OPAQUE(at);
		if (at >= XCAP_PARTS)
			return -1;
		rest = p->parts[at].len - from;
		if (n >= rest) {
			n = rest;
			c->part = at + 1;
			c->from = 0;
		}
		XCAP_OPAQUE(n);
		if (n > chunk) {
			n = chunk;
			c->part = at;
		}
		XCAP_OPAQUE(pos);
		if (pos > room || n > chunk)
			return -1;
		if (bpf_probe_read_kernel(to + pos, n, (void *)(p->parts[at].addr + from)))
			return -1;
		c->pos = pos + n;
		if (c->part == at)
			c->from = from + n;
	}
	return c->pos >= c->end ? 0 : -1;
}

#endif
