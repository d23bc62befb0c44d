/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_ladder.c - mechanisms as data, in the order of what a hit costs.
 *
 * Each is judged first by what the probe needs of it (BTF, an argument in a register), then by what
 * this kernel can do. The session climbs the usable rungs until one attaches.
 */
#include "plan/plan_ladder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/util.h"
#include "kernel/kbtf.h"
#include "plan/plan_text.h"

/* Arguments that PT_REGS_PARM1..6 reach. */
#define REGISTER_ARGS 6

static const struct mechanism {
	enum plan_mechanism mechanism;
	bool tracepoint;
	bool exit; /* at the function's return */
	bool needs_btf;
	bool needs_register;
	bool needs_address;
	bool at_offset; /* can stand inside a function */
	int many;	/* place in the order where there are many functions */
	enum feature feature;
	enum spec_kind forced_by;
} mechanisms[] = {
	{PLAN_TP_BTF, true, false, true, false, false, false, 1, FEATURE_TP_BTF, SPEC_TP_BTF},
	{PLAN_RAW_TP, true, false, false, false, false, false, 0, FEATURE_RAW_TP, SPEC_RAW_TP},
	{PLAN_FENTRY, false, false, true, false, false, false, 2, FEATURE_FENTRY, SPEC_FENTRY},
	{PLAN_KPROBE_MULTI, false, false, false, true, true, false, 0, FEATURE_KPROBE_MULTI,
	 SPEC_KPROBE_MULTI},
	{PLAN_KPROBE, false, false, false, true, false, true, 1, FEATURE_KPROBE, SPEC_KPROBE},
	{PLAN_FEXIT, false, true, true, false, false, false, 2, FEATURE_FEXIT, SPEC_FEXIT},
	{PLAN_KRETPROBE_MULTI, false, true, false, true, true, false, 0, FEATURE_KPROBE_MULTI,
	 SPEC_KRETPROBE},
	{PLAN_KRETPROBE, false, true, false, true, false, false, 1, FEATURE_KPROBE, SPEC_KRETPROBE},
};

/* What --backend takes. At the return it is the same mechanism with its other half. */
static const struct backend {
	const char *name;
	enum plan_mechanism ends[2];
} backends[] = {
	{"tp_btf", {PLAN_TP_BTF, PLAN_TP_BTF}},
	{"raw_tp", {PLAN_RAW_TP, PLAN_RAW_TP}},
	{"fentry", {PLAN_FENTRY, PLAN_FEXIT}},
	{"kprobe-multi", {PLAN_KPROBE_MULTI, PLAN_KRETPROBE_MULTI}},
	{"kprobe", {PLAN_KPROBE, PLAN_KRETPROBE}},
};

int plan_ladder_policy(const char *backend, uint32_t n_functions, uint32_t n_tracepoints,
		       struct plan_ladder_policy *policy, struct err *err)
{
	const char *names[UTIL_ARRAY_SIZE(backends)];
	struct buf list;
	size_t found;
	int code;

	*policy = (struct plan_ladder_policy){
		.many = n_functions > PLAN_LADDER_FEW,
		.many_tracepoints = n_tracepoints > PLAN_LADDER_FEW,
		.backend = backend,
	};
	if (!backend)
		return 0;
	buf_init(&list);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(backends); i++) {
		names[i] = backends[i].name;
		buf_add_fmt(&list, "%s%s", i ? ", " : "", names[i]);
		if (strcmp(names[i], backend))
			continue;
		memcpy(policy->ends, backends[i].ends, sizeof(policy->ends));
		buf_fini(&list);
		return 0;
	}
	code = err_set(err, ERR_USAGE, "no mechanism '%s' for --backend", backend);
	if (util_near_names(backend, names, UTIL_ARRAY_SIZE(names), &found, 1))
		err_hint(err, "did you mean '%s'? there are %s", names[found], buf_str(&list));
	else
		err_hint(err, "there are %s", buf_str(&list));
	buf_fini(&list);
	return code;
}

