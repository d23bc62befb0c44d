/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * journey.c - how a journey's end is called, said once for all sinks.
 */
#include "record/journey.h"

#include "base/util.h"

const char *journey_end_name(enum journey_end end)
{
	static const char *const names[] = {
		[JOURNEY_COMPLETE] = "complete",   [JOURNEY_DROPPED] = "DROPPED",
		[JOURNEY_CONSUMED] = "consumed",   [JOURNEY_OPEN] = "open",
		[JOURNEY_UNCERTAIN] = "uncertain",
	};

	return end < UTIL_ARRAY_SIZE(names) ? names[end] : "?";
}

const char *journey_end_word(enum journey_end end)
{
	return end == JOURNEY_DROPPED ? "dropped" : journey_end_name(end);
}
