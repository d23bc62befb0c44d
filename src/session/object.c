/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * object.c - from the embedded ELF to maps and templates.
 *
 * libbpf does CO-RE and map creation; its prepare-load callback then hands us each finished
 * program. What it goes on to load is an empty raw tracepoint program in its place: the real ones
 * are loaded per probe.
 */
#include "session/object.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"
#include "kernel/feature.h"
#include "kernel/insn.h"
#include "session/inject.h"
#include "session/types.h"
#include "xcap/chain.h"
#include "xcap/config.h"
#include "xcap/event.h"
#include "xcap/ring.h"
#include "xcap.skel.h"

static const char *const section_names[PLAN_MECHANISMS] = {
	[PLAN_TP_BTF] = "xcap/tp_btf",
	[PLAN_RAW_TP] = "xcap/raw_tp",
	[PLAN_FENTRY] = "xcap/fentry",
	[PLAN_KPROBE_MULTI] = "xcap/kprobe_multi",
	[PLAN_KPROBE] = "xcap/kprobe",
	[PLAN_FEXIT] = "xcap/fexit",
	[PLAN_KRETPROBE_MULTI] = "xcap/kretprobe_multi",
	[PLAN_KRETPROBE] = "xcap/kretprobe",
};

/* Of the hooks that follow packets. */
static const char *const track_names[] = {"xcap/track", "xcap/track_return"};

static bool is_track(const struct bpf_program *prog, int at_return)
{
	return !strcmp(bpf_program__section_name(prog), track_names[at_return]);
}

static bool is_template(const struct bpf_program *prog, enum plan_mechanism mechanism)
{
	const char *name = section_names[mechanism];

	return name && !strcmp(bpf_program__section_name(prog), name);
}

static bool is_chain(const struct bpf_program *prog)
{
	return !strcmp(bpf_program__section_name(prog), "xcap/chain");
}

/* libbpf's own words go to --debug: what matters of them is said by us. */
static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	char line[1024];

	if (level == LIBBPF_DEBUG || log_get_level() < LOG_LEVEL_DEBUG)
		return 0;
	vsnprintf(line, sizeof(line), fmt, ap);
	line[strcspn(line, "\n")] = '\0';
	log_debug("%s", line);
	return 0;
}

static int keep_program(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	struct bpf_insn empty[] = {INSN_MOV_IMM(BPF_REG_0, 0), INSN_EXIT};
	struct object *object = (struct object *)cookie;
	const struct btf *btf = bpf_object__btf(object->skel->obj);
	int rc = -ENOENT;

	for (int i = 0; i < PLAN_MECHANISMS; i++)
		if (is_template(prog, i))
			rc = template_keep(&object->templates[i], prog, opts, btf, &object->ids);
	for (int i = 0; i < 2; i++)
		if (is_track(prog, i))
			rc = template_keep(&object->track[i], prog, opts, btf, &object->ids);
	if (is_chain(prog))
		rc = template_keep(&object->chain, prog, opts, btf, &object->ids);
	if (rc)
		return rc;
	opts->func_info_cnt = 0;
	opts->line_info_cnt = 0;
	return bpf_program__set_insns(prog, empty, UTIL_ARRAY_SIZE(empty));
}

static bool plan_uses(const struct plan *plan, enum plan_mechanism mechanism)
{
	for (uint32_t i = 0; i < plan->n_probes; i++)
		for (uint32_t j = 0; j < plan->probes[i].n_rungs; j++)
			if (plan->probes[i].ladder[j].mechanism == mechanism &&
			    plan->probes[i].ladder[j].usable)
				return true;
	return false;
}

/* An exit probe has an entry part; single kprobes have the program of many where they can. */
static bool needs_template(const struct object *object, const struct plan *plan,
			   enum plan_mechanism mechanism)
{
	bool entries = plan_uses(plan, PLAN_KPROBE), exits = plan_uses(plan, PLAN_KRETPROBE);

	switch (mechanism) {
	case PLAN_FENTRY:
		return plan_uses(plan, PLAN_FENTRY) || plan_uses(plan, PLAN_FEXIT);
	case PLAN_KPROBE:
		return entries || exits;
	case PLAN_KPROBE_MULTI:
		return plan_uses(plan, PLAN_KPROBE_MULTI) ||
		       plan_uses(plan, PLAN_KRETPROBE_MULTI) ||
		       (object->has_cookies && (entries || exits));
	case PLAN_KRETPROBE_MULTI:
		return plan_uses(plan, PLAN_KRETPROBE_MULTI) || (object->has_cookies && exits);
	default:
		return plan_uses(plan, mechanism);
	}
}

static bool has_exit_probes(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->n_probes; i++)
		if (plan->probes[i].is_exit)
			return true;
	return false;
}

