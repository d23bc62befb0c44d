/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ready.c - writing the ready file without ever blocking.
 */
#include "cmd/ready.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

void ready_init(struct ready *ready)
{
	ready->fifo_fd = -1;
}

int ready_clear(const char *path, struct err *err)
{
	struct stat st;

	if (!path || lstat(path, &st) || !S_ISREG(st.st_mode) || !unlink(path))
		return 0;
	return err_errno(err, ERR_FAILED, errno, "cannot replace the ready file '%s'", path);
}

int ready_write(struct ready *ready, const char *path, struct err *err)
{
	const int flags = O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
	bool no_reader;
	int fd, saved;

	if (!path)
		return 0;
	fd = open(path, O_WRONLY | flags, 0644);
	/* a FIFO without a reader: opened both ways it keeps the line until there is one */
	no_reader = fd < 0 && errno == ENXIO;
	if (no_reader)
		fd = open(path, O_RDWR | flags, 0644);
	if (fd < 0 || dprintf(fd, "%d\n", (int)getpid()) < 0) {
		saved = errno;
		if (fd >= 0)
			close(fd);
		return err_errno(err, ERR_FAILED, saved, "cannot write the ready file '%s'", path);
	}
	if (no_reader)
		ready->fifo_fd = fd;
	else
		close(fd);
	return 0;
}

void ready_tick(struct ready *ready)
{
	int unread = 0;

	if (ready->fifo_fd >= 0 && !ioctl(ready->fifo_fd, FIONREAD, &unread) && !unread)
		ready_fini(ready);
}

void ready_fini(struct ready *ready)
{
	if (ready->fifo_fd >= 0)
		close(ready->fifo_fd);
	ready->fifo_fd = -1;
}
