/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unused.h - what a program computes, loads or stores in its stack frame, and never looks at, is
 * taken out before the load.
 *
 * The compiler leaves little of that, but prune.h does: constants whose branches are decided,
 * spills of what such a constant was for, addresses of read-only data. The kernel takes out none of
 * it, and its verifier has to go through it on every way.
 */
#ifndef SESSION_UNUSED_H
#define SESSION_UNUSED_H

#include "session/shrink.h"

struct btf;

/* How many arguments a kernel function takes that the program calls, by its BTF id. */
struct unused_kfunc {
	uint32_t id, n_args;
};

struct unused_calls {
	const struct btf *btf; /* of the program: types behind its records of functions */
	const struct unused_kfunc *kfuncs;
	uint32_t n_kfuncs;
};

/*
 * In place. A call whose arguments are not known is taken to look at all five. 0; -ENOMEM: the
 * program is of no use any more.
 */
int unused_drop(struct shrink_program *program, const struct unused_calls *calls);

#endif
