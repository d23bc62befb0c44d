/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * phase.c - see phase.h: two readings of the clock and a line.
 */
#include "base/phase.h"

#include <time.h>

#include "base/log.h"

uint64_t phase_begin(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

void phase_end(const char *name, uint64_t begin_ns)
{
	log_debug("phase %s: %.1f ms", name, (double)(phase_begin() - begin_ns) / 1e6);
}
