/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session.c - the life of a capture: open, attach, enable, read, stop.
 */
#include "session/session.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/membarrier.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "base/phase.h"
#include "kernel/symbol.h"
#include "plan/plan_ladder.h"
#include "session/chain.h"
#include "session/hooks.h"
#include "session/hooks_missed.h"
#include "session/object.h"
#include "session/reader.h"
#include "session/track.h"

/*
 * The kernel wakes us when a share of the ring is full; below that we look by ourselves this often,
 * which is what a user waiting for a line can notice.
 */
#define READ_PERIOD_NS 50000000

/* How often the table of packets is looked after. */
#define SWEEP_PERIOD_NS 250000000

struct session {
	struct session_config config;
	struct object object;
	struct hooks hooks;
	struct track track;
	struct chain chain;
	struct reader *reader;
	struct loop *loop;     /* reads are done on it, once enabled; the caller's */
	uint64_t hooks_missed; /* calls, before it was enabled */
};

static void read_round(struct session *session, bool stepped)
{
	if (reader_read(session->reader, stepped))
		loop_again(session->loop, reader_fd(session->reader));
}

static void on_wake(void *arg, uint32_t events)
{
	(void)events;
	read_round(arg, false);
}

static void on_sweep(void *arg, uint32_t events)
{
	struct session *session = arg;

	(void)events;
	track_sweep(&session->track);
}

static void on_clock_set(void *arg, uint32_t events)
{
	(void)events;
	read_round(arg, true);
}

int session_open(struct session **out, const struct session_config *config, struct err *err)
{
	struct session *session = calloc(1, sizeof(*session));
	const struct plan_kernel *kernel = config->kernel;
	uint64_t begin_ns;
	struct ring_source source;
	bool has_cookies;
	int rc;

	if (!session)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot start a session");
	session->config = *config;
	begin_ns = phase_begin();
	has_cookies = plan_ladder_feature(kernel, FEATURE_COOKIE, NULL, 0);
	rc = object_open(&session->object, config->plan, kernel->btf, has_cookies, err);
	if (!rc && (hooks_init(&session->hooks, config->plan, kernel, &session->object) ||
		    track_init(&session->track, config->plan, &session->object)))
		rc = err_errno(err, ERR_FAILED, ENOMEM, "cannot start a session");
	phase_end("load", begin_ns);
	chain_init(&session->chain, config->plan, &session->object);
	if (!rc) {
		source = object_ring(&session->object);
		session->reader = reader_new(&source, session->object.n_cpus, &session->config,
					     &session->hooks, &session->chain, err);
		rc = session->reader ? 0 : err->code;
	}
	if (rc) {
		session_close(session);
		return rc;
	}
	*out = session;
	return 0;
}

int session_attach(struct session *session, struct err *err)
{
	/* At a function the latest comes first, at a tracepoint the earliest; what takes packets
	 * out of the table has to come after the probes. */
	bool first = session->config.plan->config.track == XCAP_TRACK_EXACT;
	uint64_t begin_ns = phase_begin();
	int code = first ? track_attach(&session->track, err) : 0;

	session->hooks.more = session->track.slow;
	session->hooks.n_more = session->track.n_slow;
	if (!code)
		code = hooks_attach(&session->hooks, err);
	if (!code && !first)
		code = track_attach(&session->track, err);
	if (!code)
		chain_attach(&session->chain);
	phase_end("attach", begin_ns);
	return code;
}

bool session_reads_pages(const struct session *session, uint32_t probe)
{
	const struct plan *plan = session->config.plan;

	if (plan->probes[probe].config.given)
		return false;
	return plan->config.vmemmap_base ||
	       (session->hooks.list[probe].mechanism == PLAN_TP_BTF && plan->config.has_dynptr);
}

int session_mechanism(const struct session *session, uint32_t probe)
{
	return session->hooks.list[probe].mechanism;
}

int session_enable(struct session *session, struct loop *loop, struct err *err)
{
	/* by edges: while packets come the ring is never empty, and a level would have us read them
	 * one by one */
	int rc = loop_add_fd(loop, reader_fd(session->reader), EPOLLIN | EPOLLET, on_wake, session);

	session->loop = loop;
	if (!rc)
		rc = loop_add_timer(loop, READ_PERIOD_NS, false, on_wake, session);
	if (!rc)
		rc = loop_add_clock_watch(loop, on_clock_set, session);
	if (!rc && session->config.plan->config.track)
		rc = loop_add_timer(loop, SWEEP_PERIOD_NS, false, on_sweep, session);
	if (rc)
		return err_errno(err, ERR_FAILED, rc, "cannot wait for the ring buffer");
	session->hooks_missed = track_missed(&session->track);
	object_enable(&session->object, true);
	return 0;
}

