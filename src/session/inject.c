/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inject.c - the packet filter's way into a finished BPF program.
 *
 * The placeholder is found by func_info. A long filter replaces its body. A short one goes where
 * the placeholder is called, which nobody needs then: a call and its return are 9 ns where the CPU
 * guards returns. There it has the caller's registers to save, and the stack below the caller's.
 */
#include "session/inject.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "session/splice.h"
#include "xcap/packet.h"
#include "xcap/limits.h"
#include "xcap/template.h"

/* Rounds of a backward jump (protochain) before the verdict is left to user space. */
#define UNROLL 8

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

#define INLINE_MAX   512   /* instructions; a longer one takes longer than the call */
#define INLINE_TOTAL 30000 /* of the whole program: jumps reach that far */
/*
 * Of the caller's and the filter's stack: what is called besides has 160 bytes of the 512 that 6.1
 * allows.
 */
#define INLINE_STACK 352
#define STACK_MAX    512       /* MAX_BPF_STACK */
#define SAVED_FIRST  BPF_REG_6 /* registers that a function must leave as they were */
#define SAVED_LAST   BPF_REG_9

struct body {
	uint32_t start, end; /* instructions of xcap_filter() */
	uint32_t load;	     /* start of xcap_load() */
};

static int find_body(const struct template *t, struct body *body)
{
	bool have_filter = false, have_load = false;

	body->end = t->n_insns;
	for (uint32_t i = 0; i < t->n_func_info; i++) {
		const struct bpf_func_info *info = template_func_info(t, i);
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

/* The function's only call, or -1. */
static int64_t find_call(const struct template *t, uint32_t callee)
{
	int64_t found = -1;

	for (uint32_t i = 0; i < t->n_insns; i++) {
		if (!splice_is_call(&t->insns[i]) || i + 1 + t->insns[i].imm != callee)
			continue;
		if (found >= 0)
			return -1;
		found = i;
	}
	return found;
}

/* How far below the frame pointer these instructions go, at most, in whole words. */
static uint32_t stack_of(const struct bpf_insn *insns, uint32_t n)
{
	int32_t depth = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct bpf_insn *insn = &insns[i];
		int class = BPF_CLASS(insn->code);
		bool loads = class == BPF_LDX && insn->src_reg == BPF_REG_10;
		bool stores = (class == BPF_ST || class == BPF_STX) && insn->dst_reg == BPF_REG_10;

		if ((loads || stores) && -insn->off > depth)
			depth = -insn->off;
		/* the address of something on it */
		if (insn->code == (BPF_ALU64 | BPF_ADD | BPF_K) && insn->imm < 0 &&
		    insn->imm >= -STACK_MAX && -insn->imm > depth)
			depth = -insn->imm;
	}
	return (uint32_t)(depth + 7) & ~7u;
}

/* The caller's part of stack_of(): from its start to the next function's. */
static uint32_t stack_of_caller(const struct template *t, uint32_t call)
{
	uint32_t start = 0, end = t->n_insns;

	for (uint32_t i = 0; i < t->n_func_info; i++) {
		uint32_t at = template_func_info(t, i)->insn_off;

		if (at <= call && at > start)
			start = at;
		if (at > call && at < end)
			end = at;
	}
	return stack_of(t->insns + start, end - start);
}

static bool uses_register(const struct cbpf2ebpf_code *code, uint8_t reg)
{
	for (uint32_t i = 0; i < code->len; i++)
		if (code->insns[i].dst_reg == reg)
			return true;
	return false;
}

/* Does it use the stack by loads and stores alone? */
static bool has_plain_frame(const struct cbpf2ebpf_code *code)
{
	for (uint32_t i = 0; i < code->len; i++)
		if (code->insns[i].src_reg == BPF_REG_10 &&
		    BPF_CLASS(code->insns[i].code) != BPF_LDX)
			return false;
	return true;
}

/* Registers to memory, or back; returns how many instructions these are. */
static uint32_t save(struct bpf_insn *out, const struct cbpf2ebpf_code *code, uint32_t depth,
		     bool restore)
{
	uint32_t n = 0;

	for (uint8_t reg = SAVED_FIRST; reg <= SAVED_LAST; reg++) {
		int16_t off = (int16_t) - (int32_t)(depth + 8 * (reg - SAVED_FIRST + 1));

		if (!uses_register(code, reg))
			continue;
		if (restore)
			out[n++] = (struct bpf_insn){.code = BPF_LDX | BPF_MEM | BPF_DW,
						     .dst_reg = reg,
						     .src_reg = BPF_REG_10,
						     .off = off};
		else
			out[n++] = (struct bpf_insn){.code = BPF_STX | BPF_MEM | BPF_DW,
						     .dst_reg = BPF_REG_10,
						     .src_reg = reg,
						     .off = off};
	}
	return n;
}

/* One instruction of the filter, for another frame; the exit is a jump over `left` instructions. */
static struct bpf_insn inlined(struct bpf_insn insn, uint32_t depth, uint32_t left)
{
	int class = BPF_CLASS(insn.code);

	if (insn.code == (BPF_JMP | BPF_EXIT))
		return (struct bpf_insn){.code = BPF_JMP | BPF_JA, .off = (int16_t)left};
	if ((class == BPF_LDX && insn.src_reg == BPF_REG_10) ||
	    ((class == BPF_ST || class == BPF_STX) && insn.dst_reg == BPF_REG_10))
		insn.off -= (int16_t)depth;
	return insn;
}

/* The filter in place of its call; the placeholder, which nobody calls then, goes with what else is
 * dead (prune.h). */
static int inject_inline(struct template *t, const struct cbpf2ebpf_code *code,
			 const struct body *body, uint32_t call, uint32_t depth)
{
	const uint32_t n_saved = SAVED_LAST - SAVED_FIRST + 1;
	struct bpf_insn *insns = calloc(code->len + 2 * n_saved, sizeof(*insns));
	struct splice splice = {.at = call, .end = call + 1, .insns = insns};
	uint32_t n;
	int rc;

	if (!insns)
		return -ENOMEM;
	n = save(insns, code, depth, false);
	splice.calls = code->load_calls;
	splice.n_calls = code->n_load_calls;
	splice.calls_from = n;
	splice.callee = body->load;
	for (uint32_t i = 0; i < code->len; i++)
		insns[n++] = inlined(code->insns[i], depth + 8 * n_saved, code->len - 1 - i);
	n += save(insns + n, code, depth, true);
	splice.n_insns = n;
	rc = splice_apply(t, &splice);
	free(insns);
	return rc;
}

int inject_filter(struct template *t, const struct cbpf2ebpf_code *code, struct err *err)
{
	struct body body = {};
	struct splice splice;
	uint32_t depth;
	int64_t call;
	int rc;

	if (find_body(t, &body))
		return err_set(err, ERR_FAILED, "the BPF template has no place for a filter");
	call = find_call(t, body.start);
	depth = call < 0 ? 0 : stack_of_caller(t, (uint32_t)call);
	if (call >= 0 && has_plain_frame(code) && code->len <= INLINE_MAX &&
	    t->n_insns <= INLINE_TOTAL &&
	    depth + 32 + stack_of(code->insns, code->len) <= INLINE_STACK) {
		rc = inject_inline(t, code, &body, (uint32_t)call, depth);
	} else {
		splice = (struct splice){.at = body.start,
					 .end = body.end,
					 .insns = code->insns,
					 .n_insns = code->len,
					 .calls = code->load_calls,
					 .n_calls = code->n_load_calls,
					 .callee = body.load};
		rc = splice_apply(t, &splice);
	}
	return rc ? err_errno(err, ERR_FAILED, rc, "cannot put the filter into the program") : 0;
}
