/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf.h - classic BPF programs: compiled by libpcap, carried as plain data.
 *
 * The only file that includes <pcap.h> on the way from an expression to a program is cbpf.c,
 * because <pcap.h> and <linux/bpf.h> both define struct bpf_insn. Called by plan (to check and
 * compile) and by flow (to settle undecided packets).
 */
#ifndef FILTER_CBPF_H
#define FILTER_CBPF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* One instruction, layout and meaning of struct sock_filter (linux/filter.h). */
struct cbpf_insn {
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
};

struct cbpf_prog {
	struct cbpf_insn *insns;
	uint32_t len; /* instructions */
};

/* libpcap's DLT_* of a link type's name; -1: it knows none of that name. */
int cbpf_link_type(const char *name);
/* Expressions from this length on can take libpcap seconds: worth a word to the user before. */
#define CBPF_SLOW_TEXT 5000

/*
 * Compile `expr` (pcap-filter(7)) for link type `dlt` (DLT_*), optimised. An empty expression gives
 * a program that accepts all. On failure: ERR_USAGE with libpcap's words, the expression, and a
 * caret at the offending word where it can be found; ERR_UNSUPPORTED for an expression so large
 * that libpcap's optimiser would need minutes for it. The caller frees with cbpf_free().
 */
int cbpf_compile(const char *expr, int dlt, struct cbpf_prog *prog, struct err *err);
void cbpf_free(struct cbpf_prog *prog);

/*
 * Offsets at which a load asks the kernel instead of the packet: SKF_AD_OFF + SKF_AD_* of
 * linux/filter.h. Loads of any size there give the whole value.
 */
#define CBPF_AD_PROTOCOL 0xfffff000u
#define CBPF_AD_PKTTYPE	 0xfffff004u
#define CBPF_AD_IFINDEX	 0xfffff008u

/* Bytes that a BPF_ABS, BPF_IND or BPF_MSH instruction loads, by its code. */
uint32_t cbpf_load_size(uint16_t code);

/* Words of scratch memory, M[]. */
#define CBPF_MEM_WORDS 16

/* What a packet brings along beside its bytes, for the loads that ask the kernel (SKF_AD_*). */
struct cbpf_meta {
	uint32_t ifindex;
	uint16_t protocol; /* ethertype, host order */
	uint8_t pkt_type;  /* PACKET_HOST..., as SKF_AD_PKTTYPE */
};

/*
 * Run prog over a packet: `wire_len` its length on the wire, `cap_len` the bytes at hand
 * (cap_len <= wire_len). Semantics of libpcap's bpf_filter(), plus SKF_AD_PROTOCOL, SKF_AD_PKTTYPE
 * and SKF_AD_IFINDEX from meta. Returns the program's value: 0 reject, else bytes to keep.
 */
uint32_t cbpf_run(const struct cbpf_prog *prog, const uint8_t *packet, uint32_t wire_len,
		  uint32_t cap_len, const struct cbpf_meta *meta);

/* Behind the last byte that a load looks at, as cbpf_span() says it; 0: it is no load of bytes. */
uint32_t cbpf_load_end(const struct cbpf_insn *insn);

/*
 * How far the program looks into a packet whose IPv4 header has no options, bytes; UINT32_MAX where
 * that cannot be told.
 */
uint32_t cbpf_span(const struct cbpf_prog *prog);

/* True if it jumps back, as protochain does: then the kernel may have to leave packets undecided.
 */
bool cbpf_has_loop(const struct cbpf_prog *prog);

/* True if the program loads SKF_AD_PKTTYPE (inbound, outbound) or SKF_AD_IFINDEX (ifindex). */
bool cbpf_uses_direction(const struct cbpf_prog *prog);
bool cbpf_uses_ifindex(const struct cbpf_prog *prog);

/* True if it loads one of these or SKF_AD_PROTOCOL: anything that is not in the packet's bytes. */
bool cbpf_uses_skb(const struct cbpf_prog *prog);

#endif
