/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * yardstick - empty BPF programs on the hooks that xcap is measured at, and the kernel's run-time
 * statistics of all programs.
 *
 *	yardstick [-b] MECHANISM:TARGET...
 *
 * Attaches to each target a program that does nothing (raw_tp, tp_btf, fentry, kprobe) and turns
 * the statistics on for as long as it runs. With -b the programs are bare: no statistics, but
 * "listening on" them is said, and a signal ends it. Else, for each line on stdin it prints one
 *line per program of the system, `ID NAME RUNS NANOSECONDS`, then `end`; its own are called
 *empty_0, empty_1... in the order of the arguments. It ends with stdin. Started by the scripts
 *beside it; needs root.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KPROBE_TYPE "/sys/bus/event_source/devices/kprobe/type"

struct mechanism {
	const char *name;
	enum bpf_prog_type type;
	enum bpf_attach_type attach_type;
	int by_btf;
	int (*attach)(int prog_fd, const char *target);
};

static int attach_trace(int prog_fd, const char *target)
{
	(void)target;
	return bpf_raw_tracepoint_open(NULL, prog_fd);
}

static int attach_raw_tp(int prog_fd, const char *target)
{
	return bpf_raw_tracepoint_open(target, prog_fd);
}

static int attach_kprobe(int prog_fd, const char *target)
{
	struct perf_event_attr attr = {.size = sizeof(attr), .config1 = (uintptr_t)target};
	FILE *file = fopen(KPROBE_TYPE, "r");
	int fd, known;

	if (!file)
		return -errno;
	known = fscanf(file, "%u", &attr.type);
	fclose(file);
	if (known != 1)
		return -EINVAL;
	fd = syscall(__NR_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog_fd) || ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		return -errno;
	return fd;
}

static int attach_kprobe_multi(int prog_fd, const char *target)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .kprobe_multi.cnt = 1,
		    .kprobe_multi.syms = &target);

	return bpf_link_create(prog_fd, 0, BPF_TRACE_KPROBE_MULTI, &opts);
}

static const struct mechanism mechanisms[] = {
	{"tp_btf", BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, 1, attach_trace},
	{"raw_tp", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0, attach_raw_tp},
	{"fentry", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, 1, attach_trace},
	{"kprobe", BPF_PROG_TYPE_KPROBE, 0, 0, attach_kprobe},
	{"kprobe-multi", BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, 0, attach_kprobe_multi},
};

static int fail(const char *what, int code)
{
	fprintf(stderr, "yardstick: %s: %s\n", what, strerror(code < 0 ? -code : code));
	return 1;
}

/* Load an empty program and attach it; both descriptors stay open until the end. */
static int add_empty(uint8_t number, const char *spec)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	size_t len = strcspn(spec, ":");
	const char *target = spec[len] ? spec + len + 1 : "";
	const struct mechanism *m = NULL;
	char name[BPF_OBJ_NAME_LEN];
	int fd;

	for (size_t i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++)
		if (strlen(mechanisms[i].name) == len && !strncmp(mechanisms[i].name, spec, len))
			m = &mechanisms[i];
	if (!m)
		return fail(spec, EINVAL);
	opts.expected_attach_type = m->attach_type;
	if (m->by_btf) {
		fd = libbpf_find_vmlinux_btf_id(target, m->attach_type);
		if (fd < 0)
			return fail(spec, fd);
		opts.attach_btf_id = fd;
	}
	snprintf(name, sizeof(name), "empty_%u", number);
	fd = bpf_prog_load(m->type, name, "GPL", insns, 2, &opts);
	if (fd < 0)
		return fail(spec, fd);
	fd = m->attach(fd, target);
	return fd < 0 ? fail(spec, fd) : 0;
}

static void print_all(void)
{
	struct bpf_prog_info info;
	__u32 id = 0, size;
	int fd;

	while (!bpf_prog_get_next_id(id, &id)) {
		fd = bpf_prog_get_fd_by_id(id);
		if (fd < 0)
			continue; /* it went in the meantime */
		memset(&info, 0, sizeof(info));
		size = sizeof(info);
		if (!bpf_obj_get_info_by_fd(fd, &info, &size))
			printf("%u %s %llu %llu\n", id, info.name[0] ? info.name : "-",
			       (unsigned long long)info.run_cnt,
			       (unsigned long long)info.run_time_ns);
		close(fd);
	}
	printf("end\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	int bare = argc > 1 && !strcmp(argv[1], "-b");
	char line[64];

	for (int i = 1 + bare; i < argc; i++)
		if (add_empty(i - 1 - bare, argv[i]))
			return 1;
	if (bare) {
		fprintf(stderr, "listening on %d empty programs\n", argc - 2);
		return pause();
	}
	/* the statistics are on while this descriptor is open */
	if (bpf_enable_stats(BPF_STATS_RUN_TIME) < 0)
		return fail("run-time statistics", errno);
	while (fgets(line, sizeof(line), stdin))
		print_all();
	return 0;
}
