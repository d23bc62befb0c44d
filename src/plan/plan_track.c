/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_track.c - the kernel's functions through which a packet goes when it is freed, moved,
 * copied, cut up and sent again, as hooks with ladders like those of probes.
 *
 * Every free has to be seen, or an address that is used again would be the packet that was there
 * before. skb_release_data() sees those of skbs on every kernel up to 7.2; the others are where the
 * memory lives on without its skb. Where one of these cannot be had, identity is approximate.
 */
#include "plan/plan_track.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/util.h"
#include "plan/plan_ladder.h"
#include "plan/plan_resolve.h"

static const struct wanted {
	const char *spec;
	enum xcap_hook hook;
	bool at_return; /* at the entry as well */
	bool needed;	/* without it packets would be taken for others */
} exact[] = {
	{"skb_release_data", XCAP_HOOK_FREE, false, true},
	{"kfree_skb_partial@1@2", XCAP_HOOK_STOLEN, false, true},
	{"napi_skb_free_stolen_head", XCAP_HOOK_GONE, false, true},
	{"napi_reuse_skb@2", XCAP_HOOK_GONE, false, false},
	{"pskb_expand_head", XCAP_HOOK_MOVE, true, true},
	{"skb_copy_header@1@2", XCAP_HOOK_COPY, false, false},
	{"skb_segment", XCAP_HOOK_SEGMENT, true, false},
	{"ip_copy_metadata@1@2", XCAP_HOOK_CHILD, false, false},
	{"ip6_copy_metadata@1@2", XCAP_HOOK_CHILD, false, false},
	/* the compiler may have put the begin of one into the other; both hit count as one */
	{"tcp_retransmit_skb@2", XCAP_HOOK_RETRANSMIT, false, false},
	{"__tcp_retransmit_skb@2", XCAP_HOOK_RETRANSMIT, false, false},
};

static const struct wanted approximate[] = {
	{"tracepoint:skb:kfree_skb", XCAP_HOOK_FREE, false, true},
	{"tracepoint:skb:consume_skb", XCAP_HOOK_FREE, false, true},
};

/* Functions that are called when the packet's memory is free already, or as it is freed. */
static const char *const behind_the_free[] = {
	"skb_release_data",	     "skb_free_head",	   "kfree_skbmem",   "kfree_skb_partial",
	"napi_skb_free_stolen_head", "napi_skb_cache_put", "napi_reuse_skb",
};

const char *plan_track_name(uint32_t track)
{
	return track == XCAP_TRACK_EXACT ? "exact" : "approximate";
}

const char *plan_track_use(enum xcap_hook hook)
{
	static const char *const uses[XCAP_HOOKS] = {
		[XCAP_HOOK_FREE] = "free",
		[XCAP_HOOK_GONE] = "free, the memory is used on",
		[XCAP_HOOK_STOLEN] = "free, the memory may be used on",
		[XCAP_HOOK_COPY] = "copy: the same packet",
		[XCAP_HOOK_CHILD] = "fragment: a packet with a parent",
		[XCAP_HOOK_RETRANSMIT] = "retransmission: a packet with a parent",
		[XCAP_HOOK_MOVE] = "move: the same packet",
		[XCAP_HOOK_SEGMENT] = "segments: packets with a parent",
	};

	return uses[hook];
}

/* One spec to a probe with a ladder. */
static int plan_one(const struct plan_kernel *kernel, const char *text, bool at_return,
		    struct plan *plan, struct plan_probe *probe, struct err *err)
{
	struct plan_ladder_policy policy;
	struct spec_list specs = {0};
	int code = spec_parse(text, &specs, err);

	if (!code)
		code = plan_resolve(kernel, &specs.items[0], probe, err);
	spec_free(&specs);
	if (!code)
		code = plan_ladder_policy(NULL, 1, 1, &policy, err);
	if (code)
		return code;
	probe->is_exit = at_return;
	return plan_ladder(kernel, &policy, probe, &plan->texts, err);
}

/* All hooks of a list; on failure none, and err says which was needed and why it is not to be had.
 */
