/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_glob.c - one pass over the types of the kernel, each function and tracepoint held against
 * all items of -f in their order.
 *
 * What a glob names but cannot be probed is counted and told in one line, never an error: nobody
 * chose it. The items that name one thing were resolved before and are in the set: they win.
 */
#include "plan/plan_glob.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/util.h"
#include "kernel/kbtf.h"
#include "kernel/tracepoint.h"
#include "plan/plan_names.h"
#include "plan/plan_resolve.h"
#include "plan/spec_kind.h"

/* Entry and return of a function are two probes. */
enum { ENTRY, RETURN, ENDS };

#define NONE INT_MAX

/* More functions take an skb on no kernel: room for them at once is none to be copied. */
#define MANY 4096

struct expansion {
	const struct plan_kernel *kernel;
	const struct spec_list *specs;
	struct plan_set *set;
	struct plan_glob_counts *counts;
	uint32_t *hits; /* per item: how often it matched */
	struct err *err;
	struct err why; /* of what is left out */
};

bool plan_glob_excludes(const char *name)
{
	static const char *const globs[] = {
		/* a tracepoint's way to its programs, ours among them */
		"__bpf_trace_*",
		"__traceiter_*",
		"__probestub_*",
		"trace_event_raw_event_*",
		"perf_trace_*",
		/* what our programs call to read a packet */
		"bpf_dynptr_from_skb*",
		"*bpf_skb_load_bytes*",
		"skb_copy_bits",
		"skb_header_pointer",
		/* attributes of netlink messages */
		"nla_*",
		"__nla_*",
	};

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(globs); i++)
		if ((globs[i][0] == '*' || globs[i][0] == name[0]) && util_glob(globs[i], name))
			return true;
	return false;
}

bool plan_glob_matches(const struct spec *spec, bool is_tracepoint, bool is_exit, const char *group,
		       const char *name)
{
	const struct spec_kind_info *kind = spec_kind_describe(spec->kind);

	if (kind && (kind->tracepoint != is_tracepoint || kind->is_exit != is_exit))
		return false;
	/* '!ip_rcv' is about both ends of it, 'ip_*' about the entry */
	if (!kind && is_exit && !spec->negated)
		return false;
	if (*spec->category && !util_glob(spec->category, *group ? group : "vmlinux"))
		return false;
	return util_glob(spec->name, name);
}

static int contradiction(const struct expansion *x, const struct spec *a, const struct spec *b,
			 const char *name)
{
	int code = err_set(x->err, ERR_USAGE,
			   "'%s' contradicts '%s' at '%s': a probe has one mechanism", b->text,
			   a->text, name);

	err_hint(x->err, "take it away from one of them: '%s,!%s,%s'", a->text, name, b->text);
	return code;
}

static bool is_forced(enum spec_kind kind)
{
	return kind != SPEC_ANY && kind != SPEC_TRACEPOINT;
}

/*
 * The item that names it; NONE if none does or a '!' has taken it away. One that forces a mechanism
 * goes before one that does not.
 */
static int choose(struct expansion *x, bool is_tracepoint, int end, const char *group,
		  const char *name)
{
	int by = NONE;

	for (uint32_t i = 0; i < x->specs->n; i++) {
		const struct spec *spec = &x->specs->items[i];

		if ((!spec->glob && !spec->negated) ||
		    !plan_glob_matches(spec, is_tracepoint, end == RETURN, group, name))
			continue;
		x->hits[i]++;
		if (spec->negated)
			by = NONE;
		else if (by == NONE || !is_forced(x->specs->items[by].kind))
			by = (int)i;
		else if (is_forced(spec->kind) && x->specs->items[by].kind != spec->kind)
			return contradiction(x, &x->specs->items[by], spec, name);
	}
	return by;
}

/* Why one of many is not probed. */
static void leave_out(struct expansion *x, const struct spec *spec)
{
	bool inlined = x->why.status == ERR_UNSUPPORTED;

	x->counts->inlined += inlined;
	x->counts->refused += !inlined;
	log_debug("%s: left out of '%s': %s", spec->name, spec->text, x->why.msg);
	err_clear(&x->why);
}

