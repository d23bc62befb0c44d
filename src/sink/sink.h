/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sink.h - the interface of everything that takes records: text, pcapng, pcap, JSON.
 *
 * The pipeline (flow/) opens sinks, writes each record to all of them in order, ticks them at least
 * once a second, and closes them with the totals. `needs` tells what a sink uses of a record: what
 * no sink needs is not captured.
 */
#ifndef SINK_SINK_H
#define SINK_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "record/capture.h"
#include "record/journey.h"
#include "record/record.h"

enum sink_need {
	SINK_NEEDS_PACKET = 1 << 0, /* bytes beyond those that one-line text shows */
	SINK_NEEDS_COMM = 1 << 1,   /* the current task: its ids and name */
	SINK_NEEDS_CONTEXT = 1 << 2,
	SINK_NEEDS_DEVICE = 1 << 3,   /* its name */
	SINK_NEEDS_SEGMENTS = 1 << 4, /* size and number of a super-packet's */
	SINK_NEEDS_STACK = 1 << 5,
};

enum sink_time {
	SINK_TIME_LOCAL, /* 14:03:07.123456, the default */
	SINK_TIME_NONE,
	SINK_TIME_EPOCH, /* 1700000000.123456 */
	SINK_TIME_DELTA, /* since the previous record */
	SINK_TIME_DATE,	 /* 2026-11-22 14:03:07.123456 */
	SINK_TIME_SINCE, /* since the first record */
};

struct sink_config {
	const char *path; /* file, or "-" for stdout */
	bool unbuffered;  /* -U, -l: flush after every record */
	enum sink_time time;
	bool nano;	   /* 9 digits in text */
	int verbose;	   /* -v count */
	bool ether;	   /* text: print MAC addresses */
	bool stack;	   /* of each packet, where its record has one */
	bool drop_columns; /* text: every probe is kfree_skb: reason and place are columns */
	const char *journey_color; /* text: SGR parameters for the first line of a journey; NULL */
};

/* The file's link type has no form for this packet: nothing was written, nothing is wrong. */
#define SINK_LEFT_OUT 1

struct sink;

struct sink_ops {
	const char *name;	/* of --format: "text", "pcapng", "pcap", "json" */
	const char *help;	/* one line for --help */
	uint32_t needs;		/* enum sink_need */
	uint32_t needs_verbose; /* with -v, beside those */
	bool is_lines;		/* text of some kind: fit for a terminal, without a link type */
	/* All return 0 or a negative errno with err filled; EPIPE tells that the reader is gone.
	 * write() may also return SINK_LEFT_OUT. */
	int (*open)(struct sink **sink, const struct sink_config *config,
		    const struct capture_info *info, struct err *err);
	int (*write)(struct sink *sink, const struct record *record, struct err *err);
	/* With -g, in place of write(); NULL: the hops are written one after the other. As write().
	 */
	int (*write_journey)(struct sink *sink, const struct journey *journey, struct err *err);
	/* With -g, before its hops are written one by one; NULL: they are packets as others. The
	 * journey lives until the last of them is written. */
	void (*begin_journey)(struct sink *sink, const struct journey *journey);
	int (*tick)(struct sink *sink, struct err *err);
	/* Always frees; totals may be NULL (the session failed before it ran). */
	int (*close)(struct sink *sink, const struct capture_totals *totals, struct err *err);
};

extern const struct sink_ops sink_text_ops;
extern const struct sink_ops sink_pcapng_ops;
extern const struct sink_ops sink_pcap_ops;
extern const struct sink_ops sink_summary_ops; /* of drops; no --format */
extern const struct sink_ops sink_json_ops;
extern const struct sink_ops sink_fold_ops;

/* By name; NULL if there is none. sink_at() walks the table for --help: NULL at its end. */
const struct sink_ops *sink_find(const char *name);
const struct sink_ops *sink_at(unsigned int i);

#endif
