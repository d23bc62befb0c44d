/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * opts_rows.h - the table of options, and the headings of --help that its rows stand under.
 */
#ifndef CMD_OPTS_ROWS_H
#define CMD_OPTS_ROWS_H

#include <stddef.h>

#include "cmd/opts.h"

#define OPTS_CAPTURE "What to capture"
#define OPTS_OUTPUT  "Output"
#define OPTS_FORMS   "The filter"
#define OPTS_GATHER  "Journeys of packets"
#define OPTS_RUNNING "Running"
#define OPTS_OTHER   "Other"

/* For arrays with a place for each row. */
#define OPTS_ROWS_MAX 128

extern const struct opts_row opts_rows[];
extern const size_t opts_rows_count;

#endif
