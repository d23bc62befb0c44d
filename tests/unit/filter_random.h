/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter_random.h - random classic BPF programs, the same ones for the same seed.
 *
 * They are valid, have no loop, and write all of M[] first, for libpcap's bpf_filter() does not
 * clear it.
 */
#ifndef UNIT_FILTER_RANDOM_H
#define UNIT_FILTER_RANDOM_H

#include <stdint.h>

#include "filter/cbpf.h"

#define FILTER_RANDOM_MAX 128 /* instructions of a program, at most */

void filter_random_seed(uint32_t start); /* not 0 */
uint32_t filter_random_below(uint32_t n);

/* prog->insns has room for FILTER_RANDOM_MAX. */
void filter_random_program(struct cbpf_prog *prog);

#endif
