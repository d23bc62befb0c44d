/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * child.h - the command of --cmd: started when the capture listens, its end ends the capture.
 *
 * It runs in a shell, in a process group of its own (Ctrl-C reaches xcap alone, which then ends
 * it), with /dev/null as its input and xcap's stderr as its output, so that stdout carries data
 * only.
 */
#ifndef CMD_CHILD_H
#define CMD_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/loop.h"

struct child {
	const char *command;
	pid_t pid; /* 0: none, or ended and reaped */
	int pidfd;
	bool stopped; /* by child_stop() */
	struct loop *loop;
	void (*on_end)(void *arg);
	void *arg;
};

/* Start `command`; on_end(arg) is called from the loop when it has ended. */
int child_start(struct child *child, const char *command, struct loop *loop,
		void (*on_end)(void *arg), void *arg, struct err *err);

/* Ask it to end (SIGTERM to its group) if it still runs. */
void child_stop(struct child *child);

/*
 * Wait for its end; two seconds after child_stop(), or by an impatient Ctrl-C, its group is killed.
 * A status that is not 0 is a warning, unless it was stopped; that the shell could not run it (126,
 * 127) is ERR_FAILED. A child that never started is fine.
 */
int child_wait(struct child *child, struct err *err);

#endif
