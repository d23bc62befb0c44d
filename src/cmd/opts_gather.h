/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * opts_gather.h - the options of -g: setters for the table of rows, and the rules between them.
 *
 * As in opts_set.h: messages do not name the option, out of range is an error, never clamped.
 */
#ifndef CMD_OPTS_GATHER_H
#define CMD_OPTS_GATHER_H

#include "base/err.h"
#include "cmd/opts.h"

int opts_gather_set(struct config *config, const char *arg, struct err *err);
int opts_gather_set_by(struct config *config, const char *arg, struct err *err);
int opts_gather_set_by_pointer(struct config *config, const char *arg, struct err *err);
int opts_gather_set_baseline(struct config *config, const char *arg, struct err *err);
int opts_gather_set_timeout(struct config *config, const char *arg, struct err *err);
int opts_gather_set_buffer_size(struct config *config, const char *arg, struct err *err);
int opts_gather_set_color(struct config *config, const char *arg, struct err *err);
int opts_gather_set_min_latency(struct config *config, const char *arg, struct err *err);
int opts_gather_set_histogram(struct config *config, const char *arg, struct err *err);
int opts_gather_set_stop_on(struct config *config, const char *arg, struct err *err);

/* ERR_USAGE for what needs -g and stands without it, and for contradictions. */
int opts_gather_check(const struct config *config, struct err *err);

#endif
