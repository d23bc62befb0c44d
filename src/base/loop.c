/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * loop.c - epoll with timerfd and signalfd.
 */
#include "base/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum source_kind { SOURCE_FD, SOURCE_TIMER, SOURCE_CLOCK, SOURCE_SIGNALS };

struct source {
	struct source *next;
	enum source_kind kind;
	int fd; /* -1: removed, kept until the loop is freed */
	uint32_t events;
	loop_fn fn;
	loop_signal_fn signal_fn;
	void *arg;
};

struct loop {
	int epoll_fd;
	bool stopped;
	struct source *sources;
};

struct loop *loop_new(void)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return NULL;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0) {
		free(loop);
		return NULL;
	}
	return loop;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	while (loop->sources) {
		struct source *s = loop->sources;

		loop->sources = s->next;
		if (s->kind != SOURCE_FD && s->fd >= 0)
			close(s->fd);
		free(s);
	}
	close(loop->epoll_fd);
	free(loop);
}

static struct source *add(struct loop *loop, enum source_kind kind, int fd, uint32_t events,
			  void *arg)
{
	struct source *s = calloc(1, sizeof(*s));
	struct epoll_event ev = {.events = events, .data.ptr = s};

	if (!s)
		return NULL;
	s->kind = kind;
	s->fd = fd;
	s->events = events;
	s->arg = arg;
	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &ev)) {
		free(s);
		return NULL;
	}
	s->next = loop->sources;
	loop->sources = s;
	return s;
}

int loop_add_fd(struct loop *loop, int fd, uint32_t epoll_events, loop_fn fn, void *arg)
{
	struct source *s = add(loop, SOURCE_FD, fd, epoll_events, arg);

	if (!s)
		return -errno;
	s->fn = fn;
	return 0;
}

/* A change of what is waited for makes epoll look at the fd anew. */
void loop_again(struct loop *loop, int fd)
{
	for (struct source *s = loop->sources; s; s = s->next)
		if (s->kind == SOURCE_FD && s->fd == fd) {
			struct epoll_event ev = {.events = s->events, .data.ptr = s};

			epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, fd, &ev);
		}
}

void loop_del_fd(struct loop *loop, int fd)
{
	for (struct source *s = loop->sources; s; s = s->next)
		if (s->kind == SOURCE_FD && s->fd == fd) {
			epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
			s->fd = -1;
		}
}

static int add_timerfd(struct loop *loop, enum source_kind kind, int clock, int flags,
		       const struct itimerspec *when, loop_fn fn, void *arg)
{
	int fd = timerfd_create(clock, TFD_CLOEXEC | TFD_NONBLOCK), saved;
	struct source *s = NULL;

	if (fd >= 0 && !timerfd_settime(fd, flags, when, NULL))
		s = add(loop, kind, fd, EPOLLIN, arg);
	if (!s) {
		saved = errno;
		if (fd >= 0)
			close(fd);
		return -saved;
	}
	s->fn = fn;
	return 0;
}

int loop_add_timer(struct loop *loop, uint64_t period_ns, bool once, loop_fn fn, void *arg)
{
	struct itimerspec when = {
		.it_value = {period_ns / 1000000000, period_ns % 1000000000},
	};

	if (!once)
		when.it_interval = when.it_value;
	return add_timerfd(loop, SOURCE_TIMER, CLOCK_MONOTONIC, 0, &when, fn, arg);
}

int loop_add_clock_watch(struct loop *loop, loop_fn fn, void *arg)
{
	/* far in the future: it only ever fires by being cancelled */
	struct itimerspec when = {.it_value = {.tv_sec = INT32_MAX}};

	return add_timerfd(loop, SOURCE_CLOCK, CLOCK_REALTIME,
			   TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, fn, arg);
}

int loop_add_signals(struct loop *loop, const sigset_t *set, loop_signal_fn fn, void *arg)
{
	int fd = -1, saved;
	struct source *s = NULL;

	if (!sigprocmask(SIG_BLOCK, set, NULL))
		fd = signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd >= 0)
		s = add(loop, SOURCE_SIGNALS, fd, EPOLLIN, arg);
	if (!s) {
		saved = errno;
		if (fd >= 0)
			close(fd);
		return -saved;
	}
	s->signal_fn = fn;
	return 0;
}

static void dispatch(struct source *s, uint32_t events)
{
	struct signalfd_siginfo info;
	struct itimerspec when;
	uint64_t ticks;

	switch (s->kind) {
	case SOURCE_FD:
		s->fn(s->arg, events);
		break;
	case SOURCE_TIMER:
		if (read(s->fd, &ticks, sizeof(ticks)) == sizeof(ticks))
			s->fn(s->arg, events);
		break;
	case SOURCE_CLOCK:
		if (read(s->fd, &ticks, sizeof(ticks)) >= 0 || errno != ECANCELED)
			break;
		/* arm it again, with the same far end */
		if (!timerfd_gettime(s->fd, &when)) {
			when.it_value = (struct timespec){.tv_sec = INT32_MAX};
			timerfd_settime(s->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when,
					NULL);
		}
		s->fn(s->arg, events);
		break;
	case SOURCE_SIGNALS:
		while (read(s->fd, &info, sizeof(info)) == sizeof(info))
			s->signal_fn(s->arg, info.ssi_signo);
		break;
	}
}

int loop_run(struct loop *loop)
{
	struct epoll_event events[16];

	loop->stopped = false;
	while (!loop->stopped) {
		int n = epoll_wait(loop->epoll_fd, events, 16, -1);

		if (n < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < n && !loop->stopped; i++) {
			struct source *s = events[i].data.ptr;

			if (s->fd >= 0)
				dispatch(s, events[i].events);
		}
	}
	return 0;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}
