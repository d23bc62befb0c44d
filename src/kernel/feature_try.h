/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * feature_try.h - the attempts behind the table in feature.c, and what they share. Used by
 * feature.c only.
 *
 * Each does the thing with the smallest program or object there is, leaves nothing behind, and
 * writes one line on what it found or how it failed.
 */
#ifndef KERNEL_FEATURE_TRY_H
#define KERNEL_FEATURE_TRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "kernel/kbtf.h"
#include "kernel/pagebase.h"
#include "kernel/tracepoint.h"

/* What the attempts look things up in; opened when first needed. */
struct feature_context {
	struct kbtf *kbtf;
	bool own_kbtf;	    /* opened here, so closed here */
	struct err no_kbtf; /* why it could not be opened */
	struct tracepoint_table *tracepoints;
	struct pagebase pagebase;
	bool has_kprobe_programs; /* one was loaded */
};

typedef bool (*feature_try_fn)(struct feature_context *context, char *why, size_t size);

bool feature_try_btf(struct feature_context *context, char *why, size_t size);
bool feature_try_bpf(struct feature_context *context, char *why, size_t size);
bool feature_try_ringbuf(struct feature_context *context, char *why, size_t size);
bool feature_try_raw_tp(struct feature_context *context, char *why, size_t size);
bool feature_try_tp_btf(struct feature_context *context, char *why, size_t size);
bool feature_try_fentry(struct feature_context *context, char *why, size_t size);
bool feature_try_kprobe(struct feature_context *context, char *why, size_t size);
bool feature_try_kprobe_multi(struct feature_context *context, char *why, size_t size);
bool feature_try_fexit(struct feature_context *context, char *why, size_t size);
bool feature_try_kprobe_cookie(struct feature_context *context, char *why, size_t size);
bool feature_try_kprobe_tp_cookie(struct feature_context *context, char *why, size_t size);
bool feature_try_link_missed(struct feature_context *context, char *why, size_t size);
bool feature_try_module_btf(struct feature_context *context, char *why, size_t size);
bool feature_try_rdonly_cast(struct feature_context *context, char *why, size_t size);
bool feature_try_dynptr_skb(struct feature_context *context, char *why, size_t size);
bool feature_try_kprobe_loops(struct feature_context *context, char *why, size_t size);
bool feature_try_page_address(struct feature_context *context, char *why, size_t size);
bool feature_try_drop_reason(struct feature_context *context, char *why, size_t size);
bool feature_try_tracefs(struct feature_context *context, char *why, size_t size);
bool feature_try_symbol_addresses(struct feature_context *context, char *why, size_t size);
bool feature_try_symbol_tables(struct feature_context *context, char *why, size_t size);
bool feature_try_preempt_count(struct feature_context *context, char *why, size_t size);

/* BTF id of a function of vmlinux; 0, with why, if there is none. */
uint32_t feature_try_find(struct feature_context *context, const char *name, char *why,
			  size_t size);

#endif
