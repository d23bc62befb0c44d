/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * feature_try.c - attempts at what this kernel and this user can do.
 *
 * Programs are loaded, but not attached: attaching patches code and waits for all CPUs (tens of
 * milliseconds where probes are slow), and what a kernel lacks it refuses at load.
 */
#include "kernel/feature_try.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/util.h"
#include "kernel/insn.h"
#include "kernel/kbtf_data.h"
#include "kernel/kbtf_module.h"
#include "kernel/kroot.h"

/* A function that the kernel keeps for being probed by tests, and that is called by nobody else. */
#define GUINEA_PIG     "bpf_fentry_test1"
#define SKB_TRACEPOINT "netif_receive_skb"
#define LOG_SIZE       4096

struct program {
	const char *what; /* "fentry", in "the kernel refuses fentry programs" */
	enum bpf_prog_type type;
	enum bpf_attach_type attach_type; /* of BPF_PROG_TYPE_TRACING */
	uint32_t attach_btf_id;
	const struct bpf_insn *insns;
	size_t n_insns;
};

static const struct bpf_insn nothing[] = {INSN_MOV_IMM(BPF_REG_0, 0), INSN_EXIT};

/* The last line of the verifier's log that says something; "" if there is none. */
static const char *last_line(char *log)
{
	char *line, *save = NULL, *last = "";

	for (line = strtok_r(log, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (strncmp(line, "processed ", 10))
			last = line;
	return last;
}

/* Load it and forget it. False: `why` names the errno, and what the verifier had to say. */
static bool load(const struct program *program, char *why, size_t size)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = program->attach_type,
		    .attach_btf_id = program->attach_btf_id);
	char log[LOG_SIZE] = "";
	const char *line;
	int fd, code;

	fd = bpf_prog_load(program->type, NULL, "GPL", program->insns, program->n_insns, &opts);
	if (fd >= 0) {
		close(fd);
		snprintf(why, size, "a small program was loaded");
		return true;
	}
	code = fd;
	opts.log_buf = log;
	opts.log_size = sizeof(log);
	opts.log_level = 1;
	fd = bpf_prog_load(program->type, NULL, "GPL", program->insns, program->n_insns, &opts);
	if (fd >= 0)
		close(fd);
	line = last_line(log);
	snprintf(why, size, "the kernel refuses %s: %s%s%s", program->what, err_name(code),
		 line[0] ? ": " : "", line);
	return false;
}

/* NULL, with why, if the kernel's types cannot be read. */
static struct kbtf *get_kbtf(struct feature_context *context, char *why, size_t size)
{
	if (!context->kbtf && !err_is_set(&context->no_kbtf))
		context->own_kbtf = !kbtf_open(&context->kbtf, &context->no_kbtf);
	if (!context->kbtf)
		snprintf(why, size, "%s", context->no_kbtf.msg);
	return context->kbtf;
}

/* Programs name their targets by the ids of the running kernel's own types. */
static bool has_own_ids(const struct kbtf *kbtf, char *why, size_t size)
{
	if (kbtf_is_foreign(kbtf))
		snprintf(why, size, "the types of --btf are not the running kernel's own");
	return !kbtf_is_foreign(kbtf);
}

/* BTF id of a function of vmlinux; 0, with why, if there is none. */
uint32_t feature_try_find(struct feature_context *context, const char *name, char *why, size_t size)
{
	struct kbtf *kbtf = get_kbtf(context, why, size);
	uint32_t id;

	if (!kbtf || !has_own_ids(kbtf, why, size))
		return 0;
	id = kbtf_known_find(kbtf_vmlinux(kbtf), BTF_KIND_FUNC, name);
	if (id)
		return id;
	snprintf(why, size, "this kernel's types have no function '%s'", name);
	return 0;
}

static bool find_tracepoint(struct feature_context *context, const char *name,
			    struct kbtf_target *target, char *why, size_t size)
{
	struct kbtf *kbtf = get_kbtf(context, why, size);

