/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_kernel.h - what a capture needs to know of the running kernel, opened together.
 *
 * Kernel symbols are read only if somebody asks for one, or is going to.
 */
#ifndef CMD_CAPTURE_KERNEL_H
#define CMD_CAPTURE_KERNEL_H

#include <pthread.h>
#include <stdbool.h>

#include "base/err.h"
#include "kernel/symbol.h"
#include "plan/plan.h"

struct capture_kernel {
	struct plan_kernel plan; /* the parts, as plan and session want them */
	struct kbtf *btf;
	struct tracepoint_table *tracepoints;
	struct symbol_source symbol_source;
	struct symbol_table *symbols; /* all */
	bool symbols_failed;	      /* said once, not tried again */
	/* what planning asks for: the functions with an skb, and read in a fraction of the time */
	struct symbol_table *functions;
	struct symbol_wanted wanted;
	bool functions_tried;
	/* read by a thread of its own, which alone touches them while it runs */
	bool is_reading;
	pthread_t reader;
};

/*
 * ERR_UNSUPPORTED, with the remedy, where this kernel has no BTF, or this user may not load BPF
 * programs or the kernel has no ring buffer: nothing works without these three. The struct must not
 * move while it is open. btf_file: types to take in the place of the kernel's own; NULL: none.
 * After a failure there is nothing to close.
 */
int capture_kernel_open(struct capture_kernel *kernel, const char *btf_file, struct err *err);
void capture_kernel_close(struct capture_kernel *kernel);

/* Functions are going to be looked for: begin to read their symbols beside what comes before that.
 */
void capture_kernel_read_ahead(struct capture_kernel *kernel);

#endif
