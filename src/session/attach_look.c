/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attach_look.c - does a function begin as those do that can be traced?
 *
 * The compiler has put a call at their entry (-mfentry), of which the kernel has made a no-op of
 * five bytes, or the call of a tracer. An instruction of four bytes may stand in front: endbr64, or
 * what the kernel writes over it where nobody jumps to the function by its address. A small program
 * reads it, run by BPF_PROG_TEST_RUN: 10 us each, where the kernel's own list of traceable
 * functions takes a second. What it says is a hint, not a verdict.
 */
#include "session/attach_look.h"

#include <bpf/bpf.h>

#include "base/util.h"
#include "kernel/insn.h"

/* Little endian, as all here. */
#define NOP_START 0x00441f0f /* of 0f 1f 44 00 00 */
#define CALL_BYTE 0xe8
#define ENDBR64	  0xfa1e0ff3
#define SEALED	  0x001f0f66 /* v5.18: ed53a0d97192 ("x86/alternative: Use .ibt_endbr_seal ...") */
#define SEALED_15 0xd6401f0f /* v6.15: as FineIBT has it */

int attach_look_open(void)
{
	static const struct bpf_insn insns[] = {
		INSN_LOAD(BPF_REG_3, BPF_REG_1, 0), /* the address */
		INSN_MOV_REG(BPF_REG_1, BPF_REG_10),
		INSN_ADD_IMM(BPF_REG_1, -16),
		INSN_MOV_IMM(BPF_REG_2, 16),
		INSN_CALL(BPF_FUNC_probe_read_kernel),
		INSN_JNE(BPF_REG_0, 0, 11), /* unreadable: 0 */
		INSN_LOAD_32(BPF_REG_2, BPF_REG_10, -16),
		INSN_JEQ_32(BPF_REG_2, ENDBR64, 2),
		INSN_JEQ_32(BPF_REG_2, SEALED, 1),
		INSN_JNE_32(BPF_REG_2, SEALED_15, 1),
		INSN_LOAD_32(BPF_REG_2, BPF_REG_10, -12),
		INSN_JEQ_32(BPF_REG_2, NOP_START, 3),
		INSN_MOV_IMM(BPF_REG_0, 0),
		INSN_AND_IMM(BPF_REG_2, 0xff),
		INSN_JNE_32(BPF_REG_2, CALL_BYTE, 1),
		INSN_MOV_IMM(BPF_REG_0, 1),
		INSN_EXIT,
		INSN_MOV_IMM(BPF_REG_0, 0),
		INSN_EXIT,
	};

	return bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "xcap_look", "GPL", insns,
			     UTIL_ARRAY_SIZE(insns), NULL);
}

bool attach_look_traceable(int fd, uint64_t address)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &address, .ctx_size_in = sizeof(address));

	return fd < 0 || bpf_prog_test_run_opts(fd, &opts) || opts.retval == 1;
}
