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
 * state at each turn, not one for each way through all turns before. Where the kernel has loops
 * that count for it, it does not even walk all turns: it stops when a turn teaches it nothing new.
 */
#ifndef PARTS_BPF_H
#define PARTS_BPF_H

#include "loop.bpf.h"
#include "xcap/packet.h"

#define PARTS_PAGE_SHIFT 12
#define PARTS_LIST	 48 /* skbs of a frag_list: 64 KiB in fragments of 1,480 bytes are 45 */

/*
 * All ones if a < b, else 0; both below 2^63. Loops do without branches that go on: the verifier
 * follows each way through several turns before it looks whether it has been there.
 */
static __always_inline u64 parts_below(u64 a, u64 b)
{
	s64 less = a - b;

	XCAP_OPAQUE(less);
	less >>= 63;
	XCAP_OPAQUE(less);
	return less;
}

static __always_inline u64 parts_min(u64 a, u64 b)
{
	return b + ((a - b) & parts_below(a, b));
}

/* Are bytes in pages read by their address? */
static __always_inline bool parts_serve(const struct xcap_filter_ctx *f,
					const struct xcap_packet *p)
{
	return f->pages && !p->given;
}

static __always_inline struct skb_shared_info *parts_info(struct sk_buff *skb)
{
	return (void *)(BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, end));
}

static __always_inline void parts_add(struct xcap_packet *p, struct xcap_part *part, u64 addr,
				      u64 len)
{
	len = parts_min(len, p->total - p->reach);
	part->addr = addr;
	part->len = len;
	p->reach += len;
	part->end = p->reach;
	p->n_parts++;
}

/* A frag of the kernel becomes a part, where it is. False: it is no page. */
static __always_inline bool parts_take(struct xcap_packet *p, struct xcap_part *part)
{
	u64 page = part->addr;

	if (page & COMPAT_FRAG_IS_NO_PAGE || page < p->vmemmap)
		return false;
	page = (page - p->vmemmap) / bpf_core_type_size(struct page);
	parts_add(p, part, p->page_offset + (page << PARTS_PAGE_SHIFT) + part->end, part->len);
	return true;
}

/* Frag i of the skb itself, from 0. Not 0: there is none, or it cannot be read. */
static __always_inline bool parts_own_next(struct xcap_packet *p, u64 i)
{
	i++;
	return i >= p->raw_end || i > XCAP_FRAGS_MAX || !parts_take(p, &p->parts[i]);
}

/* The frags of the skb itself. False: one cannot be read. */
static __always_inline bool parts_own(struct xcap_packet *p)
{
	/* through memory it becomes a mere number */
	struct sk_buff *skb = *(struct sk_buff *volatile *)&p->next_skb;
	struct skb_shared_info *info = parts_info(skb);
	u64 n = BPF_CORE_READ(info, nr_frags);

	p->next_skb = (u64)BPF_CORE_READ(info, frag_list);
	p->raw_end = n + 1;
	n *= sizeof(struct xcap_part);
	XCAP_OPAQUE(n);
	if (n > XCAP_FRAGS_MAX * sizeof(struct xcap_part) || COMPAT_IS_UNREADABLE(skb) ||
	    bpf_probe_read_kernel(&p->parts[1], n, (void *)info + COMPAT_FRAGS_OFFSET))
		return false;
	LOOP(i, XCAP_FRAGS_MAX, parts_own_next(p, i));
	return p->n_parts >= p->raw_end;
}

/*
 * The next skb of the frag_list: its linear area and a frag, if it has one. False: no more of them,
 * or one that has more than that, or cannot be read.
 */
