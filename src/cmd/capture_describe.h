/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_describe.h - struct capture_info from a plan and its session, for sinks and totals.
 */
#ifndef CMD_CAPTURE_DESCRIBE_H
#define CMD_CAPTURE_DESCRIBE_H

#include "base/buf.h"
#include "base/err.h"
#include "cmd/opts.h"
#include "plan/plan.h"
#include "record/capture.h"
#include "session/session.h"

/* The info and what it points to, beside the plan. */
struct capture_describe {
	struct capture_info info;
	struct capture_probe *probes;
	struct buf command_line;
	char os[256];
};

/* After session_attach(), which settles the mechanisms. Plan and config outlive it. 0 or
 * ERR_FAILED. */
int capture_describe_init(struct capture_describe *describe, const struct config *config,
			  const struct plan *plan, const struct plan_kernel *kernel,
			  const struct session *session, struct err *err);
void capture_describe_fini(struct capture_describe *describe);

/* "SPEC, SPEC and 3 more": those that see a packet's linear part only, unless the plan has said so;
 * "" none. */
void capture_describe_linear_only(const struct plan *plan, const struct session *session,
				  struct buf *out);

/* "2 probes (tp_btf, kprobe)": those that are attached. */
void capture_describe_probes(const struct capture_describe *describe, struct buf *out);

#endif
