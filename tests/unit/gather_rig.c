/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gather_rig.c - see gather_rig.h.
 */
#include "gather_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"

static uint64_t ns(uint64_t us)
{
	return GATHER_RIG_START + us * 1000;
}

static void on_journey(void *arg, struct journey *journey, struct journey_hop *hops)
{
	struct gather_rig *rig = arg;

	assert_true(journey->n_hops > 0);
	assert_ptr_equal(journey->hops, hops);
	buf_add_fmt(&rig->out, "%llu %s", (unsigned long long)journey->id,
		    journey_end_name(journey->end));
	for (uint32_t i = 0; i < journey->n_hops; i++) {
		const struct record *r = &hops[i].record;

		buf_add_fmt(&rig->out, " %s@%llu", rig->info.probes[r->probe].name,
			    (unsigned long long)(r->ts_ns - GATHER_RIG_START) / 1000);
		assert_int_equal(hops[i].since_first_ns, r->ts_ns - hops[0].record.ts_ns);
		if (i)
			assert_int_equal(hops[i].since_previous_ns,
					 r->ts_ns - hops[i - 1].record.ts_ns);
		if (hops[i].changes[0])
			buf_add_fmt(&rig->changes, "%s{%s}", rig->info.probes[r->probe].name,
				    hops[i].changes);
	}
	assert_int_equal(journey->took_ns, hops[journey->n_hops - 1].since_first_ns);
	for (uint32_t i = 0; i < journey->n_missing; i++)
		buf_add_fmt(&rig->out, " -%s", rig->info.probes[journey->missing[i]].name);
	if (journey->lost)
		buf_add_fmt(&rig->out, " lost=%llu", (unsigned long long)journey->lost);
	if (journey->parent)
		buf_add_fmt(&rig->out, " %s=%llu", journey->retransmit ? "again" : "of",
			    (unsigned long long)journey->parent);
	buf_add_fmt(&rig->out, "%s%s | ", journey->cut ? " cut" : "",
		    journey->continued ? " cont" : "");
}

static uint64_t lost(void *arg)
{
	return ((struct gather_rig *)arg)->lost;
}

static uint64_t missed(void *arg)
{
	return ((struct gather_rig *)arg)->missed;
}

static uint64_t clock_ns(void *arg)
{
	return ns(((struct gather_rig *)arg)->clock_us);
}

struct gather_rig *gather_rig_new(void)
{
	static const char *const names[] = {"a", "b", "c", "drop"};
	struct gather_rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	for (uint32_t i = 0; i < UTIL_ARRAY_SIZE(names); i++)
		rig->probes[i] = (struct capture_probe){.spec = names[i],
							.name = names[i],
							.mechanism = "tp_btf",
							.named = i != DROP,
							.is_kfree_skb = i == DROP,
							.is_added = i == DROP};
	rig->info = (struct capture_info){.probes = rig->probes, .n_probes = 4};
	rig->config = (struct gather_config){
		.baseline = GATHER_BASELINE_ANY,
		.lost = lost,
		.missed = missed,
		.clock_ns = clock_ns,
		.kernel = rig,
		.on_journey = on_journey,
		.arg = rig,
	};
	buf_init(&rig->out);
	buf_init(&rig->changes);
	frame_build_tcp4(&rig->frame, 0x02, false, 0);
	rig->record.netns_name = "";
	rig->record.skb = 0xffff9a3c01b2c400;
	return rig;
}

void gather_rig_free(struct gather_rig *rig)
{
	gather_free(rig->gather);
	buf_fini(&rig->out);
	buf_fini(&rig->changes);
	free(rig);
}

void gather_rig_many(struct gather_rig *rig, bool with_goal)
{
	for (uint32_t i = A; i <= C; i++)
		rig->probes[i].named = false;
	rig->probes[C].is_goal = with_goal;
}

static struct gather *get(struct gather_rig *rig)
{
	if (!rig->gather)
		rig->gather = gather_new(&rig->config, &rig->info, ns(0));
	assert_non_null(rig->gather);
	return rig->gather;
}

/* The bytes and words are gone when it returns, as the reader's are. */
static void add(struct gather_rig *rig, struct record *r)
{
	uint8_t *bytes = malloc(rig->frame.len);
	char *reason = strdup("NETFILTER_DROP"), *location = strdup("nf_hook_slow+0x9d");

	memcpy(bytes, rig->frame.bytes, rig->frame.len);
	if (!(r->flags & XCAP_EV_END)) {
		r->packet = bytes;
		r->cap_len = r->len = rig->frame.len;
		if (r->probe == DROP) {
			r->reason = reason;
			r->location = location;
		}
	}
	gather_add(get(rig), r);
	memset(bytes, 0xaa, rig->frame.len);
	free(bytes);
	free(reason);
	free(location);
}

void gather_rig_hop(struct gather_rig *rig, uint32_t probe, uint64_t us, uint64_t id)
{
	struct record r = rig->record;

	r.probe = probe;
	r.ts_ns = ns(us);
	r.id = id;
	add(rig, &r);
}

void gather_rig_end(struct gather_rig *rig, uint64_t us, uint64_t id)
{
	struct record r = {
		.probe = XCAP_PROBE_END, .flags = XCAP_EV_END, .ts_ns = ns(us), .id = id};

	add(rig, &r);
}

void gather_rig_advance(struct gather_rig *rig, uint64_t us)
{
	rig->clock_us = UTIL_MAX(rig->clock_us, us);
	gather_advance(get(rig), ns(us));
}

void gather_rig_drain(struct gather_rig *rig, uint64_t us)
{
	rig->clock_us = UTIL_MAX(rig->clock_us, us);
	gather_drain(get(rig), ns(us));
}

void gather_rig_expect(struct gather_rig *rig, const char *journeys)
{
	assert_string_equal(buf_str(&rig->out), journeys);
	buf_reset(&rig->out);
}

void gather_rig_expect_counts(struct gather_rig *rig, uint64_t held_back, uint64_t strays)
{
	struct capture_totals totals = {0};

	gather_count(get(rig), &totals);
	assert_true(totals.journeys.are);
	assert_int_equal(totals.held_back, held_back);
	assert_int_equal(totals.strays, strays);
}