	if (!kbtf)
		return false;
	if (!kbtf_find_tracepoint(kbtf, name, target))
		return true;
	snprintf(why, size, "this kernel's types have no tracepoint '%s'", name);
	return false;
}

bool feature_try_btf(struct feature_context *context, char *why, size_t size)
{
	struct kbtf *kbtf = get_kbtf(context, why, size);

	if (kbtf)
		snprintf(why, size, "%u types", kbtf_data_count(kbtf_vmlinux(kbtf)) - 1);
	return kbtf != NULL;
}

bool feature_try_bpf(struct feature_context *context, char *why, size_t size)
{
	struct program program = {
		.what = "BPF programs for tracing",
		.type = BPF_PROG_TYPE_TRACEPOINT,
		.insns = nothing,
		.n_insns = UTIL_ARRAY_SIZE(nothing),
	};

	(void)context;
	return load(&program, why, size);
}

bool feature_try_ringbuf(struct feature_context *context, char *why, size_t size)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, NULL, 0, 0, sysconf(_SC_PAGESIZE), NULL);

	(void)context;
	if (fd < 0) {
		snprintf(why, size, "the kernel refuses a ring buffer: %s", err_name(fd));
		return false;
	}
	close(fd);
	snprintf(why, size, "a small one was made");
	return true;
}

bool feature_try_raw_tp(struct feature_context *context, char *why, size_t size)
{
	struct program program = {
		.what = "raw_tp programs",
		.type = BPF_PROG_TYPE_RAW_TRACEPOINT,
		.insns = nothing,
		.n_insns = UTIL_ARRAY_SIZE(nothing),
	};

	(void)context;
	return load(&program, why, size);
}

bool feature_try_tp_btf(struct feature_context *context, char *why, size_t size)
{
	struct program program = {
		.what = "tp_btf programs",
		.type = BPF_PROG_TYPE_TRACING,
		.attach_type = BPF_TRACE_RAW_TP,
		.insns = nothing,
		.n_insns = UTIL_ARRAY_SIZE(nothing),
	};
	struct kbtf_target target;

	if (!find_tracepoint(context, SKB_TRACEPOINT, &target, why, size) ||
	    !has_own_ids(context->kbtf, why, size))
		return false;
	program.attach_btf_id = target.btf_id;
	return load(&program, why, size);
}

static bool try_trampoline(struct feature_context *context, enum bpf_attach_type type,
			   const char *what, char *why, size_t size)
{
	struct program program = {
		.what = what,
		.type = BPF_PROG_TYPE_TRACING,
		.attach_type = type,
		.insns = nothing,
		.n_insns = UTIL_ARRAY_SIZE(nothing),
	};

	program.attach_btf_id = feature_try_find(context, GUINEA_PIG, why, size);
	return program.attach_btf_id && load(&program, why, size);
}

bool feature_try_fentry(struct feature_context *context, char *why, size_t size)
{
	return try_trampoline(context, BPF_TRACE_FENTRY, "fentry programs", why, size);
}

bool feature_try_fexit(struct feature_context *context, char *why, size_t size)
{
	return try_trampoline(context, BPF_TRACE_FEXIT, "fexit programs", why, size);
}

/* Number of the kprobe event source, or -errno. */
static int kprobe_type(void)
{
	char path[PATH_MAX], *text, *end;
	long type;

	text = util_read_file(
		kroot_path(path, sizeof(path), "/sys/bus/event_source/devices/kprobe/type"), NULL);
	if (!text)
		return -errno;
	type = strtol(text, &end, 10);
	if (end == text || type < 0 || type > INT_MAX)
		type = -EINVAL;
	free(text);
	return type;
}

/*
 * Ask for a kprobe where no function is: the kernel goes through all permissions (perf, lockdown)
 * and the symbol, and stops before it looks at the code there: ENOENT, EINVAL before 5.19. A probe
 * that works would cost a wait for all CPUs to take away.
 */
