/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks_missed.c - hits for which the kernel did not run a program, as far as it counts them.
 */
#include <bpf/bpf.h>
#include <stddef.h>
#include <string.h>

#include "session/attach.h"
#include "session/hooks.h"

/* Trampolines and tracepoints count in the program (5.12). */
static bool program_misses(int prog_fd, uint64_t *missed)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (prog_fd < 0 || bpf_obj_get_info_by_fd(prog_fd, &info, &size) ||
	    size < offsetof(struct bpf_prog_info, recursion_misses) + sizeof(info.recursion_misses))
		return false;
	*missed += info.recursion_misses;
	return true;
}

void hooks_count_missed(const struct hooks *hooks, uint32_t probe, struct capture_counts *counts)
{
	const struct hook *hook = &hooks->list[probe];

	if (hook->mechanism < 0 || attach_table[hook->mechanism].type == BPF_PROG_TYPE_KPROBE)
		return;
	counts->missed_known =
		program_misses(hook->main.prog_fd, &counts->missed) &&
		(hook->entry.prog_fd < 0 || program_misses(hook->entry.prog_fd, &counts->missed));
}
