/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * feature_try_symbol.c - what the kernel tells of its symbols.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "kernel/feature_try.h"
#include "kernel/kmem.h"
#include "kernel/kroot.h"
#include "kernel/symbol_tables.h"

bool feature_try_symbol_addresses(struct feature_context *context, char *why, size_t size)
{
	char path[PATH_MAX], text[4096];
	int fd = open(kroot_path(path, sizeof(path), "/proc/kallsyms"), O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	int code = errno;
	bool shown = false;

	(void)context;
	if (fd >= 0)
		close(fd);
	if (n < 0) {
		snprintf(why, size, "cannot read '/proc/kallsyms': %s", err_name(code));
		return false;
	}
	for (ssize_t i = 0, digit = 1; i < n && !shown; i++) {
		digit = text[i] == '\n' ? 1 : text[i] == ' ' ? 0 : digit;
		shown = digit && text[i] != '0' && text[i] != '\n';
	}
	snprintf(why, size, shown ? "addresses are shown" : "the kernel shows all addresses as 0");
	return shown;
}

/* Below a made-up root (tests) the running kernel is not asked. */
bool feature_try_symbol_tables(struct feature_context *context, char *why, size_t size)
{
	struct kmem mem;
	uint32_t n = 0;
	int rc = *kroot_prefix() ? -EOPNOTSUPP : kmem_open(&mem);

	(void)context;
	if (!rc) {
		rc = symbol_tables_count(&mem, &n);
		kmem_close(&mem);
	}
	if (!rc)
		snprintf(why, size, "%u symbols", n);
	else if (rc == -ENOENT)
		snprintf(why, size, "the kernel does not tell where they are");
	else
		snprintf(why, size, "no program can read them: %s", err_name(rc));
	return !rc;
}