static __always_inline bool parts_next(struct xcap_packet *p)
{
	struct sk_buff *skb = (void *)p->next_skb;
	struct skb_shared_info *info;
	struct xcap_part *part;
	u64 at = p->n_parts, n;

	XCAP_OPAQUE(at);
	if (!skb || at > XCAP_PARTS - 2)
		return false;
	part = &p->parts[at];
	info = parts_info(skb);
	n = BPF_CORE_READ(info, nr_frags);
	parts_add(p, part, (u64)BPF_CORE_READ(skb, data),
		  BPF_CORE_READ(skb, len) - BPF_CORE_READ(skb, data_len));
	p->next_skb = (u64)BPF_CORE_READ(skb, next);
	if (n > 1 || BPF_CORE_READ(info, frag_list) || COMPAT_IS_UNREADABLE(skb) ||
	    bpf_probe_read_kernel(part + 1, sizeof(*part), (void *)info + COMPAT_FRAGS_OFFSET))
		return false;
	/* without a frag this is one of no length in the first page ... */
	n = -n;
	XCAP_OPAQUE(n);
	part[1].addr = p->vmemmap + ((part[1].addr - p->vmemmap) & n);
	part[1].len &= n;
	if (!parts_take(p, part + 1))
		return false;
	p->n_parts -= n + 1; /* ... and does not count */
	return true;
}

/* Make the list: p->parts, p->n_parts and, of the packet's bytes, how many it reaches. */
__hidden __attribute__((noinline)) long parts_find(struct xcap_packet *p, u64 skb)
{
	p->parts[0].addr = p->start;
	p->parts[0].len = p->parts[0].end = p->reach = p->linear;
	p->n_parts = 1;
	p->next_skb = skb;
	if (bpf_probe_read_kernel(&p->vmemmap, sizeof(u64), (void *)cfg.vmemmap_base) ||
	    bpf_probe_read_kernel(&p->page_offset, sizeof(u64), (void *)cfg.page_offset_base) ||
	    !parts_own(p))
		return -1;
	LOOP(i, PARTS_LIST, p->reach >= p->total || !parts_next(p));
	return 0;
}

/*
 * Which part has this byte of the packet? Below p->reach there is one. Without branches, as
 * parts_below(): else the verifier keeps a state of all there is for each of them.
 */
static __always_inline u64 parts_search(struct xcap_packet *p, u64 offset)
{
	u64 found = 0;

	_Static_assert(!(XCAP_PARTS & (XCAP_PARTS - 1)), "the search halves it");
#pragma unroll
	for (u32 step = XCAP_PARTS / 2; step; step /= 2) {
		u64 last = found + step - 1;

		XCAP_OPAQUE(last);
		last &= XCAP_PARTS - 1;
		found += step & parts_below(last, p->n_parts) &
			 ~parts_below(offset, p->parts[last].end);
	}
	return found;
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

/* The next piece of a copy. Not 0: it is done, or it fails. */
static __always_inline bool parts_copy_next(struct xcap_packet *p, u8 *to, u64 room, u64 chunk)
{
	volatile struct xcap_cursor *c = &p->cursor;
	u64 at = c->part, from = c->from, pos = c->pos, n = c->end, more, addr;

	if (pos >= n)
		return true;
	n = parts_min(n - pos, chunk);
	XCAP_OPAQUE(at);
	if (at >= XCAP_PARTS)
		return true;
	more = p->parts[at].len - from;
	addr = p->parts[at].addr + from;
	n = parts_min(n, more);
	more = parts_below(n, more);
	c->part = at + 1 + more;
	c->from = (from + n) & more;
	XCAP_OPAQUE(n);
	XCAP_OPAQUE(pos);
	if (pos > room || n > chunk || bpf_probe_read_kernel(to + pos, n, (void *)addr))
		return true;
	c->pos = pos + n;
	return false;
}

/*
 * Copy as parts_seek() says. `to` has room for room + chunk bytes; the last byte goes below `room`.
 * At most `turns` parts or chunks; all three are constants. 0 or negative.
 */
__hidden __attribute__((noinline)) long parts_copy(struct xcap_packet *p, u8 *to, u64 room,
						   u64 chunk, u64 turns)
{
	volatile struct xcap_cursor *c = &p->cursor;

	LOOP(i, turns, parts_copy_next(p, to, room, chunk));
	return c->pos >= c->end ? 0 : -1;
}

#endif