/* Two rows per packet where the skb's address is one. */
static int configure_track(struct object *object, const struct plan *plan)
{
	struct xcap_bpf *skel = object->skel;
	bool exact = plan->config.track == XCAP_TRACK_EXACT;
	int rc;

	if (!plan->config.track)
		return 0;
	rc = bpf_map__set_max_entries(skel->maps.heads,
				      exact ? plan->track_max : 2 * plan->track_max);
	if (!rc && exact)
		rc = bpf_map__set_max_entries(skel->maps.shared, plan->track_max);
	if (!rc && exact)
		rc = bpf_map__set_max_entries(skel->maps.frames, XCAP_KEPT_MAX);
	return rc;
}

/* Our own ring, and the kernel's, which is then the bell beside it. */
static int configure_ring(struct object *object, const struct plan *plan)
{
	struct xcap_bpf *skel = object->skel;
	struct xcap_config *config = &skel->rodata->cfg;
	int rc;

	if (!config->own_ring)
		return bpf_map__set_max_entries(skel->maps.ring, plan->ring_bytes);
	if (getrandom(&config->ring_key, sizeof(config->ring_key), 0) < 0)
		return -errno;
	rc = bpf_map__set_max_entries(skel->maps.ring, sysconf(_SC_PAGESIZE));
	return rc ? rc
		  : bpf_map__set_value_size(skel->maps.memory, sizeof(struct xcap_ring) +
								       plan->ring_bytes +
								       XCAP_RING_SPILL);
}

static int configure(struct object *object, const struct plan *plan)
{
	struct xcap_bpf *skel = object->skel;
	struct bpf_program *prog;
	int rc;

	skel->rodata->cfg = plan->config;
	skel->rodata->cfg.n_cpus = object->n_cpus;
	skel->rodata->if_match = plan->if_match;
	skel->rodata->chain_layout = plan->chains.layout;
	rc = configure_ring(object, plan);
	if (!rc)
		rc = bpf_map__set_max_entries(skel->maps.probes, plan->n_probes);
	if (!rc)
		rc = bpf_map__set_max_entries(skel->maps.counters, object->n_cpus * plan->n_probes);
	if (!rc && has_exit_probes(plan))
		rc = bpf_map__set_max_entries(skel->maps.kept, XCAP_KEPT_MAX);
	if (!rc)
		rc = configure_track(object, plan);
	if (!rc && plan->chains.n)
		rc = bpf_map__set_max_entries(skel->maps.chain_names, XCAP_CHAIN_MAX);
	bpf_object__for_each_program(prog, skel->obj)
	{
		if (is_chain(prog))
			bpf_program__set_autoload(prog, plan->chains.n > 0);
		for (int i = 0; i < PLAN_MECHANISMS; i++)
			if (is_template(prog, i))
				bpf_program__set_autoload(prog, needs_template(object, plan, i));
		for (int i = 0; i < 2; i++)
			if (is_track(prog, i))
				bpf_program__set_autoload(prog, plan->n_hooks > 0);
	}
	return rc;
}

static int map_counters(struct object *object, const struct plan *plan)
{
	size_t page = sysconf(_SC_PAGESIZE);
	size_t bytes = (size_t)object->n_cpus * plan->n_probes * sizeof(struct xcap_counters);
	void *p;

	bytes = (bytes + page - 1) / page * page;
	p = mmap(NULL, bytes, PROT_READ, MAP_SHARED, bpf_map__fd(object->skel->maps.counters), 0);
	if (p == MAP_FAILED)
		return -errno;
	object->counters = p;
	object->counters_bytes = bytes;
	return 0;
}

/* All rows by one call (Linux 5.6): there may be thousands. */
static int fill_probes(struct object *object, const struct plan *plan)
{
	struct xcap_probe *rows = calloc(plan->n_probes, sizeof(*rows));
	uint32_t *keys = calloc(plan->n_probes, sizeof(*keys));
	__u32 n = plan->n_probes;
	int rc = -ENOMEM;

	for (uint32_t i = 0; rows && keys && i < n; i++) {
		rows[i] = plan->probes[i].config;
		keys[i] = i;
	}
	if (rows && keys)
		rc = bpf_map_update_batch(bpf_map__fd(object->skel->maps.probes), keys, rows, &n,
					  NULL);
	free(rows);
	free(keys);
	return rc;
}

static int inject_all(struct object *object, const struct plan *plan, struct err *err)
{
	struct cbpf2ebpf_code code = {};
	int rc;

	if (!plan->filter.len)
		return 0;
	rc = cbpf2ebpf_translate(&plan->filter, &inject_layout, &code, err);
	for (int i = 0; i < PLAN_MECHANISMS && !rc; i++)
		if (object->templates[i].insns && !plan_mechanism_is_exit(i))
			rc = inject_filter(&object->templates[i], &code, err);
	if (!rc)
		log_debug("filter: %u classic instructions, %u translated, %u of %u bounds checks "
			  "needed",
			  plan->filter.len, code.len, code.guards - code.guards_elided,
			  code.guards);
	cbpf2ebpf_free(&code);
	return rc;
}

/* The empty programs have served. */
static void unload_stubs(struct object *object)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, object->skel->obj) bpf_program__unload(prog);
}

