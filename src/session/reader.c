/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reader.c - from struct xcap_event to struct record.
 */
#include "session/reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "kernel/kbtf.h"
#include "kernel/netns.h"
#include "kernel/symbol.h"
#include "session/attach.h"
#include "session/ring.h"
#include "session/stacks.h"
#include "xcap/event.h"

#define LOCATION_SIZE 256
/* Records of one round: a few milliseconds, against which a look at the loop's other sources is
 * nothing. */
#define ROUND_MAX 4096

struct reader {
	struct ring ring;
	const struct session_config *config;
	const struct hooks *hooks; /* tell by what a probe is attached */
	struct chain *chain;
	struct stacks *stacks; /* NULL: none are asked for */
	struct clock clock;
	uint32_t event_bytes;	 /* of an event that there are in a record ... */
	struct xcap_event event; /* ... and, behind them, zeros; in use where some are missing */
	uint64_t *lost;		 /* per CPU: events lost when its last record was made */
	uint32_t n_cpus;
	struct record record; /* of this moment; every field is set for each */
	uint32_t netns;	      /* record.netns_name is its name, in this round */
	char location[LOCATION_SIZE];
	char reason[32];
};

static const char *name_reason(struct reader *reader, const struct xcap_event *e)
{
	const struct plan_kernel *kernel = reader->config->kernel;
	const char *name = NULL;

	if (!(e->flags & XCAP_EV_HAS_REASON))
		return NULL;
	if (kernel->btf)
		name = kbtf_drop_reason(kernel->btf, e->reason);
	if (name)
		return name;
	snprintf(reader->reason, sizeof(reader->reason), "0x%x", e->reason);
	return reader->reason;
}

static const char *name_location(struct reader *reader, const struct xcap_event *e)
{
	const struct plan_kernel *kernel = reader->config->kernel;
	struct symbol_table *symbols;

	if (!(e->flags & XCAP_EV_HAS_LOCATION))
		return NULL;
	symbols = kernel->symbols(kernel->symbols_arg);
	if (symbols)
		/* as the stack has it */
		symbol_name_return(symbols, e->location, reader->location,
				   sizeof(reader->location));
	else
		snprintf(reader->location, sizeof(reader->location), "0x%llx",
			 (unsigned long long)e->location);
	return reader->location;
}

/* The register holds more than the value: what is above an int is anything. */
static uint64_t return_value(const struct plan_probe *probe, uint64_t ret)
{
	uint32_t unused = 64 - 8 * probe->ret_size;

	if (!probe->ret_size || probe->ret_size >= sizeof(ret))
		return ret;
	return probe->ret_signed ? (uint64_t)((int64_t)(ret << unused) >> unused)
				 : ret << unused >> unused;
}

/* Names are looked up again in each round: a namespace may have got one. */
static void name_netns(struct reader *reader, uint32_t netns)
{
	struct record *r = &reader->record;

	if (r->netns_name && netns == reader->netns)
		return;
	r->netns_name = netns_name(reader->config->kernel->netns, netns);
	reader->netns = netns;
}

/* Behind the packet's room, at the end of the record's memory. */
static const struct record_stack *get_stack(struct reader *reader, const struct xcap_event *e,
					    const char *end)
{
	uint32_t room = reader->config->plan->config.stack_bytes;

	if (!e->stack_len || !reader->stacks)
		return NULL;
	return stacks_get(reader->stacks, (const uint64_t *)(end - room), e->stack_len,
			  attach_stack_origin(reader->hooks->list[e->probe].mechanism));
}

/* The event at the head of a record, whole. */
static const struct xcap_event *whole(struct reader *reader, const void *at)
{
	if (reader->event_bytes == XCAP_EVENT_WHOLE)
		return at;
	memcpy(&reader->event, at, reader->event_bytes);
	return &reader->event;
}

