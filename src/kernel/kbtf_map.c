/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_map.c - see kbtf_map.h.
 *
 * From 6.16 on /sys/kernel/btf/vmlinux can be mapped. Reading it, a page with each call and through
 * two buffers, takes three times as long: 8 ms for 5 MB, of the 80 until a capture listens.
 */
#include "kernel/kbtf_map.h"

#include <bpf/btf.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/kroot.h"

/* As libbpf knows sizes. */
static struct btf *map(int fd)
{
	struct btf *btf;
	struct stat st;
	void *data;

	if (fstat(fd, &st) || st.st_size <= 0 || st.st_size > UINT32_MAX)
		return NULL;
	data = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return NULL;
	btf = btf__new(data, st.st_size); /* makes a copy */
	munmap(data, st.st_size);
	return btf;
}

/* NULL: it is not there, cannot be mapped or holds none; reading tells which. */
static struct btf *map_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct btf *btf;

	if (fd < 0)
		return NULL;
	btf = map(fd);
	close(fd);
	return btf;
}

struct btf *kbtf_map_own(void)
{
	char path[PATH_MAX];
	struct btf *btf = map_file(kroot_path(path, sizeof(path), KBTF_MAP_OWN));

	if (btf)
		return btf;
	/* libbpf knows more places than one */
	return kroot_prefix()[0] ? btf__parse_raw(path) : btf__load_vmlinux_btf();
}
