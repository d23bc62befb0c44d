/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * feature.c - the table of features, and the memory of what was tried.
 *
 * The attempts are in feature_try.c. The rows' texts are what `xcap check` prints: `why` completes
 * "without it, ...", `remedy` tells the user what to type or to ask for.
 */
#include "kernel/feature.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/util.h"
#include "kernel/feature_try.h"
#include "kernel/kbtf.h"
#include "kernel/tracepoint.h"

#define NEEDS_ROOT "run as root, or with CAP_BPF and CAP_PERFMON"

struct row {
	struct feature_info info;
	feature_try_fn try;
	/* one that is wanted sooner or later, and cannot be had without this: its program is not
	 * loaded where that one's was. 0: none, as the types prove nothing */
	enum feature proof;
};

struct feature_set {
	struct feature_context context;
	struct {
		bool tried, has;
		char why[256];
	} results[FEATURE_COUNT];
};

static const struct row rows[FEATURE_COUNT] = {
	[FEATURE_BTF] =
		{{"BTF", "5.4", "nothing can be captured in the kernel",
		  "use a kernel built with CONFIG_DEBUG_INFO_BTF=y; mount sysfs on /sys; or "
		  "give its types by --btf FILE"},
		 feature_try_btf},
	[FEATURE_BPF] = {{"BPF programs", "", "nothing can be captured", NEEDS_ROOT},
			 feature_try_bpf,
			 FEATURE_RDONLY_CAST},
	[FEATURE_RINGBUF] = {{"ring buffer", "5.8", "nothing can be captured",
			      "nothing to do; kernels before 5.8 have none", true},
			     feature_try_ringbuf},
	[FEATURE_RAW_TP] = {{"raw_tp", "4.17", "tracepoints can be probed by tp_btf only",
			     "the kernel needs CONFIG_BPF_EVENTS=y", true},
			    feature_try_raw_tp,
			    FEATURE_RDONLY_CAST},
	[FEATURE_TP_BTF] = {{"tp_btf", "5.5", "tracepoints cost more",
			     "the kernel needs CONFIG_BPF_EVENTS=y and CONFIG_DEBUG_INFO_BTF=y",
			     true},
			    feature_try_tp_btf,
			    FEATURE_DYNPTR_SKB},
	[FEATURE_FENTRY] =
		{{"fentry", "5.5", "functions can be probed by kprobe only",
		  "the kernel needs CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y, and may forbid it",
		  true},
		 feature_try_fentry},
	[FEATURE_KPROBE] = {{"kprobe", "4.17", "functions can be probed by fentry only",
			     "the kernel needs CONFIG_KPROBE_EVENTS=y", true},
			    feature_try_kprobe},
	[FEATURE_KPROBE_MULTI] = {{"kprobe-multi", "5.18",
				   "hundreds of probes take long to attach and to take away",
				   "the kernel needs CONFIG_FPROBE=y", true},
				  feature_try_kprobe_multi},
	[FEATURE_FEXIT] =
		{{"fexit", "5.5", "returns of functions can be probed by kretprobe only",
		  "the kernel needs CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y, and may forbid it",
		  true},
		 feature_try_fexit,
		 FEATURE_FENTRY},
	[FEATURE_COOKIE] =
		{{"kprobe cookies", "5.15",
		  "kprobes at returns, or that share a function, need programs of their own",
		  "nothing to do; kernels before 5.15 have none", true},
		 feature_try_kprobe_cookie},
	[FEATURE_TP_COOKIE] = {{"raw_tp cookies", "6.10",
				"dozens of tracepoints take longer to attach",
				"nothing to do; kernels before 6.10 have none", true},
			       feature_try_kprobe_tp_cookie},
	[FEATURE_LINK_MISSED] = {{"missed hits", "6.7", "hits that a kprobe missed are unknown",
				  "nothing to do; kernels before 6.7 do not count them"},
				 feature_try_link_missed},
	[FEATURE_MODULE_BTF] = {{"module BTF", "5.11",
				 "functions of modules need FUNC@N and go by kprobe",
				 "run as root; the kernel needs CONFIG_DEBUG_INFO_BTF_MODULES=y"},
				feature_try_module_btf},
	[FEATURE_RDONLY_CAST] = {{"bpf_rdonly_cast", "6.2",
				  "raw_tp and kprobe take longer to read the skb",
				  "nothing to do; kernels before 6.2 have none", true},
				 feature_try_rdonly_cast},
	[FEATURE_DYNPTR_SKB] = {{"bpf_dynptr_from_skb", "6.12",
				 "packet bytes in pages are read by page addresses, or not at all",
				 "nothing to do; kernels before 6.12 have none for tracing", true},
				feature_try_dynptr_skb},
	[FEATURE_LOOPS] = {{"bpf_iter_num", "6.4",
			    "programs that read bytes in pages take longer to load",
			    "nothing to do; kernels before 6.4 have none", true},
			   feature_try_kprobe_loops},
	[FEATURE_PAGE_ADDRESS] =
		{{"page addresses", "",
		  "packet bytes in pages are read at tracepoints from 6.12 on only",
		  "run as root, or with CAP_SYSLOG; on x86-64, a kernel with "
		  "CONFIG_KALLSYMS_ALL=y"},
		 feature_try_page_address},
	[FEATURE_DROP_REASON] = {{"drop reasons", "5.17", "drops show their place but no reason",
				  "nothing to do; kernels before 5.17 have none"},
				 feature_try_drop_reason},
	[FEATURE_TRACEFS] = {{"tracefs", "",
			      "categories are known only of the tracepoints on the built-in list",
			      "run as root, or mount -t tracefs nodev /sys/kernel/tracing"},
			     feature_try_tracefs},
	[FEATURE_KALLSYMS] = {{"kernel symbols", "", "places and stacks show as bare addresses",
			       "run as root, or with CAP_SYSLOG; sysctl kernel.kptr_restrict=1"},
			      feature_try_symbol_addresses},
	[FEATURE_SYMBOL_TABLES] = {{"symbol tables", "6.0",
				    "hundreds of functions take longer to find",
				    "run as root, or with CAP_SYSLOG; Linux 6.0 with "
				    "CONFIG_KALLSYMS_ALL=y and CONFIG_VMCORE_INFO=y",
				    true},
				   feature_try_symbol_tables},
	[FEATURE_PREEMPT_COUNT] =
		{{"preemption count", "", "ctx= cannot tell task, softirq and hard irq",
		  "nothing to do; the kernel's BTF has to list its per-CPU variables"},
		 feature_try_preempt_count},
};

