/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * child.c - posix_spawn and a pidfd on the loop.
 */
#include "cmd/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"

#define KILL_AFTER_MS 2000

static int spawn(struct child *child)
{
	char *const argv[] = {"sh", "-c", (char *)child->command, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, defaults;
	int rc;

	rc = posix_spawn_file_actions_init(&files);
	if (rc)
		return -rc;
	rc = posix_spawnattr_init(&attr);
	if (rc) {
		posix_spawn_file_actions_destroy(&files);
		return -rc;
	}
	/* the loop blocks signals and the capture ignores SIGPIPE: not the command's business */
	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
						POSIX_SPAWN_SETPGROUP);
	rc = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!rc)
		rc = posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
	if (!rc)
		rc = posix_spawn(&child->pid, "/bin/sh", &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	if (rc)
		child->pid = 0;
	return -rc;
}

static void on_pidfd(void *arg, uint32_t events)
{
	struct child *child = arg;

	(void)events;
	loop_del_fd(child->loop, child->pidfd);
	child->on_end(child->arg);
}

int child_start(struct child *child, const char *command, struct loop *loop,
		void (*on_end)(void *arg), void *arg, struct err *err)
{
	int rc;

	*child = (struct child){
		.command = command,
		.pidfd = -1,
		.loop = loop,
		.on_end = on_end,
		.arg = arg,
	};
	rc = spawn(child);
	if (rc)
		return err_errno(err, ERR_FAILED, rc, "cannot run '%s' by /bin/sh", command);
	/* not pidfd_open(): glibc has it since 2.36 only */
	child->pidfd = syscall(SYS_pidfd_open, child->pid, 0);
	rc = child->pidfd < 0 ? -errno : loop_add_fd(loop, child->pidfd, EPOLLIN, on_pidfd, child);
	if (!rc)
		return 0;
	child_stop(child);
	child_wait(child, err);
	return err_errno(err, ERR_FAILED, rc, "cannot watch the command '%s'", command);
}

void child_stop(struct child *child)
{
	struct pollfd ended = {.fd = child->pidfd, .events = POLLIN};

	if (!child->pid || (child->pidfd >= 0 && poll(&ended, 1, 0) > 0))
		return;
	/* not reaped yet, so the number is still its own */
	child->stopped = true;
	kill(-child->pid, SIGTERM);
	kill(-child->pid, SIGCONT);
}

/* What its status says to the user; POSIX has 126 and 127 for a command that a shell cannot run. */
static int check_status(const struct child *child, int status, struct err *err)
{
	if (WIFSIGNALED(status))
		log_warning("command '%s' was ended by signal %d (%s)", child->command,
			    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127)
		return err_set(err, ERR_FAILED,
			       "cannot run the command '%s': the shell's status is %d",
			       child->command, WEXITSTATUS(status));
	else if (WEXITSTATUS(status))
		log_warning("command '%s' ended with status %d", child->command,
			    WEXITSTATUS(status));
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether it ends in time; signals interrupt poll(2) and not the wait. */
static bool ends_within(const struct child *child, int64_t timeout_ms)
{
	struct pollfd ended = {.fd = child->pidfd, .events = POLLIN};
	int64_t end_ms = now_ms() + timeout_ms;
	int n;

	do
		n = poll(&ended, 1, UTIL_MAX(end_ms - now_ms(), 0));
	while (n < 0 && errno == EINTR);
	return n > 0;
}

int child_wait(struct child *child, struct err *err)
{
	pid_t pid = child->pid;
	int status, rc;

	if (!pid)
		return 0;
	if (child->stopped && (child->pidfd < 0 || !ends_within(child, KILL_AFTER_MS)))
		kill(-pid, SIGKILL);
	do
		rc = waitpid(pid, &status, 0);
	while (rc < 0 && errno == EINTR);
	if (child->pidfd >= 0)
		close(child->pidfd);
	child->pid = 0;
	child->pidfd = -1;
	return rc == pid && !child->stopped ? check_status(child, status, err) : 0;
}
