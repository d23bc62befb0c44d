/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * duration.h - a span of time as text, in the unit that suits it: "0.0us", "9.8us", "1.5ms",
 * "2.000s".
 */
#ifndef RECORD_DURATION_H
#define RECORD_DURATION_H

#include <stdint.h>

#define DURATION_SIZE 24

/* Into `text` of DURATION_SIZE bytes, which is returned; cut, not rounded. */
const char *duration_text(uint64_t ns, char *text);

#endif
