/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attach_kprobe.c - kprobes through the perf event of that name (Linux 4.17; no tracefs needed).
 */
#include <asm/ptrace.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/util.h"
#include "session/attach.h"

#define PMU_TYPE "/sys/bus/event_source/devices/kprobe/type"

#if defined(__x86_64__)
/* The registers of the first six arguments, in the order of the System V ABI. */
static const size_t registers[] = {
	offsetof(struct pt_regs, rdi), offsetof(struct pt_regs, rsi), offsetof(struct pt_regs, rdx),
	offsetof(struct pt_regs, rcx), offsetof(struct pt_regs, r8),  offsetof(struct pt_regs, r9),
};
#else
#error "xcap knows the argument registers of x86-64 only; add this architecture's here"
#endif

int attach_kprobe_arg_offset(uint32_t arg)
{
	return arg < UTIL_ARRAY_SIZE(registers) ? (int)registers[arg] : -1;
}

static int pmu_type(void)
{
	char *text = util_read_file(PMU_TYPE, NULL);
	int type = text ? atoi(text) : -1;

	free(text);
	return type;
}

int attach_kprobe_open(int prog_fd, const struct plan_probe *probe, struct err *err)
{
	char symbol[sizeof(probe->module) + sizeof(probe->name) + 2];
	struct perf_event_attr attr = {.size = sizeof(attr)};
	int type = pmu_type(), fd, saved;

	if (type < 0)
		return err_errno(err, ERR_UNSUPPORTED, ENOENT, "this kernel has no kprobes: %s",
				 PMU_TYPE);
	snprintf(symbol, sizeof(symbol), "%s%s%s", probe->module, probe->module[0] ? ":" : "",
		 probe->name);
	attr.type = type;
	attr.config1 = (uintptr_t)symbol; /* kprobe_func; config2, the offset, is 0 */
	fd = syscall(__NR_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return err_errno(err, ERR_UNSUPPORTED, errno, "cannot put a kprobe on '%s'",
				 probe->name);
	if (ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog_fd) || ioctl(fd, PERF_EVENT_IOC_ENABLE, 0)) {
		saved = errno;
		close(fd);
		return err_errno(err, ERR_UNSUPPORTED, saved, "cannot attach to the kprobe on '%s'",
				 probe->name);
	}
	return fd;
}