bool plan_ladder_feature(const struct plan_kernel *kernel, enum feature feature, char *why,
			 size_t size)
{
	if (kernel->feature)
		return kernel->feature(kernel->feature_arg, feature, why, size);
	return feature_has(kernel->features, feature, why, size);
}

const struct plan_rung *plan_ladder_first(const struct plan_probe *probe)
{
	for (uint32_t i = 0; i < probe->n_rungs; i++)
		if (probe->ladder[i].usable)
			return &probe->ladder[i];
	return NULL;
}

static bool is_forced(enum spec_kind kind)
{
	return kind != SPEC_ANY && kind != SPEC_TRACEPOINT;
}

/*
 * An argument that a kprobe does not reach: on the stack, which is read only by the program that a
 * cookie tells what it is about, and only where no structure lies before it.
 */
static bool is_out_of_reach(const struct plan_kernel *kernel, const struct plan_probe *probe)
{
	if (probe->skb_reg >= 0 ||
	    (probe->config.skb_arg < REGISTER_ARGS && probe->ext_arg < REGISTER_ARGS))
		return false;
	return !probe->flat_args || !plan_ladder_feature(kernel, FEATURE_COOKIE, NULL, 0);
}

/* Can this mechanism serve the probe? why tells why not. */
static bool judge(const struct plan_kernel *kernel, const struct mechanism *m,
		  const struct plan_probe *probe, char *why, size_t size)
{
	if (m->needs_btf && kernel->btf && kbtf_is_foreign(kernel->btf)) {
		snprintf(why, size, "the types of --btf are not the running kernel's own");
		return false;
	}
	if (m->needs_btf && !probe->btf_id) {
		snprintf(why, size, "it is not in BTF");
		return false;
	}
	if (m->needs_btf && probe->btf_fd < 0) {
		snprintf(why, size, "the BTF of module '%s' cannot be had: %s", probe->module,
			 err_name(probe->btf_fd));
		return false;
	}
	if (m->needs_register && is_out_of_reach(kernel, probe)) {
		snprintf(why, size, "argument %u is not in a register",
			 UTIL_MAX(probe->config.skb_arg, (uint32_t)(probe->ext_arg + 1)) + 1);
		return false;
	}
	if (m->needs_address && !probe->address) {
		snprintf(why, size, "the kernel hides the function's address (CAP_SYSLOG)");
		return false;
	}
	return plan_ladder_feature(kernel, m->feature, why, size);
}

static int no_way(const struct plan_probe *probe, struct err *err)
{
	struct buf whys;
	int code;

	buf_init(&whys);
	for (uint32_t i = 0; i < probe->n_rungs; i++)
		buf_add_fmt(&whys, "%s %s: %s", i ? ";" : "",
			    plan_mechanism_name(probe->ladder[i].mechanism), probe->ladder[i].why);
	code = err_set(err, ERR_UNSUPPORTED, "no way to probe '%s' works here:%s", probe->spec,
		       buf_str(&whys));
	err_hint(err, "'xcap check' tells what this kernel and this user can do");
	buf_fini(&whys);
	return code;
}

/* --backend names what cannot be had of this probe. */
static int does_not_fit(const struct plan_ladder_policy *policy, const struct plan_probe *probe,
			struct err *err)
{
	int code = err_set(err, ERR_USAGE, "--backend %s does not fit the probe '%s'",
			   policy->backend, probe->spec);

	if (probe->is_tracepoint)
		err_hint(err, "a tracepoint goes by tp_btf or raw_tp");
	else if (probe->skb_reg >= 0)
		err_hint(err, "at an offset there is kprobe only");
	else if (is_forced(probe->kind))
		err_hint(err, "leave away one of both: the probe asks for its mechanism itself");
	else
		err_hint(err, "a function goes by fentry, kprobe-multi or kprobe");
	return code;
}

