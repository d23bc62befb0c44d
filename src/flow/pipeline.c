/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pipeline.c - records on their way to the sinks.
 *
 * Every record that enters is counted in exactly one of shown, settled_out, hidden, after_limit,
 * unwritten and left_out, so that their sum is the number of records that the session handed over.
 * Gathered records are counted when their journey comes out; gather itself counts those that go
 * nowhere.
 */
#include "flow/pipeline.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <stdlib.h>

#include "base/util.h"
#include "flow/drops.h"

struct pipeline_sink {
	const struct sink_ops *ops;
	struct sink *sink;
};

struct pipeline {
	struct pipeline_config config;
	enum pipeline_state state;
	struct err err; /* of the first sink that failed */
	uint64_t shown, settled_out, hidden, after_limit, unwritten, left_out, unconverted;
	const struct capture_info *info; /* known with the first sink, or with gather */
	struct gather *gather;		 /* NULL: records are shown one by one */
	struct hops *hops;
	struct capture_journeys journeys;
	uint64_t n_journeys; /* shown */
	struct pipeline_sink *sinks;
	unsigned int n_sinks;
};

struct pipeline *pipeline_new(const struct pipeline_config *config)
{
	struct pipeline *pipeline = calloc(1, sizeof(*pipeline));

	if (!pipeline)
		return NULL;
	pipeline->config = *config;
	pipeline->state = PIPELINE_OPEN;
	err_clear(&pipeline->err);
	return pipeline;
}

int pipeline_add(struct pipeline *pipeline, const struct sink_ops *ops,
		 const struct sink_config *config, const struct capture_info *info, struct err *err)
{
	size_t n = pipeline->n_sinks;
	struct pipeline_sink *sinks = realloc(pipeline->sinks, (n + 1) * sizeof(*sinks));
	int ret;

	if (!sinks)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot open the %s output", ops->name);
	pipeline->sinks = sinks;
	pipeline->info = info;
	sinks[n].ops = ops;
	ret = ops->open(&sinks[n].sink, config, info, err);
	if (!ret)
		pipeline->n_sinks++;
	return ret;
}

/* The first failure is the one that is told. */
static enum pipeline_state fail(struct pipeline *pipeline, const struct err *err)
{
	if (pipeline->state != PIPELINE_BROKEN)
		pipeline->err = *err;
	pipeline->state = PIPELINE_BROKEN;
	return PIPELINE_BROKEN;
}

/*
 * What `inbound` and `outbound` ask for. skb->pkt_type is not PACKET_OUTGOING at transmit probes,
 * so the record's direction decides where it is known.
 */
static uint8_t filter_pkt_type(const struct record *record)
{
	if (record->direction == XCAP_DIR_OUT)
		return PACKET_OUTGOING;
	if (record->direction == XCAP_DIR_IN && record->pkt_type == PACKET_OUTGOING)
		return PACKET_HOST;
	return record->pkt_type;
}

/* The filter's verdict on a record that the kernel could not decide. */
static bool settle(const struct pipeline *pipeline, const struct record *record)
{
	const struct cbpf_meta meta = {
		.ifindex = record->ifindex,
		.protocol = record->protocol,
		.pkt_type = filter_pkt_type(record),
	};

	return !pipeline->config.filter || cbpf_run(pipeline->config.filter, record->packet,
						    record->len, record->cap_len, &meta);
}

/*
 * One record to the sinks that take it; with_journeys: also to those that take whole journeys. 0,
 * SINK_LEFT_OUT if no sink has a form for the packet, or a negative errno.
 */
static int write_sinks(struct pipeline *pipeline, struct record *record, bool with_journeys,
		       struct err *err)
{
	unsigned int i, left_out = 0;
	int ret;

	record->number = pipeline->shown + 1;
	/* undecided packets come whole, so that the filter could be settled on all of their bytes
	 */
	record->cap_len = UTIL_MIN(record->cap_len, pipeline->config.snaplen);
	for (i = 0; i < pipeline->n_sinks; i++) {
		const struct pipeline_sink *s = &pipeline->sinks[i];

		if (!with_journeys && s->ops->write_journey)
			continue;
		ret = s->ops->write(s->sink, record, err);
		if (ret < 0)
			return ret;
		left_out += ret == SINK_LEFT_OUT;
	}
	pipeline->unconverted += left_out > 0;
	return left_out && left_out == pipeline->n_sinks ? SINK_LEFT_OUT : 0;
}

/* Records that come when nothing more is written. */
static bool is_late(struct pipeline *pipeline, uint32_t n)
{
	if (pipeline->state == PIPELINE_DONE)
		pipeline->after_limit += n;
	if (pipeline->state == PIPELINE_BROKEN)
		pipeline->unwritten += n;
	return pipeline->state != PIPELINE_OPEN;
}

/* True: it counts as shown, or as left out. */
static bool write_record(struct pipeline *pipeline, struct record *record, bool with_journeys)
{
	struct err err;
	int ret = write_sinks(pipeline, record, with_journeys, &err);

	if (ret < 0) {
		fail(pipeline, &err);
		return false;
	}
	*(ret == SINK_LEFT_OUT ? &pipeline->left_out : &pipeline->shown) += 1;
	return true;
}

/* Its hops first, for they get their numbers there; then whole. */
static void write_journey(struct pipeline *pipeline, struct journey *journey,
			  struct journey_hop *hops)
{
	struct err err;

