/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ready.h - the file of --ready-file: it tells scripts that from now on no packet is missed.
 *
 * It gets one line, xcap's process id. A regular file of that name is removed before anything is
 * attached, so that an old one cannot be mistaken; the new one stays when xcap ends. A FIFO works
 * too: xcap never waits for its reader.
 */
#ifndef CMD_READY_H
#define CMD_READY_H

#include "base/err.h"

struct ready {
	int fifo_fd; /* a FIFO whose line nobody has read yet; -1: none */
};

void ready_init(struct ready *ready);

/* Remove an old regular file. NULL path: nothing to do, here and below. */
int ready_clear(const char *path, struct err *err);
int ready_write(struct ready *ready, const char *path, struct err *err);

/* Now and then: closes the FIFO once its line was read, so that its reader sees the end. */
void ready_tick(struct ready *ready);
void ready_fini(struct ready *ready);

#endif
