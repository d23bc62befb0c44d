/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * phase.h - how long each part of the start and the end took, for --debug.
 *
 *	uint64_t start = phase_begin();
 *	...
 *	phase_end("attach", start);
 *
 * prints "xcap: debug: phase attach: 12.3 ms".
 */
#ifndef BASE_PHASE_H
#define BASE_PHASE_H

#include <stdint.h>

uint64_t phase_begin(void); /* ns of CLOCK_MONOTONIC */
void phase_end(const char *name, uint64_t begin_ns);

#endif
