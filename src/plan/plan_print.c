/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_print.c - what --dry-run shows.
 *
 * One line per fact, its name in front, so that two plans can be compared by diff. Golden-tested: a
 * change of the text is a change of tests/golden.
 */
#include <inttypes.h>

#include "plan/plan.h"
#include "plan/plan_track.h"

static const char *const directions[] = {
	[XCAP_DIR_UNKNOWN] = "told by the packet",
	[XCAP_DIR_IN] = "in",
	[XCAP_DIR_OUT] = "out",
};

static void print_ladder(const struct plan_probe *probe, FILE *out)
{
	for (uint32_t i = 0; i < probe->n_rungs; i++) {
		const struct plan_rung *rung = &probe->ladder[i];

		fprintf(out, "  %s %s: %s\n", rung->usable ? "try   " : "not   ",
			plan_mechanism_name(rung->mechanism), rung->why);
	}
}

static void print_probe(const struct plan_probe *probe, FILE *out)
{
	fprintf(out, "probe    %s\n", probe->spec);
	fprintf(out, "  is     %s in %s%s\n", probe->is_tracepoint ? "tracepoint" : "function",
		*probe->module ? "module " : "", *probe->module ? probe->module : "the kernel");
	fprintf(out, "  skb    argument %u\n", probe->config.skb_arg + 1);
	fprintf(out, "  way    %s\n", directions[probe->config.direction]);
	if (probe->config.is_kfree_skb)
		fprintf(out, "  drop   place%s\n", probe->config.has_reason ? " and reason" : "");
	print_ladder(probe, out);
	if (probe->is_added)
		fprintf(out, "  added  to see the drops of packets that are gathered\n");
	if (*probe->note)
		fprintf(out, "  note   %s\n", probe->note);
}

static void print_track(const struct plan *plan, FILE *out)
{
	const struct xcap_config *config = &plan->config;

	if (!config->track)
		return;
	fprintf(out, "track    %s, %u packets at a time%s%s\n", plan_track_name(config->track),
		plan->track_max, config->track_follow ? ", past the filter" : "",
		config->want_ends ? ", to their end" : "");
	for (uint32_t i = 0; i < plan->n_hooks; i++) {
		const struct plan_hook *hook = &plan->hooks[i];

		fprintf(out, "hook     %s\n", hook->probe.spec);
		fprintf(out, "  for    %s\n", plan_track_use(hook->hook));
		print_ladder(&hook->probe, out);
	}
}

void plan_print(const struct plan *plan, FILE *out)
{
	const struct xcap_config *config = &plan->config;

	if (config->has_filter)
		fprintf(out, "filter   %s (%" PRIu32 " instructions)\n", plan->filter_text,
			plan->filter.len);
	else
		fprintf(out, "filter   none\n");
	fprintf(out, "device   ");
	if (!config->n_if_patterns)
		fprintf(out, "any");
	for (uint32_t i = 0; config->n_if_patterns && i < plan->n_interfaces; i++)
		fprintf(out, "%s%s", i ? " " : "", plan->interfaces[i]);
	fprintf(out, "\nsnaplen  %u\n", config->snaplen);
	if (config->skb_data)
		fprintf(out, "start    skb->data%+d\n", config->skb_data_offset);
	if (config->fake_hdr)
		fprintf(out,
			"start    skb->data behind a made-up header where no packet is found\n");
	fprintf(out, "buffer   %" PRIu64 " KiB, read at %u KiB\n", plan->ring_bytes >> 10,
		config->wakeup_bytes >> 10);
	fprintf(out, "record   packet%s%s\n", config->want_comm ? ", process" : "",
		config->want_context ? config->preempt_delta ? ", context" : ", context unknown"
				     : "");
	fprintf(out, "helpers  dynptr %s, rdonly_cast %s, loops %s, page addresses %s\n",
		config->has_dynptr ? "yes" : "no", config->has_rdonly_cast ? "yes" : "no",
		config->has_loops ? "yes" : "no", config->vmemmap_base ? "yes" : "no");
	for (uint32_t i = 0; i < plan->chains.n; i++)
		fprintf(out, "hook     %s, by %s: netfilter's table and chain\n",
			plan->chains.hooks[i].function,
			plan->chains.hooks[i].mechanism == PLAN_FEXIT ? "fentry and fexit"
								      : "kprobe and kretprobe");
	for (uint32_t i = 0; i < plan->n_probes; i++)
		print_probe(&plan->probes[i], out);
	print_track(plan, out);
}
