/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ebpf_run.h - a small eBPF interpreter that trusts nothing, for the tests of generated code.
 *
 * It stands in for the kernel's verifier at run time: an access outside the context or the stack, a
 * store to the context, a read of a register or stack byte that was never written, an unknown
 * instruction, a jump out of the program and a program that does not end are faults.
 */
#ifndef UNIT_EBPF_RUN_H
#define UNIT_EBPF_RUN_H

#include <stdint.h>
#include <linux/bpf.h>

/* The called function: ctx is the first argument as passed. */
typedef int64_t (*ebpf_run_load_fn)(void *arg, const void *ctx, uint64_t offset, uint64_t size);

struct ebpf_run {
	const struct bpf_insn *insns;
	uint32_t len;
	const void *ctx;
	uint32_t ctx_size;
	uint32_t stack_max; /* bytes below R10 that may be used, at most 512 */
	ebpf_run_load_fn load;
	void *arg;
	uint64_t result;
	uint32_t steps;	   /* instructions run */
	const char *fault; /* what was wrong, or NULL */
};

/* Fills result, steps and fault. */
void ebpf_run(struct ebpf_run *run);

#endif
