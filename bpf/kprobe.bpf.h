/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kprobe.bpf.h - what the registers tell at a function's entry and return (x86-64).
 */
#ifndef KPROBE_BPF_H
#define KPROBE_BPF_H

#include "xcap.bpf.h"

/* The stack pointer at the entry stands on the return address, which the return takes away. */
#define KPROBE_FRAME(regs)	     ((regs)->sp)
#define KPROBE_FRAME_AT_RETURN(regs) ((regs)->sp - sizeof(u64))

/* Where kprobes have no cookies: by the address that was hit. */
struct kprobe_cookies {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* probes, where it is wanted */
	__type(key, u64);
	__type(value, u64);
};

#define KPROBE_REGISTERS 6 /* arguments in registers; the others stand above the return address */

/* Argument n, from 0, of those on the stack. */
static __always_inline u64 kprobe_stack_arg(struct pt_regs *regs, u64 n)
{
	u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), (u64 *)regs->sp + 1 + n - KPROBE_REGISTERS);
	return value;
}

/*
 * Argument n, from 0. All registers are loaded first: a load at an address chosen by n is what the
 * compiler would make of a switch, and the verifier refuses it.
 */
static __always_inline u64 kprobe_arg(struct pt_regs *regs, u64 n)
{
	u64 a0 = regs->di, a1 = regs->si, a2 = regs->dx;
	u64 a3 = regs->cx, a4 = regs->r8, a5 = regs->r9;

	XCAP_OPAQUE(a0);
	XCAP_OPAQUE(a1);
	XCAP_OPAQUE(a2);
	XCAP_OPAQUE(a3);
	XCAP_OPAQUE(a4);
	XCAP_OPAQUE(a5);
	if (n >= KPROBE_REGISTERS)
		return kprobe_stack_arg(regs, n);
	if (n < 3)
		return n == 0 ? a0 : n == 1 ? a1 : a2;
	return n == 3 ? a3 : n == 4 ? a4 : a5;
}

/* One that the function may have, its number from 1; 0: it has none. */
static __always_inline u64 kprobe_other_arg(struct pt_regs *regs, u64 number)
{
	return number ? kprobe_arg(regs, number - 1) : 0;
}

#endif
