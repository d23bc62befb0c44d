/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clock.h - the kernel's stamps (CLOCK_MONOTONIC) as wall clock.
 *
 * The offset between both clocks is measured at the start and again while running, so that it
 * follows slewing, and a step of the wall clock is seen. Records that were stamped before a step
 * keep the offset from before it, however late they are read.
 */
#ifndef SESSION_CLOCK_H
#define SESSION_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock {
	int64_t offset_ns;    /* wall minus monotonic time */
	int64_t old_ns;	      /* the same, before the last step */
	uint64_t stepped_ns;  /* monotonic time of the last step, 0: none yet */
	uint64_t measured_ns; /* monotonic time of the last measurement */
};

void clock_init(struct clock *clock);

/* Measure again, if the last time is long enough ago or the wall clock is known to be `stepped`. */
void clock_refresh(struct clock *clock, bool stepped);

/* The kernel's stamp of now. */
uint64_t clock_mono_ns(void);

/* Wall clock in ns since the epoch of a monotonic stamp. */
uint64_t clock_wall(const struct clock *clock, uint64_t mono_ns);

#endif
