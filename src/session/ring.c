/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ring.c - mapping and walking a BPF ring buffer (layout: kernel/bpf/ringbuf.c; the first page is
 * the consumer's, the second the producers', then the data twice).
 */
#include "session/ring.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/util.h"

#define BATCH_MAX (64ul << 10)

/* Records lie on the memory of another CPU: ask for the next one while this one is looked at. */
#define LINE	    64
#define LINES_AHEAD 4

int ring_open(struct ring *ring, int fd)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	void *p;

	memset(ring, 0, sizeof(*ring));
	ring->fd = fd;
	ring->page = sysconf(_SC_PAGESIZE);
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	ring->size = info.max_entries;
	ring->batch = UTIL_MIN(ring->size / 16, BATCH_MAX);
	p = mmap(NULL, ring->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	ring->consumer = p;
	p = mmap(NULL, ring->page + 2 * ring->size, PROT_READ, MAP_SHARED, fd, ring->page);
	if (p == MAP_FAILED)
		return -errno;
	ring->producer = p;
	ring->data = (const char *)p + ring->page;
	ring->at = ring->end = ring->released = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
	return 0;
}

void ring_close(struct ring *ring)
{
	if (ring->consumer)
		munmap(ring->consumer, ring->page);
	if (ring->producer)
		munmap((void *)ring->producer, ring->page + 2 * ring->size);
	memset(ring, 0, sizeof(*ring));
}

void ring_release(struct ring *ring)
{
	if (ring->released == ring->at)
		return;
	__atomic_store_n(ring->consumer, ring->at, __ATOMIC_RELEASE);
	ring->released = ring->at;
}

/* Is there something behind what was read? The producers' position is looked at only where it may
 * tell something new. */
static int has_more(struct ring *ring)
{
	if (ring->at == ring->end)
		ring->end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	return ring->at != ring->end;
}

const void *ring_next(struct ring *ring, size_t *size)
{
	const char *record, *next;
	uint32_t len;

	if (ring->at - ring->released >= ring->batch)
		ring_release(ring);
	while (has_more(ring)) {
		record = ring->data + (ring->at & (ring->size - 1));
		len = __atomic_load_n((const uint32_t *)record, __ATOMIC_ACQUIRE);
		if (len & BPF_RINGBUF_BUSY_BIT)
			return NULL;
		*size = len & ~BPF_RINGBUF_DISCARD_BIT;
		ring->at += (*size + BPF_RINGBUF_HDR_SZ + 7) & ~7ul;
		if (len & BPF_RINGBUF_DISCARD_BIT)
			continue;
		next = ring->data + (ring->at & (ring->size - 1));
		for (int i = 0; i < LINES_AHEAD; i++)
			__builtin_prefetch(next + (size_t)i * LINE);
		return record + BPF_RINGBUF_HDR_SZ;
	}
	return NULL;
}
