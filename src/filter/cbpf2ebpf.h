/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf2ebpf.h - a classic BPF program as the body of an eBPF function.
 *
 * The function is `u64 xcap_filter(struct xcap_filter_ctx *ctx)`: it replaces the placeholder of
 * that name in the BPF object (session/inject). Meaning: libpcap's user-space bpf_filter(), over a
 * packet whose first bytes stand in a window; loads beyond the window call the out-of-line function
 * `s64 xcap_load(struct xcap_filter_ctx *ctx, u64 offset, u64 size)` (size 1, 2, 4; result in host
 * order, negative: not inside the packet; xcap_filter_far.. see enum). Pure: no kernel, no libbpf
 * needed to run.
 */
#ifndef FILTER_CBPF2EBPF_H
#define FILTER_CBPF2EBPF_H

#include <stddef.h>
#include <stdint.h>
#include <linux/bpf.h>

#include "base/err.h"
#include "filter/cbpf.h"

/* Verdicts, beside 0 (reject) and 1..0xffffffff (the cBPF program's value). */
#define CBPF2EBPF_UNDECIDED (1ULL << 32) /* a loop (protochain) went on for too long */
#define CBPF2EBPF_UNREADABLE                                                                       \
	(1ULL << 33)		     /* xcap_load() said: inside the packet, but not readable */
#define CBPF2EBPF_FAULT (1ULL << 34) /* xcap_load() said: the read failed */

/* xcap_load() results below zero. */
#define CBPF2EBPF_LOAD_OUTSIDE	  (-1) /* the packet ends before */
#define CBPF2EBPF_LOAD_UNREADABLE (-2)
#define CBPF2EBPF_LOAD_FAULT	  (-3)

/*
 * Where the function finds things, in bytes: `packet` in struct xcap_filter_ctx, the rest in the
 * struct xcap_packet that it points to.
 */
struct cbpf2ebpf_layout {
	int16_t packet;	   /* u64: pointer to struct xcap_packet */
	int16_t data;	   /* u8[window]: the packet from its first byte, inline in the struct */
	int16_t valid;	   /* u32: bytes valid in data; == the packet's length or == window, unless
			      bytes beyond `valid` are to be had only by xcap_load() */
	int16_t wire_len;  /* u32: length on the wire */
	int16_t avail_len; /* u32: loads at or beyond it are outside the packet: rejected */
	int16_t ifindex;   /* u32 */
	int16_t protocol;  /* u16, host order */
	int16_t pkt_type;  /* u8 */
	uint32_t window;   /* size of data */
	uint32_t unroll;   /* how often a backward jump may be taken before UNDECIDED */
};

struct cbpf2ebpf_code {
	struct bpf_insn *insns;
	uint32_t len;
	uint32_t *load_calls; /* indexes of the calls of xcap_load(), imm to be filled in */
	uint32_t n_load_calls;
	uint32_t guards, guards_elided; /* bounds checks: wanted, proven unnecessary */
};

/*
 * Translate. The code uses at most 88 bytes of stack (M[] and values loaded twice). Fails with
 * ERR_USAGE for a program that is not valid cBPF, ERR_UNSUPPORTED when the result exceeds the range
 * of an eBPF jump (the message says so and the hint suggests a way). Free with cbpf2ebpf_free().
 */
int cbpf2ebpf_translate(const struct cbpf_prog *prog, const struct cbpf2ebpf_layout *layout,
			struct cbpf2ebpf_code *code, struct err *err);
void cbpf2ebpf_free(struct cbpf2ebpf_code *code);

#endif
