/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pagebase.c - the addresses of two data symbols, without reading all symbols where it can be had.
 *
 * Below a made-up root (tests) the running kernel is not asked.
 */
#include "kernel/pagebase.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/util.h"
#include "kernel/kmem.h"
#include "kernel/kroot.h"

#define CHUNK 65536

static const char *const names[] = {"vmemmap_base", "page_offset_base"};
#define N_NAMES UTIL_ARRAY_SIZE(names)

/* Ask the running kernel. -ENOENT: it has no such symbols; other errors: it cannot be asked. */
static int ask_kernel(uint64_t *addrs)
{
	struct kmem mem;
	int rc = kmem_open(&mem);

	if (rc)
		return rc;
	for (size_t i = 0; i < N_NAMES && !rc; i++)
		rc = kmem_symbol(&mem, names[i], &addrs[i]);
	kmem_close(&mem);
	return rc;
}

/* "ffffffff82a4c1d8 D vmemmap_base": the address at the start of a line that ends with the name. */
static void look_in(const char *lines, size_t len, const char *name, uint64_t *addr)
{
	const char *at = lines, *end = lines + len, *line;
	char word[32];
	int n = snprintf(word, sizeof(word), " %s\n", name);

	at = memmem(at, end - at, word, n);
	if (!at)
		return;
	line = memrchr(lines, '\n', at - lines);
	*addr = strtoull(line ? line + 1 : lines, NULL, 16);
}

/* Whole lines at a time, until both are found. Returns how many are, or -errno. */
static int scan(int fd, uint64_t *addrs, size_t *found)
{
	char *text = malloc(CHUNK);
	size_t used = 0, whole;
	ssize_t n = text ? 1 : -ENOMEM;

	*found = 0;
	while (n > 0 && *found < N_NAMES) {
		const char *last;

		n = read(fd, text + used, CHUNK - used);
		if (n <= 0) {
			n = n < 0 ? -errno : 0;
			break;
		}
		used += n;
		last = memrchr(text, '\n', used);
		whole = last ? (size_t)(last - text) + 1 : used == CHUNK ? used : 0;
		*found = 0;
		for (size_t i = 0; i < N_NAMES; i++) {
			if (addrs[i] == UINT64_MAX)
				look_in(text, whole, names[i], &addrs[i]);
			*found += addrs[i] != UINT64_MAX;
		}
		used -= whole;
		memmove(text, text + whole, used);
	}
	free(text);
	return n < 0 ? n : 0;
}

static int no_symbols(char *why, size_t size)
{
	snprintf(why, size, "the kernel's symbols have no '%s' and '%s'", names[0], names[1]);
	return -ENOENT;
}

static int read_kallsyms(uint64_t *addrs, char *why, size_t size)
{
	char path[PATH_MAX];
	size_t found = 0;
	int fd, rc;

	for (size_t i = 0; i < N_NAMES; i++)
		addrs[i] = UINT64_MAX;
	fd = open(kroot_path(path, sizeof(path), "/proc/kallsyms"), O_RDONLY | O_CLOEXEC);
	rc = fd < 0 ? -errno : scan(fd, addrs, &found);
	if (fd >= 0)
		close(fd);
	if (rc) {
		snprintf(why, size, "cannot read '/proc/kallsyms': %s", err_name(rc));
		return rc;
	}
	if (found < N_NAMES)
		return no_symbols(why, size);
	if (addrs[0] && addrs[1])
		return 0;
	snprintf(why, size, "the kernel shows all addresses as 0");
	return -EPERM;
}

int pagebase_find(struct pagebase *bases, char *why, size_t size)
{
	uint64_t addrs[N_NAMES] = {};
	int rc = -EOPNOTSUPP;

#ifndef __x86_64__
	snprintf(why, size, "xcap knows how pages are mapped on x86-64 only");
	return rc;
#endif
	if (!*kroot_prefix())
		rc = ask_kernel(addrs);
	if (rc == -ENOENT)
		return no_symbols(why, size);
	if (rc)
		rc = read_kallsyms(addrs, why, size);
	if (rc)
		return rc;
	bases->vmemmap_base = addrs[0];
	bases->page_offset_base = addrs[1];
	snprintf(why, size, "'%s' at 0x%llx", names[0], (unsigned long long)addrs[0]);
	return 0;
}
