/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * opts_check.h - options that contradict each other, or would have no effect beside each other.
 */
#ifndef CMD_OPTS_CHECK_H
#define CMD_OPTS_CHECK_H

#include <stdbool.h>

#include "base/err.h"
#include "cmd/opts.h"

/* Called by opts_parse() once all options are set. ERR_USAGE, or 0. */
int opts_check_conflicts(const struct cmd *cmd, const struct config *config, struct err *err);

/* The packet filter, from wherever it was given; "" none. */
const char *opts_check_filter(const struct config *config);

/* Is text written to stdout (no -w, or --print)? */
bool opts_check_text(const struct config *config);

/* The name of the format of -w: --format, else by the file's ending. NULL without -w. */
const char *opts_check_format(const struct config *config);

#endif
