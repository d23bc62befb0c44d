/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stop.h - --stop-on: what a capture waits for, as conditions on records and journeys.
 *
 * Any of the conditions will do. Those on drops hold for single records too, where packets are not
 * gathered.
 */
#ifndef FLOW_STOP_H
#define FLOW_STOP_H

#include <stdbool.h>
#include <stdint.h>

#include "record/capture.h"
#include "record/journey.h"
#include "record/record.h"

#define STOP_REASONS_MAX 8
#define STOP_REASON_SIZE 48

struct stop_condition {
	bool drop;	  /* a packet was dropped */
	bool incomplete;  /* a journey ended anyhow but complete, and is certain to */
	bool has_latency; /* a journey took more than latency_ns */
	uint64_t latency_ns;
	uint32_t n_reasons; /* a packet was dropped for one of these reasons */
	char reasons[STOP_REASONS_MAX][STOP_REASON_SIZE];
};

/* Is anything asked for? */
bool stop_is_set(const struct stop_condition *stop);

/* `info` tells which records are drops. */
bool stop_on_record(const struct stop_condition *stop, const struct capture_info *info,
		    const struct record *record);
bool stop_on_journey(const struct stop_condition *stop, const struct capture_info *info,
		     const struct journey *journey);

#endif
