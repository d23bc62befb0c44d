/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_run.c - the life of a capture, top to bottom in capture_run_plan().
 *
 * Order matters: sinks are opened once probes are attached (their header names the mechanisms, and
 * a file is not overwritten for a capture that cannot start); nothing reports before all can; the
 * user's command starts last and is ended first.
 */
#include "cmd/capture_run.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "cmd/capture_describe.h"
#include "cmd/capture_drops.h"
#include "cmd/capture_gather.h"
#include "cmd/child.h"
#include "cmd/ready.h"
#include "flow/pipeline.h"
#include "flow/stats.h"
#include "kernel/kbtf.h"
#include "session/session.h"

#define TICK_NS 1000000000ull

/* How the handler of SIGINT and SIGTERM reaches the loop: nobody else sends these. */
#define SIGNAL_INT  SIGRTMIN
#define SIGNAL_TERM (SIGRTMIN + 1)

/* timeout(1) sends its signal to the process and to its group: two signals at once are one. */
#define SECOND_SIGNAL_US 200000

struct run {
	const struct config *config;
	const struct plan *plan;
	struct loop *loop;
	struct session *session;
	struct pipeline *pipeline;
	struct capture_describe describe;
	struct capture_drops drops;
	struct capture_counts *counts; /* one per probe */
	struct capture_totals totals;
	struct child child;
	struct ready ready;
	uint64_t start_ns;
	bool interrupted;  /* by SIGINT */
	struct err failed; /* the first sink that failed */
};

static uint64_t wall_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* The one place that looks at what the pipeline says. */
static void check_pipeline(struct run *run, enum pipeline_state state)
{
	if (state == PIPELINE_OPEN)
		return;
	loop_stop(run->loop);
	if (state == PIPELINE_BROKEN && !err_is_set(&run->failed))
		run->failed = *pipeline_error(run->pipeline);
}

/* Also after the limit or a failure: the pipeline counts what it no longer writes, and the totals
 * add up. */
static void on_record(void *arg, struct record *record)
{
	struct run *run = arg;

	check_pipeline(run, pipeline_write(run->pipeline, record));
}

static void on_tick(void *arg, uint32_t events)
{
	struct run *run = arg;

	(void)events;
	check_pipeline(run, pipeline_tick(run->pipeline));
	ready_tick(&run->ready);
}

/* Up to now everything is read, so that what is not there did not happen. */
static void on_gather(void *arg, uint32_t events)
{
	struct run *run = arg;
	uint64_t now_ns = wall_clock_ns();

	(void)events;
	session_read(run->session);
	check_pipeline(run, pipeline_advance(run->pipeline, now_ns));
}

static void on_duration(void *arg, uint32_t events)
{
	struct run *run = arg;

	(void)events;
	loop_stop(run->loop);
}

/* Told also while there is nothing to write: whoever left does not wait for the next packet. */
static void on_reader_gone(void *arg, uint32_t events)
{
	struct run *run = arg;

	(void)events;
	loop_del_fd(run->loop, STDOUT_FILENO);
	if (!err_is_set(&run->failed)) {
		err_set(&run->failed, ERR_FAILED, "the reader of standard output is gone");
		run->failed.code = -EPIPE;
	}
	loop_stop(run->loop);
}

static void on_child_end(void *arg)
{
	struct run *run = arg;

	loop_stop(run->loop);
}

/* Counters as they stand. end_ns 0: the capture goes on, and sums may be a few records apart. */
static void count(struct run *run, uint64_t end_ns)
{
	run->totals = (struct capture_totals){
		.probes = run->counts,
		.n_probes = run->plan->n_probes,
		.start_ns = run->start_ns,
		.end_ns = end_ns,
	};
	session_count(run->session, run->counts);
	session_count_tracked(run->session, &run->totals);
	pipeline_count(run->pipeline, &run->totals);
}

static void on_signal(void *arg, int signo)
{
	struct run *run = arg;

	if (signo == SIGUSR1) {
		session_read(run->session);
		count(run, 0);
		stats_print(stderr, &run->describe.info, &run->totals);
		capture_drops_print(&run->drops, stderr);
	} else if (signo == SIGUSR2) {
		session_read(run->session);
		check_pipeline(run, pipeline_tick(run->pipeline));
	} else {
		run->interrupted = signo == SIGNAL_INT;
		loop_stop(run->loop);
	}
}

static void on_second_stop(int signo)
{
	_exit(128 + signo);
}

static void on_same_stop(int signo)
{
	(void)signo;
}

