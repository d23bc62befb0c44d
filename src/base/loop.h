/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * loop.h - one epoll loop: file descriptors, signals and timers, each with a callback.
 *
 * The session, its sinks and the user's command all hang on one loop in one thread. Callbacks run
 * in loop_run(); a callback ends the loop by loop_stop().
 */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct loop;

typedef void (*loop_fn)(void *arg, uint32_t epoll_events);
typedef void (*loop_signal_fn)(void *arg, int signo);

/* NULL and errno on failure. */
struct loop *loop_new(void);
/* Closes what loop_add_timer() and loop_add_signals() opened; takes NULL. */
void loop_free(struct loop *loop);

/* Call fn when fd has `epoll_events` (EPOLLIN...). The fd stays the caller's. 0 or -errno. */
int loop_add_fd(struct loop *loop, int fd, uint32_t epoll_events, loop_fn fn, void *arg);
/* Of an fd waited for by edges (EPOLLET): call its fn again if it is readable as things stand. */
void loop_again(struct loop *loop, int fd);
void loop_del_fd(struct loop *loop, int fd);

/* Call fn every period_ns; the first time after that long. once: a single shot. 0 or -errno. */
int loop_add_timer(struct loop *loop, uint64_t period_ns, bool once, loop_fn fn, void *arg);

/* Call fn whenever the wall clock was set (timerfd's TFD_TIMER_CANCEL_ON_SET). 0 or -errno. */
int loop_add_clock_watch(struct loop *loop, loop_fn fn, void *arg);

/* Block these signals and call fn for each that arrives. Once per loop. 0 or -errno. */
int loop_add_signals(struct loop *loop, const sigset_t *set, loop_signal_fn fn, void *arg);

/* Until loop_stop(). 0 or -errno. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

#endif
