/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attach_look.c - does a function begin as those do that can be traced?
 *
 * The compiler has put a call at their entry (-mfentry), of which the kernel has made a no-op of
 * five bytes, or the call of a tracer. A small program reads it, run by BPF_PROG_TEST_RUN: 10 us
 * each, where the kernel's own list of traceable functions takes a second. What it says is a hint,
 * not a verdict.
 */
#include "session/attach_look.h"

#include <bpf/bpf.h>

#include "base/util.h"

#define ENDBR64	  0xfa1e0ff3 /* may stand in front; little endian, as all here */
#define NOP_START 0x00441f0f /* of 0f 1f 44 00 00 */
#define CALL_BYTE 0xe8

#define READ_KERNEL 113 /* BPF_FUNC_probe_read_kernel */

#define INSN(op, d, s, o, i)                                                                       \
	{                                                                                          \
		.code = (op), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (int32_t)(i)      \
	}

int attach_look_open(void)
{
	static const struct bpf_insn insns[] = {
		INSN(BPF_LDX | BPF_MEM | BPF_DW, 3, 1, 0, 0), /* the address */
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 1, 10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 1, 0, 0, -16),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 16),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, READ_KERNEL),
		INSN(BPF_JMP | BPF_JNE | BPF_K, 0, 0, 8, 0), /* unreadable: 0 */
		INSN(BPF_LDX | BPF_MEM | BPF_W, 2, 10, -16, 0),
		INSN(BPF_JMP32 | BPF_JNE | BPF_K, 2, 0, 1, ENDBR64),
		INSN(BPF_LDX | BPF_MEM | BPF_W, 2, 10, -12, 0),
		INSN(BPF_JMP32 | BPF_JEQ | BPF_K, 2, 0, 2, NOP_START),
		INSN(BPF_ALU64 | BPF_AND | BPF_K, 2, 0, 0, 0xff),
		INSN(BPF_JMP32 | BPF_JNE | BPF_K, 2, 0, 2, CALL_BYTE),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	return bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "xcap_look", "GPL", insns,
			     UTIL_ARRAY_SIZE(insns), NULL);
}

bool attach_look_traceable(int fd, uint64_t address)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &address, .ctx_size_in = sizeof(address));

	return fd < 0 || bpf_prog_test_run_opts(fd, &opts) || opts.retval == 1;
}
