/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * count.bpf.h - the ways out of the chain that end with a record, or with one less.
 */
#ifndef COUNT_BPF_H
#define COUNT_BPF_H

#include "ring.bpf.h"

#define COUNT(field) __sync_fetch_and_add(&count->field, 1)

/* A packet that was asked for and has no room; cpu may be NULL. */
static __always_inline void count_lost(struct xcap_counters *count, __u64 *cause,
				       struct meta_cpu *cpu)
{
	__sync_fetch_and_add(cause, 1);
	if (cpu)
		__sync_fetch_and_add(&cpu->lost, 1);
}

static __always_inline void count_submit(struct xcap_counters *count, void *event, u64 stamp,
					 struct meta_cpu *cpu)
{
	COUNT(sent);
	ring_submit(event, stamp, cpu);
}

#endif
