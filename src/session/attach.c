/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attach.c - the table of mechanisms, and those that attach through a BPF link.
 */
#include "session/attach.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Tracing and raw tracepoint programs get their arguments as an array of words. */
static int word_offset(uint32_t arg)
{
	return arg < 12 ? (int)(arg * 8) : -1;
}

/* tp_btf, fentry, fexit: the program says where. */
static int attach_trace(int prog_fd, const struct attach_part *part, struct err *err)
{
	int fd = bpf_raw_tracepoint_open(NULL, prog_fd);

	if (fd < 0)
		return err_errno(err, ERR_UNSUPPORTED, fd, "cannot attach to '%s'",
				 part->probe->spec);
	return fd;
}

/* Linux 6.10; libbpf has it from 1.4 on. The part of union bpf_attr that the command reads. */
static int open_with_cookie(const char *name, int prog_fd, uint64_t cookie)
{
	const struct {
		uint64_t name;
		uint32_t prog_fd, pad;
		uint64_t cookie;
	} attr = {(uintptr_t)name, prog_fd, 0, cookie};
	int fd = syscall(__NR_bpf, BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));

	return fd < 0 ? -errno : fd;
}

static int attach_raw_tp(int prog_fd, const struct attach_part *part, struct err *err)
{
	int fd = part->has_cookie ? open_with_cookie(part->probe->name, prog_fd, part->cookie)
				  : bpf_raw_tracepoint_open(part->probe->name, prog_fd);

	if (fd == -ENOENT)
		return err_errno(err, ERR_UNSUPPORTED, fd, "this kernel has no tracepoint '%s'",
				 part->probe->name);
	if (fd < 0)
		return err_errno(err, ERR_UNSUPPORTED, fd, "cannot attach to '%s'",
				 part->probe->spec);
	return fd;
}

const struct attach_ops attach_table[PLAN_MECHANISMS] = {
	[PLAN_TP_BTF] = {.type = BPF_PROG_TYPE_TRACING,
			 .attach_type = BPF_TRACE_RAW_TP,
			 .by_btf = true,
			 .entry = PLAN_TP_BTF,
			 .arg_offset = word_offset,
			 .attach = attach_trace},
	[PLAN_RAW_TP] = {.type = BPF_PROG_TYPE_RAW_TRACEPOINT,
			 .entry = PLAN_RAW_TP,
			 .arg_offset = word_offset,
			 .attach = attach_raw_tp},
	[PLAN_FENTRY] = {.type = BPF_PROG_TYPE_TRACING,
			 .attach_type = BPF_TRACE_FENTRY,
			 .by_btf = true,
			 .is_slow_off = true,
			 .entry = PLAN_FENTRY,
			 .arg_offset = word_offset,
			 .attach = attach_trace},
	[PLAN_KPROBE_MULTI] = {.type = BPF_PROG_TYPE_KPROBE,
			       .attach_type = BPF_TRACE_KPROBE_MULTI,
			       .of_many = true,
			       .entry = PLAN_KPROBE_MULTI,
			       .arg_offset = attach_kprobe_arg_offset},
	[PLAN_KPROBE] = {.type = BPF_PROG_TYPE_KPROBE,
			 .is_slow_off = true,
			 .entry = PLAN_KPROBE,
			 .arg_offset = attach_kprobe_arg_offset,
			 .look = attach_kprobe_look,
			 .attach = attach_kprobe_open},
	[PLAN_FEXIT] = {.type = BPF_PROG_TYPE_TRACING,
			.attach_type = BPF_TRACE_FEXIT,
			.by_btf = true,
			.is_slow_off = true,
			.entry = PLAN_FENTRY,
			.arg_offset = word_offset,
			.attach = attach_trace},
	[PLAN_KRETPROBE_MULTI] = {.type = BPF_PROG_TYPE_KPROBE,
				  .attach_type = BPF_TRACE_KPROBE_MULTI,
				  .of_many = true,
				  .entry = PLAN_KPROBE_MULTI,
				  .arg_offset = attach_kprobe_arg_offset},
	[PLAN_KRETPROBE] = {.type = BPF_PROG_TYPE_KPROBE,
			    .is_slow_off = true,
			    .entry = PLAN_KPROBE,
			    .arg_offset = attach_kprobe_arg_offset,
			    .look = attach_kprobe_look,
			    .attach = attach_kprobe_open},
};

/* Of an argument that the probe may have, counted from 1; -1: it has none, or not in a register. */
static int other_offset(const struct attach_ops *ops, uint8_t arg)
{
	return arg ? ops->arg_offset(arg - 1) : -1;
}

uint32_t attach_drop(const struct plan_probe *probe)
{
	return probe->config.is_kfree_skb ? 1 + !!probe->config.has_reason : 0;
}

enum stacks_origin attach_stack_origin(enum plan_mechanism mechanism)
{
	if (mechanism == PLAN_TP_BTF || mechanism == PLAN_RAW_TP)
		return STACKS_FROM_TRACEPOINT;
	return mechanism == PLAN_FENTRY || mechanism == PLAN_FEXIT ? STACKS_FROM_TRAMPOLINE
								   : STACKS_FROM_REGISTERS;
}

struct template_clone attach_clone(const struct plan_probe *probe, uint32_t i,
				   enum plan_mechanism mechanism, bool keep)
{
	const struct attach_ops *ops = &attach_table[mechanism];

	return (struct template_clone){
		.type = ops->type,
		.attach_type = ops->attach_type,
		.attach_btf_id = ops->by_btf ? probe->btf_id : 0,
		.attach_btf_fd = ops->by_btf ? probe->btf_fd : 0,
		.probe = i,
		.drop = attach_drop(probe),
		.given = probe->config.given,
		.keep = keep,
		.skb_offset = probe->skb_reg >= 0 ? probe->skb_reg
						  : ops->arg_offset(probe->config.skb_arg),
		.ext_offset = probe->ext_arg >= 0 ? ops->arg_offset(probe->ext_arg) : -1,
		.sock_offset = other_offset(ops, probe->config.sock_arg),
		.flow_offset = other_offset(ops, probe->config.flow_arg),
		.dynptr = mechanism == PLAN_TP_BTF && !probe->config.given,
		.has_ret = probe->ret_size != 0,
		.ret_offset = probe->ret_size ? (int)probe->arg_words * 8 : -1,
		.name = probe->name,
	};
}
