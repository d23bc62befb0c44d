/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter.bpf.h - the place where the packet filter goes, and the loads it cannot do by itself.
 *
 * xcap_filter() is a placeholder: session/inject.c replaces its body by the translated expression.
 * Both functions are hidden, not static: clang specialises a static function for the calls it sees,
 * and the ones that matter are not there yet.
 */
#ifndef FILTER_BPF_H
#define FILTER_BPF_H

#include "window.bpf.h"

/* Verdicts: src/filter/cbpf2ebpf.h says the same for the translator. */
#define FILTER_UNDECIDED  (1ULL << 32)
#define FILTER_UNREADABLE (1ULL << 33)
#define FILTER_FAULT	  (1ULL << 34)
/* never a verdict: keeps xcap_load() referenced from outside the body that is replaced */
#define FILTER_KEEP_LOAD (1ULL << 40)

#define FILTER_OUTSIDE	       (-1)
#define FILTER_LOAD_UNREADABLE (-2)
#define FILTER_LOAD_FAULT      (-3)

/*
 * Bytes of the real packet, whose first one is at p->start; `offset` is from the window's, `size`
 * at most 4. 0 or negative.
 */
static __always_inline long filter_read(struct xcap_packet *p, u32 *word, u64 offset, u64 size)
{
	XCAP_OPAQUE(size);
	if (size > sizeof(*word) ||
	    bpf_probe_read_kernel(word, size, (void *)(p->start + offset - p->shift)))
		return FILTER_LOAD_FAULT;
	return 0;
}

static __always_inline bool filter_is_linear(struct xcap_packet *p, u64 offset, u64 size)
{
	return offset + size <= (u64)p->linear + p->shift;
}

/* In host order. */
static __always_inline long filter_number(u32 word, u64 size)
{
	return bpf_ntohl(word) >> (32 - 8 * size);
}

/* One byte of the window, or where it is: behind it, also in pages that are read by address. */
__attribute__((noinline)) long xcap_load_byte(u64 row, u64 offset)
{
	struct window_slot *slot = slot_at(row);
	struct xcap_packet *p = &slot->packet;
	u32 byte = 0;
	long rc;

	if (!slot)
		return FILTER_LOAD_FAULT;
	if (offset < p->valid && offset < XCAP_WINDOW)
		return p->data[offset];
	offset -= p->shift;
	if (offset < p->linear)
		rc = bpf_probe_read_kernel(&byte, 1, (void *)(p->start + offset));
	else if (!cfg.vmemmap_base || p->given || offset >= p->reach)
		return FILTER_LOAD_UNREADABLE;
	else
		rc = parts_byte(p, (u8 *)&byte, offset);
	return rc ? FILTER_LOAD_FAULT : (long)byte;
}

/*
 * A load that begins in the window and ends behind it, or stands where a made-up header meets the
 * first real byte, or reaches into pages: byte by byte, each from where it is.
 */
__attribute__((noinline)) long xcap_load_parts(u64 row, u64 offset, u64 size)
{
	struct window_slot *slot = slot_at(row);
	u64 value = 0;
	u32 word = 0;

	if (!slot)
		return FILTER_LOAD_FAULT;
	if (offset >= slot->packet.valid && filter_is_linear(&slot->packet, offset, size))
		return filter_read(&slot->packet, &word, offset, size) ? FILTER_LOAD_FAULT
								       : filter_number(word, size);
#pragma unroll
	for (u32 i = 0; i < sizeof(word); i++) {
		long byte = i < size ? xcap_load_byte(row, offset + i) : 0;

		if (byte < 0)
			return byte;
		value = i < size ? value << 8 | (u8)byte : value;
	}
	return value;
}

/* The same by a dynptr. */
static __always_inline long filter_fetch(struct xcap_filter_ctx *f, struct xcap_packet *p,
					 u32 *word, u64 offset, u64 size)
{
	s64 from = offset - p->shift - p->data_offset;

	if (filter_is_linear(p, offset, size))
		return filter_read(p, word, offset, size);
	if (from < 0)
		return FILTER_LOAD_UNREADABLE;
	return paged_read(f, word, size, from) ? FILTER_LOAD_FAULT : 0;
}

static __always_inline long filter_load_paged(struct xcap_filter_ctx *f, struct xcap_packet *p,
					      u64 offset, u64 size)
{
	u64 value = 0;
	u32 word = 0;
	long rc;

	if (offset >= p->valid) {
		rc = filter_fetch(f, p, &word, offset, size);
		return rc ? rc : filter_number(word, size);
	}
#pragma unroll
	for (u32 i = 0; i < sizeof(word); i++) {
		u64 at = offset + i;

		if (i >= size)
			break;
		word = 0;
		if (at < p->valid && at < XCAP_WINDOW) {
			word = p->data[at];
		} else {
			rc = filter_fetch(f, p, &word, at, 1);
			if (rc)
				return rc;
		}
		value = value << 8 | word;
	}
	return value;
}

/* A load of 1, 2 or 4 bytes beyond the window, in host order; negative: FILTER_... above. */
__hidden __attribute__((noinline)) long xcap_load(struct xcap_filter_ctx *f, u64 offset, u64 size)
{
	struct xcap_packet *p = (void *)f->packet;

	XCAP_OPAQUE(offset);
	XCAP_OPAQUE(size);
	if (offset > GEOMETRY_LEN_MAX || offset + size > p->wire_len)
		return FILTER_OUTSIDE;
	return xcap_has_dynptr() ? filter_load_paged(f, p, offset, size)
				 : xcap_load_parts(slot_row(p), offset, size);
}

/* Replaced at load when there is an expression. */
__hidden __attribute__((noinline)) u64 xcap_filter(struct xcap_filter_ctx *f)
{
	u64 verdict;

	asm volatile("%0 = 0x40000" : "=r"(verdict) : "r"(f) : "memory");
	return verdict;
}

#endif
