/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shrink.c - what shrink.h says.
 */
#include "session/shrink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* From the end: what nothing is left to jump over goes, too. */
static void drop_idle_jumps(const struct shrink_program *program, bool *kept)
{
	uint32_t next = program->n_insns; /* the first behind i that stays */

	for (uint32_t i = program->n_insns; i-- > 0;) {
		const struct bpf_insn *insn = &program->insns[i];
		uint32_t target = shrink_target(program, i);

		if (i > 0 && shrink_is_wide(insn - 1))
			kept[i] = kept[i - 1];
		else if (shrink_is_branch(insn) && target > i && target <= next)
			kept[i] = false;
		if (kept[i])
			next = i;
	}
}

/* at[i]: the new place of i; of one that goes, that of the next that stays. */
static void move_insns(struct shrink_program *program, const bool *kept, const uint32_t *at)
{
	for (uint32_t i = 0; i < program->n_insns; i++) {
		uint32_t target = shrink_target(program, i);
		struct bpf_insn insn = program->insns[i];

		if (!kept[i])
			continue;
		if (target < program->n_insns && shrink_is_branch(&insn))
			insn.off = (int16_t)(at[target] - at[i] - 1);
		else if (target < program->n_insns)
			insn.imm = (int32_t)(at[target] - at[i] - 1);
		program->insns[at[i]] = insn;
	}
}

/* Records of what is gone go, or stand for what follows, unless that has its own. */
static void move_info(struct shrink_info *info, const uint32_t *at, uint32_t n_before,
		      uint32_t n_after)
{
	char *to = info->records, *from = to;
	uint32_t used = 0;

	for (uint32_t i = 0; i < info->n; i++, from += info->size) {
		uint32_t old, place, last;

		memcpy(&old, from, sizeof(old));
		place = old < n_before ? at[old] : n_after;
		if (place >= n_after)
			continue;
		if (used) {
			memcpy(&last, to + (size_t)(used - 1) * info->size, sizeof(last));
			used -= last == place;
		}
		memmove(to + (size_t)used * info->size, from, info->size);
		memcpy(to + (size_t)used++ * info->size, &place, sizeof(place));
	}
	info->n = used;
}

int shrink_to(struct shrink_program *program, bool *kept)
{
	uint32_t n = program->n_insns, used = 0;
	uint32_t *at = calloc(n + 1, sizeof(*at));

	if (!at)
		return -ENOMEM;
	drop_idle_jumps(program, kept);
	for (uint32_t i = 0; i < n; i++) {
		at[i] = used;
		used += kept[i];
	}
	move_insns(program, kept, at);
	program->n_insns = used;
	move_info(&program->funcs, at, n, used);
	move_info(&program->lines, at, n, used);
	free(at);
	return 0;
}
