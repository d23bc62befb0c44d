/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * insn_scene.h - small programs written where they are tested, and what has to be left of them.
 *
 * A scene is a struct with the `insns` that are worked on and the `program` that they are.
 */
#ifndef UNIT_INSN_SCENE_H
#define UNIT_INSN_SCENE_H

#include "base/util.h"
#include "kernel/insn.h"

#define CALL_TO(o) INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, o)
#define RETURN(i)  INSN_MOV_IMM(BPF_REG_0, i), INSN_EXIT

/* fn(scene, the instructions, how many) */
#define WITH_INSNS(fn, s, ...)                                                                     \
	do {                                                                                       \
		const struct bpf_insn insns_[] = {__VA_ARGS__};                                    \
		fn(s, insns_, UTIL_ARRAY_SIZE(insns_));                                            \
	} while (0)

#define ASSERT_LEFT(s, ...)                                                                        \
	do {                                                                                       \
		const struct bpf_insn left_[] = {__VA_ARGS__};                                     \
		assert_int_equal((s)->program.n_insns, UTIL_ARRAY_SIZE(left_));                    \
		assert_memory_equal((s)->insns, left_, sizeof(left_));                             \
	} while (0)

#endif
