/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session.c - the life of a capture: open, attach, enable, read, stop.
 */
#include "session/session.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "kernel/symbol.h"
#include "session/attach.h"
#include "session/object.h"
#include "session/reader.h"

/*
 * The kernel wakes us when a share of the ring is full; below that we look by ourselves this often,
 * which is what a user waiting for a line can notice.
 */
#define READ_PERIOD_NS 50000000

struct attachment {
	int mechanism; /* enum plan_mechanism, -1: none */
	int prog_fd, link_fd;
};

struct session {
	struct session_config config;
	struct object object;
	struct attachment *attached; /* one per probe */
	struct reader *reader;
};

static void on_wake(void *arg, uint32_t events)
{
	struct session *session = arg;

	(void)events;
	reader_read(session->reader, false);
}

static void on_clock_set(void *arg, uint32_t events)
{
	struct session *session = arg;

	(void)events;
	reader_read(session->reader, true);
}

/* Two descriptors per probe: a few hundred probes exceed the usual soft limit. */
static void raise_nofile(uint32_t n_probes)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= 2ULL * n_probes + 256)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int session_open(struct session **out, const struct session_config *config, struct err *err)
{
	struct session *session = calloc(1, sizeof(*session));
	uint32_t n = config->plan->n_probes;
	int rc;

	if (!session)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot start a session");
	session->config = *config;
	session->attached = calloc(n, sizeof(*session->attached));
	for (uint32_t i = 0; i < n && session->attached; i++)
		session->attached[i] = (struct attachment){-1, -1, -1};
	raise_nofile(n);
	rc = session->attached ? object_open(&session->object, config->plan, err)
			       : err_errno(err, ERR_FAILED, ENOMEM, "cannot start a session");
	if (!rc) {
		session->reader = reader_new(object_ring_fd(&session->object),
					     session->object.n_cpus, &session->config, err);
		rc = session->reader ? 0 : err->code;
	}
	if (rc) {
		session_close(session);
		return rc;
	}
	*out = session;
	return 0;
}

/* Of an argument that the probe may have, counted from 1; -1: it has none, or not in a register. */
static int other_offset(const struct attach_ops *ops, uint8_t arg)
{
	return arg ? ops->arg_offset(arg - 1) : -1;
}

/* Load a clone for the probe and attach it by one mechanism. */
static int attach_by(struct session *session, uint32_t i, enum plan_mechanism mechanism,
		     struct err *err)
{
	const struct plan_probe *probe = &session->config.plan->probes[i];
	const struct attach_ops *ops = &attach_table[mechanism];
	struct template_clone clone = {
		.type = ops->type,
		.attach_type = ops->attach_type,
		.attach_btf_id = ops->by_btf ? probe->btf_id : 0,
		.attach_btf_fd = ops->by_btf ? probe->btf_fd : 0,
		.probe = i,
		.drop = probe->config.is_kfree_skb ? 1 + !!probe->config.has_reason : 0,
		.given = probe->config.given,
		.skb_offset = ops->arg_offset ? ops->arg_offset(probe->config.skb_arg) : -1,
		.sock_offset = other_offset(ops, probe->config.sock_arg),
		.flow_offset = other_offset(ops, probe->config.flow_arg),
		.name = probe->name,
	};
	struct attachment *a = &session->attached[i];

	if (!ops->attach)
		return err_set(err, ERR_UNSUPPORTED, "this mechanism has no front end");
	a->prog_fd = template_load(&session->object.templates[mechanism], &clone, err);
	if (a->prog_fd < 0)
		return a->prog_fd;
	a->link_fd = ops->attach(a->prog_fd, probe, err);
	if (a->link_fd < 0) {
		close(a->prog_fd);
		a->prog_fd = -1;
		return a->link_fd;
	}
	a->mechanism = mechanism;
	return 0;
}

/* Walk the probe's ladder. */
static int attach_probe(struct session *session, uint32_t i, struct err *err)
{
	const struct plan_probe *probe = &session->config.plan->probes[i];

	for (uint32_t j = 0; j < probe->n_rungs; j++) {
		const struct plan_rung *rung = &probe->ladder[j];
		const char *name = plan_mechanism_name(rung->mechanism);

		if (!rung->usable) {
			log_debug("%s: not by %s: %s", probe->spec, name, rung->why);
			continue;
		}
		if (!attach_by(session, i, rung->mechanism, err)) {
			log_debug("%s: attached by %s (%s)", probe->spec, name, rung->why);
			return 0;
		}
		log_debug("%s: %s failed: %s", probe->spec, name, err->msg);
	}
	return err->code ? err->code : -EOPNOTSUPP;
}

