/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf_file.h - an expression over a capture file, as libpcap understands both.
 *
 * Called by `xcap filter -r`. The file's own link type is what the expression is compiled for. The
 * file is hostile input: libpcap bounds what it reads, and each of its complaints is one line here.
 */
#ifndef FILTER_CBPF_FILE_H
#define FILTER_CBPF_FILE_H

#include <stdint.h>

#include "base/err.h"

struct cbpf_file_count {
	uint64_t packets, matches;
};

/* `number` of a packet that matches, from 1. Not 0: stop reading, without an error. */
typedef int (*cbpf_file_fn)(void *arg, uint64_t number);

/*
 * Run `expr` over the packets of the pcap or pcapng file `path` ("-": standard input), calling `fn`
 * for each that matches. ERR_USAGE for the expression, ERR_FAILED for the file; `count` tells how
 * far it was read, also then.
 */
int cbpf_file_run(const char *expr, const char *path, cbpf_file_fn fn, void *arg,
		  struct cbpf_file_count *count, struct err *err);

#endif
