/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf.h - the running kernel's types: which functions and tracepoints carry an skb, and where.
 *
 * One pass over vmlinux BTF, and over each module's that is asked for. Used by plan (to resolve
 * what the user named) and by list.
 */
#ifndef KERNEL_KBTF_H
#define KERNEL_KBTF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct kbtf_data;
struct kbtf;

/* Load vmlinux BTF (modules lazily). ERR_UNSUPPORTED with the remedy if the kernel has none. */
int kbtf_open(struct kbtf **kbtf, struct err *err);
/*
 * The same with the types of `file` (--btf) in the place of the kernel's own; raw BTF or an ELF
 * file with a section .BTF. ERR_FAILED if it cannot be read or holds no types of a kernel.
 */
int kbtf_open_file(struct kbtf **kbtf, const char *file, struct err *err);

/*
 * True if the types are not those that the running kernel has loaded: then their ids mean nothing
 * to it, no program can name its target by them, and modules have none. A copy is not foreign.
 */
bool kbtf_is_foreign(const struct kbtf *kbtf);
/* The file of kbtf_open_file(); NULL: the kernel's own types. */
const char *kbtf_file(const struct kbtf *kbtf);

void kbtf_close(struct kbtf *kbtf); /* takes NULL */

/*
 * Give back the memory of the types, five megabytes and more, where nothing will be looked up any
 * more: after this only kbtf_drop_reason() may be called, and kbtf_close(). with_reasons: it knows
 * the names as before; for those of modules it reads the types once more when it meets the first.
 * Descriptors that targets hold stay open.
 */
void kbtf_release(struct kbtf *kbtf, bool with_reasons);

/* The parsed vmlinux BTF; stays kbtf's. */
const struct kbtf_data *kbtf_vmlinux(const struct kbtf *kbtf);

struct kbtf_arg {
	char name[48]; /* "" if unnamed */
	char type[80]; /* C spelling, e.g. "const struct sk_buff *" */
	bool is_skb;   /* points to struct sk_buff, const or not */
};

#define KBTF_ARGS_MAX 12

/* A function or tracepoint found in BTF. */
struct kbtf_target {
	char module[56]; /* "" for vmlinux */
	int module_fd;	 /* fd of the module's BTF for attach_btf_obj_fd; 0 for vmlinux;
			    -errno if the kernel does not give it. Stays kbtf's. */
	uint32_t btf_id; /* FUNC of a function; typedef btf_trace_NAME of a tracepoint */
	struct kbtf_arg args[KBTF_ARGS_MAX];
	uint32_t n_args;    /* of the prototype as the program sees it (without void *__data) */
	int skb_arg;	    /* first one that is an skb, from 0; -1: none */
	uint32_t arg_words; /* 8-byte words that the arguments take in a trampoline's context */
	bool returns_value;
	uint32_t ret_size; /* of what it returns, bytes; 0: nothing, or more than a register */
	bool ret_signed;
};

/*
 * Find function `name` in vmlinux, then in all loaded modules; only in `module` if that is not NULL
 * ("vmlinux" means vmlinux). 0 or -ENOENT.
 */
int kbtf_find_function(struct kbtf *kbtf, const char *module, const char *name,
		       struct kbtf_target *target);

/* Find tracepoint `name` (without its category; BTF does not know categories). 0 or -ENOENT. */
int kbtf_find_tracepoint(struct kbtf *kbtf, const char *name, struct kbtf_target *target);

/*
 * Call fn for each function and tracepoint of vmlinux and all loaded modules that takes an skb.
 * tracepoint tells which of both. Stops early when fn returns non-zero and returns that.
 */
typedef int (*kbtf_fn)(void *arg, const char *name, bool tracepoint,
		       const struct kbtf_target *target);
int kbtf_for_each_skb(struct kbtf *kbtf, kbtf_fn fn, void *arg);

/* Only the names of the functions among them. 0 or -ENOMEM. */
typedef void (*kbtf_name_fn)(void *arg, const char *name);
int kbtf_name_each_skb(struct kbtf *kbtf, kbtf_name_fn fn, void *arg);

/* All function names of vmlinux and modules, for near-name hints. Both arrays stay kbtf's. */
const char *const *kbtf_function_names(struct kbtf *kbtf, size_t *n);

/* "1: struct sk_buff *skb, 2: ..."; as written in an error about a wrong @N (numbers from 1). */
void kbtf_print_args(const struct kbtf_target *target, char *out, size_t size);

/* Drop reasons: name of value in `enum skb_drop_reason` without its SKB_DROP_REASON_ prefix,
 * sub-system enums (upper 16 bits) included; NULL if unknown or the kernel has none. Owned by kbtf.
 */
const char *kbtf_drop_reason(struct kbtf *kbtf, uint32_t reason);

/*
 * The value of a reason by its name, in any case and with or without the prefix: 0, -ENOENT, or
 * -EOPNOTSUPP where the kernel has no reasons. kbtf_drop_reason_at() walks those that are known so
 * far: NULL at the end.
 */
int kbtf_find_drop_reason(struct kbtf *kbtf, const char *name, uint32_t *reason);
const char *kbtf_drop_reason_at(struct kbtf *kbtf, size_t i);

/*
 * Distance in bytes from the per-CPU variable `runqueues` to the CPU's preemption count, from the
 * DATASEC of vmlinux BTF (__preempt_count, or pcpu_hot.preempt_count in 6.2 to 6.14). With the run
 * queue's address at hand this reads the count even where kallsyms has no data symbols. 0: not
 * known.
 */
int64_t kbtf_preempt_delta(const struct kbtf *kbtf);

#endif
