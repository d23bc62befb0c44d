/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * holder.c - see holder.h.
 *
 * Detaching 200 trampolines takes up to half a minute, and happens when the last descriptor is
 * closed. A process of its own has a copy of each from the start: then the capture's own end is
 * quick also when a second Ctrl-C or a signal 9 ends it, and the prompt is back at once.
 */
#include "session/holder.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_held(int fd, const int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fds[i] == fd)
			return true;
	return false;
}

/* Whoever reads our output waits for its last writer, and a file system for its last file. */
static void close_others(const int *fds, size_t n, int pipe_fd)
{
	struct rlimit limit = {};
	int max;

	getrlimit(RLIMIT_NOFILE, &limit);
	max = limit.rlim_cur < 65536 ? (int)limit.rlim_cur : 65536;
	for (int fd = 0; fd < max; fd++)
		if (fd != pipe_fd && !is_held(fd, fds, n))
			close(fd);
}

static void hold(const int *fds, size_t n, int pipe_fd)
{
	sigset_t all;
	char byte;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	prctl(PR_SET_NAME, "xcap-detach");
	if (chdir("/"))
		_exit(1);
	close_others(fds, n, pipe_fd);
	while (read(pipe_fd, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

int holder_start(struct holder *holder, const int *fds, size_t n)
{
	int ends[2], code;
	pid_t pid;

	holder->fd = -1;
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid == 0) {
		/* twice: nobody has to wait for it */
		setsid();
		pid = fork();
		if (pid == 0) {
			close(ends[1]);
			hold(fds, n, ends[0]);
		}
		_exit(pid < 0);
	}
	code = pid < 0 ? -errno : 0;
	close(ends[0]);
	if (pid > 0) {
		while (waitpid(pid, &code, 0) < 0 && errno == EINTR)
			;
		code = code ? -EAGAIN : 0;
	}
	if (code)
		close(ends[1]);
	else
		holder->fd = ends[1];
	return code;
}

void holder_let_go(struct holder *holder)
{
	if (holder->fd >= 0)
		close(holder->fd);
	holder->fd = -1;
}