static int load_failed(struct err *err, int code, const struct plan *plan)
{
	err_errno(err, code == -EPERM || code == -EACCES ? ERR_UNSUPPORTED : ERR_FAILED, code,
		  "cannot create the BPF maps and programs");
	if (code == -EPERM)
		err_hint(err,
			 "run as root, or see 'xcap check' for the capabilities that are missing; "
			 "before "
			 "Linux 5.11 the memlock limit must allow %llu KiB (ulimit -l)",
			 (unsigned long long)plan->ring_bytes / 1024 + 1024);
	else if (code == -EINVAL && geteuid() != 0)
		/* libbpf before 1.4 has to look into modules for kfuncs that the kernel lacks */
		err_hint(err, "before Linux 6.4 it takes CAP_SYS_ADMIN as well, or root; --debug "
			      "shows what libbpf says");
	else if (code == -ENOMEM)
		err_hint(err, "ask for a smaller ring: -B 1M");
	else
		err_hint(err, "--debug shows what libbpf says");
	return err->code;
}

/* libbpf relocates by a file, which is filled when it is known what the object asks for. */
static int open_and_load(struct object *object, const struct plan *plan, const struct kbtf *types)
{
	LIBBPF_OPTS(bpf_object_open_opts, options);
	struct types file;
	int rc = types_open(&file);

	if (rc)
		return rc;
	options.btf_custom_path = file.path;
	object->skel = xcap_bpf__open_opts(&options);
	rc = object->skel ? configure(object, plan) : -errno;
	if (!rc)
		rc = types_fill(&file, types, bpf_object__btf(object->skel->obj));
	types_find(types, &object->ids);
	if (!rc)
		rc = xcap_bpf__load(object->skel);
	if (!rc)
		object->ids.constants = (struct prune_constants){
			.map_fd = bpf_map__fd(object->skel->maps.rodata),
			.data = object->skel->rodata,
			.size = bpf_map__value_size(object->skel->maps.rodata),
		};
	types_close(&file);
	return rc;
}

/*
 * The BPF object is a part of our own file, and not looked at again: its pages are given back. Who
 * looks all the same reads them from the file once more.
 */
static void release_file(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from, to;
	size_t size;

	from = (uintptr_t)xcap_bpf__elf_bytes(&size);
	to = (from + size) & ~(page - 1);
	from = (from + page - 1) & ~(page - 1);
	if (from < to)
		madvise((void *)from, to - from, MADV_DONTNEED); /* a failure costs memory alone */
}

int object_open(struct object *object, const struct plan *plan, const struct kbtf *types,
		bool has_cookies, struct err *err)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, handler, .cookie = (long)object,
		    .prog_prepare_load_fn = keep_program);
	int handler_id, rc;

	libbpf_set_print(print_libbpf);
	feature_raise_memlock();
	object->has_cookies = has_cookies;
	object->n_cpus = libbpf_num_possible_cpus();
	handler_id =
		libbpf_register_prog_handler("xcap+", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, &handler);
	if (handler_id < 0)
		return err_errno(err, ERR_FAILED, handler_id, "cannot register with libbpf");
	rc = open_and_load(object, plan, types);
	release_file();
	if (!rc)
		rc = fill_probes(object, plan);
	if (!rc)
		rc = map_counters(object, plan);
	libbpf_unregister_prog_handler(handler_id);
	if (!rc)
		unload_stubs(object);
	return rc ? load_failed(err, rc, plan) : inject_all(object, plan, err);
}

void object_close(struct object *object)
{
	if (object->counters)
		munmap((void *)object->counters, object->counters_bytes);
	for (int i = 0; i < PLAN_MECHANISMS; i++)
		template_fini(&object->templates[i]);
	for (int i = 0; i < 2; i++)
		template_fini(&object->track[i]);
	template_fini(&object->chain);
	if (object->skel)
		xcap_bpf__destroy(object->skel);
	memset(object, 0, sizeof(*object));
}

void object_enable(struct object *object, bool enabled)
{
	__atomic_store_n(&object->skel->bss->enabled, enabled, __ATOMIC_SEQ_CST);
}

uint32_t object_kept(const struct object *object)
{
	int fd = bpf_map__fd(object->skel->maps.kept);
	uint64_t key[2]; /* struct keep_key */
	uint32_t n = 0;

	for (void *at = NULL; n < XCAP_KEPT_MAX && !bpf_map_get_next_key(fd, at, key); at = key)
		n++;
	return n;
}

struct ring_source object_ring(const struct object *object)
{
	const struct xcap_config *config = &object->skel->rodata->cfg;

	return (struct ring_source){
		.fd = bpf_map__fd(object->skel->maps.ring),
		.memory_fd = config->own_ring ? bpf_map__fd(object->skel->maps.memory) : -1,
		.key = config->ring_key,
	};
}

int object_track_fd(const struct object *object)
{
	return bpf_map__fd(object->skel->maps.heads);
}

uint32_t object_track_rows(const struct object *object)
{
	return bpf_map__max_entries(object->skel->maps.heads);
}

const struct xcap_track_counts *object_track_counts(const struct object *object)
{
	return &object->skel->bss->track_counts;
}

int object_chain_fd(const struct object *object)
{
	return bpf_map__fd(object->skel->maps.chain_names);
}
