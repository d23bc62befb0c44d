/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * early.bpf.h - the window in two steps: what the filter looks at, the rest when it has accepted.
 *
 * Where a pointer may be followed the bytes come by plain loads. A probe read of 64 bytes is 42 ns,
 * these loads are 16 and the ones for a snapshot length of 96 another 8.
 */
#ifndef EARLY_BPF_H
#define EARLY_BPF_H

#include "geometry.bpf.h"

/* So many bytes more by loads; for a longer run of them the call is as cheap, its code is there. */
#define EARLY_MORE (2 * XCAP_WINDOW_STEP)

/* Are the first bytes enough for now, and certainly there? */
static __always_inline bool early_is_enough(const struct xcap_ctx *c,
					    const struct xcap_filter_ctx *f,
					    const struct xcap_packet *p)
{
	return cfg.filter_is_short && cfg.has_rdonly_cast && c->direct && !c->given &&
	       p->linear >= XCAP_WINDOW_EARLY && !(f->pages && p->linear < p->total);
}

#define EARLY_TYPE  12 /* of the ethertype, which is in the second word */
#define EARLY_WORDS (XCAP_WINDOW_EARLY / sizeof(u64))

/* The packet's words from byte `at` on. */
static __always_inline const u64 *early_words(const struct xcap_packet *p, u32 at)
{
	return bpf_rdonly_cast((void *)(p->start + at), bpf_core_type_id_kernel(struct pt_regs));
}

/*
 * Words [from, to) of these into the window, by plain loads, which are cheaper than a call as long
 * as they are few; at, from and to are constants.
 */
static __always_inline void early_copy_words(struct xcap_packet *p, const u64 *words, u32 at,
					     u32 from, u32 to)
{
	u64 shift = p->shift, *window;

	XCAP_OPAQUE(shift);
	window = (u64 *)(p->data + (shift & (XCAP_WINDOW_SLACK - 1)) + at);
#pragma unroll
	for (u32 i = 0; i < EARLY_WORDS; i++)
		if (i >= from && i < to)
			window[i] = words[i];
}

/*
 * What the filter looks at. Of IPv4 behind an Ethernet header that is less as a rule: its ports end
 * at 38, those of IPv6 at 58.
 */
static __always_inline void early_copy(struct xcap_packet *p)
{
	const u64 *words = early_words(p, 0);
	u32 end = XCAP_WINDOW_EARLY;

	early_copy_words(p, words, 0, 0, cfg.early_ip4);
	/* nothing was put in front, so it is Ethernet without a tag */
	if (!p->shift &&
	    (u16)(words[1] >> 8 * (EARLY_TYPE - sizeof(u64))) == bpf_htons(GEOMETRY_IPV4))
		end = cfg.early_ip4 * sizeof(u64);
	else
		early_copy_words(p, words, 0, cfg.early_ip4, EARLY_WORDS);
	p->valid = p->shift + end;
}

/* The packet goes on: the rest of it. */
static __always_inline void early_end(struct xcap_packet *p)
{
	if (!cfg.filter_is_short || !cfg.has_rdonly_cast ||
	    p->valid == p->shift + XCAP_WINDOW_EARLY)
		return;
	early_copy_words(p, early_words(p, 0), 0, cfg.early_ip4, EARLY_WORDS);
	p->valid = p->shift + XCAP_WINDOW_EARLY;
}

/*
 * What follows them, up to `end` in the window, in steps: what the last one copies too much is
 * behind the linear area the skb's shared info, and in the window nothing.
 */
static __always_inline void early_copy_more(struct xcap_packet *p, u32 end)
{
	u32 n = end - p->valid;

#pragma unroll
	for (u32 at = 0; at < EARLY_MORE; at += XCAP_WINDOW_STEP)
		if (n > at)
			early_copy_words(p, early_words(p, XCAP_WINDOW_EARLY + at),
					 XCAP_WINDOW_EARLY + at, 0, XCAP_WINDOW_STEP / sizeof(u64));
	p->valid = end;
}

#endif
