/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter_file.h - the expression of -F.
 *
 * As in tcpdump a '#' begins a comment that ends with the line. The expression comes back as one
 * line, so that messages about it are one line too.
 */
#ifndef CMD_FILTER_FILE_H
#define CMD_FILTER_FILE_H

#include "base/err.h"

/* Longer ones are no expressions that anyone wrote or libpcap could compile. */
#define FILTER_FILE_MAX (1 << 20)

/* Read the file ("-": standard input) into *expr, which the caller frees. ERR_FAILED for a file
 * that cannot be read, ERR_USAGE for one that is no text. */
int filter_file_read(const char *path, char **expr, struct err *err);

#endif
