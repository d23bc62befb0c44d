/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attach.h - the mechanisms by which a probe hangs on the kernel, as one table.
 *
 * Used by hooks.c, which decides what is attached where; here is how.
 */
#ifndef SESSION_ATTACH_H
#define SESSION_ATTACH_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "plan/plan.h"
#include "session/stacks.h"
#include "session/template.h"

/* One program at one place. */
struct attach_part {
	const struct plan_probe *probe;
	bool at_return;
	bool has_cookie; /* single kprobes, from 5.15; tracepoints, from 6.10 */
	bool by_address; /* ... and kprobes before that, whose program finds it by the place */
	uint64_t cookie;
};

struct attach_ops {
	enum bpf_prog_type type;
	enum bpf_attach_type attach_type; /* of the program, 0 where its type needs none */
	bool by_btf;			  /* the program names its target by BTF id */
	bool of_many;			  /* one link for all probes: attach_multi_open() */
	bool is_slow_off;		  /* detaching waits for all CPUs, for each one */
	enum plan_mechanism entry;	  /* of the entry part; of its own where there is but one */
	/* Offset of argument `arg` (from 0) in the program's context; -1: not there. */
	int (*arg_offset)(uint32_t arg);
	/* Would the kernel hang something there? Asked, where there may be doubt, before a program
	 * is loaded for it. *n_refused, 0 at first, is kept from one to the next. NULL: only
	 * attaching tells. */
	int (*look)(const struct attach_part *part, uint32_t *n_refused, struct err *err);
	/* Attach; the fd holds the attachment and is the caller's. Negative errno with err filled.
	 */
	int (*attach)(int prog_fd, const struct attach_part *part, struct err *err);
};

extern const struct attach_ops attach_table[PLAN_MECHANISMS];

/* The value of XCAP_MARK_DROP. */
uint32_t attach_drop(const struct plan_probe *probe);

/* Where stacks begin that a program of this mechanism takes. */
enum stacks_origin attach_stack_origin(enum plan_mechanism mechanism);

/* What a program for this probe alone, row i of the plan, is loaded with; keep: its entry part. */
struct template_clone attach_clone(const struct plan_probe *probe, uint32_t i,
				   enum plan_mechanism mechanism, bool keep);

/* attach_kprobe.c */
extern const int attach_kprobe_ret_offset; /* of what a function returned */
int attach_kprobe_arg_offset(uint32_t arg);
int attach_kprobe_look(const struct attach_part *part, uint32_t *n_refused, struct err *err);
int attach_kprobe_open(int prog_fd, const struct attach_part *part, struct err *err);

/* Does this code of a function mean that nothing can be hung at its entry, by no kind of tracing?
 */
bool attach_multi_is_refusal(int code);

/* A function in a link over many. */
struct attach_multi {
	uint64_t address, cookie;
	uint32_t probe;
	int code;     /* 0, or why it is not attached */
	bool suspect; /* does not look as if it could be */
};

/*
 * attach_multi.c: attach prog_fd to all of them, by one link; a bad address costs a few links more,
 * never another function. Functions whose code is not 0 are passed over. Each link is handed to
 * add(), which owns it. Returns how many functions are attached.
 */
uint32_t attach_multi_open(int prog_fd, bool at_return, struct attach_multi *items, uint32_t n,
			   int (*add)(void *arg, int link_fd), void *arg);

#endif
