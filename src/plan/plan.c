/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan.c - a request put against a kernel.
 *
 * What can be wrong in the words of the user comes first (numbers, specs, filter, interfaces), then
 * what the kernel has to answer (names, mechanisms). Nothing is loaded or attached here.
 */
#include "plan/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/util.h"
#include "filter/cbpf_reach.h"
#include "kernel/kbtf.h"
#include "kernel/neigh.h"
#include "plan/plan_alone.h"
#include "plan/plan_chain.h"
#include "plan/plan_iface.h"
#include "plan/plan_ladder.h"
#include "plan/plan_link.h"
#include "plan/plan_probes.h"
#include "plan/plan_reason.h"
#include "plan/plan_resolve.h"
#include "plan/plan_sets.h"
#include "plan/plan_text.h"
#include "plan/plan_track.h"
#include "xcap/event.h"
#include "xcap/ring.h"

#define DLT_ETHERNET 1 /* DLT_EN10MB; <pcap.h> stays in filter/cbpf.c */

/*
 * The reader wakes when an eighth of the ring is full, but never waits for more than it can take in
 * at once. To wake it costs the probed CPU more than a record does: 1 MiB is some 4,000 small ones.
 */
#define WAKEUP_SHARE 8
#define WAKEUP_MAX   (1024u << 10)

static const char *const default_specs[] = {
	"tracepoint:net:netif_receive_skb",
	"tracepoint:net:net_dev_start_xmit",
};

const char *plan_mechanism_name(enum plan_mechanism mechanism)
{
	static const char *const names[PLAN_MECHANISMS] = {
		[PLAN_TP_BTF] = "tp_btf",
		[PLAN_RAW_TP] = "raw_tp",
		[PLAN_FENTRY] = "fentry",
		[PLAN_KPROBE_MULTI] = "kprobe-multi",
		[PLAN_KPROBE] = "kprobe",
		[PLAN_FEXIT] = "fexit",
		[PLAN_KRETPROBE_MULTI] = "kretprobe-multi",
		[PLAN_KRETPROBE] = "kretprobe",
	};

	return mechanism < PLAN_MECHANISMS ? names[mechanism] : "unknown";
}

bool plan_mechanism_is_exit(enum plan_mechanism mechanism)
{
	return mechanism == PLAN_FEXIT || mechanism == PLAN_KRETPROBE_MULTI ||
	       mechanism == PLAN_KRETPROBE;
}

static void set_stack(const struct plan_request *request, uint32_t where, struct plan *plan)
{
	plan->config.want_stack = where;
	plan->stack_depth = request->stack_depth;
	plan->config.stack_bytes =
		sizeof(uint64_t) *
		UTIL_MIN(request->stack_depth + XCAP_STACK_SPARE, XCAP_STACK_MAX);
}

static int set_sizes(const struct plan_request *request, struct plan *plan, struct err *err)
{
	uint64_t wanted = request->ring_bytes ? request->ring_bytes : XCAP_RING_DEFAULT;

	if (request->snaplen < 1 || request->snaplen > XCAP_SNAPLEN_MAX)
		return err_set(err, ERR_USAGE, "the snapshot length '%u' is not in 1 to %d",
			       request->snaplen, XCAP_SNAPLEN_MAX);
	if (request->want_stack &&
	    (request->stack_depth < 1 || request->stack_depth > XCAP_STACK_MAX))
		return err_set(err, ERR_USAGE, "the stack depth '%u' is not in 1 to %d",
			       request->stack_depth, XCAP_STACK_MAX);
	if (wanted < XCAP_RING_MIN || wanted > XCAP_RING_MAX)
		return err_set(
			err, ERR_USAGE,
			"the buffer size '%llu' is not in %u to %u bytes (-B 64 to -B 1048576)",
			(unsigned long long)wanted, XCAP_RING_MIN, XCAP_RING_MAX);
	for (plan->ring_bytes = XCAP_RING_MIN; plan->ring_bytes < wanted;)
		plan->ring_bytes *= 2;
	if (plan->ring_bytes == XCAP_RING_MIN && request->snaplen > XCAP_RING_MIN_SNAPLEN) {
		plan->ring_bytes *= 2;
		log_note("the buffer is %llu KiB: a packet of %u bytes (-s) must fit",
			 (unsigned long long)plan->ring_bytes >> 10, request->snaplen);
	} else if (plan->ring_bytes != wanted)
		log_note("the buffer is %llu KiB: its size must be a power of two",
			 (unsigned long long)plan->ring_bytes >> 10);
	plan->config.snaplen = plan->config.capture_max = request->snaplen;
	plan->config.wakeup_bytes = UTIL_MIN(plan->ring_bytes / WAKEUP_SHARE, WAKEUP_MAX);
	plan->config.skb_data = request->skb_data;
	plan->config.skb_data_offset = request->skb_data_offset;
	plan->config.fake_hdr = request->fake_hdr;
	plan->config.want_comm = request->want_comm;
	plan->config.want_context = request->want_context;
	plan->config.want_device = request->want_device;
	plan->config.want_segments = request->want_segments;
	if (request->want_stack)
		set_stack(request, request->want_stack, plan);
	plan->config.want_addresses = request->want_addresses;
	return 0;
}

