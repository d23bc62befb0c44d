/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gather.c - from records to journeys: which belong together, and when one is over.
 *
 * Two clocks are at work and never mixed: journeys age by the newest time seen in the stream or
 * told by gather_advance(), not by when their records happen to be read; losses are looked at
 * before anything is closed, so that the look is later than all that it judges.
 */
#include "flow/gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "flow/changes.h"
#include "flow/content.h"
#include "flow/gather_store.h"
#include "flow/gather_goals.h"
#include "flow/losses.h"

/* Ids that were closed not long ago: a record of one of them continues that journey. */
#define CLOSED_MAX (1u << 16)

struct closed {
	uint64_t id;
	uint64_t named; /* where it was: see gather_facts.before */
};

struct gather {
	struct gather_config config;
	struct gather_goals goals;
	struct gather_store store;
	struct losses losses;
	struct closed *closed; /* by the low bits of the id */
	struct changes *changes;
	struct journey_hop *hops; /* of the journey that is being handed on: GATHER_HOPS_MAX */
	uint32_t *missing;
	uint64_t now_ns;       /* the newest time known */
	uint64_t room_made_ns; /* when the buffer was last found full */
	uint64_t held_back, strays, n_fast, n_unbased;
};

/* What nobody got to know of: it was lost on its way, or there was no program to see it. */
static uint64_t lost_up_to_now(const struct gather_config *config)
{
	return config->lost(config->kernel) + (config->missed ? config->missed(config->kernel) : 0);
}

/* The records of the stream are older than what the counters know: their time is the clock's. */
static void look_at_losses(struct gather *gather)
{
	const struct gather_config *config = &gather->config;
	uint64_t before_ns, lost;

	if (!config->lost)
		return;
	before_ns = config->clock_ns(config->kernel);
	lost = lost_up_to_now(config);
	losses_note(&gather->losses, before_ns, config->clock_ns(config->kernel), lost);
}

struct gather *gather_new(const struct gather_config *config, const struct capture_info *info,
			  uint64_t now_ns)
{
	struct gather *gather = calloc(1, sizeof(*gather));

	if (!gather)
		return NULL;
	gather->config = *config;
	if (!gather->config.timeout_ns)
		gather->config.timeout_ns = GATHER_TIMEOUT_NS;
	gather->closed = calloc(CLOSED_MAX, sizeof(*gather->closed));
	gather->hops = calloc(GATHER_HOPS_MAX, sizeof(*gather->hops));
	gather->missing = calloc(info->n_probes + 1, sizeof(*gather->missing));
	gather->changes = changes_new();
	if (!gather->closed || !gather->hops || !gather->missing || !gather->changes ||
	    gather_goals_init(&gather->goals, info, config->is_benign) ||
	    gather_store_init(&gather->store,
			      config->buffer_size ? config->buffer_size : GATHER_BUFFER)) {
		gather_free(gather);
		errno = ENOMEM;
		return NULL;
	}
	/* hits are missed already while the probes are attached, and are of no packet here */
	losses_init(&gather->losses, now_ns, config->lost ? lost_up_to_now(config) : 0);
	return gather;
}

void gather_free(struct gather *gather)
{
	if (!gather)
		return;
	gather_store_fini(&gather->store);
	gather_goals_fini(&gather->goals);
	changes_free(gather->changes);
	free(gather->closed);
	free(gather->hops);
	free(gather->missing);
	free(gather);
}

static struct closed *closed_slot(const struct gather *gather, uint64_t id)
{
	return &gather->closed[id % CLOSED_MAX];
}

/* The hops by time; those that came in order already stay as they came. */
static void order_hops(struct gather *gather, const struct gather_open *open)
{
	uint32_t n = 0;

	for (const struct gather_hop *hop = open->first; hop; hop = hop->next) {
		uint32_t at = n++;

		for (; at && gather->hops[at - 1].record.ts_ns > hop->record.ts_ns; at--)
			gather->hops[at] = gather->hops[at - 1];
		gather->hops[at] = (struct journey_hop){.record = hop->record};
	}
}

/* Latencies and changes, once the hops are in order. */
static void describe_hops(struct gather *gather, uint32_t n)
{
	struct journey_hop *hops = gather->hops;

	changes_begin(gather->changes);
	for (uint32_t i = 0; i < n; i++) {
		hops[i].since_first_ns = hops[i].record.ts_ns - hops[0].record.ts_ns;
		hops[i].since_previous_ns = i ? hops[i].record.ts_ns - hops[i - 1].record.ts_ns : 0;
		hops[i].is_benign = gather_goals_is_benign(&gather->goals, &hops[i].record);
		changes_add(gather->changes, &hops[i].record);
	}
	for (uint32_t i = 0; i < n; i++)
		hops[i].changes = changes_text(gather->changes, i);
}

