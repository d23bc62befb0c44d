/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ring.h - the ring buffer that is our own: an array of one value, which user space maps.
 *
 * The kernel's ring buffer takes a lock and two calls for a record. Here a probe takes its room by
 * one compare-and-swap, on any CPU and in any context, and hands the record over by one store. The
 * positions count bytes and never go back; a record lies at its position modulo the size, and
 * those at the end go on into the spill behind it, so that none is cut in two.
 */
#ifndef XCAP_RING_H
#define XCAP_RING_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* The longest record: an event, a packet of 64 KiB with a chunk of 8 KiB to spare, a stack. */
#define XCAP_RING_SPILL (80u << 10)

/* Larger ones than this are the kernel's: it is as far as the verifier follows an offset. */
#define XCAP_RING_OWN_MAX (256u << 20)

/* Each position in pages of its own, since one is written by the probes and one by the reader. */
#define XCAP_RING_PAGE 4096

struct xcap_ring {
	__u64 taken; /* the reader has no more use for what is before this */
	__u8 pad1[XCAP_RING_PAGE - sizeof(__u64)];
	__u64 given; /* up to here there are records, or room for records that are being written */
	__u8 pad2[XCAP_RING_PAGE - sizeof(__u64)];
	__u8 data[]; /* the size of the ring, a power of two, and XCAP_RING_SPILL */
};

/*
 * In front of each record. What stands here before is anything, bytes of packets too. So the mark
 * of a complete record is its position in the shape of a secret of the run: nobody can send a
 * packet that looks like one.
 */
struct xcap_ring_head {
	__u64 stamp; /* position ^ xcap_config.ring_key: the record is complete */
	__u32 size;  /* of the record behind this, a multiple of 8 */
	__u32 is_void;
};

/*
 * Is there no room for `size` bytes at the position `at` in a ring of ring_size? Others may have
 * gone on since `at` was read, and the reader have taken what they wrote: then `taken` is beyond
 * it, and there is room, though not there.
 */
static inline __attribute__((always_inline)) int xcap_ring_is_full(__u64 at, __u64 size,
								   __u64 taken, __u64 ring_size)
{
	return (__s64)(at + size - taken) > (__s64)ring_size;
}

#endif
