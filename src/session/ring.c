/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ring.c - mapping and walking a ring buffer: our own (layout: xcap/ring.h) or the kernel's
 * (kernel/bpf/ringbuf.c: the first page is the consumer's, the second the producers', then the data
 * twice in a row, so that no record is cut in two).
 */
#include "session/ring.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"
#include "xcap/ring.h"

#define BATCH_MAX (64ul << 10)

/* Records lie on the memory of another CPU: ask for the next one while this one is looked at. */
#define LINE	    64
#define LINES_AHEAD 4

/* What stands in front of a record. */
struct head {
	size_t bytes; /* its own */
	size_t size;  /* of the record */
	bool is_void;
};

static int map_kernel(struct ring *ring, int fd)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	void *p;

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	p = mmap(NULL, ring->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	ring->taken = ring->consumer = p;
	ring->mapped = ring->page + 2ul * info.max_entries;
	p = mmap(NULL, ring->mapped, PROT_READ, MAP_SHARED, fd, ring->page);
	if (p == MAP_FAILED)
		return -errno;
	ring->given = ring->producer = p;
	ring->data = (const char *)p + ring->page;
	ring->size = info.max_entries;
	return 0;
}

static int map_own(struct ring *ring, int fd)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	void *p;

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	p = mmap(NULL, info.value_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	ring->own = p;
	ring->own_mapped = info.value_size;
	ring->taken = (unsigned long *)&ring->own->taken;
	ring->given = (const unsigned long *)&ring->own->given;
	ring->data = (const char *)ring->own->data;
	ring->size = info.value_size - sizeof(*ring->own) - XCAP_RING_SPILL;
	return 0;
}

int ring_open(struct ring *ring, const struct ring_source *source)
{
	int rc;

	memset(ring, 0, sizeof(*ring));
	ring->fd = source->fd;
	ring->key = source->key;
	ring->page = sysconf(_SC_PAGESIZE);
	rc = map_kernel(ring, source->fd);
	if (!rc && source->memory_fd >= 0)
		rc = map_own(ring, source->memory_fd);
	if (rc)
		return rc;
	ring->batch = UTIL_MIN(ring->size / 16, BATCH_MAX);
	ring->at = ring->end = ring->released = __atomic_load_n(ring->taken, __ATOMIC_ACQUIRE);
	return 0;
}

void ring_close(struct ring *ring)
{
	if (ring->consumer)
		munmap(ring->consumer, ring->page);
	if (ring->producer)
		munmap((void *)ring->producer, ring->mapped);
	if (ring->own)
		munmap(ring->own, ring->own_mapped);
	memset(ring, 0, sizeof(*ring));
}

void ring_hear(struct ring *ring)
{
	unsigned long rung;

	if (!ring->own)
		return;
	rung = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	if (*ring->consumer != rung)
		__atomic_store_n(ring->consumer, rung, __ATOMIC_SEQ_CST);
}

void ring_release(struct ring *ring)
{
	if (ring->released == ring->at)
		return;
	__atomic_store_n(ring->taken, ring->at, __ATOMIC_RELEASE);
	ring->released = ring->at;
}

/* Is there something behind what was read? The producers' position is looked at only where it may
 * tell something new. */
static bool has_more(struct ring *ring)
{
	if (ring->at == ring->end)
		ring->end = __atomic_load_n(ring->given, __ATOMIC_ACQUIRE);
	return ring->at != ring->end;
}

/* False: the record is not complete. */
static bool kernel_head(const char *at, struct head *head)
{
	uint32_t len = __atomic_load_n((const uint32_t *)at, __ATOMIC_ACQUIRE);

	head->bytes = BPF_RINGBUF_HDR_SZ;
	head->size = len & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
	head->is_void = len & BPF_RINGBUF_DISCARD_BIT;
	return !(len & BPF_RINGBUF_BUSY_BIT);
}

static bool own_head(const struct ring *ring, const char *at, struct head *head)
{
	const struct xcap_ring_head *h = (const struct xcap_ring_head *)at;

	if (__atomic_load_n(&h->stamp, __ATOMIC_ACQUIRE) != (ring->at ^ ring->key))
		return false;
	head->bytes = sizeof(*h);
	head->size = h->size;
	head->is_void = h->is_void;
	return true;
}

/* Sizes are the kernel's, or our program's; but what they lead to has to be in the ring. */
static bool is_inside(struct ring *ring, const struct head *head)
{
	if (head->bytes + head->size <= ring->end - ring->at)
		return true;
	log_warning("a record of %zu bytes does not end in the ring buffer: %lu bytes left out",
		    head->size, ring->end - ring->at);
	ring->at = ring->end;
	return false;
}

const void *ring_next(struct ring *ring, size_t *size)
{
	const char *at, *next;
	struct head head;

	if (ring->at - ring->released >= ring->batch)
		ring_release(ring);
	while (has_more(ring)) {
		at = ring->data + (ring->at & (ring->size - 1));
		if (!(ring->own ? own_head(ring, at, &head) : kernel_head(at, &head)))
			return NULL;
		if (!is_inside(ring, &head))
			continue;
		ring->at += (head.bytes + head.size + 7) & ~7ul;
		if (head.is_void)
			continue;
		*size = head.size;
		next = ring->data + (ring->at & (ring->size - 1));
		for (int i = 0; i < LINES_AHEAD; i++)
			__builtin_prefetch(next + (size_t)i * LINE);
		return at + head.bytes;
	}
	return NULL;
}
