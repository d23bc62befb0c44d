/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_ladder.c - mechanisms as data, in the order of what a hit costs.
 *
 * Each is judged first by what the probe needs of it (BTF, an argument in a register), then by what
 * this kernel can do. The session climbs the usable rungs until one attaches.
 */
#include "plan/plan_ladder.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/util.h"

/* Arguments that PT_REGS_PARM1..6 reach. */
#define REGISTER_ARGS 6

static const struct mechanism {
	enum plan_mechanism mechanism;
	bool tracepoint;
	bool exit; /* at the function's return */
	bool needs_btf;
	bool needs_register;
	enum feature feature;
	enum spec_kind forced_by;
	bool only_forced;
} mechanisms[] = {
	{PLAN_TP_BTF, true, false, true, false, FEATURE_TP_BTF, SPEC_TP_BTF},
	{PLAN_RAW_TP, true, false, false, false, FEATURE_RAW_TP, SPEC_RAW_TP},
	{PLAN_FENTRY, false, false, true, false, FEATURE_FENTRY, SPEC_FENTRY},
	{PLAN_KPROBE_MULTI, false, false, false, true, FEATURE_KPROBE_MULTI, SPEC_KPROBE_MULTI,
	 true},
	{PLAN_KPROBE, false, false, false, true, FEATURE_KPROBE, SPEC_KPROBE},
	{PLAN_FEXIT, false, true, true, false, FEATURE_FEXIT, SPEC_FEXIT},
	{PLAN_KRETPROBE_MULTI, false, true, false, true, FEATURE_KPROBE_MULTI, SPEC_KRETPROBE},
	{PLAN_KRETPROBE, false, true, false, true, FEATURE_KPROBE, SPEC_KRETPROBE},
};

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

/* Can this mechanism serve the probe? rung->why tells why not. */
static bool judge(const struct plan_kernel *kernel, const struct mechanism *m,
		  const struct plan_probe *probe, struct plan_rung *rung)
{
	if (m->needs_btf && !probe->btf_id) {
		snprintf(rung->why, sizeof(rung->why), "'%s' is not in BTF", probe->name);
		return false;
	}
	if (m->needs_btf && probe->btf_fd < 0) {
		snprintf(rung->why, sizeof(rung->why), "the BTF of module '%s' cannot be had: %s",
			 probe->module, err_name(probe->btf_fd));
		return false;
	}
	if (m->needs_register && probe->config.skb_arg >= REGISTER_ARGS) {
		snprintf(rung->why, sizeof(rung->why), "argument %u is not in a register",
			 probe->config.skb_arg + 1);
		return false;
	}
	return plan_ladder_feature(kernel, m->feature, rung->why, sizeof(rung->why));
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

int plan_ladder(const struct plan_kernel *kernel, enum spec_kind kind, struct plan_probe *probe,
		struct err *err)
{
	const char *reason = is_forced(kind) ? "asked for" : "cheapest";

	probe->n_rungs = 0;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(mechanisms); i++) {
		const struct mechanism *m = &mechanisms[i];
		struct plan_rung *rung = &probe->ladder[probe->n_rungs];

		if (m->tracepoint != probe->is_tracepoint || m->exit != probe->is_exit ||
		    (is_forced(kind) ? m->forced_by != kind : m->only_forced))
			continue;
		probe->n_rungs++;
		rung->mechanism = m->mechanism;
		rung->usable = judge(kernel, m, probe, rung);
		if (rung->usable) {
			snprintf(rung->why, sizeof(rung->why), "%s", reason);
			reason = "if the one above fails";
		} else if (!is_forced(kind) && !plan_ladder_first(probe)) {
			reason = "cheapest that works here";
		}
	}
	return plan_ladder_first(probe) ? 0 : no_way(probe, err);
}