/* Is this a mechanism for this probe, as the user wants it? */
static bool applies(const struct mechanism *m, const struct plan_ladder_policy *policy,
		    const struct plan_probe *probe)
{
	if (m->tracepoint != probe->is_tracepoint || m->exit != probe->is_exit)
		return false;
	if (probe->skb_reg >= 0 && !m->at_offset)
		return false;
	if (is_forced(probe->kind) && m->forced_by != probe->kind)
		return false;
	return !policy->backend || policy->ends[probe->is_exit] == m->mechanism;
}

/*
 * Each tracepoint's own program is verified by itself; raw_tp has one for all where a cookie tells
 * them apart. It reads bytes in pages by their addresses only.
 */
static bool is_many(const struct plan_kernel *kernel, const struct plan_ladder_policy *policy,
		    const struct plan_probe *probe)
{
	if (!probe->is_tracepoint)
		return policy->many;
	return policy->many_tracepoints &&
	       plan_ladder_feature(kernel, FEATURE_TP_COOKIE, NULL, 0) &&
	       plan_ladder_feature(kernel, FEATURE_PAGE_ADDRESS, NULL, 0);
}

static int by_many(const void *a, const void *b)
{
	return (*(const struct mechanism *const *)a)->many -
	       (*(const struct mechanism *const *)b)->many;
}

static void fill(const struct plan_kernel *kernel, const struct mechanism *m, const char *reason,
		 const struct plan_probe *probe, struct plan_rung *rung, struct plan_text **texts)
{
	char why[200] = "";

	memset(rung, 0, sizeof(*rung)); /* they are compared whole */
	rung->mechanism = m->mechanism;
	rung->usable = judge(kernel, m, probe, why, sizeof(why));
	rung->why = plan_text_keep(texts, rung->usable ? reason : why);
}

/* Neither has anything that makes a rung usable or not, or its reason, but what is compared here.
 */
bool plan_ladder_is_same(const struct plan_probe *a, const struct plan_probe *b)
{
	return a->is_tracepoint == b->is_tracepoint && a->is_exit == b->is_exit &&
	       a->kind == b->kind && a->skb_reg == b->skb_reg &&
	       a->config.skb_arg < REGISTER_ARGS && b->config.skb_arg < REGISTER_ARGS &&
	       a->ext_arg < REGISTER_ARGS && b->ext_arg < REGISTER_ARGS && a->btf_fd >= 0 &&
	       b->btf_fd >= 0 && !a->btf_id == !b->btf_id && !a->address == !b->address;
}

int plan_ladder(const struct plan_kernel *kernel, const struct plan_ladder_policy *policy,
		struct plan_probe *probe, struct plan_text **texts, struct err *err)
{
	bool forced = policy->backend || is_forced(probe->kind);
	bool many = is_many(kernel, policy, probe), found = false;
	const struct mechanism *order[PLAN_MECHANISMS];
	struct plan_rung rungs[PLAN_MECHANISMS];
	size_t n = 0;

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(mechanisms); i++)
		if (applies(&mechanisms[i], policy, probe))
			order[n++] = &mechanisms[i];
	if (!n)
		return does_not_fit(policy, probe, err);
	if (many)
		qsort(order, n, sizeof(order[0]), by_many);
	for (size_t i = 0; i < n; i++) {
		const char *reason = found    ? "if the one above fails"
				     : forced ? "asked for"
				     : many   ? "quickest to attach to many"
				     : i      ? "cheapest that works here"
					      : "cheapest";

		fill(kernel, order[i], reason, probe, &rungs[i], texts);
		found |= rungs[i].usable;
	}
	probe->ladder = plan_text_keep_bytes(texts, rungs, n * sizeof(rungs[0]));
	probe->n_rungs = probe->ladder ? n : 0;
	if (!probe->ladder)
		return err_errno(err, ERR_FAILED, -ENOMEM, "cannot plan the probes");
	return found ? 0 : no_way(probe, err);
}