static int add(struct expansion *x, int by, bool is_tracepoint, const char *group, const char *name,
	       const struct kbtf_target *target)
{
	struct spec spec = x->specs->items[by];
	struct plan_probe probe;

	util_copy(spec.name, sizeof(spec.name), name);
	util_copy(spec.category, sizeof(spec.category), group);
	if (spec.kind == SPEC_ANY && is_tracepoint)
		spec.kind = SPEC_TRACEPOINT;
	x->counts->matched++;
	if (plan_glob_excludes(name)) {
		x->counts->excluded++;
		log_debug("%s: left out of '%s': a glob does not name it", name, spec.text);
		return 0;
	}
	if (plan_resolve_known(x->kernel, &spec, target, &probe, &x->why)) {
		leave_out(x, &spec);
		return 0;
	}
	probe.of_many = true;
	probe.is_goal = spec.goal;
	return plan_set_find(x->set, &probe) ? 0 : plan_set_add(x->set, &probe);
}

static int consider(void *arg, const char *name, bool is_tracepoint,
		    const struct kbtf_target *target)
{
	struct expansion *x = arg;
	const char *group = target->module;
	int code = 0;

	if (is_tracepoint) {
		group = tracepoint_category(x->kernel->tracepoints, name);
		if (!group)
			group = "unknown"; /* any will do where tracefs knows none */
	}
	for (int end = ENTRY; end < (is_tracepoint ? 1 : ENDS) && !code; end++) {
		int by = choose(x, is_tracepoint, end, group, name);

		if (by < 0)
			code = by;
		else if (by != NONE)
			code = add(x, by, is_tracepoint, group, name, target);
	}
	return code;
}

static int matches_nothing(const struct expansion *x, const struct spec *spec)
{
	int code =
		err_set(x->err, ERR_USAGE,
			"'%s' matches no function and no tracepoint that takes an skb", spec->text);

	plan_names_hint_glob(x->kernel, spec, x->err);
	return code;
}

static int check_hits(const struct expansion *x)
{
	for (uint32_t i = 0; i < x->specs->n; i++) {
		const struct spec *spec = &x->specs->items[i];

		if (!x->hits[i] && spec->glob && !spec->negated && !spec->of_set)
			return matches_nothing(x, spec);
	}
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct plan_probe *x = a, *y = b;

	if (x->is_tracepoint != y->is_tracepoint)
		return x->is_tracepoint ? -1 : 1;
	return strcmp(x->name, y->name);
}

int plan_glob_expand(const struct plan_kernel *kernel, const struct spec_list *specs,
		     struct plan_set *set, uint32_t *hits, struct plan_glob_counts *counts,
		     struct err *err)
{
	struct expansion x = {kernel, specs, set, counts, hits, err, {}};
	uint32_t first = set->n;
	int code;

	err_clear(&x.why);
	if (!kernel->btf) {
		code = err_set(err, ERR_UNSUPPORTED,
			       "globs need the kernel's types (BTF), which this kernel has not");
		err_hint(err, "name the functions one by one, with '@N' for the skb, or give the "
			      "types by --btf FILE");
		return code;
	}
	plan_set_reserve(set, MANY);
	code = kbtf_for_each_skb(kernel->btf, consider, &x);
	if (code && !err_is_set(err))
		code = err_errno(err, ERR_FAILED, code, "cannot plan all probes");
	if (!code)
		code = check_hits(&x);
	/* by name, for whoever reads the totals; the hash is not asked any more */
	if (set->n > first)
		qsort(set->list + first, set->n - first, sizeof(*set->list), by_place);
	return code;
}

/* "1,501" */
static const char *number(uint32_t n, char *out, size_t size)
{
	if (n < 1000)
		snprintf(out, size, "%u", n);
	else
		snprintf(out, size, "%u,%03u", n / 1000, n % 1000);
	return out;
}

void plan_glob_say(const struct plan_glob_counts *counts)
{
	const struct {
		uint32_t n;
		const char *what;
	} reasons[] = {
		{counts->inlined, "inlined or renamed by the compiler"},
		{counts->excluded, "that would see xcap itself, or are netlink attributes"},
		{counts->no_way, "by no mechanism that works here"},
		{counts->refused, "for other reasons"},
	};
	uint32_t sum = 0;
	char n[16], all[16];
	struct buf text;

	buf_init(&text);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(reasons); i++) {
		if (!reasons[i].n)
			continue;
		sum += reasons[i].n;
		buf_add_fmt(&text, "%s %s %s", text.len ? "," : "",
			    number(reasons[i].n, n, sizeof(n)), reasons[i].what);
	}
	if (sum)
		log_note("%s of %s functions and tracepoints left out:%s; --debug names them",
			 number(sum, n, sizeof(n)), number(counts->matched, all, sizeof(all)),
			 buf_str(&text));
	buf_fini(&text);
}