/* Why this journey is not handed on; NULL: it is. */
static uint64_t *withhold(struct gather *gather, const struct journey *journey)
{
	uint32_t baseline = gather->config.baseline;
	uint32_t i = 0;

	if (baseline != GATHER_BASELINE_ANY && !journey->continued) {
		while (i < journey->n_hops && journey->hops[i].record.probe != baseline)
			i++;
		if (i == journey->n_hops)
			return &gather->n_unbased;
	}
	return journey->took_ns < gather->config.min_latency_ns ? &gather->n_fast : NULL;
}

static void hand_on(struct gather *gather, struct journey *journey)
{
	uint64_t *why = withhold(gather, journey);

	if (why) {
		++*why;
		gather->held_back += journey->n_hops;
		return;
	}
	describe_hops(gather, journey->n_hops);
	gather->config.on_journey(gather->config.arg, journey, gather->hops);
}

/* Events lost about a journey's time: from as long before as a packet is waited for, up to now. */
static uint64_t lost_about(const struct gather *gather, const struct journey *journey)
{
	uint64_t first_ns = journey->hops[0].record.ts_ns;

	return losses_between(&gather->losses,
			      first_ns - UTIL_MIN(first_ns, gather->config.timeout_ns),
			      gather->now_ns);
}

static void close_open(struct gather *gather, struct gather_open *open, bool cut)
{
	bool by_id = !gather->config.by_content;
	struct journey journey = {
		.id = by_id ? open->key : 0,
		.parent = open->parent,
		.retransmit = open->retransmit,
		.continued = open->continued,
		.cut = cut,
		.hops = gather->hops,
		.n_hops = open->n_hops,
	};
	struct gather_facts facts = {
		.freed = open->freed,
		.followed = true,
		.before = open->named,
	};

	gather_store_take(&gather->store, open);
	if (open->n_hops) {
		order_hops(gather, open);
		journey.took_ns =
			gather->hops[open->n_hops - 1].record.ts_ns - gather->hops[0].record.ts_ns;
		facts.lost = lost_about(gather, &journey);
		gather_goals_judge(&gather->goals, &facts, &journey, gather->missing);
		if (by_id)
			*closed_slot(gather, open->key) = (struct closed){
				open->key,
				open->named | gather_goals_seen(&gather->goals, &journey)};
		hand_on(gather, &journey);
	}
	gather_store_free(open);
}

/* Those of a list that have waited for long enough. */
static void close_list(struct gather *gather, struct gather_list *list, uint64_t wait_ns)
{
	while (list->oldest && list->oldest->stamp_ns + wait_ns <= gather->now_ns)
		close_open(gather, list->oldest, false);
}

static void close_due(struct gather *gather)
{
	look_at_losses(gather);
	close_list(gather, &gather->store.ended, GATHER_GRACE_NS);
	close_list(gather, &gather->store.open, gather->config.timeout_ns);
}

/*
 * Room for one more. Those that are over go first; looking for them costs a walk over the counters,
 * and is worth it only when some time has passed.
 */
static void make_room(struct gather *gather)
{
	struct gather_store *store = &gather->store;

	if (gather->now_ns >= gather->room_made_ns + GATHER_GRACE_NS / 2) {
		gather->room_made_ns = gather->now_ns;
		close_due(gather);
	}
	while (store->n == store->max || (store->n && store->bytes > GATHER_BYTES_MAX))
		close_open(gather, store->ended.oldest ? store->ended.oldest : store->open.oldest,
			   !store->ended.oldest);
}

static struct gather_open *begin(struct gather *gather, uint64_t key)
{
	const struct closed *closed = closed_slot(gather, key);
	struct gather_open *open;

	make_room(gather);
	open = gather_store_new(&gather->store, key);
	if (open && !gather->config.by_content && closed->id == key) {
		open->continued = true;
		open->named = closed->named;
	}
	if (open)
		gather_store_move(open, &gather->store.open, gather->now_ns);
	return open;
}

static void on_end(struct gather *gather, uint64_t id)
{
	struct gather_open *open = gather_store_find(&gather->store, id);

	/* its last hop may be behind it in the ring; what is closed already has ended twice */
	if (!open && closed_slot(gather, id)->id != id)
		open = begin(gather, id);
	if (!open || open->freed)
		return;
	open->freed = true;
	gather_store_move(open, &gather->store.ended, gather->now_ns);
}

