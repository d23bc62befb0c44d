/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reader.h - ring buffer events as records: clock, names and bounds.
 *
 * The one door between both wings: what comes out of here needs nothing of the kernel any more.
 */
#ifndef SESSION_READER_H
#define SESSION_READER_H

#include "base/err.h"
#include "plan/plan.h"
#include "session/clock.h"
#include "session/session.h"

struct reader;

/* ring_fd stays the caller's. NULL and err on failure. */
struct reader *reader_new(int ring_fd, uint32_t n_cpus, const struct session_config *config,
			  struct err *err);
void reader_free(struct reader *reader); /* takes NULL */

/* Readable when the kernel has woken us. */
int reader_fd(const struct reader *reader);

/* Hand over all that is in the ring to its end, also to a receiver that wants no more (it counts
 * them). */
void reader_drain(struct reader *reader);

/*
 * Read after a wake-up or a tick, until the ring is empty or the receiver wants no more; keeps the
 * clock. stepped: the wall clock was set.
 */
void reader_read(struct reader *reader, bool stepped);

#endif
