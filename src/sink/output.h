/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * output.h - a buffered writer over a file, a pipe or standard output.
 *
 * Used by every sink that writes bytes. Bytes reach the kernel when the buffer is full, at
 * output_flush() and at output_close(); never twice, and never out of order. After a failure the
 * output stays failed: later calls return the same code and write nothing. SIGPIPE must be ignored
 * by the process, so that a reader that went away shows as -EPIPE.
 */
#ifndef SINK_OUTPUT_H
#define SINK_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct output;

/*
 * Open `path` for writing, created or emptied; "-" is standard output, which is never closed. 0, or
 * a negative errno with err filled (ERR_FAILED, the path quoted).
 */
int output_open(struct output **output, const char *path, struct err *err);

/* Append len bytes. 0, -EPIPE when the reader is gone, or another negative errno; err is filled. */
int output_write(struct output *output, const void *data, size_t len, struct err *err);

#define OUTPUT_RESERVE_MAX (128u << 10)

/*
 * Room for len bytes, at most OUTPUT_RESERVE_MAX, behind what was written, to be filled before any
 * other call: they count as written. NULL where output_write() would fail; err is filled.
 */
char *output_reserve(struct output *output, size_t len, struct err *err);

/* Hand everything that is buffered to the kernel. Returns as output_write(). */
int output_flush(struct output *output, struct err *err);

/* Flush, close and free; takes NULL. Returns as output_write(); 0 if the failure was told before.
 */
int output_close(struct output *output, struct err *err);

/* Bytes accepted so far, buffered ones included. */
uint64_t output_total(const struct output *output);

#endif
