/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ring.h - the ring buffer, our own or the kernel's, read in batches.
 *
 * libbpf's consumer gives back the room of each record by itself, and that position is what every
 * probe on every CPU looks at: the line of memory it stands in then moves between the CPUs twice
 * for each packet. Here it is written once for many records. Used by the reader alone.
 */
#ifndef SESSION_RING_H
#define SESSION_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xcap_ring;

/* What there is to map. */
struct ring_source {
	int fd;	       /* map of the kernel's ring buffer; beside our own it is the bell */
	int memory_fd; /* map of our own, -1: records are in the kernel's */
	uint64_t key;  /* of its stamps */
};

struct ring {
	int fd; /* the map's, the caller's; readable when the kernel wakes its reader */
	unsigned long *consumer; /* the kernel's: its pages, ... */
	const unsigned long *producer;
	unsigned long mapped;  /* ... bytes from `producer` on */
	struct xcap_ring *own; /* NULL: the kernel's has the records */
	unsigned long own_mapped;
	uint64_t key;
	/* of the one that has them */
	unsigned long *taken;
	const unsigned long *given;
	const char *data;
	unsigned long size;	/* of the data, a power of two */
	unsigned long page;	/* size of one */
	unsigned long at;	/* where the next record starts */
	unsigned long end;	/* as far as the producers are known to have come */
	unsigned long released; /* what the kernel knows of `at` */
	unsigned long batch;	/* give back at least this much at once, until the end is reached */
};

/* 0 or -errno; ring_close() also after a failure. */
int ring_open(struct ring *ring, const struct ring_source *source);
void ring_close(struct ring *ring);

/*
 * The wake-up is heard: to be called after one, before the records are read, so that who comes
 * while they are read wakes again.
 */
void ring_hear(struct ring *ring);

/*
 * The next record that is complete, NULL: none now. It stays until the next call of ring_next() or
 * ring_release(). Discarded ones are passed over.
 */
const void *ring_next(struct ring *ring, size_t *size);

/* Give back all that was read: at the end of a run of ring_next(). */
void ring_release(struct ring *ring);

#endif