static void fill(struct reader *reader, const void *at, size_t size)
{
	const struct xcap_event *e = whole(reader, at);
	struct record *r = &reader->record;

	r->ts_ns = clock_wall(&reader->clock, e->ts_ns);
	r->probe = e->probe;
	r->cpu = e->cpu;
	r->flags = e->flags;
	r->context = e->context;
	r->direction = e->direction;
	r->pkt_type = e->pkt_type;
	r->pid = e->pid;
	r->tid = e->tid;
	memcpy(r->comm, e->comm, sizeof(r->comm));
	r->comm[sizeof(r->comm) - 1] = '\0';
	r->ifindex = e->ifindex;
	memcpy(r->ifname, e->ifname, sizeof(r->ifname));
	r->ifname[sizeof(r->ifname) - 1] = '\0';
	r->dev_type = e->dev_type;
	r->netns = e->netns;
	name_netns(reader, e->netns);
	r->skb = e->skb;
	r->mark = e->mark;
	r->protocol = e->protocol;
	r->reason = name_reason(reader, e);
	r->location = name_location(reader, e);
	r->id = e->id;
	r->parent = e->parent;
	r->stack = get_stack(reader, e, (const char *)at + size);
	r->nf_path = NULL;
	chain_get(reader->chain, e->chain, &r->nf_table, &r->nf_chain);
	if (!e->chain && reader->chain->plan->chains.n_absent)
		chain_look(reader->chain, r);
	r->sk_state = e->sk_state;
	r->ret = e->flags & XCAP_EV_HAS_RETURN
			 ? return_value(&reader->config->plan->probes[e->probe], e->ret)
			 : 0;
	r->ext = e->ext;
	r->rebuilt = e->rebuilt;
	r->gso_size = e->gso_size;
	r->gso_segs = e->gso_segs;
	r->lost = e->lost;
	r->lost_before = e->lost - reader->lost[e->cpu];
	reader->lost[e->cpu] = e->lost;
	r->len = e->len;
	r->cap_len = e->flags & XCAP_EV_NO_PACKET ? 0 : e->cap_len;
	r->packet = (const uint8_t *)at + reader->event_bytes;
}

/* The event is the kernel's, but its sizes are checked all the same before they are used. */
static bool is_sane(const struct reader *reader, const struct xcap_event *e, size_t size)
{
	uint32_t room = reader->config->plan->config.stack_bytes, head = reader->event_bytes;

	if (size >= head && e->cap_len <= size - head && e->cpu < reader->n_cpus &&
	    (e->probe < reader->config->plan->n_probes ||
	     (e->flags & XCAP_EV_END && e->probe == XCAP_PROBE_END && !e->cap_len)) &&
	    (!e->stack_len ||
	     (e->stack_len <= room / sizeof(uint64_t) && room + e->cap_len <= size - head)))
		return true;
	log_warning("a record of %zu bytes from the kernel makes no sense, left out", size);
	return false;
}

struct reader *reader_new(const struct ring_source *source, uint32_t n_cpus,
			  const struct session_config *config, const struct hooks *hooks,
			  struct chain *chain, struct err *err)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int rc = -ENOMEM;

	if (reader) {
		reader->config = config;
		reader->hooks = hooks;
		reader->chain = chain;
		reader->n_cpus = n_cpus;
		reader->event_bytes = config->plan->config.event_bytes;
		reader->lost = calloc(n_cpus, sizeof(*reader->lost));
		if (config->plan->config.want_stack)
			reader->stacks = stacks_new(config->kernel, config->plan->stack_depth);
		if (reader->lost && (reader->stacks || !config->plan->config.want_stack))
			rc = ring_open(&reader->ring, source);
		clock_init(&reader->clock);
	}
	if (rc) {
		err_errno(err, ERR_FAILED, rc, "cannot map the ring buffer");
		reader_free(reader);
		return NULL;
	}
	return reader;
}

void reader_free(struct reader *reader)
{
	if (!reader)
		return;
	ring_close(&reader->ring);
	stacks_free(reader->stacks);
	free(reader->lost);
	free(reader);
}

int reader_fd(const struct reader *reader)
{
	return reader->ring.fd;
}

/* At most `max` records, and no further than the first that was made at until_ns (monotonic) or
 * later. True: it was the number that ended it. */
static bool consume(struct reader *reader, uint64_t max, uint64_t until_ns)
{
	const struct xcap_event *e;
	uint64_t left = max;
	size_t size;

	reader->record.netns_name = NULL;
	chain_begin_round(reader->chain);
	ring_hear(&reader->ring);
	while (left && (e = ring_next(&reader->ring, &size))) {
		left--;
		if (!is_sane(reader, e, size))
			continue;
		fill(reader, e, size);
		reader->config->on_record(reader->config->arg, &reader->record);
		if (e->ts_ns >= until_ns)
			break;
	}
	ring_release(&reader->ring);
	return !left;
}

void reader_drain(struct reader *reader)
{
	consume(reader, UINT64_MAX, UINT64_MAX);
}

bool reader_read(struct reader *reader, bool stepped)
{
	clock_refresh(&reader->clock, stepped);
	return consume(reader, ROUND_MAX, UINT64_MAX);
}

void reader_catch_up(struct reader *reader)
{
	consume(reader, UINT64_MAX, clock_mono_ns());
}
