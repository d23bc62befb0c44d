/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * holder.h - a process that waits for slow detaching, so that nobody else has to.
 */
#ifndef SESSION_HOLDER_H
#define SESSION_HOLDER_H

#include <stddef.h>

/* Ends with the last descriptor of its pipe, which is ours alone. */
struct holder {
	int fd; /* -1: none */
};

/*
 * Start a process that holds the descriptors too, and ends when we let go or are gone, however
 * that came. It has no terminal and none of our files. 0 or -errno: then closing them takes its
 * time here.
 */
int holder_start(struct holder *holder, const int *fds, size_t n);

/* It may end now, and detach. Takes one that was not started. */
void holder_let_go(struct holder *holder);

#endif
