/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * maps.bpf.h - all maps. They are core.bpf.c's, which alone includes this: libbpf does not relocate
 * a map of another object. User space sets their sizes before the load.
 */
#ifndef MAPS_BPF_H
#define MAPS_BPF_H

#include "chain.bpf.h"
#include "hook_call.bpf.h"
#include "keep.bpf.h"
#include "kprobe.bpf.h"

struct ring_kernel ring SEC(".maps");
struct ring_memory memory SEC(".maps");

struct packet_probes probes SEC(".maps");

/* [cpu][probe]: readable through mmap after privileges are dropped. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* CPUs times probes, set before the load */
	__type(key, u32);
	__type(value, struct xcap_counters);
} counters SEC(".maps");

struct window_slots slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct meta_cpu);
} cpus SEC(".maps");

struct keep_map kept SEC(".maps");

/* Packets that are followed: by their memory, and how many such places those have that were
 * copied. */
struct track_heads heads SEC(".maps");
struct track_shared shared SEC(".maps");
struct hook_frames frames SEC(".maps");

struct kprobe_cookies cookies SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct chain_note);
} chain_notes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* XCAP_CHAIN_MAX where chains are wanted */
	__type(key, u64);
	__type(value, struct xcap_chain_names);
} chain_names SEC(".maps");

#endif
