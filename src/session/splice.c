/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * splice.c - moving the parts of a finished BPF program.
 *
 * What moves is everything behind the place: what crosses it is retargeted, func_info and line_info
 * are shifted. The first line of what is replaced is kept, since the verifier wants a line for the
 * start of each function.
 */
#include "session/splice.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct bpf_line_info *line_info_at(const struct template *t, uint32_t i)
{
	return (void *)((char *)t->line_info + (size_t)i * t->line_info_size);
}

/* Where an instruction of the old program stands in the new one. */
static int64_t moved(int64_t at, const struct splice *s)
{
	return at >= s->end ? at + s->n_insns - (s->end - s->at) : at;
}

bool splice_is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_CALL;
}

static bool is_function(const struct bpf_insn *insn)
{
	return splice_is_call(insn) ||
	       (insn->code == (BPF_LD | BPF_IMM | BPF_DW) && insn->src_reg == BPF_PSEUDO_FUNC);
}

static bool is_jump(const struct bpf_insn *insn)
{
	int class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);

	return (class == BPF_JMP || class == BPF_JMP32) && op != BPF_CALL && op != BPF_EXIT;
}

static int retarget(const struct template *t, struct bpf_insn *out, const struct splice *s)
{
	for (int64_t i = 0; i < t->n_insns; i++) {
		const struct bpf_insn *insn = &t->insns[i];
		int64_t at = moved(i, s), off;

		if (i >= s->at && i < s->end)
			continue;
		if (is_function(insn))
			out[at].imm = (int32_t)(moved(i + 1 + insn->imm, s) - at - 1);
		if (is_jump(insn)) {
			off = moved(i + 1 + insn->off, s) - at - 1;
			if (off != (int16_t)off)
				return -ERANGE;
			out[at].off = (int16_t)off;
		}
		/* the second half of a 16-byte instruction is data */
		if (insn->code == (BPF_LD | BPF_IMM | BPF_DW))
			i++;
	}
	return 0;
}

/* Does what stands there, a function's start or a line, go? */
static bool goes(uint32_t at, const struct splice *s)
{
	return at < s->end && at > s->at;
}

static void shift_info(struct template *t, const struct splice *s)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < t->n_func_info; i++) {
		struct bpf_func_info *info = template_func_info(t, i);

		if (goes(info->insn_off, s))
			continue;
		info->insn_off = (uint32_t)moved(info->insn_off, s);
		memmove(template_func_info(t, kept++), info, t->func_info_size);
	}
	t->n_func_info = kept;
	kept = 0;
	for (uint32_t i = 0; i < t->n_line_info; i++) {
		struct bpf_line_info *info = line_info_at(t, i);

		if (goes(info->insn_off, s))
			continue;
		info->insn_off = (uint32_t)moved(info->insn_off, s);
		memmove(line_info_at(t, kept++), info, t->line_info_size);
	}
	t->n_line_info = kept;
}

int splice_apply(struct template *t, const struct splice *s)
{
	uint32_t n = (uint32_t)moved(t->n_insns, s);
	struct bpf_insn *out = calloc(n, sizeof(*out));

	if (!out)
		return -ENOMEM;
	memcpy(out, t->insns, s->at * sizeof(*out));
	memcpy(out + s->at + s->n_insns, t->insns + s->end, (t->n_insns - s->end) * sizeof(*out));
	if (retarget(t, out, s)) {
		free(out);
		return -ERANGE;
	}
	memcpy(out + s->at, s->insns, s->n_insns * sizeof(*out));
	for (uint32_t i = 0; i < s->n_calls; i++) {
		uint32_t at = s->at + s->calls_from + s->calls[i];

		out[at].imm = (int32_t)(moved(s->callee, s) - at - 1);
	}
	shift_info(t, s);
	free(t->insns);
	t->insns = out;
	t->n_insns = n;
	return 0;
}
