/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * object_load.c - libbpf's part: it relocates the programs that are wanted, and makes the maps.
 *
 * Its prepare-load callback hands us each finished program. What it goes on to load is an empty raw
 * tracepoint program in its place: the real ones are loaded per probe. Relocating is a good part of
 * a start, so at first it is the programs of each ladder's first rung; what the rungs below need
 * comes from a second opening of the same object, over the same maps, once a ladder falls.
 */
#include "session/object_load.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"
#include "kernel/insn.h"
#include "plan/plan_ladder.h"
#include "session/attach.h"
#include "session/embedded.h"
#include "session/object.h"
#include "session/types.h"
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

/* What one opening is about. */
struct opening {
	struct object *object;
	struct xcap_bpf *skel;
	struct template_ids *ids;
	const bool *wanted; /* templates, by mechanism */
};

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

int object_load_no_words(char *words, size_t size, const void *relocation)
{
	(void)relocation;
	if (size)
		words[0] = '\0';
	return 0;
}

static int keep_program(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	struct bpf_insn empty[] = {INSN_MOV_IMM(BPF_REG_0, 0), INSN_EXIT};
	const struct opening *opening = (const struct opening *)cookie;
	const struct btf *btf = bpf_object__btf(opening->skel->obj);
	const struct template_ids *ids = opening->ids;
	struct object *object = opening->object;
	int rc = -ENOENT;

	for (int i = 0; i < PLAN_MECHANISMS; i++)
		if (is_template(prog, i))
			rc = template_keep(&object->templates[i], prog, opts, btf, ids);
	for (int i = 0; i < 2; i++)
		if (is_track(prog, i))
			rc = template_keep(&object->track[i], prog, opts, btf, ids);
	if (is_chain(prog))
		rc = template_keep(&object->chain, prog, opts, btf, ids);
	if (rc)
		return rc;
	opts->func_info_cnt = 0;
	opts->line_info_cnt = 0;
	return bpf_program__set_insns(prog, empty, UTIL_ARRAY_SIZE(empty));
}

/*
 * Have libbpf hand us the programs; the handler's number, or -errno. Before 1.3 libbpf frees its
 * list of handlers when the last goes, and uses it for the next that comes: one that no section
 * asks for stays.
 */
static int take_programs(const struct opening *opening)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, handler, .cookie = (long)opening,
		    .prog_prepare_load_fn = keep_program);
	int rc = libbpf_register_prog_handler("xcap/none", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, NULL);

	return rc < 0 ? rc
		      : libbpf_register_prog_handler("xcap+", BPF_PROG_TYPE_RAW_TRACEPOINT, 0,
						     &handler);
}

enum plan_mechanism object_load_source(const struct object *object, const struct plan_probe *probe,
				       enum plan_mechanism mechanism)
{
	if (object->by_address)
		return mechanism == PLAN_KPROBE && probe->is_alone ? PLAN_KPROBE_MULTI : mechanism;
	if (!object->has_cookies || probe->skb_reg >= 0)
		return mechanism;
	return mechanism == PLAN_KPROBE	     ? PLAN_KPROBE_MULTI
	       : mechanism == PLAN_KRETPROBE ? PLAN_KRETPROBE_MULTI
					     : mechanism;
}

/* Templates of the first rungs, or of all that may be climbed to; an exit probe has an entry. */
static void want_templates(const struct object *object, const struct plan *plan, bool all,
			   bool *wanted)
{
	for (uint32_t i = 0; i < plan->n_probes; i++) {
		const struct plan_probe *probe = &plan->probes[i];
		const struct plan_rung *first = plan_ladder_first(probe);

		for (uint32_t j = 0; j < probe->n_rungs; j++) {
			const struct plan_rung *rung = &probe->ladder[j];
			enum plan_mechanism entry = attach_table[rung->mechanism].entry;

			if (!rung->usable || !(all || rung == first))
				continue;
			wanted[object_load_source(object, probe, rung->mechanism)] = true;
			wanted[object_load_source(object, probe, entry)] = true;
		}
	}
}

/* What stands beside the probes is opened the first time. */
static void choose_programs(const struct opening *opening, const struct plan *plan)
{
	bool first = opening->skel == opening->object->skel;
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, opening->skel->obj)
	{
		if (is_chain(prog))
			bpf_program__set_autoload(prog, first && plan->chains.n > 0);
		for (int i = 0; i < PLAN_MECHANISMS; i++)
			if (is_template(prog, i))
				bpf_program__set_autoload(prog, opening->wanted[i]);
		for (int i = 0; i < 2; i++)
			if (is_track(prog, i))
				bpf_program__set_autoload(prog, first && plan->n_hooks > 0);
	}
}

