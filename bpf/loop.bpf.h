/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * loop.bpf.h - loops that are short to the verifier, where the kernel has them (6.4).
 *
 * Of a plain loop it walks all turns, and a program has hundreds of them. Of one whose count the
 * kernel keeps it walks them until one teaches it nothing new: the second or third, if what the
 * loop goes on with stands in a map.
 */
#ifndef LOOP_BPF_H
#define LOOP_BPF_H

#include "compat.bpf.h"

/* Do `turn` at most n times, until it is not 0. i is the turn's number, from 0. */
#define LOOP(i, n, turn)                                                                           \
	do {                                                                                       \
		if (cfg.has_loops) {                                                               \
			struct bpf_iter_num loop;                                                  \
			int *count;                                                                \
                                                                                                   \
			compat_loop_new(&loop, 0, (n));                                            \
			while ((count = compat_loop_next(&loop))) {                                \
				__attribute__((unused)) u64 i = *count;                            \
                                                                                                   \
				if (turn)                                                          \
					break;                                                     \
			}                                                                          \
			compat_loop_end(&loop);                                                    \
		} else {                                                                           \
			for (u64 i = 0; i < (n); i++)                                              \
				if (turn)                                                          \
					break;                                                     \
		}                                                                                  \
	} while (0)

#endif