static int plan_hooks(const struct plan_kernel *kernel, const struct wanted *list, uint32_t n,
		      struct plan *plan, struct err *err)
{
	plan->hooks = calloc(n, sizeof(*plan->hooks));
	plan->n_hooks = 0;
	if (!plan->hooks)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot plan to follow packets");
	for (uint32_t i = 0; i < n; i++) {
		struct plan_hook *hook = &plan->hooks[plan->n_hooks];
		struct err one;
		int code;

		err_clear(&one);
		code = plan_one(kernel, list[i].spec, list[i].at_return, plan, &hook->probe, &one);
		if (code && list[i].needed) {
			*err = one;
			plan_track_free(plan);
			return code;
		}
		if (code) {
			log_debug("packets are not followed through '%s': %s", list[i].spec,
				  one.msg);
			continue;
		}
		hook->hook = list[i].hook;
		hook->needed = list[i].needed;
		plan->n_hooks++;
	}
	return 0;
}

static int choose_hooks(const struct plan_kernel *kernel, struct plan *plan, struct err *err)
{
	struct err why;

	err_clear(&why);
	plan->config.track = XCAP_TRACK_EXACT;
	/* asked first: the names of functions take a while to read */
	if (!plan_ladder_feature(kernel, FEATURE_FENTRY, NULL, 0) &&
	    !plan_ladder_feature(kernel, FEATURE_KPROBE, NULL, 0) &&
	    !plan_ladder_feature(kernel, FEATURE_KPROBE_MULTI, NULL, 0))
		err_set(&why, ERR_UNSUPPORTED, "this kernel lets no function be probed");
	else if (!plan_hooks(kernel, exact, UTIL_ARRAY_SIZE(exact), plan, &why))
		return 0;
	plan->config.track = XCAP_TRACK_APPROXIMATE;
	/* it is compared with more of the packet than the filter wants */
	plan->config.filter_is_short = false;
	log_note("packets are followed by tracepoints alone, identity=approximate: %s", why.msg);
	return plan_hooks(kernel, approximate, UTIL_ARRAY_SIZE(approximate), plan, err);
}

static void mark_late_probes(struct plan *plan)
{
	for (uint32_t i = 0; i < plan->n_probes; i++) {
		struct plan_probe *probe = &plan->probes[i];

		for (size_t j = 0; j < UTIL_ARRAY_SIZE(behind_the_free); j++)
			if (!probe->is_tracepoint && !strcmp(probe->name, behind_the_free[j]))
				probe->config.gives_no_id = true;
	}
}

static bool sees_drops(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->n_probes; i++)
		if (plan->probes[i].config.is_kfree_skb)
			return true;
	return false;
}

/* A packet that is gathered can end in a drop, whether or not the user thought of it. */
static int add_drops(const struct plan_request *request, const struct plan_kernel *kernel,
		     struct plan *plan, struct err *err)
{
	struct plan_probe *probes;
	struct plan_probe probe;
	struct err why;

	if (sees_drops(plan) || plan->n_probes == XCAP_PROBES_MAX)
		return 0;
	err_clear(&why);
	if (plan_one(kernel, "tracepoint:skb:kfree_skb", false, plan, &probe, &why)) {
		log_note("where packets are dropped is not known: %s", why.msg);
		return 0;
	}
	probe.is_added = true;
	probe.config.only_tracked = request->track;
	/* of use only to who names the tracepoint */
	probe.note[0] = '\0';
	probes = reallocarray(plan->probes, plan->n_probes + 1, sizeof(*probes));
	if (!probes)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot plan the probes");
	plan->probes = probes;
	plan->probes[plan->n_probes++] = probe;
	return 0;
}

int plan_track(const struct plan_request *request, const struct plan_kernel *kernel,
	       struct plan *plan, struct err *err)
{
	int code = request->want_ends ? add_drops(request, kernel, plan, err) : 0;

	if (code || !request->track)
		return code;
	plan->track_max = request->track_max ? request->track_max : XCAP_TRACK_MAX;
	plan->config.track_follow = request->track_follow;
	plan->config.want_ends = request->want_ends;
	mark_late_probes(plan);
	return choose_hooks(kernel, plan, err);
}

void plan_track_free(struct plan *plan)
{
	free(plan->hooks);
	plan->hooks = NULL;
	plan->n_hooks = 0;
}
