/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * spec_register.c - the registers of struct pt_regs (arch/x86/include/asm/ptrace.h and
 * arch/arm64/include/asm/ptrace.h), whose layout is part of the kernel's interface to user space.
 *
 * Only whole registers: an skb's address is 64 bits long.
 */
#include "plan/spec_register.h"

#include <stdio.h>
#include <string.h>

#include <asm/ptrace.h>

#include "base/util.h"

struct reg {
	const char *name;
	size_t offset;
};

#ifdef __x86_64__
#define REG(name)                                                                                  \
	{                                                                                          \
#name, offsetof(struct pt_regs, name)                                              \
	}
static const struct reg regs[] = {
	REG(rax), REG(rbx), REG(rcx), REG(rdx), REG(rsi), REG(rdi), REG(rbp), REG(r8),
	REG(r9),  REG(r10), REG(r11), REG(r12), REG(r13), REG(r14), REG(r15),
};
#elif defined(__aarch64__)
#define REG(n)                                                                                     \
	{                                                                                          \
		"x" #n, (n)*8                                                                      \
	}
static const struct reg regs[] = {
	REG(0),	 REG(1),  REG(2),  REG(3),  REG(4),  REG(5),  REG(6),  REG(7),
	REG(8),	 REG(9),  REG(10), REG(11), REG(12), REG(13), REG(14), REG(15),
	REG(16), REG(17), REG(18), REG(19), REG(20), REG(21), REG(22), REG(23),
	REG(24), REG(25), REG(26), REG(27), REG(28), REG(29), REG(30),
};
#else
#error "add the registers of this machine"
#endif

int spec_register_offset(const char *name)
{
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(regs); i++)
		if (strcmp(regs[i].name, name) == 0)
			return (int)regs[i].offset;
	return -1;
}

const char *spec_register_list(char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(regs) && used < size; i++)
		used += snprintf(out + used, size - used, "%s%s", i ? ", " : "", regs[i].name);
	return out;
}
