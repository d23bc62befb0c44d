/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inject.c - splicing one function's body into a finished BPF program.
 *
 * The body is found by func_info. What moves is everything behind it: calls and callbacks that
 * cross it are retargeted, func_info and line_info shifted. The first line of the old body is kept,
 * since the verifier wants a line for the start of each function.
 */
#include "session/inject.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "xcap/packet.h"
#include "xcap/limits.h"
#include "xcap/template.h"

#define UNROLL                                                                                     \
	8 /* rounds of a backward jump (protochain) before the verdict is left to user space */

const struct cbpf2ebpf_layout inject_layout = {
	.packet = offsetof(struct xcap_filter_ctx, packet),
	.data = offsetof(struct xcap_packet, data),
	.valid = offsetof(struct xcap_packet, valid),
	.wire_len = offsetof(struct xcap_packet, wire_len),
	.avail_len = offsetof(struct xcap_packet, wire_len),
	.ifindex = offsetof(struct xcap_packet, ifindex),
	.protocol = offsetof(struct xcap_packet, protocol),
	.pkt_type = offsetof(struct xcap_packet, pkt_type),
	.window = XCAP_WINDOW,
	.unroll = UNROLL,
};

struct body {
	uint32_t start, end; /* instructions of xcap_filter() */
	uint32_t load;	     /* start of xcap_load() */
};

static struct bpf_func_info *func_info_at(const struct template *t, uint32_t i)
{
	return (void *)((char *)t->func_info + (size_t)i * t->func_info_size);
}

static struct bpf_line_info *line_info_at(const struct template *t, uint32_t i)
{
	return (void *)((char *)t->line_info + (size_t)i * t->line_info_size);
}

static int find_body(const struct template *t, struct body *body)
{
	bool have_filter = false, have_load = false;

	body->end = t->n_insns;
	for (uint32_t i = 0; i < t->n_func_info; i++) {
		const struct bpf_func_info *info = func_info_at(t, i);
		const struct btf_type *type = btf__type_by_id(t->btf, info->type_id);
		const char *name = type ? btf__name_by_offset(t->btf, type->name_off) : "";

		if (have_filter && info->insn_off > body->start && info->insn_off < body->end)
			body->end = info->insn_off;
		if (!strcmp(name, XCAP_FILTER_FUNC)) {
			body->start = info->insn_off;
			have_filter = true;
		} else if (!strcmp(name, XCAP_LOAD_FUNC)) {
			body->load = info->insn_off;
			have_load = true;
		}
	}
	return have_filter && have_load ? 0 : -ENOENT;
}

/* Where an instruction of the old program stands in the new one. */
static uint32_t moved(uint32_t at, const struct body *body, int64_t delta)
{
	return at >= body->end ? at + delta : at;
}

static bool is_pc_relative(const struct bpf_insn *insn)
{
	return (insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_CALL) ||
	       (insn->code == (BPF_LD | BPF_IMM | BPF_DW) && insn->src_reg == BPF_PSEUDO_FUNC);
}

static void retarget(const struct template *t, struct bpf_insn *out, const struct body *body,
		     int64_t delta)
{
	for (uint32_t i = 0; i < t->n_insns; i++) {
		uint32_t at = moved(i, body, delta);

		if (i >= body->start && i < body->end)
			continue;
		if (is_pc_relative(&t->insns[i]))
			out[at].imm = (int64_t)moved(i + 1 + t->insns[i].imm, body, delta) - at - 1;
		/* the second half of a 16-byte instruction is data */
		if (t->insns[i].code == (BPF_LD | BPF_IMM | BPF_DW))
			i++;
	}
}

static void shift_info(struct template *t, const struct body *body, int64_t delta)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < t->n_func_info; i++) {
		struct bpf_func_info *info = func_info_at(t, i);

		info->insn_off = moved(info->insn_off, body, delta);
	}
	for (uint32_t i = 0; i < t->n_line_info; i++) {
		struct bpf_line_info *info = line_info_at(t, i);

		if (info->insn_off > body->start && info->insn_off < body->end)
			continue;
		info->insn_off = moved(info->insn_off, body, delta);
		memmove(line_info_at(t, kept++), info, t->line_info_size);
	}
	t->n_line_info = kept;
}

int inject_filter(struct template *t, const struct cbpf2ebpf_code *code, struct err *err)
{
	struct bpf_insn *out;
	struct body body = {};
	int64_t delta;

	if (find_body(t, &body))
		return err_set(err, ERR_FAILED, "the BPF template has no place for a filter");
	delta = (int64_t)code->len - (body.end - body.start);
	out = calloc(t->n_insns + delta, sizeof(*out));
	if (!out)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot hold the filter's program");
	memcpy(out, t->insns, body.start * sizeof(*out));
	memcpy(out + body.start, code->insns, code->len * sizeof(*out));
	memcpy(out + body.start + code->len, t->insns + body.end,
	       (t->n_insns - body.end) * sizeof(*out));
	retarget(t, out, &body, delta);
	for (uint32_t i = 0; i < code->n_load_calls; i++) {
		uint32_t at = body.start + code->load_calls[i];

		out[at].imm = (int64_t)moved(body.load, &body, delta) - at - 1;
	}
	shift_info(t, &body, delta);
	free(t->insns);
	t->insns = out;
	t->n_insns += delta;
	return 0;
}