	journey->number = pipeline->n_journeys + 1;
	for (unsigned int i = 0; i < pipeline->n_sinks; i++)
		if (pipeline->sinks[i].ops->begin_journey)
			pipeline->sinks[i].ops->begin_journey(pipeline->sinks[i].sink, journey);
	for (uint32_t i = 0; i < journey->n_hops; i++)
		if (!write_record(pipeline, &hops[i].record, false)) {
			pipeline->unwritten += journey->n_hops - i;
			return;
		}
	for (unsigned int i = 0; i < pipeline->n_sinks; i++) {
		const struct pipeline_sink *s = &pipeline->sinks[i];

		if (s->ops->write_journey && s->ops->write_journey(s->sink, journey, &err) < 0) {
			fail(pipeline, &err);
			return;
		}
	}
}

static void on_journey(void *arg, struct journey *journey, struct journey_hop *hops)
{
	struct pipeline *pipeline = arg;
	struct err err;

	if (is_late(pipeline, journey->n_hops))
		return;
	if (hops_add(pipeline->hops, journey)) {
		err_errno(&err, ERR_FAILED, ENOMEM, "cannot count the hops");
		fail(pipeline, &err);
		pipeline->unwritten += journey->n_hops;
		return;
	}
	write_journey(pipeline, journey, hops);
	if (pipeline->state == PIPELINE_BROKEN)
		return;
	pipeline->journeys.ends[journey->end]++;
	pipeline->journeys.cut += journey->cut;
	if (++pipeline->n_journeys == pipeline->config.limit ||
	    stop_on_journey(&pipeline->config.stop, pipeline->info, journey))
		pipeline->state = PIPELINE_DONE;
}

int pipeline_gather(struct pipeline *pipeline, const struct gather_config *config,
		    const struct capture_info *info, uint64_t now_ns, struct err *err)
{
	struct gather_config own = *config;

	own.on_journey = on_journey;
	own.arg = pipeline;
	pipeline->info = info;
	pipeline->hops = hops_new(info);
	pipeline->gather = pipeline->hops ? gather_new(&own, info, now_ns) : NULL;
	if (!pipeline->gather)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot gather packets");
	return 0;
}

enum pipeline_state pipeline_write(struct pipeline *pipeline, struct record *record)
{
	if (record->flags & XCAP_EV_END) {
		if (pipeline->gather)
			gather_add(pipeline->gather, record);
		return pipeline->state;
	}
	if ((record->flags & XCAP_EV_UNDECIDED) && !settle(pipeline, record)) {
		pipeline->settled_out++;
		return pipeline->state;
	}
	drops_complete(record);
	if (pipeline->config.drops && !drops_take(pipeline->config.drops, record)) {
		pipeline->hidden++;
		return pipeline->state;
	}
	if (is_late(pipeline, 1))
		return pipeline->state;
	if (pipeline->gather) {
		record->cap_len = UTIL_MIN(record->cap_len, pipeline->config.snaplen);
		gather_add(pipeline->gather, record);
		return pipeline->state;
	}
	if (!write_record(pipeline, record, true)) {
		pipeline->unwritten++;
		return pipeline->state;
	}
	if ((pipeline->config.limit && pipeline->shown == pipeline->config.limit) ||
	    stop_on_record(&pipeline->config.stop, pipeline->info, record))
		pipeline->state = PIPELINE_DONE;
	return pipeline->state;
}

enum pipeline_state pipeline_advance(struct pipeline *pipeline, uint64_t now_ns)
{
	if (pipeline->gather)
		gather_advance(pipeline->gather, now_ns);
	return pipeline->state;
}

enum pipeline_state pipeline_drain(struct pipeline *pipeline, uint64_t now_ns)
{
	if (pipeline->gather)
		gather_drain(pipeline->gather, now_ns);
	return pipeline->state;
}

struct hops *pipeline_take_hops(struct pipeline *pipeline)
{
	struct hops *hops = pipeline->hops;

	pipeline->hops = NULL;
	return hops;
}

enum pipeline_state pipeline_tick(struct pipeline *pipeline)
{
	struct err err;
	unsigned int i;

	for (i = 0; i < pipeline->n_sinks; i++) {
		const struct pipeline_sink *s = &pipeline->sinks[i];

		if (s->ops->tick(s->sink, &err))
			fail(pipeline, &err);
	}
	return pipeline->state;
}

const struct err *pipeline_error(const struct pipeline *pipeline)
{
	return &pipeline->err;
}

void pipeline_count(const struct pipeline *pipeline, struct capture_totals *totals)
{
	totals->shown += pipeline->shown;
	totals->settled_out += pipeline->settled_out;
	totals->hidden += pipeline->hidden;
	totals->after_limit += pipeline->after_limit;
	totals->unwritten += pipeline->unwritten;
	totals->left_out += pipeline->left_out;
	totals->unconverted += pipeline->unconverted;
	totals->journeys = pipeline->journeys;
	if (pipeline->gather)
		gather_count(pipeline->gather, totals);
}

int pipeline_close(struct pipeline *pipeline, const struct capture_totals *totals, struct err *err)
{
	struct err close_err;
	unsigned int i;
	int ret;

	if (!pipeline)
		return 0;
	for (i = 0; i < pipeline->n_sinks; i++) {
		const struct pipeline_sink *s = &pipeline->sinks[i];

		if (s->ops->close(s->sink, totals, &close_err))
			fail(pipeline, &close_err);
	}
	ret = pipeline->state == PIPELINE_BROKEN ? pipeline->err.code : 0;
	if (ret)
		*err = pipeline->err;
	gather_free(pipeline->gather);
	hops_free(pipeline->hops);
	free(pipeline->sinks);
	free(pipeline);
	return ret;
}