static int try_kprobe_event(int type)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = type,
		.config1 = (uintptr_t)GUINEA_PIG,
		.config2 = INT64_MAX,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	return errno == ENOENT || errno == EINVAL ? 0 : -errno;
}

bool feature_try_kprobe(struct feature_context *context, char *why, size_t size)
{
	struct program program = {
		.what = "kprobe programs",
		.type = BPF_PROG_TYPE_KPROBE,
		.insns = nothing,
		.n_insns = UTIL_ARRAY_SIZE(nothing),
	};
	int type = kprobe_type(), ret;

	if (type < 0) {
		snprintf(why, size, "this kernel has no kprobe events: %s", err_name(type));
		return false;
	}
	if (!context->has_kprobe_programs && !load(&program, why, size))
		return false;
	ret = try_kprobe_event(type);
	if (ret)
		snprintf(why, size, "the kernel refuses a kprobe: %s", err_name(ret));
	else
		snprintf(why, size, "a small program was loaded, perf event source %d", type);
	return !ret;
}

/* Lines of /proc/modules; 0 also where the kernel has no modules. */
static size_t count_modules(void)
{
	char path[PATH_MAX], *text;
	size_t n = 0;

	text = util_read_file(kroot_path(path, sizeof(path), "/proc/modules"), NULL);
	for (const char *s = text; s && *s; s++)
		n += *s == '\n';
	free(text);
	return n;
}

bool feature_try_module_btf(struct feature_context *context, char *why, size_t size)
{
	struct kbtf_modules modules = {};
	size_t loaded = count_modules();
	bool has = false;
	int fd;

	(void)context;
	kbtf_module_list(&modules);
	if (!loaded) {
		has = true;
		snprintf(why, size, "no module is loaded");
	} else if (!modules.n) {
		snprintf(why, size, "none of the %zu loaded modules has types", loaded);
	} else {
		fd = kbtf_module_fd(&modules, &modules.list[0]);
		has = fd >= 0;
		if (has)
			snprintf(why, size, "types of %zu of %zu modules", modules.n, loaded);
		else
			snprintf(why, size, "the kernel does not give away a module's types: %s",
				 err_name(fd));
	}
	kbtf_module_fini(&modules);
	return has;
}

bool feature_try_rdonly_cast(struct feature_context *context, char *why, size_t size)
{
	struct kbtf *kbtf = get_kbtf(context, why, size);
	uint32_t skb = kbtf ? kbtf_known_find(kbtf_vmlinux(kbtf), BTF_KIND_STRUCT, "sk_buff") : 0;
	uint32_t kfunc = kbtf ? feature_try_find(context, "bpf_rdonly_cast", why, size) : 0;
	const struct bpf_insn insns[] = {
		INSN_LOAD(BPF_REG_1, BPF_REG_1, 0), /* any number will do */
		INSN_MOV_IMM(BPF_REG_2, skb),	    INSN_CALL_KFUNC(kfunc),
		INSN_LOAD(BPF_REG_0, BPF_REG_0, 0), /* skb->next */
		INSN_MOV_IMM(BPF_REG_0, 0),	    INSN_EXIT,
	};
	struct program program = {
		.what = "bpf_rdonly_cast() in raw_tp programs",
		.type = BPF_PROG_TYPE_RAW_TRACEPOINT,
		.insns = insns,
		.n_insns = UTIL_ARRAY_SIZE(insns),
	};

	return kfunc && load(&program, why, size);
}

