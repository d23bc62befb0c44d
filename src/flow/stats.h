/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stats.h - the totals at the end of a capture, in tcpdump's manner.
 *
 *	3 packets captured
 *	14 packets seen, 9 rejected by the filter
 *	2 packets lost: 2 ring full
 *
 * then, for several probes, a table with a row for each. Called once by the command, after the
 * session has stopped and the sinks are closed.
 */
#ifndef FLOW_STATS_H
#define FLOW_STATS_H

#include <stdio.h>

#include "record/capture.h"

/*
 * Print to out (stderr). Nothing that was seen stays unnamed: each cause of a loss that is not zero
 * is printed, and counters that do not add up are reported as a warning of their own.
 */
void stats_print(FILE *out, const struct capture_info *info, const struct capture_totals *totals);

#endif
