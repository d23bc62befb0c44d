/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * count.bpf.h - the ways out of the chain that end with a record, or with one less.
 */
#ifndef COUNT_BPF_H
#define COUNT_BPF_H

#include "meta.bpf.h"

extern volatile __u64 woken_at; /* core.bpf.c has it */

#define COUNT(field) __sync_fetch_and_add(&count->field, 1)

/* A packet that was asked for and has no room; cpu may be NULL. */
static __always_inline void count_lost(struct xcap_counters *count, __u64 *cause,
				       struct meta_cpu *cpu)
{
	__sync_fetch_and_add(cause, 1);
	if (cpu)
		__sync_fetch_and_add(&cpu->lost, 1);
}

/*
 * Wake the reader once for every cfg.wakeup_bytes (a power of two) written, not while that much is
 * waiting: it reads in rounds, and each packet of a round would wake it again. The record's address
 * tells where in the ring that is, as well as a helper would; through memory it becomes a number.
 * Two CPUs at the border may wake it twice. cpu may be NULL.
 */
static __always_inline u64 count_wakeup(struct meta_cpu *cpu, void *event)
{
	u64 at;

	if (!cpu)
		return 0;
	*(void *volatile *)&cpu->record = event;
	at = *(volatile u64 *)&cpu->record & -(u64)cfg.wakeup_bytes;
	if (at == woken_at)
		return BPF_RB_NO_WAKEUP;
	woken_at = at;
	return BPF_RB_FORCE_WAKEUP;
}

static __always_inline void count_submit(struct xcap_counters *count, void *event,
					 struct meta_cpu *cpu)
{
	COUNT(sent);
	bpf_ringbuf_submit(event, count_wakeup(cpu, event));
}

#endif
