/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clock.c - the offset between CLOCK_MONOTONIC and CLOCK_REALTIME.
 */
#include "session/clock.h"

#include <stdlib.h>
#include <time.h>

#define NS_PER_S   1000000000LL
#define REFRESH_NS (NS_PER_S / 10)
#define STEP_NS	   (NS_PER_S / 100) /* slewing moves the clock by 50 us at most in REFRESH_NS */
#define SAMPLES	   5

static int64_t now_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* The wall clock is read between two reads of the other; the closest pair counts. */
static int64_t measure(void)
{
	int64_t best = INT64_MAX, offset = 0;

	for (int i = 0; i < SAMPLES; i++) {
		int64_t before = now_ns(CLOCK_MONOTONIC), wall = now_ns(CLOCK_REALTIME);
		int64_t after = now_ns(CLOCK_MONOTONIC);

		if (after - before < best) {
			best = after - before;
			offset = wall - (before + best / 2);
		}
	}
	return offset;
}

uint64_t clock_mono_ns(void)
{
	return now_ns(CLOCK_MONOTONIC);
}

void clock_init(struct clock *clock)
{
	*clock = (struct clock){.offset_ns = measure(), .measured_ns = clock_mono_ns()};
}

void clock_refresh(struct clock *clock, bool stepped)
{
	uint64_t mono = clock_mono_ns();
	int64_t offset;

	if (!stepped && mono - clock->measured_ns < REFRESH_NS)
		return;
	clock->measured_ns = mono;
	offset = measure();
	if (llabs(offset - clock->offset_ns) >= STEP_NS) {
		clock->old_ns = clock->offset_ns;
		clock->stepped_ns = mono;
	}
	clock->offset_ns = offset;
}

uint64_t clock_wall(const struct clock *clock, uint64_t mono_ns)
{
	return mono_ns + (mono_ns < clock->stepped_ns ? clock->old_ns : clock->offset_ns);
}
