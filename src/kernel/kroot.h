/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kroot.h - paths below /proc and /sys, with a prefix that tests can set.
 */
#ifndef KERNEL_KROOT_H
#define KERNEL_KROOT_H

#include <stddef.h>

/* Root folder under which /proc and /sys are looked for: "" or $XCAP_KROOT (tests). */
const char *kroot_prefix(void);

/* prefix + path (absolute) into out; returns out. Truncated paths end up as "". */
char *kroot_path(char *out, size_t size, const char *path);

#endif
