/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fuzz_convert.c - fuzz target: classic BPF programs and packets, translated and compared with
 * libpcap.
 *
 * Built by `make fuzz` with clang's libFuzzer, ASan and UBSan.
 */
#include "fuzz_filter.h"
#include "no_names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_filter_convert(data, size);
	return 0;
}
