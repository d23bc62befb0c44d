/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prune.h - what read-only data settles is settled before the load: branches on it and what they
 * never lead to are taken out, and what is loaded from it becomes a constant.
 *
 * The kernel takes out such branches, too, but has looked at them before; and it leaves the loads,
 * which are 14 to 17 bytes of code each, some dozen of them on the way of an event that the filter
 * rejects. What the loads and branches were for is left: unused.h.
 */
#ifndef SESSION_PRUNE_H
#define SESSION_PRUNE_H

#include <stddef.h>

#include "session/shrink.h"

/* The map that the program may load constants from: frozen, so they are. */
struct prune_constants {
	int map_fd;
	const void *data;
	size_t size;
};

/* In place. 0; -ENOMEM: the program is of no use any more. */
int prune_dead(struct shrink_program *program, const struct prune_constants *constants);

#endif
