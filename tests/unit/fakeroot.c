/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fakeroot.c - a temporary folder for tests of what is read below /proc, /sys and /run.
 */
#include "fakeroot.h"

#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "kernel/kroot.h"

int fakeroot_setup(void **state)
{
	char template[] = "/tmp/xcap-test-XXXXXX";

	(void)state;
	if (!mkdtemp(template)) {
		perror("mkdtemp");
		return -1;
	}
	return setenv("XCAP_KROOT", template, 1);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int fakeroot_teardown(void **state)
{
	(void)state;
	nftw(kroot_prefix(), remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return unsetenv("XCAP_KROOT");
}

/* The path below the folder, whose parents are made. */
static void make_path(char *out, size_t size, const char *path)
{
	assert_string_not_equal(kroot_prefix(), "");
	kroot_path(out, size, path);
	for (char *slash = out + strlen(kroot_prefix()) + 1; (slash = strchr(slash, '/'));
	     slash++) {
		*slash = '\0';
		mkdir(out, 0700);
		*slash = '/';
	}
}

void fakeroot_write(const char *path, const void *data, size_t len)
{
	char full[PATH_MAX];
	FILE *file;

	make_path(full, sizeof(full), path);
	file = fopen(full, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

void fakeroot_write_text(const char *path, const char *text)
{
	fakeroot_write(path, text, strlen(text));
}

void fakeroot_link(const char *path, const char *to)
{
	char full[PATH_MAX];

	make_path(full, sizeof(full), path);
	assert_int_equal(symlink(to, full), 0);
}
