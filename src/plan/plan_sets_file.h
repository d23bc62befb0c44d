/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_sets_file.h - the user's own sets of probes, from ~/.config/xcap/probes.
 *
 *	# what my driver does with a packet
 *	mine = my_rx_poll|my_rx, ip_rcv,
 *	       >udp_queue_rcv_skb, @drop
 *
 * A line with '=' begins a set, which goes on up to the next one. Members stand between commas; of
 * "a|b" the first that can be probed is taken; '>' marks a place where a packet has arrived; "@x"
 * is all of set x. '#' begins a comment.
 */
#ifndef PLAN_PLAN_SETS_FILE_H
#define PLAN_PLAN_SETS_FILE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define PLAN_SETS_FILE_MAX (256u << 10) /* bytes: it is written by hand */

struct plan_sets_own {
	char *name;
	char *members; /* comma-separated, on one line */
	uint32_t line; /* where it begins, from 1 */
};

struct plan_sets_file {
	char path[512]; /* "" where no home folder is known */
	struct plan_sets_own *list;
	uint32_t n;
};

/*
 * Read $XDG_CONFIG_HOME/xcap/probes, else that of ~/.config: of the caller's home under sudo. That
 * there is none is no error. ERR_USAGE with "PATH:LINE: " before the fault, and the caret in the
 * member; ERR_FAILED if it cannot be read. Free it in either case.
 */
int plan_sets_file_read(struct plan_sets_file *file, struct err *err);
void plan_sets_file_free(struct plan_sets_file *file);

#endif
