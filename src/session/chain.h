/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chain.h - netfilter's tables and chains at work: the hooks attached, and the names for a record.
 *
 * A hook that cannot be attached is said and left out: drops then have no table and chain.
 */
#ifndef SESSION_CHAIN_H
#define SESSION_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/plan.h"
#include "record/record.h"
#include "session/hooks.h"
#include "session/object.h"
#include "xcap/chain.h"

#define CHAIN_ROWS 16 /* a power of two */

struct chain_row {
	uint64_t id; /* 0: free */
	struct xcap_chain_names names;
};

struct chain {
	const struct plan *plan;
	const struct object *object;
	struct hook_end ends[PLAN_CHAIN_HOOKS][2]; /* at the entry, at the return */
	struct chain_row rows[CHAIN_ROWS];	   /* looked up in this round of reading */
	bool said_unknown, said_late;
	bool looked; /* for modules, in this round */
};

void chain_init(struct chain *chain, const struct plan *plan, const struct object *object);
void chain_attach(struct chain *chain);
void chain_detach(struct chain *chain);
void chain_fini(struct chain *chain);

/* Names may have gone to another chain: those that were looked up are forgotten. */
void chain_begin_round(struct chain *chain);

/*
 * A drop came without table and chain. Where it is netfilter's and a module is loaded by now that
 * was not at the start, that is said, once.
 */
void chain_look(struct chain *chain, const struct record *drop);

/*
 * Names of xcap_event.chain; both NULL where it is 0 or not in the map any more. They are the
 * chain's until the next call.
 */
void chain_get(struct chain *chain, uint64_t id, const char **table, const char **name);

#endif
