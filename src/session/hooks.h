/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks.h - all that a session has attached: which probe, by what, held by which descriptors.
 */
#ifndef SESSION_HOOKS_H
#define SESSION_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "plan/plan.h"
#include "record/capture.h"
#include "session/holder.h"
#include "session/object.h"

/* A program and what it hangs on; -1: none. */
struct hook_end {
	int prog_fd, link_fd;
};

struct hook {
	int mechanism;			/* enum plan_mechanism, -1: not attached */
	struct hook_end main;		/* at the return, for exit probes */
	struct hook_end entry;		/* of exit probes */
	uint32_t rung;			/* of the ladder, that is tried next */
	bool untraceable;		/* as kprobe-multi found; trampolines hang there, too */
	bool missed_done, missed_known; /* taken down when the links were closed */
	uint64_t missed;
};

struct hooks {
	const struct plan *plan;
	const struct plan_kernel *kernel;
	struct object *object;
	struct hook *list; /* one per probe */
	/* programs that serve many probes, by mechanism and whether they keep, as kprobe-multi and
	 * as single kprobe: loaded when first needed */
	int shared[PLAN_MECHANISMS][2];
	int *links; /* of many */
	uint32_t n_links;
	uint32_t n_refused;  /* kprobes where nothing else can be hung, in a row */
	bool tp_cookies;     /* one program for all tracepoints that go by raw_tp */
	bool many_known;     /* none of these missed a hit; set when they are closed */
	bool link_missed;    /* this kernel's links of kprobes count missed hits */
	uint64_t missed_sum; /* of all, when they were closed */
	bool missed_done;
	struct holder holder;
	/* attachments of others that are slow to let go of, too; theirs, until this is detached */
	const int *more;
	uint32_t n_more;
};

/* 0 or -ENOMEM. All stay the caller's and outlive the hooks. */
int hooks_init(struct hooks *hooks, const struct plan *plan, const struct plan_kernel *kernel,
	       struct object *object);

/*
 * Attach every probe by the first rung of its ladder that works. A probe that cannot be attached is
 * a warning and is left out; it is an error when none could be, or when it was the only one.
 */
int hooks_attach(struct hooks *hooks, struct err *err);

/* Let go of all attachments; where that takes long somebody else waits for it. */
void hooks_detach(struct hooks *hooks);

void hooks_fini(struct hooks *hooks);

#endif