int session_attach(struct session *session, struct err *err)
{
	const struct plan *plan = session->config.plan;
	uint32_t done = 0;

	for (uint32_t i = 0; i < plan->n_probes; i++) {
		struct err one = {};
		int rc = attach_probe(session, i, &one);

		if (!rc) {
			done++;
			continue;
		}
		if (plan->n_probes == 1) {
			*err = one;
			return rc;
		}
		log_warning("probe '%s' is left out: %s", plan->probes[i].spec, one.msg);
	}
	if (!done)
		return err_set(err, ERR_UNSUPPORTED, "none of the %u probes could be attached",
			       plan->n_probes);
	return 0;
}

bool session_reads_pages(const struct session *session, uint32_t probe)
{
	const struct plan *plan = session->config.plan;

	if (plan->probes[probe].config.given)
		return false;
	return plan->config.vmemmap_base ||
	       (session->attached[probe].mechanism == PLAN_TP_BTF && plan->config.has_dynptr);
}

int session_mechanism(const struct session *session, uint32_t probe)
{
	return session->attached[probe].mechanism;
}

int session_enable(struct session *session, struct loop *loop, struct err *err)
{
	const struct plan *plan = session->config.plan;
	const struct plan_kernel *kernel = session->config.kernel;
	const struct symbol_table *symbols = NULL;
	int rc = loop_add_fd(loop, reader_fd(session->reader), EPOLLIN, on_wake, session);

	if (!rc)
		rc = loop_add_timer(loop, READ_PERIOD_NS, false, on_wake, session);
	if (!rc)
		rc = loop_add_clock_watch(loop, on_clock_set, session);
	if (rc)
		return err_errno(err, ERR_FAILED, rc, "cannot wait for the ring buffer");
	object_enable(&session->object, true);
	/* drops will have to be named: the ring holds what comes while the symbols are read */
	for (uint32_t i = 0; i < plan->n_probes; i++)
		if (plan->probes[i].config.is_kfree_skb) {
			symbols = kernel->symbols(kernel->symbols_arg);
			break;
		}
	if (symbols && symbol_restricted(symbols))
		log_note("the kernel hides its addresses from this user: the places of drops have "
			 "no "
			 "names (CAP_SYSLOG, kernel.kptr_restrict)");
	return 0;
}

void session_read(struct session *session)
{
	reader_catch_up(session->reader);
}

/* Hits for which the kernel did not run the program, where it counts them (5.12). */
static void count_missed(const struct attachment *a, struct capture_counts *counts)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (a->mechanism < 0 || !attach_table[a->mechanism].counts_misses ||
	    bpf_obj_get_info_by_fd(a->prog_fd, &info, &size) ||
	    size < offsetof(struct bpf_prog_info, recursion_misses) + sizeof(info.recursion_misses))
		return;
	counts->missed_known = true;
	counts->missed = info.recursion_misses;
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
			to->matched += from->matched;
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

		c->rejected = c->seen - c->fault - c->nested - c->undecidable - c->sampled -
			      c->limited - c->matched;
		count_missed(&session->attached[i], c);
	}
}

static void detach_all(struct session *session)
{
	for (uint32_t i = 0; i < session->config.plan->n_probes; i++) {
		struct attachment *a = &session->attached[i];

		if (a->link_fd >= 0)
			close(a->link_fd);
		a->link_fd = -1;
	}
}

void session_stop(struct session *session)
{
	object_enable(&session->object, false);
	detach_all(session);
	/* programs run under RCU: after this none is between its look at the flag and its record */
	if (syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		usleep(50000);
	reader_drain(session->reader);
}

void session_close(struct session *session)
{
	if (!session)
		return;
	for (uint32_t i = 0; session->attached && i < session->config.plan->n_probes; i++) {
		if (session->attached[i].link_fd >= 0)
			close(session->attached[i].link_fd);
		if (session->attached[i].prog_fd >= 0)
			close(session->attached[i].prog_fd);
	}
	reader_free(session->reader);
	object_close(&session->object);
	free(session->attached);
	free(session);
}