/* A packet without an identity is a journey of one hop, of which nothing more can be said. */
static void pass_alone(struct gather *gather, const struct record *record)
{
	const struct gather_facts facts = {.followed = false};
	struct journey journey = {.hops = gather->hops, .n_hops = 1};

	gather->hops[0] = (struct journey_hop){.record = *record};
	gather_goals_judge(&gather->goals, &facts, &journey, gather->missing);
	hand_on(gather, &journey);
}

static bool was_at(const struct gather_open *open, uint32_t probe)
{
	for (const struct gather_hop *hop = open->first; hop; hop = hop->next)
		if (hop->record.probe == probe)
			return true;
	return false;
}

/*
 * Nothing more is waited for, though nobody said that the packet is gone: it was dropped, or was at
 * all the places that were named. By content nobody ever says so, and in a socket's queue it may
 * stay for long.
 */
static bool is_over(const struct gather *gather, const struct gather_open *open)
{
	const struct gather_goals *goals = &gather->goals;

	if (gather_goals_is_drop(goals, &open->last->record))
		return true;
	if (!goals->n_named || open->n_hops < goals->n_named)
		return false;
	for (uint32_t i = 0; i < goals->n_named; i++)
		if (!was_at(open, goals->named[i]))
			return false;
	return true;
}

static void add_hop(struct gather *gather, struct gather_open *open, const struct record *record)
{
	if (gather_store_append(&gather->store, open, record)) {
		gather->strays++;
		return;
	}
	if (record->parent) {
		open->parent = record->parent;
		open->retransmit = record->flags & XCAP_EV_RETRANSMIT;
	}
	if (open->list == &gather->store.open)
		gather_store_move(
			open, is_over(gather, open) ? &gather->store.ended : &gather->store.open,
			gather->now_ns);
	if (open->n_hops == GATHER_HOPS_MAX)
		close_open(gather, open, true);
}

/*
 * What xcap added for itself is the end of journeys, never the beginning of one, and of no interest
 * where it is no drop.
 */
static bool is_stray(const struct gather *gather, const struct record *record,
		     const struct gather_open *open)
{
	if (!gather_goals_is_drop(&gather->goals, record))
		return true;
	if (open && open->n_hops)
		return false;
	return gather->config.by_content || !record->id ||
	       closed_slot(gather, record->id)->id != record->id;
}

void gather_add(struct gather *gather, const struct record *record)
{
	bool by_content = gather->config.by_content;
	struct gather_open *open;
	uint64_t key;

	gather->now_ns = UTIL_MAX(gather->now_ns, record->ts_ns);
	if (record->flags & XCAP_EV_END) {
		if (!by_content && record->id)
			on_end(gather, record->id);
		return;
	}
	key = by_content ? content_key(record, gather->config.by_pointer) : record->id;
	open = by_content || key ? gather_store_find(&gather->store, key) : NULL;
	if (gather->goals.info->probes[record->probe].is_added && is_stray(gather, record, open)) {
		gather->strays++;
		return;
	}
	if (!by_content && !key) {
		pass_alone(gather, record);
		return;
	}
	if (!open)
		open = begin(gather, key);
	if (open)
		add_hop(gather, open, record);
	else
		gather->strays++;
}

/* The wall clock was set back: nothing may wait until it is there again. */
static void turn_back(struct gather *gather, uint64_t now_ns)
{
	struct gather_list *const lists[] = {&gather->store.open, &gather->store.ended};

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(lists); i++)
		for (struct gather_open *open = lists[i]->oldest; open; open = open->newer)
			open->stamp_ns = UTIL_MIN(open->stamp_ns, now_ns);
	gather->now_ns = now_ns;
	gather->room_made_ns = 0;
}

void gather_advance(struct gather *gather, uint64_t now_ns)
{
	/* records are of the kernel's clock, and may be a little ahead of the one that was read */
	if (now_ns + GATHER_GRACE_NS < gather->now_ns)
		turn_back(gather, now_ns);
	gather->now_ns = UTIL_MAX(gather->now_ns, now_ns);
	close_due(gather);
}

void gather_drain(struct gather *gather, uint64_t now_ns)
{
	struct gather_list *open = &gather->store.open, *ended = &gather->store.ended;

	gather_advance(gather, now_ns);
	while (ended->oldest)
		close_open(gather, ended->oldest, false);
	/* one that was silent for as long as its records can be late would have come on */
	close_list(gather, open, GATHER_GRACE_NS);
	while (open->oldest)
		close_open(gather, open->oldest, true);
}

void gather_count(const struct gather *gather, struct capture_totals *totals)
{
	totals->held_back += gather->held_back;
	totals->strays += gather->strays;
	totals->journeys.are = true;
	totals->journeys.fast = gather->n_fast;
	totals->journeys.unbased = gather->n_unbased;
}
