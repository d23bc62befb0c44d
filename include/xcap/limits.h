/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * limits.h - the maxima shared by the BPF object and user space, each with its reason.
 *
 * Everything that has a bound has it here, so that no two places can disagree about it.
 */
#ifndef XCAP_LIMITS_H
#define XCAP_LIMITS_H

/*
 * Bytes of a packet that are copied to the per-CPU window before the filter runs; plain loads serve
 * the filter inside it, an out-of-line helper beyond it. 192 holds Ethernet, two VLAN tags, IPv6
 * with extension headers and TCP with options; it is also the part of the snapshot that needs no
 * second read of the skb.
 */
#define XCAP_WINDOW 192

/*
 * Of these, the first ones: all that most filters look at. Where a pointer may be followed they are
 * copied by plain loads, and the rest only when the packet has passed, in steps ...
 */
#define XCAP_WINDOW_EARLY 64
#define XCAP_WINDOW_STEP  32 /* ... of these each */

/*
 * Room behind the window: what is made up in front of the real bytes - Ethernet header, VLAN tag,
 * IPv6 and TCP header - moves them by at most 78, and the verifier wants each write bounded by
 * constants; a power of two, one less of which is the mask.
 */
#define XCAP_WINDOW_SLACK 128

/*
 * Runs of bytes of one packet that are read by address: the linear area, frags, and the same of
 * skbs in the frag_list; a power of two. What lies behind them makes the record partial. FRAGS_MAX:
 * of one skb; CONFIG_MAX_SKB_FRAGS allows 17 to 45.
 */
#define XCAP_PARTS     64
#define XCAP_FRAGS_MAX 48

/* Nested captures on one CPU: task, softirq, hard interrupt, NMI. */
#define XCAP_SLOTS 4

/* Snapshot length: the range of tcpdump's -s that a 64 KiB ring record can hold. */
#define XCAP_SNAPLEN_MAX  65535
#define XCAP_SNAPLEN_TEXT 256

/* --skb-data-offset, either way: header offsets in an skb are 16 bit. */
#define XCAP_DATA_OFFSET_MAX 65535

/* Probe ids are 16 bit in the record; configuration and counters are arrays of this many rows. */
#define XCAP_PROBES_MAX 4096

/*
 * Calls of functions with exit probes that are under way at a time: each CPU's nested ones, and
 * tasks that sleep or were preempted in one. A third of a KiB each.
 */
#define XCAP_KEPT_MAX 4096

/* Frames of a kernel stack: PERF_MAX_STACK_DEPTH; bpf_get_stack() takes no more. */
#define XCAP_STACK_MAX	   127
#define XCAP_STACK_DEFAULT 32

/* Beside those that are asked for: the program and what calls it, which user space cuts off. */
#define XCAP_STACK_SPARE 8

/*
 * Packets that are followed at a time (--track-max): some 200 bytes each. A packet lives for micro-
 * to milliseconds, but those in socket buffers wait for their readers.
 */
#define XCAP_TRACK_MAX	 65536
#define XCAP_TRACK_LEAST 16
#define XCAP_TRACK_MOST	 (4 << 20)

/* Drop reasons of --reason, each compared with in turn. */
#define XCAP_REASONS 8

/* Interface patterns of -i: their automaton has 64 states in all, one word. */
#define XCAP_IF_PATTERNS 8
#define XCAP_IF_STATES	 64

/* IFNAMSIZ and TASK_COMM_LEN of every kernel so far. */
#define XCAP_IFNAME 16
#define XCAP_COMM   16

/* Default and bounds of the ring buffer (-B), in bytes; the kernel wants a power of two pages. */
#define XCAP_RING_DEFAULT (8u << 20)
#define XCAP_RING_MIN	  (64u << 10)
#define XCAP_RING_MAX	  (1u << 30)

/* A record is smaller than the ring: packets longer than this do not fit into the smallest. */
#define XCAP_RING_MIN_SNAPLEN (32u << 10)

#endif
