/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clock.h - the kernel's stamps (CLOCK_BOOTTIME) as wall clock.
 *
 * The offset between both clocks is measured at the start and again while running, so that it
 * follows slewing, and a step of the wall clock is seen.
 */
#ifndef SESSION_CLOCK_H
#define SESSION_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock {
	int64_t offset_ns;    /* wall minus boot time, in use */
	int64_t next_ns;      /* measured by clock_refresh() */
	uint64_t measured_ns; /* boot time of the last measurement */
};

void clock_init(struct clock *clock);

/*
 * Measure again, if the last time is long enough ago or `now` is true. True: the wall clock was
 * stepped; records stamped so far still want the old offset, so read them before clock_apply().
 */
bool clock_refresh(struct clock *clock, bool now);
void clock_apply(struct clock *clock);

/* Wall clock in ns since the epoch of a boot time stamp. */
uint64_t clock_wall(const struct clock *clock, uint64_t boot_ns);

#endif
