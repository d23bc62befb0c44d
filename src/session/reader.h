/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reader.h - ring buffer events as records: clock, names and bounds.
 *
 * The one door between both wings: what comes out of here needs nothing of the kernel any more.
 */
#ifndef SESSION_READER_H
#define SESSION_READER_H

#include <stdbool.h>

#include "base/err.h"
#include "plan/plan.h"
#include "session/chain.h"
#include "session/clock.h"
#include "session/hooks.h"
#include "session/ring.h"
#include "session/session.h"

struct reader;

/* hooks and chain stay the caller's. NULL and err on failure. */
struct reader *reader_new(const struct ring_source *source, uint32_t n_cpus,
			  const struct session_config *config, const struct hooks *hooks,
			  struct chain *chain, struct err *err);
void reader_free(struct reader *reader); /* takes NULL */

/* Readable when the kernel has woken us; to be waited for with EPOLLET, as it also is readable
 * while there is less than the kernel would wake us for. */
int reader_fd(const struct reader *reader);

/* Hand over all that is in the ring to its end. Only where nothing is added any more. */
void reader_drain(struct reader *reader);

/*
 * Read after a wake-up or a tick, until the ring is empty or enough was read for one round: where
 * records come faster than they are shown, the ring never is empty, and signals and timers want
 * their turn. True: come again, there may be more. stepped: the wall clock was set.
 */
bool reader_read(struct reader *reader, bool stepped);

/* Hand over what was recorded before the call. */
void reader_catch_up(struct reader *reader);

#endif
