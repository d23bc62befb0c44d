/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pipeline.h - records on their way to the sinks: settle the filter, number, limit, write.
 */
#ifndef FLOW_PIPELINE_H
#define FLOW_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "filter/cbpf.h"
#include "record/capture.h"
#include "record/record.h"
#include "sink/sink.h"

struct pipeline;

struct pipeline_config {
	const struct cbpf_prog *filter; /* settles undecided records; NULL: none */
	uint64_t limit;			/* -c: records to show; 0: all */
	uint32_t snaplen;		/* bytes of a packet that sinks get at most */
};

/* NULL and errno. */
struct pipeline *pipeline_new(const struct pipeline_config *config);

/* Open a sink and append it. Sinks write in the order they were added. */
int pipeline_add(struct pipeline *pipeline, const struct sink_ops *ops,
		 const struct sink_config *config, const struct capture_info *info,
		 struct err *err);

enum pipeline_state {
	PIPELINE_OPEN,	 /* wants more */
	PIPELINE_DONE,	 /* the limit was reached; later records are counted, not shown */
	PIPELINE_BROKEN, /* a sink failed: pipeline_error() says how */
};

/* The record gets its number, and is cut to the snaplen. */
enum pipeline_state pipeline_write(struct pipeline *pipeline, struct record *record);
enum pipeline_state pipeline_tick(struct pipeline *pipeline);
const struct err *pipeline_error(const struct pipeline *pipeline);

/*
 * Add shown, settled_out, after_limit, unwritten and left_out to totals: together all the records
 * that were handed to pipeline_write(); and unconverted.
 */
void pipeline_count(const struct pipeline *pipeline, struct capture_totals *totals);

/*
 * Close all sinks with the totals. The first failure of the pipeline's whole life is returned in
 * err (that of pipeline_error(), if there was one before). Frees. Takes NULL.
 */
int pipeline_close(struct pipeline *pipeline, const struct capture_totals *totals, struct err *err);

#endif
