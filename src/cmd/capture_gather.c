/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_gather.c - see capture_gather.h.
 */
#include "cmd/capture_gather.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "flow/drops.h"
#include "plan/plan_reason.h"

#define NAMES_MAX 5 /* probes that a hint lists */

void capture_gather_request(const struct config *config, struct plan_request *request)
{
	const struct opts_gather *g = &config->gather;

	if (!g->on)
		return;
	request->want_ends = true;
	/* what packets carry needs nobody to follow them */
	if (!g->by_content && !g->by_pointer)
		request->track = true;
}

static bool is_called(const struct plan_probe *probe, const char *name)
{
	return !probe->is_added &&
	       (strcmp(probe->name, name) == 0 || strcmp(probe->spec, name) == 0);
}

/* The row that journeys begin at; UINT32_MAX: any. -1: there is no such probe. */
static int64_t find_baseline(const struct config *config, const struct plan *plan)
{
	const char *name = config->gather.baseline;

	if (!name || strcmp(name, "any") == 0)
		return GATHER_BASELINE_ANY;
	for (uint32_t i = 0; i < plan->n_probes; i++)
		if (is_called(&plan->probes[i], name) ||
		    (strcmp(name, "first") == 0 && !plan->probes[i].is_added))
			return i;
	return -1;
}

static int no_baseline(const struct config *config, const struct plan *plan, struct err *err)
{
	struct buf names;
	uint32_t n = 0;

	buf_init(&names);
	for (uint32_t i = 0; i < plan->n_probes && n < NAMES_MAX; i++)
		if (!plan->probes[i].is_added)
			buf_add_fmt(&names, "%s%s", n++ ? ", " : "", plan->probes[i].name);
	err_set(err, ERR_USAGE, "--gather-baseline '%s': no probe of this capture is called so",
		config->gather.baseline);
	err_hint(err, "any, first, or one of -f: %s%s", buf_str(&names),
		 plan->n_probes > NAMES_MAX ? "..." : "");
	buf_fini(&names);
	return err->code;
}

static bool sees_drops(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->n_probes; i++)
		if (plan->probes[i].config.is_kfree_skb)
			return true;
	return false;
}

int capture_gather_check(const struct config *config, const struct plan *plan,
			 const struct plan_kernel *kernel, struct err *err)
{
	const struct stop_condition *stop = &config->stop;
	uint32_t number;
	int rc = 0;

	if (find_baseline(config, plan) < 0)
		return no_baseline(config, plan, err);
	if ((stop->drop || stop->n_reasons) && !sees_drops(plan)) {
		err_set(err, ERR_USAGE,
			"--stop-on '%s%s' waits for a drop, and no probe here sees drops",
			stop->drop ? "drop" : "reason=", stop->drop ? "" : stop->reasons[0]);
		err_hint(err, "capture at skb:kfree_skb too, or gather with -g");
		return err->code;
	}
	for (uint32_t i = 0; i < stop->n_reasons && !rc; i++)
		rc = plan_reason_find(kernel->btf, "--stop-on reason", stop->reasons[i], &number,
				      err);
	return rc;
}

static bool is_benign(const struct record *record)
{
	return drops_benign(record) != NULL;
}

static uint64_t lost(void *session)
{
	return session_lost(session);
}

static uint64_t missed(void *session)
{
	return session_missed(session);
}

static uint64_t clock_ns(void *session)
{
	struct timespec now;

	(void)session;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

int capture_gather_begin(const struct config *config, const struct plan *plan,
			 const struct capture_info *info, struct session *session,
			 struct pipeline *pipeline, struct err *err)
{
	const struct opts_gather *g = &config->gather;
	const struct gather_config gather = {
		.by_content = g->by_content || g->by_pointer,
		.by_pointer = g->by_pointer,
		.baseline = find_baseline(config, plan),
		.timeout_ns = g->timeout_ns,
		.buffer_size = g->buffer_size,
		.min_latency_ns = g->min_latency_ns,
		.is_benign = is_benign,
		.lost = lost,
		.missed = missed,
		.clock_ns = clock_ns,
		.kernel = session,
	};

	if (!g->on)
		return 0;
	return pipeline_gather(pipeline, &gather, info, clock_ns(session), err);
}

void capture_gather_print(const struct config *config, const struct hops *hops)
{
	bool data = config->quiet && !(config->write_path && strcmp(config->write_path, "-") == 0);
	FILE *out = data ? stdout : stderr;

	if (!hops)
		return;
	hops_print(hops, out);
	if (config->gather.histogram)
		hops_print_histograms(hops, out);
	fflush(out);
}
