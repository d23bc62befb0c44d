/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks_program.c - a probe has a program of its own, or shares one that a cookie tells who was
 * hit.
 */
#include "session/hooks_program.h"

#include <pthread.h>
#include <stddef.h>

#include "base/util.h"
#include "plan/plan_ladder.h"
#include "session/attach.h"
#include "session/object_load.h"
#include "xcap/template.h"

uint64_t hooks_program_cookie(const struct plan_probe *probe, uint32_t i)
{
	uint64_t cookie = i | (uint64_t)probe->config.skb_arg << XCAP_COOKIE_SKB;

	if (probe->ext_arg >= 0)
		cookie |= XCAP_COOKIE_HAS_EXT | (uint64_t)probe->ext_arg << XCAP_COOKIE_EXT;
	if (probe->config.sock_arg <= XCAP_COOKIE_ARGS)
		cookie |= (uint64_t)probe->config.sock_arg << XCAP_COOKIE_SOCK;
	if (probe->config.flow_arg <= XCAP_COOKIE_ARGS)
		cookie |= (uint64_t)probe->config.flow_arg << XCAP_COOKIE_FLOW;
	cookie |= (uint64_t)attach_drop(probe) << XCAP_COOKIE_DROP;
	cookie |= (uint64_t)probe->config.given << XCAP_COOKIE_GIVEN;
	return probe->ret_size ? cookie | XCAP_COOKIE_HAS_RET : cookie;
}

int hooks_program_shared(struct hooks *hooks, enum plan_mechanism mechanism, bool keep,
			 struct err *err)
{
	const struct attach_ops *ops = &attach_table[mechanism];
	enum plan_mechanism source = mechanism == PLAN_RAW_TP		 ? PLAN_RAW_TP
				     : plan_mechanism_is_exit(mechanism) ? PLAN_KRETPROBE_MULTI
									 : PLAN_KPROBE_MULTI;
	const struct template_clone clone = {
		.type = ops->type,
		.attach_type = ops->attach_type,
		.keep = keep,
		.shared = true,
		.name = plan_mechanism_name(mechanism),
	};
	int *fd = &hooks->shared[mechanism][keep];

	if (*fd < 0)
		*fd = template_load(&hooks->object->templates[source], &clone, err);
	return *fd;
}

int hooks_program_own(struct hooks *hooks, uint32_t i, enum plan_mechanism mechanism, bool keep,
		      struct err *err)
{
	const struct template_clone clone =
		attach_clone(&hooks->plan->probes[i], i, mechanism, keep);

	return template_load(&hooks->object->templates[mechanism], &clone, err);
}

bool hooks_program_has_cookie(const struct hooks *hooks, const struct plan_probe *probe,
			      enum plan_mechanism mechanism)
{
	if (mechanism == PLAN_RAW_TP)
		return hooks->tp_cookies && probe->config.skb_arg < XCAP_COOKIE_ARGS &&
		       probe->ext_arg < XCAP_COOKIE_ARGS;
	return object_load_source(hooks->object, probe, mechanism) != mechanism;
}

int hooks_program_tell_cookies(struct hooks *hooks)
{
	int rc = 0;

	for (uint32_t i = 0; i < hooks->plan->n_probes && !rc; i++) {
		const struct plan_probe *probe = &hooks->plan->probes[i];
		uint64_t cookie = hooks_program_cookie(probe, i);

		if (object_load_source(hooks->object, probe, PLAN_KPROBE) != PLAN_KPROBE)
			rc = object_tell_cookie(hooks->object, probe->address, cookie);
	}
	return rc;
}

/* A program that many probes share, loaded by a thread of its own. */
struct ahead {
	struct hooks *hooks;
	enum plan_mechanism mechanism;
	bool keep;
	pthread_t thread;
	bool runs;
};

/* A failure is said when the program is wanted: it is tried again then. */
static void *load_one(void *arg)
{
	struct ahead *ahead = arg;
	struct err ignored = {};

	hooks_program_shared(ahead->hooks, ahead->mechanism, ahead->keep, &ignored);
	return NULL;
}

/*
 * The programs that many probes share are most of what a start over hundreds of them takes, and the
 * kernel verifies them side by side where there is a CPU for each.
 */
void hooks_program_load_ahead(struct hooks *hooks)
{
	struct ahead list[PLAN_MECHANISMS + 1];
	bool wanted[PLAN_MECHANISMS][2] = {0};
	uint32_t n = 0;

	for (uint32_t i = 0; i < hooks->plan->n_probes; i++) {
		const struct plan_probe *probe = &hooks->plan->probes[i];
		const struct plan_rung *rung = plan_ladder_first(probe);

		if (!rung || !(attach_table[rung->mechanism].of_many ||
			       hooks_program_has_cookie(hooks, probe, rung->mechanism)))
			continue;
		wanted[rung->mechanism][false] = true;
		if (plan_mechanism_is_exit(rung->mechanism))
			wanted[attach_table[rung->mechanism].entry][true] = true;
	}
	for (int i = 0; i < PLAN_MECHANISMS; i++)
		for (int keep = 0; keep < 2; keep++)
			if (wanted[i][keep] && n < UTIL_ARRAY_SIZE(list))
				list[n++] = (struct ahead){hooks, i, keep, 0, false};
	/* one is as quick without a thread, and so are all where they take turns */
	for (uint32_t i = 0; i < n && n > 1 && hooks->object->n_cpus > 1; i++)
		list[i].runs = !pthread_create(&list[i].thread, NULL, load_one, &list[i]);
	for (uint32_t i = 0; i < n; i++)
		if (list[i].runs)
			pthread_join(list[i].thread, NULL);
}
