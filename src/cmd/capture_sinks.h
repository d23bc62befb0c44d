/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_sinks.h - where the packets of a capture go: the choice, what follows from it, the
 * opening.
 */
#ifndef CMD_CAPTURE_SINKS_H
#define CMD_CAPTURE_SINKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "cmd/opts.h"
#include "flow/pipeline.h"
#include "record/capture.h"
#include "sink/sink.h"

struct capture_sinks {
	const struct sink_ops *file; /* of -w; NULL none */
	const struct sink_ops *text; /* to stdout: lines, JSON, or a summary; NULL none */
	uint32_t needs;		     /* enum sink_need of both */
};

/* ERR_USAGE where a file format would go to a terminal. */
int capture_sinks_choose(const struct config *config, struct capture_sinks *sinks, struct err *err);

/* -s, or its default for these sinks. */
uint32_t capture_sinks_snaplen(const struct capture_sinks *sinks, const struct config *config);

/* How much of the Ethernet frame that takes: more than that where -y leaves some of it out. */
uint32_t capture_sinks_frame_snaplen(const struct capture_sinks *sinks,
				     const struct config *config);

/* Whether anything is written to standard output. */
bool capture_sinks_use_stdout(const struct capture_sinks *sinks, const struct config *config);

int capture_sinks_open(const struct capture_sinks *sinks, const struct config *config,
		       const struct capture_info *info, struct pipeline *pipeline, struct err *err);

#endif