/* Does the filter look at few bytes, and at how many of IPv4 behind an Ethernet header? */
static void set_early(struct plan *plan)
{
	const struct cbpf_known ip4 = {.value = {[12] = 0x08}, .mask = {[12] = 0xff, [13] = 0xff}};
	uint32_t words = (cbpf_reach_span(&plan->filter, &ip4) + 7) / 8;

	plan->config.filter_is_short = cbpf_span(&plan->filter) <= XCAP_WINDOW_EARLY;
	/* two: the link header, where a VLAN tag may have to go */
	plan->config.early_ip4 = words < 2			 ? 2
				 : words < XCAP_WINDOW_EARLY / 8 ? words
								 : XCAP_WINDOW_EARLY / 8;
}

static int set_filter(const struct plan_request *request, struct plan *plan, struct err *err)
{
	int code;

	plan->filter_text = request->filter ? request->filter : "";
	if (!*plan->filter_text)
		return 0;
	if (strlen(plan->filter_text) >= CBPF_SLOW_TEXT)
		log_note("the filter has %zu characters: libpcap can take a while to compile it; "
			 "networks ('net 10.0.0.0/24') and 'portrange' make it shorter",
			 strlen(plan->filter_text));
	code = cbpf_compile(plan->filter_text, DLT_ETHERNET, &plan->filter, err);
	plan->config.has_filter = !code;
	plan->config.filter_asks = !code && cbpf_uses_skb(&plan->filter);
	plan->config.want_addresses |= !code && plan_link_asks_addresses(&plan->filter);
	if (!code && cbpf_has_loop(&plan->filter))
		plan->config.capture_max = XCAP_SNAPLEN_MAX;
	if (!code)
		set_early(plan);
	return code;
}

static int parse_specs(const struct plan_request *request, struct spec_list *specs, struct err *err)
{
	const char *const *texts = request->n_probe_specs ? request->probe_specs : default_specs;
	uint32_t n = request->n_probe_specs ? request->n_probe_specs
					    : (uint32_t)UTIL_ARRAY_SIZE(default_specs);

	for (uint32_t i = 0; i < n; i++) {
		int code = spec_parse(texts[i], specs, err);

		if (code)
			return code;
	}
	return 0;
}

/* Is there a probe that reads pages by their address, going by the rung that is tried first? */
static bool wants_page_address(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->n_probes; i++) {
		const struct plan_rung *rung = plan_ladder_first(&plan->probes[i]);

		if (!plan->probes[i].config.given &&
		    !(rung->mechanism == PLAN_TP_BTF && plan->config.has_dynptr))
			return true;
	}
	return false;
}

static void set_page_address(const struct plan_kernel *kernel, struct plan *plan)
{
	struct pagebase bases;

	if (!wants_page_address(plan) ||
	    !plan_ladder_feature(kernel, FEATURE_PAGE_ADDRESS, NULL, 0))
		return;
	bases = kernel->feature ? kernel->pagebase : feature_pagebase(kernel->features);
	plan->config.vmemmap_base = bases.vmemmap_base;
	plan->config.page_offset_base = bases.page_offset_base;
}