struct feature_set *feature_new(struct kbtf *kbtf)
{
	struct feature_set *set = calloc(1, sizeof(*set));

	if (set)
		set->context.kbtf = kbtf;
	return set;
}

void feature_free(struct feature_set *set)
{
	if (!set)
		return;
	if (set->context.own_kbtf)
		kbtf_close(set->context.kbtf);
	tracepoint_close(set->context.tracepoints);
	free(set);
}

const struct feature_info *feature_describe(enum feature feature)
{
	return &rows[feature].info;
}

static bool try(struct feature_set *set, enum feature feature, char *why, size_t size)
{
	enum feature proof = rows[feature].proof;

	if (!proof || !feature_has(set, proof, NULL, 0))
		return rows[feature].try(&set->context, why, size);
	util_copy(why, size, "a small program was loaded");
	return true;
}

bool feature_has(struct feature_set *set, enum feature feature, char *why, size_t size)
{
	if (!set->results[feature].tried) {
		set->results[feature].tried = true;
		set->results[feature].has = try(set, feature, set->results[feature].why,
						sizeof(set->results[feature].why));
	}
	if (why)
		util_copy(why, size, set->results[feature].why);
	return set->results[feature].has;
}

const char *feature_remedy(struct feature_set *set, enum feature feature)
{
	const struct feature_info *info = feature_describe(feature);
	char why[256];

	/* to a user who may load nothing the kernel refuses everything that is a program */
	if (info->needs_bpf && !feature_has(set, FEATURE_BPF, NULL, 0) &&
	    !feature_has(set, feature, why, sizeof(why)) && strstr(why, "EPERM"))
		return NEEDS_ROOT;
	return info->remedy;
}

struct pagebase feature_pagebase(struct feature_set *set)
{
	const struct pagebase none = {};

	return feature_has(set, FEATURE_PAGE_ADDRESS, NULL, 0) ? set->context.pagebase : none;
}

void feature_raise_memlock(void)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	if (!setrlimit(RLIMIT_MEMLOCK, &limit))
		return;
	/* not allowed to raise the hard limit: at least use all of it */
	if (getrlimit(RLIMIT_MEMLOCK, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_MEMLOCK, &limit);
}
