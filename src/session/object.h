/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * object.h - the embedded BPF object: configured, maps created, programs kept as templates.
 */
#ifndef SESSION_OBJECT_H
#define SESSION_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "plan/plan.h"
#include "session/ring.h"
#include "session/template.h"

struct kbtf;
struct xcap_bpf;

struct object {
	struct xcap_bpf *skel;
	struct template_ids ids;
	struct xcap_bpf *more; /* the same once more, over the same maps: object_need() */
	struct template_ids more_ids;
	bool more_tried;
	int more_code;				    /* how that went */
	struct template templates[PLAN_MECHANISMS]; /* those of the first rungs, until others are
						       needed */
	struct template track[2]; /* of the hooks that follow packets: at the entry, the return */
	struct template chain;	  /* of the hooks at netfilter's chains */
	bool has_cookies;	  /* kprobes tell their program who they are: one serves all */
	bool by_address;	  /* they do not: one serves all that are alone at their places */
	uint32_t n_cpus;	  /* possible CPUs: rows of the counters' array */
	const struct xcap_counters *counters; /* mapped, [cpu][probe] */
	size_t counters_bytes;
};

/* Open, configure from the plan, create maps, relocate by `types`, inject the filter.
 * object_close() also after a failure. */
int object_open(struct object *object, const struct plan *plan, const struct kbtf *types,
		bool has_cookies, struct err *err);
void object_close(struct object *object);

/*
 * Have the program by which a mechanism serves the probe, that may be of a lower rung than what was
 * opened for. Not from two threads at once. 0, or negative with err filled.
 */
int object_need(struct object *object, const struct plan *plan, const struct kbtf *types,
		const struct plan_probe *probe, enum plan_mechanism mechanism, struct err *err);

void object_enable(struct object *object, bool enabled);
/* Calls whose exit probe has not been hit. */
uint32_t object_kept(const struct object *object);

/* Where its records come from. */
struct ring_source object_ring(const struct object *object);
/* Names of tables and chains that dropped, by xcap_event.chain. */
int object_chain_fd(const struct object *object);

/* The table of packets that are followed, the rows that it has room for, and what became of them.
 */
int object_track_fd(const struct object *object);
uint32_t object_track_rows(const struct object *object);
const struct xcap_track_counts *object_track_counts(const struct object *object);

/* Where kprobes have no cookies (object->by_address): what the program of many takes for the cookie
 * of the kprobe at this address. 0 or -errno. */
int object_tell_cookie(const struct object *object, uint64_t address, uint64_t cookie);

#endif
