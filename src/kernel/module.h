/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * module.h - is a kernel module loaded, or could it be?
 *
 * For errors about names that only a module has: '-' and '_' are the same in a module's name.
 */
#ifndef KERNEL_MODULE_H
#define KERNEL_MODULE_H

#include <stdbool.h>

/* By /proc/modules. */
bool module_is_loaded(const char *name);

/* The same for several names: its text, the caller's, NULL if it cannot be read; and one of them.
 */
char *module_read_loaded(void);
bool module_is_among(const char *loaded, const char *name);

/* Is there a file that `modprobe name` would load, by modules.dep of the running kernel? */
bool module_is_installed(const char *name);

#endif
