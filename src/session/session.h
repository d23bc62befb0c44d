/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session.h - a plan, running: load, attach, read, stop.
 *
 *	session_open -> session_attach -> session_enable -> (loop) -> session_stop -> session_close
 *
 * No record is produced before session_enable(), so no probe reports before all can; session_stop()
 *hands over every record that was reserved before it, to the last.
 */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "plan/plan.h"
#include "record/capture.h"
#include "record/record.h"

struct session;

/* Takes each record in the ring's order; may change it. */
typedef void (*session_record_fn)(void *arg, struct record *record);

struct session_config {
	const struct plan *plan;
	const struct plan_kernel *kernel;
	session_record_fn on_record;
	void *arg;
};

/* Load maps and programs. The plan and kernel stay the caller's and outlive the session. */
int session_open(struct session **session, const struct session_config *config, struct err *err);

/*
 * Attach every probe by the first rung of its ladder that works. A probe that cannot be attached is
 * a warning and is left out; it is an error when none could be, or when it was the only one.
 */
int session_attach(struct session *session, struct err *err);

/* What was taken: the mechanism of a probe, -1: not attached. */
int session_mechanism(const struct session *session, uint32_t probe);

/* Are bytes in pages read at this probe, as it is attached? */
bool session_reads_pages(const struct session *session, uint32_t probe);

/* Let the probes report, and read on `loop` from now on. */
int session_enable(struct session *session, struct loop *loop, struct err *err);

/*
 * If places will have to be named, read the kernel's symbols; a note if they hide their addresses.
 * It takes a while, in which the ring holds what comes: done when the user has been told that it
 * does.
 */
void session_read_symbols(const struct session *session);

/* Hand over what was recorded up to now. */
void session_read(struct session *session);

/* Counters as they stand; totals->probes must have room for plan->n_probes. */
void session_count(const struct session *session, struct capture_counts *probes);

/* Events lost up to now, at all probes and CPUs: for lack of room, of a slot, of readable bytes, of
 * an id. */
uint64_t session_lost(const struct session *session);
/* Hits that the kernel did not show to the programs of probes and of the hooks that follow packets,
 * as far as it counts them. */
uint64_t session_missed(const struct session *session);
/* Of packets that are followed: tracked and what stands beside it. */
void session_count_tracked(const struct session *session, struct capture_totals *totals);

/* Flag off, detach, wait for running programs, drain the ring to its end. */
void session_stop(struct session *session);

void session_close(struct session *session); /* takes NULL */

#endif
