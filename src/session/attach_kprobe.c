/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attach_kprobe.c - kprobes through the perf event of that name (Linux 4.17; no tracefs needed).
 */
#include <asm/ptrace.h>
#include <bpf/bpf.h>
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

#define PMU_TYPE     "/sys/bus/event_source/devices/kprobe/type"
#define PMU_RETPROBE 1 /* format/retprobe: config:0, always */

/* Refusals after which it is the kernel that takes none, not one function or the other. */
#define REFUSED_ENOUGH 3

#if defined(__x86_64__)
/* The registers of the first six arguments, in the order of the System V ABI. */
static const size_t registers[] = {
	offsetof(struct pt_regs, rdi), offsetof(struct pt_regs, rsi), offsetof(struct pt_regs, rdx),
	offsetof(struct pt_regs, rcx), offsetof(struct pt_regs, r8),  offsetof(struct pt_regs, r9),
};
const int attach_kprobe_ret_offset = offsetof(struct pt_regs, rax);
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

/* From 5.15 by a link, which brings the cookie; it holds the event. */
static int link_event(int prog_fd, int event_fd, const struct attach_part *part)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = part->cookie);
	int fd = bpf_link_create(prog_fd, event_fd, BPF_PERF_EVENT, &opts);

	close(event_fd);
	return fd;
}

static int set_program(int prog_fd, int event_fd)
{
	int saved;

	if (!ioctl(event_fd, PERF_EVENT_IOC_SET_BPF, prog_fd) &&
	    !ioctl(event_fd, PERF_EVENT_IOC_ENABLE, 0))
		return event_fd;
	saved = errno;
	close(event_fd);
	return -saved;
}

/*
 * By name; by address where the kernel does not choose among several functions of one name (v6.6:
 * b022f0c7e404 ("tracing/kprobes: Return EADDRNOTAVAIL when func matches several symbols"), also in
 * later 6.1).
 */
static int open_event(struct perf_event_attr *attr, const struct attach_part *part,
		      const char *symbol)
{
	const struct plan_probe *probe = part->probe;
	int fd;

	attr->config = part->at_return ? PMU_RETPROBE : 0;
	attr->config1 = (uintptr_t)symbol; /* kprobe_func */
	attr->config2 = probe->offset;
	fd = syscall(__NR_perf_event_open, attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd >= 0 || errno != EADDRNOTAVAIL || !probe->address)
		return fd;
	attr->config1 = 0;
	attr->config2 = probe->address + probe->offset; /* kprobe_addr */
	return syscall(__NR_perf_event_open, attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
}

/* The event, which nothing hangs on yet; the fd is the caller's. */
static int open_probe(const struct attach_part *part, struct err *err)
{
	const struct plan_probe *probe = part->probe;
	char symbol[sizeof(probe->module) + sizeof(probe->name) + 2];
	struct perf_event_attr attr = {.size = sizeof(attr)};
	int type = pmu_type(), fd;

	if (type < 0)
		return err_errno(err, ERR_UNSUPPORTED, ENOENT, "this kernel has no kprobes: %s",
				 PMU_TYPE);
	snprintf(symbol, sizeof(symbol), "%s%s%s", probe->module, probe->module[0] ? ":" : "",
		 probe->name);
	attr.type = type;
	fd = open_event(&attr, part, symbol);
	if (fd < 0)
		return err_errno(
			err, ERR_UNSUPPORTED, errno, "cannot put a kprobe on '%s'%s", probe->name,
			probe->offset && errno == EILSEQ ? ": no instruction begins there" : "");
	return fd;
}

/*
 * Most kernels take no kprobe on any function that nothing else can be hung on, and go through all
 * symbols each time before they say so: of a glob's functions a few are asked for.
 */
int attach_kprobe_look(const struct attach_part *part, uint32_t *n_refused, struct err *err)
{
	int fd;

	if (part->probe->of_many && *n_refused >= REFUSED_ENOUGH)
		return err_errno(err, ERR_UNSUPPORTED, EINVAL,
				 "no kprobe on '%s', as on %u functions like it", part->probe->name,
				 *n_refused);
	fd = open_probe(part, err);
	*n_refused = fd == -EINVAL ? *n_refused + 1 : 0;
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

int attach_kprobe_open(int prog_fd, const struct attach_part *part, struct err *err)
{
	int fd = open_probe(part, err);

	if (fd < 0)
		return fd;
	fd = part->has_cookie && !part->by_address ? link_event(prog_fd, fd, part)
						   : set_program(prog_fd, fd);
	if (fd < 0)
		return err_errno(err, ERR_UNSUPPORTED, fd, "cannot attach to the kprobe on '%s'",
				 part->probe->name);
	return fd;
}