static void on_alarm(int signo)
{
	(void)signo;
	signal(SIGINT, on_second_stop);
	signal(SIGTERM, on_second_stop);
}

static void on_first_stop(int signo)
{
	signal(SIGINT, on_same_stop);
	signal(SIGTERM, on_same_stop);
	ualarm(SECOND_SIGNAL_US, 0);
	raise(signo == SIGINT ? SIGNAL_INT : SIGNAL_TERM);
}

/*
 * INT and TERM have handlers, not a place in the loop: the second one has to get through while the
 * loop stands still, in a write to a reader that does not read, or in detaching. The handler passes
 * the first on to the loop. It interrupts what waits, as for somebody to open the FIFO of -w.
 */
static void add_stop_handlers(void)
{
	struct sigaction first = {.sa_handler = on_first_stop};

	sigaddset(&first.sa_mask, SIGINT);
	sigaddset(&first.sa_mask, SIGTERM);
	signal(SIGALRM, on_alarm);
	sigaction(SIGINT, &first, NULL);
	sigaction(SIGTERM, &first, NULL);
}

static int add_signals(struct run *run)
{
	struct sigaction hup;
	sigset_t set;
	int rc;

	sigemptyset(&set);
	sigaddset(&set, SIGNAL_INT);
	sigaddset(&set, SIGNAL_TERM);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	/* nohup(1) has it ignored, and a signalfd would get it all the same */
	if (!sigaction(SIGHUP, NULL, &hup) && hup.sa_handler != SIG_IGN)
		sigaddset(&set, SIGHUP);
	rc = loop_add_signals(run->loop, &set, on_signal, run);
	if (!rc)
		add_stop_handlers();
	return rc;
}

/* All is resolved but the names of drop reasons. */
static void release_types(const struct plan *plan, const struct plan_kernel *kernel)
{
	bool drops = false;

	for (uint32_t i = 0; i < plan->n_probes; i++)
		drops |= plan->probes[i].config.is_kfree_skb;
	if (kernel->btf)
		kbtf_release(kernel->btf, drops);
}

static int prepare(struct run *run, const struct plan_kernel *kernel,
		   const struct capture_sinks *sinks, struct err *err)
{
	const struct session_config session = {
		.plan = run->plan,
		.kernel = kernel,
		.on_record = on_record,
		.arg = run,
	};
	struct pipeline_config pipeline = {
		.filter = run->plan->filter.len ? &run->plan->filter : NULL,
		.limit = run->config->count,
		.snaplen = run->plan->config.snaplen,
		.stop = run->config->stop,
	};
	int rc;

	rc = capture_drops_init(&run->drops, run->config, run->plan, kernel, err);
	if (rc)
		return rc;
	pipeline.drops = run->drops.drops;
	run->loop = loop_new();
	run->counts = calloc(run->plan->n_probes, sizeof(*run->counts));
	run->pipeline = pipeline_new(&pipeline);
	if (!run->loop || !run->counts || !run->pipeline)
		return err_errno(err, ERR_FAILED, errno, "cannot prepare the capture");
	rc = ready_clear(run->config->ready_file, err);
	if (!rc)
		rc = session_open(&run->session, &session, err);
	if (!rc)
		rc = session_attach(run->session, err);
	/* what planning and loading took lies below what stays: before that takes its place, it is
	 * given back */
	malloc_trim(0);
	if (!rc)
		rc = capture_describe_init(&run->describe, run->config, run->plan, kernel,
					   run->session, err);
	if (rc)
		return rc;
	/* of files; what the kernel captures may be more: capture_sinks_frame_snaplen() */
	run->describe.info.snaplen = capture_sinks_snaplen(sinks, run->config);
	rc = capture_gather_begin(run->config, run->plan, &run->describe.info, run->session,
				  run->pipeline, err);
	if (rc)
		return rc;
	rc = add_signals(run);
	if (!rc)
		rc = loop_add_timer(run->loop, TICK_NS, false, on_tick, run);
	if (!rc && run->config->gather.on)
		rc = loop_add_timer(run->loop, CAPTURE_GATHER_PERIOD_NS, false, on_gather, run);
	if (rc)
		return err_errno(err, ERR_FAILED, rc, "cannot prepare the capture");
	rc = capture_sinks_open(sinks, run->config, &run->describe.info, run->pipeline, err);
	/* errors and hang-ups are always told; what is no pipe, socket or terminal has none */
	if (!rc && capture_sinks_use_stdout(sinks, run->config))
		loop_add_fd(run->loop, STDOUT_FILENO, 0, on_reader_gone, run);
	return rc;
}

