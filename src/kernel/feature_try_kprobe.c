/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * feature_try_kprobe.c - attempts at what makes many probes fast: one link, cookies, loops that the
 * verifier does not walk turn by turn.
 *
 * Nothing is attached here either: the kernel is asked for a link over addresses that it cannot
 * read, which is the first thing that it finds wrong where it has such links at all.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/btf.h>

#include "base/util.h"
#include "kernel/feature_try.h"
#include "kernel/insn.h"
#include "kernel/kbtf_subset.h"

/* A page that no user has: reading from there is EFAULT. */
#define NOBODYS_ADDRESS ((const unsigned long *)-4096L)

static int load_as(enum bpf_prog_type prog_type, const struct bpf_insn *insns, size_t n,
		   enum bpf_attach_type type, const char *what, char *why, size_t size)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = type);
	int fd = bpf_prog_load(prog_type, NULL, "GPL", insns, n, &opts);

	if (fd < 0)
		snprintf(why, size, "the kernel refuses %s: %s", what, err_name(fd));
	return fd;
}

static int load(const struct bpf_insn *insns, size_t n, enum bpf_attach_type type, const char *what,
		char *why, size_t size)
{
	return load_as(BPF_PROG_TYPE_KPROBE, insns, n, type, what, why, size);
}

bool feature_try_kprobe_multi(struct feature_context *context, char *why, size_t size)
{
	static const struct bpf_insn insns[] = {INSN_MOV_IMM(BPF_REG_0, 0), INSN_EXIT};
	LIBBPF_OPTS(bpf_link_create_opts, opts, .kprobe_multi.cnt = 1,
		    .kprobe_multi.addrs = NOBODYS_ADDRESS);
	int fd = load(insns, UTIL_ARRAY_SIZE(insns), BPF_TRACE_KPROBE_MULTI, "kprobe programs", why,
		      size);
	int link;

	if (fd < 0)
		return false;
	context->has_kprobe_programs = true;
	link = bpf_link_create(fd, 0, BPF_TRACE_KPROBE_MULTI, &opts);
	close(fd);
	if (link >= 0)
		close(link);
	else if (link != -EFAULT)
		snprintf(why, size, "the kernel refuses one link over many functions: %s",
			 err_name(link));
	if (link != -EFAULT)
		return link >= 0;
	snprintf(why, size, "the kernel looked for the addresses of a link over many functions");
	return true;
}

static bool try_cookie(enum bpf_prog_type type, const char *what, char *why, size_t size)
{
	static const struct bpf_insn insns[] = {INSN_CALL(BPF_FUNC_get_attach_cookie),
						INSN_MOV_IMM(BPF_REG_0, 0), INSN_EXIT};
	int fd = load_as(type, insns, UTIL_ARRAY_SIZE(insns), 0, what, why, size);

	if (fd < 0)
		return false;
	close(fd);
	snprintf(why, size, "a small program was loaded");
	return true;
}

bool feature_try_kprobe_cookie(struct feature_context *context, char *why, size_t size)
{
	(void)context;
	return try_cookie(BPF_PROG_TYPE_KPROBE, "kprobe programs that ask for their cookie", why,
			  size);
}

/* Loading and attaching with one came together, 68ca5d4eebb8 ("bpf: support BPF cookie in
 * raw_tracepoint"). */
bool feature_try_kprobe_tp_cookie(struct feature_context *context, char *why, size_t size)
{
	(void)context;
	return try_cookie(BPF_PROG_TYPE_RAW_TRACEPOINT, "raw_tp programs that ask for their cookie",
			  why, size);
}

bool feature_try_kprobe_loops(struct feature_context *context, char *why, size_t size)
{
	struct kbtf_wanted wanted[] = {
		{BTF_KIND_FUNC, "bpf_iter_num_new", 0},
		{BTF_KIND_FUNC, "bpf_iter_num_next", 0},
		{BTF_KIND_FUNC, "bpf_iter_num_destroy", 0},
	};
	struct bpf_insn insns[] = {
		INSN_MOV_REG(BPF_REG_1, BPF_REG_10),
		INSN_ADD_IMM(BPF_REG_1, -8),
		INSN_MOV_IMM(BPF_REG_2, 0),
		INSN_MOV_IMM(BPF_REG_3, 1000),
		INSN_CALL_KFUNC(0),
		INSN_MOV_REG(BPF_REG_1, BPF_REG_10), /* each turn */
		INSN_ADD_IMM(BPF_REG_1, -8),
		INSN_CALL_KFUNC(0),
		INSN_JNE(BPF_REG_0, 0, -4),
		INSN_MOV_REG(BPF_REG_1, BPF_REG_10),
		INSN_ADD_IMM(BPF_REG_1, -8),
		INSN_CALL_KFUNC(0),
		INSN_MOV_IMM(BPF_REG_0, 0),
		INSN_EXIT,
	};
	int fd;

	if (!feature_try_find(context, wanted[0].name, why, size))
		return false;
	kbtf_subset_find(kbtf_vmlinux(context->kbtf), wanted, UTIL_ARRAY_SIZE(wanted));
	insns[4].imm = wanted[0].id;
	insns[7].imm = wanted[1].id;
	insns[11].imm = wanted[2].id;
	fd = load_as(BPF_PROG_TYPE_RAW_TRACEPOINT, insns, UTIL_ARRAY_SIZE(insns), 0,
		     "raw_tp programs that loop by bpf_iter_num_next()", why, size);
	if (fd < 0)
		return false;
	close(fd);
	snprintf(why, size, "a small program was loaded");
	return true;
}
