/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fuzz_filter.h - bytes that a fuzzer makes, as input of the packet filter's two ways in.
 *
 * Called by the targets of tests/fuzz, and by test_fuzz_corpus.c, which replays what they have
 * found. What must hold is checked with all checks of filter_scene.h; what does not hold ends the
 * process.
 */
#ifndef UNIT_FUZZ_FILTER_H
#define UNIT_FUZZ_FILTER_H

#include <stddef.h>
#include <stdint.h>

/*
 * A classic BPF program and a packet: translated, interpreted, compared with libpcap's verdict.
 * Bytes: number of instructions; 7 per instruction (operation, jt, jf, k); how many bytes of the
 * packet are in the window; the packet.
 */
void fuzz_filter_convert(const uint8_t *data, size_t size);

/* The link type and an expression: compiled (or refused, with a caret in its place), translated. */
void fuzz_filter_expr(const uint8_t *data, size_t size);

#endif
