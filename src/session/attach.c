/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attach.c - the table of mechanisms, and those that attach through a BPF link.
 */
#include "session/attach.h"

#include <bpf/bpf.h>
#include <errno.h>

/* Tracing and raw tracepoint programs get their arguments as an array of words. */
static int word_offset(uint32_t arg)
{
	return arg < 12 ? (int)(arg * 8) : -1;
}

/* tp_btf, fentry: the program says where. */
static int attach_trace(int prog_fd, const struct plan_probe *probe, struct err *err)
{
	int fd = bpf_raw_tracepoint_open(NULL, prog_fd);

	if (fd < 0)
		return err_errno(err, ERR_UNSUPPORTED, fd, "cannot attach to '%s'", probe->spec);
	return fd;
}

static int attach_raw_tp(int prog_fd, const struct plan_probe *probe, struct err *err)
{
	int fd = bpf_raw_tracepoint_open(probe->name, prog_fd);

	if (fd == -ENOENT)
		return err_errno(err, ERR_UNSUPPORTED, fd, "this kernel has no tracepoint '%s'",
				 probe->name);
	if (fd < 0)
		return err_errno(err, ERR_UNSUPPORTED, fd, "cannot attach to '%s'", probe->spec);
	return fd;
}

const struct attach_ops attach_table[PLAN_MECHANISMS] = {
	[PLAN_TP_BTF] = {BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, true, true, word_offset,
			 attach_trace},
	[PLAN_RAW_TP] = {BPF_PROG_TYPE_RAW_TRACEPOINT, 0, false, true, word_offset, attach_raw_tp},
	[PLAN_FENTRY] = {BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, true, true, word_offset,
			 attach_trace},
	[PLAN_KPROBE] = {BPF_PROG_TYPE_KPROBE, 0, false, false, attach_kprobe_arg_offset,
			 attach_kprobe_open},
};
