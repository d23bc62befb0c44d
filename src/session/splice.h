/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * splice.h - other instructions in place of some of a finished BPF program's. Pure.
 */
#ifndef SESSION_SPLICE_H
#define SESSION_SPLICE_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/bpf.h>

#include "session/template.h"

/* What goes where. */
struct splice {
	uint32_t at, end; /* instructions that are replaced: [at, end) */
	const struct bpf_insn *insns;
	uint32_t n_insns; /* at least one */
	const uint32_t
		*calls; /* of `insns`, from calls_from on: calls of the function at `callee` */
	uint32_t n_calls, calls_from;
	uint32_t callee; /* its place before */
};

/* Is it a call of another function of the program? */
bool splice_is_call(const struct bpf_insn *insn);

/*
 * Do it. Jumps, calls and callbacks that cross the place lead where they led before; those to its
 * first instruction lead to the new first one. func_info and line_info follow. Returns 0, -ENOMEM,
 * or -ERANGE if a jump cannot reach as far; then t is as before.
 */
int splice_apply(struct template *t, const struct splice *s);

#endif