/* How the probes are attached tells whether they see all of a packet. */
static void say_linear_only(const struct run *run)
{
	struct buf probes;

	buf_init(&probes);
	capture_describe_linear_only(run->plan, run->session, &probes);
	if (probes.len)
		log_note("bytes in pages are not read at %s: such packets are partial, and a "
			 "filter that needs more is undecidable ('xcap check' tells why)",
			 buf_str(&probes));
	buf_fini(&probes);
}

static void say_listening(const struct run *run)
{
	struct buf probes;

	buf_init(&probes);
	capture_describe_probes(&run->describe, &probes);
	log_note("listening on %s, snapshot length %u bytes", buf_str(&probes),
		 run->describe.info.snaplen);
	buf_fini(&probes);
}

static int start(struct run *run, const struct plan_kernel *kernel, struct err *err)
{
	const struct config *config = run->config;
	int rc;

	run->start_ns = wall_clock_ns();
	rc = session_enable(run->session, run->loop, err);
	if (rc)
		return rc;
	say_linear_only(run);
	say_listening(run);
	rc = ready_write(&run->ready, config->ready_file, err);
	if (rc)
		return rc;
	/* the ring holds what comes meanwhile */
	release_types(run->plan, kernel);
	session_read_symbols(run->session);
	if (config->duration_ns) {
		rc = loop_add_timer(run->loop, config->duration_ns, true, on_duration, run);
		if (rc)
			return err_errno(err, ERR_FAILED, rc, "cannot start a timer");
	}
	if (config->cmd)
		rc = child_start(&run->child, config->cmd, run->loop, on_child_end, run, err);
	return rc;
}

/* A reader that has gone had what it wanted. */
static bool is_output_failure(const struct err *err)
{
	return err_is_set(err) && err->code != -EPIPE;
}

/* Stop and settle. `err` keeps what it has: what failed first is what the user is told. */
static void finish(struct run *run, struct err *err)
{
	struct err child, closing;
	struct capture_hop *rows;
	struct hops *hops;
	uint64_t stop_ns;

	child_stop(&run->child);
	/* detaching may take long: what is on its way then was not silent all that time */
	stop_ns = wall_clock_ns();
	session_stop(run->session);
	check_pipeline(run, pipeline_drain(run->pipeline, stop_ns));
	count(run, wall_clock_ns());
	err_clear(&child);
	child_wait(&run->child, &child);
	err_clear(&closing);
	hops = pipeline_take_hops(run->pipeline);
	run->totals.hops = rows = hops ? hops_rows(hops) : NULL;
	if (hops && !rows)
		log_warning("no memory for the table of hops in the output");
	pipeline_close(run->pipeline, &run->totals, &closing);
	run->pipeline = NULL;
	run->totals.output_failed = is_output_failure(&run->failed) || is_output_failure(&closing);
	if (!err_is_set(err))
		*err = err_is_set(&run->failed) ? run->failed : closing;
	if (!err_is_set(err))
		*err = child;
	/* below the terminal's "^C" */
	if (run->interrupted && isatty(STDERR_FILENO))
		log_plain("\n");
	stats_print(stderr, &run->describe.info, &run->totals);
	capture_drops_print(&run->drops, stderr);
	capture_gather_print(run->config, hops);
	hops_free(hops);
	free(rows);
}

static void release(struct run *run)
{
	struct err ignored;

	/* only where the capture never started: then what failed is known already */
	pipeline_close(run->pipeline, NULL, &ignored);
	session_close(run->session);
	loop_free(run->loop);
	capture_describe_fini(&run->describe);
	capture_drops_fini(&run->drops);
	ready_fini(&run->ready);
	free(run->counts);
}

int capture_run_plan(const struct config *config, const struct plan *plan,
		     const struct plan_kernel *kernel, const struct capture_sinks *sinks,
		     struct err *err)
{
	struct run run = {.config = config, .plan = plan};
	int rc;

	err_clear(err);
	err_clear(&run.failed);
	ready_init(&run.ready);
	rc = prepare(&run, kernel, sinks, err);
	if (!rc) {
		rc = start(&run, kernel, err);
		if (!rc)
			rc = loop_run(run.loop);
		if (rc && !err_is_set(err))
			err_errno(err, ERR_FAILED, rc, "cannot wait for packets");
		finish(&run, err);
	}
	release(&run);
	if (!err_is_set(err))
		return 0;
	if (err->code != -EPIPE)
		return err->code;
	/* as when tcpdump is piped to head: the reader had what it wanted */
	log_note("%s, stopped", err->msg);
	err_clear(err);
	return 0;
}