void session_read_symbols(const struct session *session)
{
	const struct plan_kernel *kernel = session->config.kernel;
	const struct plan *plan = session->config.plan;
	bool stacks = plan->config.want_stack == XCAP_STACK_ALL, drops = false;
	const struct symbol_table *symbols = NULL;

	for (uint32_t i = 0; i < plan->n_probes; i++)
		drops |= plan->probes[i].config.is_kfree_skb;
	if (stacks || drops)
		symbols = kernel->symbols(kernel->symbols_arg);
	if (symbols && symbol_restricted(symbols))
		log_note("the kernel hides its addresses from this user: %s have no names "
			 "(CAP_SYSLOG, kernel.kptr_restrict)",
			 stacks ? "stacks" : "the places of drops");
}

void session_read(struct session *session)
{
	reader_catch_up(session->reader);
}

void session_count(const struct session *session, struct capture_counts *probes)
{
	uint32_t n = session->config.plan->n_probes;

	memset(probes, 0, n * sizeof(*probes));
	for (uint32_t cpu = 0; cpu < session->object.n_cpus; cpu++)
		for (uint32_t i = 0; i < n; i++) {
			const struct xcap_counters *from = &session->object.counters[cpu * n + i];
			struct capture_counts *to = &probes[i];

			to->fault += from->fault;
			to->nested += from->nested;
			to->undecidable += from->undecidable;
			to->sampled += from->sampled;
			to->limited += from->limited;
			to->sent += from->sent;
			to->ring_full += from->ring_full;
			to->table_full += from->table_full;
			to->discarded += from->discarded;
			/* last, as it is counted first: nothing is more than was seen */
			__atomic_thread_fence(__ATOMIC_ACQUIRE);
			to->seen += from->seen;
		}
	for (uint32_t i = 0; i < n; i++) {
		struct capture_counts *c = &probes[i];

		c->matched = capture_matched_sum(c);
		c->rejected = c->seen - c->fault - c->nested - c->undecidable - c->sampled -
			      c->limited - c->matched;
		hooks_missed_count(&session->hooks, i, c);
	}
}

uint64_t session_lost(const struct session *session)
{
	uint64_t n = (uint64_t)session->object.n_cpus * session->config.plan->n_probes;
	struct capture_totals followed = {0};
	uint64_t lost;

	/* a packet that got no id at one hop may get one at the next */
	session_count_tracked(session, &followed);
	lost = followed.untracked;
	for (uint64_t i = 0; i < n; i++) {
		const struct xcap_counters *c = &session->object.counters[i];

		lost += c->fault + c->nested + c->undecidable + c->ring_full + c->table_full;
	}
	return lost;
}

uint64_t session_missed(const struct session *session)
{
	return hooks_missed_sum(&session->hooks) + track_missed(&session->track);
}

void session_count_tracked(const struct session *session, struct capture_totals *totals)
{
	if (session->config.plan->config.track)
		track_count(&session->track, totals);
}

/* Of a free that was not seen: the next packet in that memory got the id of the one before. */
static void say_missed(uint64_t n)
{
	if (n)
		log_warning("packets were not followed through %" PRIu64
			    " call%s that the kernel did not show: some ids may be of two packets",
			    n, n == 1 ? "" : "s");
}

void session_stop(struct session *session)
{
	uint64_t begin_ns = phase_begin();
	uint32_t under_way;

	object_enable(&session->object, false);
	hooks_missed_settle(&session->hooks);
	/* first: the holder that hooks_detach() lets go of has to be the last that holds them */
	track_detach(&session->track);
	say_missed(track_missed(&session->track) - session->hooks_missed);
	hooks_detach(&session->hooks);
	chain_detach(&session->chain);
	/* programs run under RCU: after this none is between its look at the flag and its record */
	if (syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		usleep(50000);
	phase_end("detach", begin_ns);
	reader_drain(session->reader);
	under_way = object_kept(&session->object);
	if (under_way)
		log_note("%u call%s had not come to %s exit probe when the capture stopped, not "
			 "counted "
			 "as seen",
			 under_way, under_way == 1 ? "" : "s", under_way == 1 ? "its" : "their");
}

void session_close(struct session *session)
{
	if (!session)
		return;
	track_fini(&session->track);
	hooks_fini(&session->hooks);
	chain_fini(&session->chain);
	reader_free(session->reader);
	object_close(&session->object);
	free(session);
}