bool feature_try_dynptr_skb(struct feature_context *context, char *why, size_t size)
{
	uint32_t kfunc = feature_try_find(context, "bpf_dynptr_from_skb", why, size);
	const struct bpf_insn insns[] = {
		INSN_LOAD(BPF_REG_1, BPF_REG_1, 0), /* skb, the tracepoint's first argument */
		INSN_MOV_IMM(BPF_REG_2, 0),	    INSN_MOV_REG(BPF_REG_3, BPF_REG_10),
		INSN_ADD_IMM(BPF_REG_3, -16),	    INSN_CALL_KFUNC(kfunc),
		INSN_MOV_IMM(BPF_REG_0, 0),	    INSN_EXIT,
	};
	struct program program = {
		.what = "bpf_dynptr_from_skb() in tp_btf programs",
		.type = BPF_PROG_TYPE_TRACING,
		.attach_type = BPF_TRACE_RAW_TP,
		.insns = insns,
		.n_insns = UTIL_ARRAY_SIZE(insns),
	};
	struct kbtf_target target;

	if (!kfunc || !find_tracepoint(context, SKB_TRACEPOINT, &target, why, size))
		return false;
	program.attach_btf_id = target.btf_id;
	return load(&program, why, size);
}

bool feature_try_page_address(struct feature_context *context, char *why, size_t size)
{
	return !pagebase_find(&context->pagebase, why, size);
}

bool feature_try_drop_reason(struct feature_context *context, char *why, size_t size)
{
	struct kbtf_target target;

	if (!find_tracepoint(context, "kfree_skb", &target, why, size))
		return false;
	for (uint32_t i = 0; i < UTIL_MIN(target.n_args, KBTF_ARGS_MAX); i++) {
		if (strcmp(target.args[i].type, "enum skb_drop_reason"))
			continue;
		snprintf(why, size, "argument %u of kfree_skb", i + 1);
		return true;
	}
	snprintf(why, size, "kfree_skb has no argument 'enum skb_drop_reason'");
	return false;
}

/* A member of that name in the structure or the nameless ones inside it? */
static bool has_member(const struct kbtf_data *btf, const struct btf_type *type, const char *name)
{
	for (uint32_t i = 0; type && btf_is_composite(type) && i < btf_vlen(type); i++) {
		const struct btf_member *m = &btf_members(type)[i];
		const struct btf_type *inner = kbtf_data_type(btf, m->type);

		if (!strcmp(kbtf_data_name(btf, m->name_off), name))
			return true;
		if (inner && !inner->name_off && has_member(btf, inner, name))
			return true;
	}
	return false;
}

bool feature_try_link_missed(struct feature_context *context, char *why, size_t size)
{
	struct kbtf *kbtf = get_kbtf(context, why, size);
	const struct kbtf_data *btf = kbtf ? kbtf_vmlinux(kbtf) : NULL;
	uint32_t id = btf ? kbtf_known_find(btf, BTF_KIND_STRUCT, "bpf_link_info") : 0;

	if (id && has_member(btf, kbtf_data_type(btf, id), "missed")) {
		snprintf(why, size, "links count them");
		return true;
	}
	if (kbtf)
		snprintf(why, size, "this kernel's links do not count them");
	return false;
}

bool feature_try_tracefs(struct feature_context *context, char *why, size_t size)
{
	size_t n;
	int error;

	if (!context->tracepoints)
		context->tracepoints = tracepoint_open();
	if (!context->tracepoints) {
		snprintf(why, size, "no memory");
		return false;
	}
	error = tracepoint_error(context->tracepoints);
	tracepoint_names(context->tracepoints, &n);
	if (error)
		snprintf(why, size, "not readable: %s; a built-in list of %zu serves",
			 err_name(error), n);
	else
		snprintf(why, size, "%zu tracepoints", n);
	return !error;
}

bool feature_try_preempt_count(struct feature_context *context, char *why, size_t size)
{
	struct kbtf *kbtf = get_kbtf(context, why, size);
	int64_t delta = kbtf ? kbtf_preempt_delta(kbtf) : 0;

	if (delta)
		snprintf(why, size, "%lld bytes from the run queue", (long long)delta);
	else if (kbtf)
		snprintf(why, size, "this kernel's types do not tell where it is");
	return delta != 0;
}
