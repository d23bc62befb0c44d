/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ebpf_print.h - a translated filter in readable lines, for `xcap filter --ebpf`.
 *
 * One instruction a line, in the notation of the kernel's verifier log, jumps with the number of
 * the instruction that they lead to; behind it what the bytes are: packet[12:2], length. Knows the
 * instructions that cbpf2ebpf emits; any other is printed as numbers, never misread.
 */
#ifndef FILTER_EBPF_PRINT_H
#define FILTER_EBPF_PRINT_H

#include <stdio.h>

#include "filter/cbpf2ebpf.h"

void ebpf_print(const struct cbpf2ebpf_code *code, const struct cbpf2ebpf_layout *layout,
		FILE *out);

#endif
