/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kroot.c - paths below /proc, /sys and /run, moved below $XCAP_KROOT by tests.
 */
#include "kernel/kroot.h"

#include <stdio.h>
#include <stdlib.h>

const char *kroot_prefix(void)
{
	const char *prefix = secure_getenv("XCAP_KROOT");

	return prefix ? prefix : "";
}

char *kroot_path(char *out, size_t size, const char *path)
{
	int n = snprintf(out, size, "%s%s", kroot_prefix(), path);

	if ((n < 0 || (size_t)n >= size) && size)
		out[0] = '\0';
	return out;
}