/* The maps that there are, for the same map of another opening. */
static int share_maps(const struct xcap_bpf *from, struct xcap_bpf *to)
{
	struct bpf_map *map, *other = NULL;
	int rc = 0;

	bpf_object__for_each_map(map, to->obj)
	{
		other = bpf_object__next_map(from->obj, other);
		rc = other ? bpf_map__reuse_fd(map, bpf_map__fd(other)) : -ENOENT;
		if (rc)
			break;
	}
	return rc;
}

/* The empty programs have served. */
static void unload_stubs(struct xcap_bpf *skel)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, skel->obj) bpf_program__unload(prog);
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

/* Its constants stand in the map by the first opening, which has frozen it. */
static struct prune_constants constants_of(const struct object *object, const struct xcap_bpf *skel)
{
	return (struct prune_constants){
		.map_fd = bpf_map__fd(skel->maps.rodata),
		.data = object->skel->rodata,
		.size = bpf_map__value_size(skel->maps.rodata),
	};
}

static struct embedded_section find_btf_ext(void)
{
	size_t size;

	return embedded_find(xcap_bpf__elf_bytes(&size), ".BTF.ext");
}

static int load(struct opening *opening, const struct plan *plan, const struct kbtf *types,
		struct types *file, object_load_configure *configure)
{
	struct object *object = opening->object;
	const struct embedded_section btf_ext = find_btf_ext();
	struct xcap_bpf *skel = opening->skel;
	int rc;

	choose_programs(opening, plan);
	rc = configure ? configure(object, plan) : share_maps(object->skel, skel);
	if (!rc)
		rc = types_fill(file, types, bpf_object__btf(skel->obj), &btf_ext);
	return rc ? rc : xcap_bpf__load(skel);
}

/* libbpf relocates by a file, which is filled when it is known what the object asks for. */
static int open_and_load(struct opening *opening, struct xcap_bpf **skel, const struct plan *plan,
			 const struct kbtf *types, object_load_configure *configure)
{
	LIBBPF_OPTS(bpf_object_open_opts, options);
	struct embedded_section btf_ext = find_btf_ext();
	struct types file;
	int handler, rc = types_open(&file);

	if (rc)
		return rc;
	options.btf_custom_path = file.path;
	rc = handler = take_programs(opening);
	if (handler >= 0) {
		/* the verifier's log, which --debug shows, is the better for them */
		if (log_get_level() < LOG_LEVEL_DEBUG)
			embedded_drop_lines(&btf_ext);
		*skel = opening->skel = xcap_bpf__open_opts(&options);
		rc = *skel ? load(opening, plan, types, &file, configure) : -errno;
		libbpf_unregister_prog_handler(handler);
	}
	types_close(&file);
	release_file();
	if (!rc) {
		opening->ids->constants = constants_of(opening->object, *skel);
		unload_stubs(*skel);
	}
	return rc;
}

int object_load(struct object *object, const struct plan *plan, const struct kbtf *types,
		object_load_configure *configure)
{
	bool wanted[PLAN_MECHANISMS] = {false};
	struct opening opening = {.object = object, .ids = &object->ids, .wanted = wanted};

	libbpf_set_print(print_libbpf);
	types_find(types, &object->ids);
	want_templates(object, plan, false, wanted);
	return open_and_load(&opening, &object->skel, plan, types, configure);
}

int object_load_more(struct object *object, const struct plan *plan, const struct kbtf *types,
		     bool *added)
{
	struct opening opening = {.object = object, .ids = &object->more_ids, .wanted = added};
	int rc;

	object->more_ids = object->ids;
	want_templates(object, plan, true, added);
	for (int i = 0; i < PLAN_MECHANISMS; i++)
		added[i] &= !object->templates[i].insns;
	rc = open_and_load(&opening, &object->more, plan, types, NULL);
	if (!rc)
		return 0;
	for (int i = 0; i < PLAN_MECHANISMS; i++)
		if (added[i])
			template_fini(&object->templates[i]);
	if (object->more)
		xcap_bpf__destroy(object->more);
	object->more = NULL;
	return rc;
}
