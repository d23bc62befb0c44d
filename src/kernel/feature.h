/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * feature.h - what this kernel and this user can do, found by trying, never by version.
 *
 * One table: name, how to try it, since which kernel, why it matters, what to do where it is
 * missing. Tried lazily and remembered. Used by plan (to order mechanisms) and printed by `xcap
 * check`.
 */
#ifndef KERNEL_FEATURE_H
#define KERNEL_FEATURE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/pagebase.h"

enum feature {
	FEATURE_BTF,	 /* /sys/kernel/btf/vmlinux */
	FEATURE_BPF,	 /* may load a BPF program at all */
	FEATURE_RINGBUF, /* 5.8 */
	FEATURE_RAW_TP,
	FEATURE_TP_BTF,	      /* 5.5 */
	FEATURE_FENTRY,	      /* 5.5, needs ftrace with direct calls */
	FEATURE_KPROBE,	      /* perf event "kprobe", 4.17 */
	FEATURE_KPROBE_MULTI, /* one link over many functions, 5.18, CONFIG_FPROBE */
	FEATURE_FEXIT,	      /* 5.5, with fentry */
	FEATURE_COOKIE,	      /* a kprobe tells its program who it is, 5.15 */
	FEATURE_TP_COOKIE,    /* the same of a raw tracepoint, 6.10 */
	FEATURE_LINK_MISSED,  /* links of kprobes count missed hits, 6.7 */
	FEATURE_MODULE_BTF,   /* 5.11 */
	FEATURE_RDONLY_CAST,  /* 6.2 */
	FEATURE_DYNPTR_SKB,   /* bpf_dynptr_from_skb in tp_btf, 6.12 */
	FEATURE_LOOPS,	      /* bpf_iter_num_next, which the verifier is quick about, 6.4 */
	FEATURE_PAGE_ADDRESS, /* where the bytes of a page are; without bpf_dynptr_from_skb */
	FEATURE_DROP_REASON,  /* 5.17 */
	FEATURE_TRACEFS,
	FEATURE_KALLSYMS,      /* addresses are shown */
	FEATURE_SYMBOL_TABLES, /* symbols can be read where the kernel has them, 6.0 */
	FEATURE_PREEMPT_COUNT, /* task, softirq or hard irq can be told */
	FEATURE_COUNT,
};

struct feature_info {
	const char *name;
	const char *since;  /* "5.8", or "" */
	const char *why;    /* what lack of it costs the user */
	const char *remedy; /* what to do about it, where the user may load BPF programs */
	bool needs_bpf;	    /* it is tried by loading a program or making a map */
};

struct feature_set;
struct kbtf;

/* kbtf (may be NULL: opened when first needed) stays the caller's. NULL and errno. */
struct feature_set *feature_new(struct kbtf *kbtf);
void feature_free(struct feature_set *set);

const struct feature_info *feature_describe(enum feature feature);

/* Try it (once). `why` (may be NULL) gets one line: how it failed, or what was found. */
bool feature_has(struct feature_set *set, enum feature feature, char *why, size_t size);

/* What this user can do about the lack of it: the row's remedy, or to get the permission first. */
const char *feature_remedy(struct feature_set *set, enum feature feature);

/* What FEATURE_PAGE_ADDRESS found: addresses of variables, 0 where it is lacking. */
struct pagebase feature_pagebase(struct feature_set *set);

/*
 * Raise RLIMIT_MEMLOCK: kernels before 5.11 account BPF memory by it, and to find out costs more
 * than to raise it. Failing is not an error: the caller goes on, and says so only if a map cannot
 * be created.
 */
void feature_raise_memlock(void);

#endif
