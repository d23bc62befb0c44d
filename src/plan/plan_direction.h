/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_direction.h - what the place of a probe says about every packet seen there. Pure.
 */
#ifndef PLAN_PLAN_DIRECTION_H
#define PLAN_PLAN_DIRECTION_H

#include <stdbool.h>

#include "xcap/event.h"

/* The direction of all packets at tracepoint or function `name`; XCAP_DIR_UNKNOWN if it varies. */
enum xcap_direction plan_direction(const char *name, bool is_tracepoint);

/* True if packets at function `name` have not got their link header yet: local output above the
 * neighbour layer, where no forwarded packet passes. */
bool plan_direction_is_above_link(const char *name, bool is_tracepoint);

#endif
