/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attach.h - the mechanisms by which a probe hangs on the kernel, as one table.
 */
#ifndef SESSION_ATTACH_H
#define SESSION_ATTACH_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "plan/plan.h"

struct attach_ops {
	enum bpf_prog_type type;
	enum bpf_attach_type attach_type; /* of the program, 0 where its type needs none */
	bool by_btf;			  /* the program names its target by BTF id */
	bool counts_misses;		  /* prog info's recursion_misses means something */
	/* Offset of argument `arg` (from 0) in the program's context; -1: not there. */
	int (*arg_offset)(uint32_t arg);
	/* Attach; the fd holds the attachment and is the caller's. Negative errno with err filled.
	 */
	int (*attach)(int prog_fd, const struct plan_probe *probe, struct err *err);
};

extern const struct attach_ops attach_table[PLAN_MECHANISMS];

/* attach_kprobe.c */
int attach_kprobe_arg_offset(uint32_t arg);
int attach_kprobe_open(int prog_fd, const struct plan_probe *probe, struct err *err);

#endif
