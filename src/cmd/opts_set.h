/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * opts_set.h - what each option does with its argument: one setter per row of the table in opts.c.
 *
 * Messages do not name the option: the parser puts "option '-c': " before them, as the user typed
 * it. Out of range is an error, never clamped.
 */
#ifndef CMD_OPTS_SET_H
#define CMD_OPTS_SET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "cmd/opts.h"

/* A unit that may stand behind a number. */
struct opts_unit {
	const char *name;
	uint64_t factor;
};

/*
 * A whole number with one of these units, or none for the first row's factor. 0, -EINVAL (no such
 * number or unit) or -ERANGE (more than a uint64_t holds).
 */
int opts_set_scaled(const char *arg, const struct opts_unit *units, size_t n_units, uint64_t *out);

int opts_set_probe(struct config *config, const char *arg, struct err *err);
int opts_set_filter(struct config *config, const char *arg, struct err *err);
int opts_set_filter_file(struct config *config, const char *arg, struct err *err);
int opts_set_read(struct config *config, const char *arg, struct err *err);
int opts_set_interface(struct config *config, const char *arg, struct err *err);
int opts_set_count(struct config *config, const char *arg, struct err *err);
int opts_set_track_max(struct config *config, const char *arg, struct err *err);
int opts_set_snaplen(struct config *config, const char *arg, struct err *err);
int opts_set_skb_data_offset(struct config *config, const char *arg, struct err *err);
int opts_set_stack_depth(struct config *config, const char *arg, struct err *err);
int opts_set_buffer_size(struct config *config, const char *arg, struct err *err);
int opts_set_write(struct config *config, const char *arg, struct err *err);
int opts_set_linktype(struct config *config, const char *arg, struct err *err);
int opts_set_format(struct config *config, const char *arg, struct err *err);
int opts_set_time(struct config *config, const char *arg, struct err *err);
int opts_set_duration(struct config *config, const char *arg, struct err *err);
int opts_set_cmd(struct config *config, const char *arg, struct err *err);
int opts_set_backend(struct config *config, const char *arg, struct err *err);
int opts_set_long(struct config *config, const char *arg, struct err *err);
int opts_set_json(struct config *config, const char *arg, struct err *err);
int opts_set_btf(struct config *config, const char *arg, struct err *err);
int opts_set_ready_file(struct config *config, const char *arg, struct err *err);

/* By commas and by repeating, up to XCAP_REASONS. */
int opts_set_reason(struct config *config, const char *arg, struct err *err);

/* Up to three of them add up. */
int opts_set_dump(struct config *config, const char *arg, struct err *err);

/* Flags: arg is NULL and they cannot fail. */
int opts_set_skb_data(struct config *config, const char *arg, struct err *err);
int opts_set_fake_hdr(struct config *config, const char *arg, struct err *err);
int opts_set_track(struct config *config, const char *arg, struct err *err);
int opts_set_print(struct config *config, const char *arg, struct err *err);
int opts_set_quiet(struct config *config, const char *arg, struct err *err);
int opts_set_stack(struct config *config, const char *arg, struct err *err);
int opts_set_stack_fold(struct config *config, const char *arg, struct err *err);
int opts_set_verbose(struct config *config, const char *arg, struct err *err);
int opts_set_no_names(struct config *config, const char *arg, struct err *err);
int opts_set_line_buffered(struct config *config, const char *arg, struct err *err);
int opts_set_unbuffered(struct config *config, const char *arg, struct err *err);
int opts_set_nano(struct config *config, const char *arg, struct err *err);
int opts_set_ether(struct config *config, const char *arg, struct err *err);
int opts_set_ebpf(struct config *config, const char *arg, struct err *err);
int opts_set_c(struct config *config, const char *arg, struct err *err);
int opts_set_all(struct config *config, const char *arg, struct err *err);
int opts_set_summary(struct config *config, const char *arg, struct err *err);
int opts_set_explain(struct config *config, const char *arg, struct err *err);
int opts_set_dry_run(struct config *config, const char *arg, struct err *err);
int opts_set_debug(struct config *config, const char *arg, struct err *err);
int opts_set_help(struct config *config, const char *arg, struct err *err);
int opts_set_version(struct config *config, const char *arg, struct err *err);

#endif