/* Helpers of the kernel; the one that only tp_btf could use is not tried for the others. */
static void set_kernel(const struct plan_kernel *kernel, struct plan *plan)
{
	bool by_btf = false;

	for (uint32_t i = 0; i < plan->n_probes; i++)
		for (uint32_t j = 0; j < plan->probes[i].n_rungs; j++) {
			const struct plan_rung *rung = &plan->probes[i].ladder[j];

			by_btf |= rung->usable && rung->mechanism == PLAN_TP_BTF;
		}
	plan->config.has_dynptr =
		by_btf && plan_ladder_feature(kernel, FEATURE_DYNPTR_SKB, NULL, 0);
	set_page_address(kernel, plan);
	plan->config.has_rdonly_cast = plan_ladder_feature(kernel, FEATURE_RDONLY_CAST, NULL, 0);
	plan->config.has_loops = plan_ladder_feature(kernel, FEATURE_LOOPS, NULL, 0);
	if (plan->config.want_context && kernel->btf)
		plan->config.preempt_delta = (uint64_t)kbtf_preempt_delta(kernel->btf);
	if (plan->config.want_addresses && kernel->btf &&
	    neigh_find_offsets(kernel->btf, &plan->config.neigh))
		log_debug("no types of routes and neighbours: Ethernet addresses that are made up "
			  "are zeros");
	plan->btf_file = kernel->btf ? kbtf_file(kernel->btf) : NULL;
	plan->config.probe_count = plan->n_probes;
}

/* How much of an event this run has a use for: its other words are not even written. */
static uint32_t event_bytes(const struct plan *plan)
{
	bool whole = plan->config.track || plan->config.want_chain;

	for (uint32_t i = 0; i < plan->n_probes; i++) {
		const struct plan_probe *probe = &plan->probes[i];

		whole |= probe->is_exit || probe->ext_arg >= 0 || probe->config.is_kfree_skb;
	}
	if (whole)
		return XCAP_EVENT_WHOLE;
	return plan->config.want_comm || plan->config.want_device ? XCAP_EVENT_OWNED
								  : XCAP_EVENT_SHORT;
}

/* Netfilter's path, which the stack tells, and its table and chain, where drops are seen. */
static void set_paths(const struct plan_request *request, const struct plan_kernel *kernel,
		      struct plan *plan)
{
	bool sees_drops = false;

	for (uint32_t i = 0; i < plan->n_probes; i++)
		sees_drops |= plan->probes[i].config.is_kfree_skb;
	if (!request->want_path || !sees_drops)
		return;
	if (!plan->config.want_stack)
		set_stack(request, XCAP_STACK_DROPS, plan);
	plan_chain(kernel, plan);
}

int plan_build(const struct plan_request *request, const struct plan_kernel *kernel,
	       struct plan *plan, struct err *err)
{
	struct spec_list specs = {0};
	int code;

	memset(plan, 0, sizeof(*plan));
	plan->interfaces = request->interfaces;
	plan->n_interfaces = request->n_interfaces;
	code = set_sizes(request, plan, err);
	if (!code)
		code = parse_specs(request, &specs, err);
	if (!code)
		code = set_filter(request, plan, err);
	if (!code)
		code = plan_iface(request, kernel, plan, err);
	if (!code)
		code = plan_sets_expand(kernel, request->backend, &specs, err);
	if (!code)
		code = plan_reason(request, kernel, plan, err);
	if (!code)
		code = plan_probes(request, kernel, &specs, plan, err);
	if (!code)
		code = plan_reason_check(request, plan, err);
	if (!code)
		code = plan_track(request, kernel, plan, err);
	if (!code) {
		plan_alone_mark(plan);
		plan_link_note(plan);
		set_kernel(kernel, plan);
		set_paths(request, kernel, plan);
		plan->config.event_bytes = event_bytes(plan);
		plan->config.own_ring =
			plan->config.has_rdonly_cast && plan->ring_bytes <= XCAP_RING_OWN_MAX;
		plan->config.ring_mask = plan->ring_bytes - 1;
	} else {
		plan_free(plan);
	}
	spec_free(&specs);
	return code;
}

void plan_free(struct plan *plan)
{
	free(plan->probes);
	plan_track_free(plan);
	plan_text_free(&plan->texts);
	cbpf_free(&plan->filter);
	memset(plan, 0, sizeof(*plan));
}
