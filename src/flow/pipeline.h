/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pipeline.h - records on their way to the sinks: settle the filter, gather, number, limit, write.
 */
#ifndef FLOW_PIPELINE_H
#define FLOW_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "filter/cbpf.h"
#include "flow/gather.h"
#include "flow/hops.h"
#include "flow/stop.h"
#include "record/capture.h"
#include "record/record.h"
#include "sink/sink.h"

struct drops;
struct pipeline;

struct pipeline_config {
	const struct cbpf_prog *filter; /* settles undecided records; NULL: none */
	uint64_t limit;			/* -c: records (or journeys) to show; 0: all */
	uint32_t snaplen;		/* bytes of a packet that sinks get at most */
	struct stop_condition stop;	/* --stop-on */
	struct drops *drops;		/* decides which drops are shown; NULL: all */
};

/* NULL and errno. */
struct pipeline *pipeline_new(const struct pipeline_config *config);

/* Open a sink and append it. Sinks write in the order they were added. */
int pipeline_add(struct pipeline *pipeline, const struct sink_ops *ops,
		 const struct sink_config *config, const struct capture_info *info,
		 struct err *err);

/*
 * Gather from now on: sinks get journeys. on_journey and its argument are the pipeline's own. 0 or
 * ERR_FAILED.
 */
int pipeline_gather(struct pipeline *pipeline, const struct gather_config *config,
		    const struct capture_info *info, uint64_t now_ns, struct err *err);

enum pipeline_state {
	PIPELINE_OPEN,	 /* wants more */
	PIPELINE_DONE,	 /* the limit was reached; later records are counted, not shown */
	PIPELINE_BROKEN, /* a sink failed: pipeline_error() says how */
};

/* The record gets its number, and is cut to the snaplen. */
enum pipeline_state pipeline_write(struct pipeline *pipeline, struct record *record);

/*
 * With pipeline_gather(), else they do nothing: all records made before now_ns (wall clock) were
 * written; and no probe was hit after now_ns, all is written. Journeys come out.
 */
enum pipeline_state pipeline_advance(struct pipeline *pipeline, uint64_t now_ns);
enum pipeline_state pipeline_drain(struct pipeline *pipeline, uint64_t now_ns);

/*
 * What all journeys tell of each probe, for the caller to free: after the last record. NULL without
 * pipeline_gather().
 */
struct hops *pipeline_take_hops(struct pipeline *pipeline);

enum pipeline_state pipeline_tick(struct pipeline *pipeline);
const struct err *pipeline_error(const struct pipeline *pipeline);

/*
 * Add shown, settled_out, hidden, after_limit, unwritten, left_out, held_back and strays to totals:
 * together all the records that were handed to pipeline_write(), but for those of journeys that are
 * open; and unconverted, and what became of the journeys.
 */
void pipeline_count(const struct pipeline *pipeline, struct capture_totals *totals);

/*
 * Close all sinks with the totals. The first failure of the pipeline's whole life is returned in
 * err (that of pipeline_error(), if there was one before). Frees. Takes NULL.
 */
int pipeline_close(struct pipeline *pipeline, const struct capture_totals *totals, struct err *err);

#endif
