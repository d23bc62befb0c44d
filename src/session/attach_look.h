/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attach_look.h - a look at what a function begins with, to find those that cannot be traced.
 */
#ifndef SESSION_ATTACH_LOOK_H
#define SESSION_ATTACH_LOOK_H

#include <stdbool.h>
#include <stdint.h>

/* The program that looks: its fd, the caller's, or -errno. */
int attach_look_open(void);

/* False: it is likely that it cannot be. True also where fd is none, or nothing can be said. */
bool attach_look_traceable(int fd, uint64_t address);

#endif
