/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd_skb.c - `xcap skb`, the capture: from options to a plan, and the plan run or printed.
 */
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cmd/capture_gather.h"
#include "cmd/capture_kernel.h"
#include "cmd/capture_run.h"
#include "cmd/capture_sinks.h"
#include "cmd/command_line.h"
#include "cmd/opts_check.h"
#include "plan/plan.h"
#include "xcap/limits.h"

/* So many probes of globs show each packet more often than a reader follows. */
#define FLOOD 20

static struct plan_request make_request(const struct config *config,
					const struct capture_sinks *sinks)
{
	return (struct plan_request){
		.probe_specs = config->probes,
		.n_probe_specs = config->n_probes,
		.filter = opts_check_filter(config),
		.interfaces = config->interfaces,
		.n_interfaces = config->n_interfaces,
		.backend = config->backend,
		.snaplen = capture_sinks_frame_snaplen(sinks, config),
		.skb_data = config->skb_data,
		.skb_data_offset = config->skb_data_offset,
		.fake_hdr = config->fake_hdr,
		.ring_bytes = config->ring_bytes ? config->ring_bytes : XCAP_RING_DEFAULT,
		.want_comm = sinks->needs & SINK_NEEDS_COMM,
		.want_context = sinks->needs & SINK_NEEDS_CONTEXT,
		.want_device = sinks->needs & SINK_NEEDS_DEVICE,
		.want_segments = sinks->needs & SINK_NEEDS_SEGMENTS,
		.want_addresses =
			sinks->needs & SINK_NEEDS_PACKET && config->link_type != CAPTURE_LINK_RAW,
		.reasons = (const char *const *)config->reasons,
		.n_reasons = config->n_reasons,
		.want_stack = sinks->needs & SINK_NEEDS_STACK ? XCAP_STACK_ALL : XCAP_STACK_NONE,
		.stack_depth = config->stack_depth ? config->stack_depth : XCAP_STACK_DEFAULT,
		.want_path = true,
		.track = config->track,
		.track_follow = config->track,
		.track_max = config->track_max,
	};
}

/* A filter that is none may be a command that was mistyped, or tcpdump's -e. */
static void hint_filter(const struct config *config, struct err *err)
{
	const char *filter = opts_check_filter(config), *command;

	if (err->status != ERR_USAGE || strcmp(err->text, filter) != 0)
		return;
	/* where the first word is what the filter fails by */
	command = config->trailing && !err->pos ? command_line_near(cmd_table(), filter) : NULL;
	if (command && (!strchr(filter, ' ') || !err->hint[0]))
		err_hint(err, "did you mean the command 'xcap %s'?", command);
	else if (config->filter_in_bundle && !err->hint[0])
		err_hint(err, "-e takes the whole filter in quotes; for MAC addresses use --ether");
}

/* What cannot match or be known at a place is said, not left for the user to find out. */
static void say_notes(const struct plan *plan)
{
	uint32_t n_many = 0;

	for (uint32_t i = 0; i < plan->n_probes; i++) {
		const struct plan_probe *probe = &plan->probes[i];

		if (!*probe->note || probe->is_added)
			continue;
		n_many += probe->of_many;
		if (probe->of_many)
			log_debug("%s: %s", probe->spec, probe->note);
		else
			log_note("%s: %s", probe->spec, probe->note);
	}
	if (n_many)
		log_note("for %u of the probes there are notes: --debug and --dry-run print them",
			 n_many);
}

/* A glob that nobody bounds is more than a terminal or a file can take: said before it starts. */
static void warn_flood(const struct config *config, const struct plan *plan)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < plan->n_probes; i++)
		n += plan->probes[i].of_many;
	if (n < FLOOD || plan->config.has_filter || plan->config.n_if_patterns || config->count ||
	    config->duration_ns)
		return;
	log_warning("every packet is captured at each of %u probes: a filter (-e) or a count (-c) "
		    "bounds it",
		    n);
}

static int run_plan(const struct config *config, const struct plan *plan,
		    const struct plan_kernel *kernel, const struct capture_sinks *sinks,
		    struct err *err)
{
	int rc = capture_gather_check(config, plan, kernel, err);

	if (rc)
		return rc;
	if (!config->dry_run) {
		say_notes(plan);
		warn_flood(config, plan);
		return capture_run_plan(config, plan, kernel, sinks, err);
	}
	plan_print(plan, stdout);
	return 0;
}

/* Functions have addresses, which are looked for; what has a kind or a category may be a
 * tracepoint.
 */
static bool names_functions(const struct config *config)
{
	for (uint32_t i = 0; i < config->n_probes; i++)
		for (const char *item = config->probes[i]; *item; item += *item == ',') {
			size_t len = strcspn(item, ",");

			if (len && !memchr(item, ':', len))
				return true;
			item += len;
		}
	return false;
}

static int capture(const struct config *config, struct err *err)
{
	struct capture_kernel kernel;
	struct capture_sinks sinks;
	struct plan_request request;
	struct plan plan;
	int rc;

	rc = capture_sinks_choose(config, &sinks, err);
	if (!rc)
		rc = capture_kernel_open(&kernel, config->btf_file, err);
	if (rc)
		return rc;
	if (names_functions(config))
		capture_kernel_read_ahead(&kernel);
	request = make_request(config, &sinks);
	capture_gather_request(config, &request);
	rc = plan_build(&request, &kernel.plan, &plan, err);
	if (rc) {
		hint_filter(config, err);
	} else {
		rc = run_plan(config, &plan, &kernel.plan, &sinks, err);
		plan_free(&plan);
	}
	capture_kernel_close(&kernel);
	return rc;
}

static int run(struct config *config)
{
	struct err err;

	err_clear(&err);
	if (!capture(config, &err))
		return ERR_OK;
	err_print(&err);
	return err.status;
}

const struct cmd cmd_skb = {
	.name = "skb",
	.synopsis = "[OPTIONS] [EXPRESSION]",
	.summary = "Capture packets at kernel functions and tracepoints",
	.options = "probe backend btf "
		   "filter filter-file interface reason track track-max "
		   "snaplen skb-data skb-data-offset fake-hdr "
		   "write format linktype packet-buffered "
		   "print json line-buffered verbose stack stack-depth stack-fold quiet no-names "
		   "ether time nano "
		   "gather gather-by gather-distinguish-by-pointer gather-baseline gather-timeout "
		   "gather-buffer-size gather-output-color min-latency histogram "
		   "count stop-on duration cmd ready-file buffer-size "
		   "dry-run debug help version",
	.more = "Examples:\n"
		"  xcap skb -f icmp_rcv -e 'host 10.0.0.2'\n"
		"  xcap skb -f tracepoint:net:netif_receive_skb -e 'tcp port 80' -w - |\n"
		"    tcpdump -nr -\n"
		"  xcap skb -f skb:kfree_skb tcp port 9000\n"
		"  xcap skb -i eth0 -c 10 -w ten.pcapng\n"
		"\n"
		"Without -f: net:netif_receive_skb and net:net_dev_start_xmit.\n"
		"'xcap help probes' and 'xcap help filter' tell what -f and -e take.\n",
	.run = run,
};
