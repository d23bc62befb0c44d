/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmem.h - the running kernel's memory, read by a BPF program.
 *
 * For what no file tells: where a symbol is, and what stands there. Needs what probes need anyway
 * (CAP_BPF, CAP_PERFMON), and that addresses are shown to this user; Linux 5.16.
 */
#ifndef KERNEL_KMEM_H
#define KERNEL_KMEM_H

#include <stddef.h>
#include <stdint.h>

#define KMEM_READ_MAX 65536 /* bytes at once */

struct kmem {
	int prog_fd, map_fd;
	void *room; /* the map's value; NULL: not open */
};

/* 0, or -errno; then there is nothing to close. */
int kmem_open(struct kmem *mem);
void kmem_close(struct kmem *mem);

/* The address of the first symbol of this name (up to 31 letters), of any kind; -ENOENT: there is
 * none, other errors: the kernel does not say. */
int kmem_symbol(const struct kmem *mem, const char *name, uint64_t *addr);

/* len bytes from addr on, which stay until the next call; NULL where they cannot be read, or are
 * more than KMEM_READ_MAX. */
const void *kmem_read(const struct kmem *mem, uint64_t addr, size_t len);

/* The same of a few bytes, into `out`: 0, or -EFAULT. */
int kmem_get(const struct kmem *mem, uint64_t addr, void *out, size_t len);

#endif
