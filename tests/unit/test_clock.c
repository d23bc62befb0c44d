/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_clock.c - kernel stamps as wall clock, before and after a step of the wall clock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "session/clock.h"

#define NS_PER_S 1000000000LL
#define HOUR_NS	 (3600 * NS_PER_S)

static int64_t wall_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* `wall` is what the wall clock shows now, a second of slow machine apart. */
static void assert_is_now(uint64_t wall)
{
	assert_true(llabs((int64_t)wall - wall_ns()) < NS_PER_S);
}

static void clock_wall__of_a_stamp_of_now_is_the_wall_clock(void **state)
{
	struct clock clock;

	(void)state;
	clock_init(&clock);
	assert_is_now(clock_wall(&clock, clock_mono_ns()));
}

static void clock_wall__before_a_step_keeps_the_old_offset(void **state)
{
	struct clock clock;
	uint64_t before, after;

	(void)state;
	clock_init(&clock);
	/* as if the wall clock had been an hour behind until now */
	clock.offset_ns -= HOUR_NS;
	before = clock_mono_ns();
	clock_refresh(&clock, true);
	after = clock_mono_ns();
	assert_is_now(clock_wall(&clock, after));
	assert_is_now(clock_wall(&clock, before) + HOUR_NS);
}

static void clock_refresh__does_not_measure_again_at_once(void **state)
{
	struct clock clock;
	int64_t offset;

	(void)state;
	clock_init(&clock);
	clock.measured_ns = clock_mono_ns();
	offset = clock.offset_ns -= HOUR_NS;
	clock_refresh(&clock, false);
	assert_int_equal(clock.offset_ns, offset);
}

static void clock_refresh__follows_small_changes_without_a_step(void **state)
{
	struct clock clock;

	(void)state;
	clock_init(&clock);
	clock.offset_ns += NS_PER_S / 1000;
	clock_refresh(&clock, true);
	assert_int_equal(clock.stepped_ns, 0);
	assert_is_now(clock_wall(&clock, clock_mono_ns()));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clock_wall__of_a_stamp_of_now_is_the_wall_clock),
		cmocka_unit_test(clock_wall__before_a_step_keeps_the_old_offset),
		cmocka_unit_test(clock_refresh__does_not_measure_again_at_once),
		cmocka_unit_test(clock_refresh__follows_small_changes_without_a_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
