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

/* The bytes at `at` of the real packet, whose first one is at p->start. */
static __always_inline long filter_fetch(struct xcap_filter_ctx *f, struct xcap_packet *p, void *to,
					 u32 size, u64 at)
{
	s64 offset = at - p->data_offset;

	if (at + size <= p->linear)
		return bpf_probe_read_kernel(to, size, (void *)(p->start + at)) ? FILTER_LOAD_FAULT
										: 0;
	if (!xcap_has_dynptr() || offset < 0)
		return FILTER_LOAD_UNREADABLE;
	return paged_read(f, to, size, offset) ? FILTER_LOAD_FAULT : 0;
}

/* One byte, in pages or not. */
static __always_inline long filter_fetch_byte(struct xcap_filter_ctx *f, struct xcap_packet *p,
					      u8 *to, u64 at)
{
	if (!parts_serve(f, p) || at < p->linear)
		return filter_fetch(f, p, to, 1, at);
	if (at >= p->reach)
		return FILTER_LOAD_UNREADABLE;
	return parts_byte(p, to, at) ? FILTER_LOAD_FAULT : 0;
}

/*
 * A load that begins in the window and ends behind it, or stands where a made-up header meets the
 * first real byte, or reaches into pages that are read by address: byte by byte, each from where it
 * is.
 */
static __always_inline long filter_load_across(struct xcap_filter_ctx *f, struct xcap_packet *p,
					       u64 offset, u64 size)
{
	u64 value = 0;
	long rc;

#pragma unroll
	for (u32 i = 0; i < 4; i++) {
		u64 at = offset + i;
		u8 byte = 0;

		if (i >= size)
			break;
		if (at < p->valid && at < XCAP_WINDOW) {
			byte = p->data[at];
		} else {
			rc = filter_fetch_byte(f, p, &byte, at - p->shift);
			if (rc)
				return rc;
		}
		value = value << 8 | byte;
	}
	return value;
}

/* A load of 1, 2 or 4 bytes beyond the window, in host order; negative: FILTER_... above. */
__hidden __attribute__((noinline)) long xcap_load(struct xcap_filter_ctx *f, u64 offset, u64 size)
{
	struct xcap_packet *p = (void *)f->packet;
	u32 word = 0;
	long rc;

	XCAP_OPAQUE(offset);
	XCAP_OPAQUE(size);
	if (offset > GEOMETRY_LEN_MAX || offset + size > p->wire_len)
		return FILTER_OUTSIDE;
	if (offset < p->valid || (parts_serve(f, p) && offset + size > p->linear + p->shift))
		return filter_load_across(f, p, offset, size);
	offset -= p->shift;
	if (size == 4) {
		rc = filter_fetch(f, p, &word, 4, offset);
		return rc ? rc : (long)bpf_ntohl(word);
	}
	if (size == 2) {
		rc = filter_fetch(f, p, &word, 2, offset);
		return rc ? rc : (long)bpf_ntohs((u16)word);
	}
	rc = filter_fetch(f, p, &word, 1, offset);
	return rc ? rc : (long)(word & 0xff);
}

/* Replaced at load when there is an expression. */
__hidden __attribute__((noinline)) u64 xcap_filter(struct xcap_filter_ctx *f)
{
	u64 verdict;

	asm volatile("%0 = 0x40000" : "=r"(verdict) : "r"(f) : "memory");
	return verdict;
}

#endif
