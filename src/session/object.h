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
#include "session/template.h"

struct xcap_bpf;

struct object {
	struct xcap_bpf *skel;
	struct template templates[PLAN_MECHANISMS]; /* those that some ladder of the plan may use */
	bool has_cookies; /* kprobes tell their program who they are: one serves all */
	uint32_t n_cpus;  /* possible CPUs: rows of the counters' array */
	const struct xcap_counters *counters; /* mapped, [cpu][probe] */
	size_t counters_bytes;
};

/* Open, configure from the plan, create maps, inject the filter. object_close() also after a
 * failure. */
int object_open(struct object *object, const struct plan *plan, bool has_cookies, struct err *err);
void object_close(struct object *object);

void object_enable(struct object *object, bool enabled);
/* Calls whose exit probe has not been hit. */
uint32_t object_kept(const struct object *object);

int object_ring_fd(const struct object *object);

#endif
