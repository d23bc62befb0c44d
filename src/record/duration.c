/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * duration.c - spans of time for journeys and their table, said once.
 */
#include "record/duration.h"

#include <inttypes.h>
#include <stdio.h>

const char *duration_text(uint64_t ns, char *text)
{
	if (ns < 1000000)
		snprintf(text, DURATION_SIZE, "%" PRIu64 ".%" PRIu64 "us", ns / 1000,
			 ns % 1000 / 100);
	else if (ns < 1000000000)
		snprintf(text, DURATION_SIZE, "%" PRIu64 ".%02" PRIu64 "ms", ns / 1000000,
			 ns % 1000000 / 10000);
	else
		snprintf(text, DURATION_SIZE, "%" PRIu64 ".%03" PRIu64 "s", ns / 1000000000,
			 ns % 1000000000 / 1000000);
	return text;
}
