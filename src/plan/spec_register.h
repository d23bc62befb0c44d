/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * spec_register.h - registers by the names that disassemblers print, and where a kprobe finds them.
 */
#ifndef PLAN_SPEC_REGISTER_H
#define PLAN_SPEC_REGISTER_H

#include <stddef.h>

/* Offset of a 64-bit register in the kernel's struct pt_regs of this machine; -1: no such one. */
int spec_register_offset(const char *name);

/* One that may hold an skb, for hints. */
#ifdef __x86_64__
#define SPEC_REGISTER_EXAMPLE "rbx"
#else
#define SPEC_REGISTER_EXAMPLE "x19"
#endif

/* "rax, rbx, ..."; returns out. */
const char *spec_register_list(char *out, size_t size);

#endif
