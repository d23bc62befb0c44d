/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prog_random.h - random programs of classic BPF that are valid and go forward, the same ones for
 * the same seed.
 */
#ifndef UNIT_PROG_RANDOM_H
#define UNIT_PROG_RANDOM_H

#include <stdint.h>

#include "filter/cbpf.h"

/* Instructions of the longest one. */
#define PROG_RANDOM_MAX (CBPF_MEM_WORDS + 48)

void prog_random_seed(uint32_t value);
/* A number from 0 to below - 1. */
uint32_t prog_random_below(uint32_t below);
/* prog->insns has room for PROG_RANDOM_MAX. */
void prog_random_fill(struct cbpf_prog *prog);

#endif
