/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * template.c - keeping a relocated program and loading clones of it.
 */
#include "session/template.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"
#include "session/prune.h"
#include "session/unused.h"
#include "xcap/template.h"

/* the most that all kernels take; old ones keep its beginning */
#define LOG_SIZE (UINT32_MAX >> 8)
#define LOG_TAIL 3500 /* of it shown by --debug: the end tells why */

static void *copy(const void *from, size_t count, size_t size)
{
	void *to = calloc(count ? count : 1, size ? size : 1);

	if (to && count)
		memcpy(to, from, count * size);
	return to;
}

int template_keep(struct template *t, const struct bpf_program *prog,
		  const struct bpf_prog_load_opts *opts, const struct btf *btf,
		  const struct template_ids *ids)
{
	t->n_insns = bpf_program__insn_cnt(prog);
	t->n_func_info = opts->func_info_cnt;
	t->func_info_size = opts->func_info_rec_size;
	t->n_line_info = opts->line_info_cnt;
	t->line_info_size = opts->line_info_rec_size;
	t->btf_fd = opts->prog_btf_fd;
	t->btf = btf;
	t->ids = ids;
	t->insns = copy(bpf_program__insns(prog), t->n_insns, sizeof(*t->insns));
	t->func_info = copy(opts->func_info, t->n_func_info, t->func_info_size);
	t->line_info = copy(opts->line_info, t->n_line_info, t->line_info_size);
	if (t->insns && t->func_info && t->line_info)
		return 0;
	template_fini(t);
	return -ENOMEM;
}

void template_fini(struct template *t)
{
	free(t->insns);
	free(t->func_info);
	free(t->line_info);
	memset(t, 0, sizeof(*t));
}

struct bpf_func_info *template_func_info(const struct template *t, uint32_t i)
{
	return (void *)((char *)t->func_info + (size_t)i * t->func_info_size);
}

/* The load behind a mark: at its offset, or none. */
static void patch_load(struct bpf_insn *insn, int16_t offset)
{
	insn[0].imm = 0;
	if (offset >= 0)
		insn[1].off = offset;
	else
		insn[1] = insn[0];
}

/* The kernel's functions that programs call, of which it may lack some. */
struct kfunc {
	uint32_t mark, id, n_args;
};

#define N_KFUNCS 5

static void list_kfuncs(const struct template_ids *ids, struct kfunc *list)
{
	const struct kfunc all[N_KFUNCS] = {
		{XCAP_CALL_RDONLY_CAST, ids->rdonly_cast, 2},
		{XCAP_CALL_DYNPTR_SKB, ids->dynptr_skb, 3},
		{XCAP_CALL_LOOP_NEW, ids->loop_new, 3},
		{XCAP_CALL_LOOP_NEXT, ids->loop_next, 1},
		{XCAP_CALL_LOOP_END, ids->loop_end, 1},
	};

	memcpy(list, all, sizeof(all));
}

/* Calls of them are written as calls of helpers that there are not. */
static void patch_calls(struct bpf_insn *insns, uint32_t n, const struct kfunc *kfuncs)
{
	for (uint32_t i = 0; i < n; i++) {
		if (insns[i].code != (BPF_JMP | BPF_CALL) || insns[i].src_reg)
			continue;
		for (size_t j = 0; j < N_KFUNCS; j++) {
			if ((uint32_t)insns[i].imm != kfuncs[j].mark || !kfuncs[j].id)
				continue;
			insns[i].src_reg = BPF_PSEUDO_KFUNC_CALL;
			insns[i].imm = kfuncs[j].id;
			break;
		}
	}
}

/* Give the marked instructions their values; false: the program is not what it should be. */
static bool patch(struct bpf_insn *insns, uint32_t n, const struct template_ids *ids,
		  const struct template_clone *clone)
{
	const struct {
		uint32_t mark, value;
	} values[] = {
		{XCAP_MARK_PROBE, clone->probe},
		{XCAP_MARK_DROP, clone->drop},
		{XCAP_MARK_GIVEN, clone->given},
		{XCAP_MARK_KEEP, clone->keep},
		{XCAP_MARK_HAS_EXT, clone->ext_offset >= 0},
		{XCAP_MARK_HAS_RET, clone->has_ret},
		{XCAP_MARK_SHARED, clone->shared},
		{XCAP_MARK_BY_STACK, clone->by_stack},
		{XCAP_MARK_DYNPTR, clone->dynptr},
		{XCAP_MARK_ID_SK_BUFF, ids->sk_buff},
		{XCAP_MARK_ID_PT_REGS, ids->pt_regs},
	};
	const struct {
		uint32_t mark;
		int16_t offset;
	} loads[] = {
		{XCAP_MARK_SKB, clone->skb_offset},   {XCAP_MARK_EXT, clone->ext_offset},
		{XCAP_MARK_RET, clone->ret_offset},   {XCAP_MARK_SOCK, clone->sock_offset},
		{XCAP_MARK_FLOW, clone->flow_offset},
	};
	bool has_probe = false, has_shared = false;

	for (uint32_t i = 0; i + 1 < n; i++) {
		uint32_t mark = insns[i].imm;

		if (insns[i].code != (BPF_ALU64 | BPF_MOV | BPF_K))
			continue;
		has_probe |= mark == XCAP_MARK_PROBE;
		has_shared |= mark == XCAP_MARK_SHARED;
		for (size_t j = 0; j < UTIL_ARRAY_SIZE(values); j++)
			if (mark == values[j].mark)
				insns[i].imm = values[j].value;
		for (size_t j = 0; j < UTIL_ARRAY_SIZE(loads); j++)
			if (mark == loads[j].mark)
				patch_load(&insns[i], loads[j].offset);
	}
	return clone->shared ? has_shared || !has_probe : has_probe;
}

/* The last line of a verifier log that is not a statistic. */
static void last_words(char *log, char *out, size_t size)
{
	char *line, *save = NULL;

	out[0] = '\0';
	for (line = strtok_r(log, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (strncmp(line, "processed ", 10) && strncmp(line, "verification time", 17) &&
		    strncmp(line, "stack depth", 11))
			snprintf(out, size, "%s", line);
}

/* Load again with a log, to say why; the failure is the rule here, but a success is taken too. */
static int load_with_log(const struct shrink_program *program, const struct template_clone *clone,
			 const char *name, struct bpf_prog_load_opts *opts, int code,
			 struct err *err)
{
	char *log = calloc(1, LOG_SIZE), words[256];
	int fd = -1;

	if (log) {
		opts->log_buf = log;
		opts->log_size = LOG_SIZE;
		opts->log_level = 1;
		fd = bpf_prog_load(clone->type, name, "GPL", program->insns, program->n_insns,
				   opts);
		if (fd < 0 && log[0])
			log_debug("end of the verifier's log for %s:\n%s", clone->name,
				  log + (strlen(log) > LOG_TAIL ? strlen(log) - LOG_TAIL : 0));
		last_words(log, words, sizeof(words));
		free(log);
		if (fd >= 0)
			return fd;
		if (code == -E2BIG) {
			err_set(err, ERR_UNSUPPORTED,
				"the filter is too large for this kernel's verifier: a program of "
				"%u instructions",
				program->n_insns);
			err_hint(err, "shorten the filter: networks ('net 10.0.0.0/24') instead of "
				      "hosts, 'portrange', less of 'protochain'");
			return err->code = code;
		}
		err_errno(err, ERR_UNSUPPORTED, code, "the kernel refuses the program%s%s%s",
			  words[0] ? " (" : "", words, words[0] ? ")" : "");
		return code;
	}
	return err_errno(err, ERR_UNSUPPORTED, code, "the kernel refuses the program");
}

static void free_program(struct shrink_program *program)
{
	free(program->insns);
	free(program->funcs.records);
	free(program->lines.records);
}

/* Without what it never comes to, and what that was for. */
static int shorten(const struct template *t, const struct kfunc *kfuncs,
		   struct shrink_program *program)
{
	struct unused_kfunc args[N_KFUNCS];
	const struct unused_calls calls = {t->btf, args, N_KFUNCS};
	int rc = prune_dead(program, &t->ids->constants);

	for (size_t i = 0; i < N_KFUNCS; i++)
		args[i] = (struct unused_kfunc){kfuncs[i].id, kfuncs[i].n_args};
	return rc ? rc : unused_drop(program, &calls);
}

/* What is loaded for the clone; to be freed also after a failure. */
static int make_program(const struct template *t, const struct template_clone *clone,
			struct shrink_program *program, struct err *err)
{
	struct kfunc kfuncs[N_KFUNCS];

	*program = (struct shrink_program){
		.insns = copy(t->insns, t->n_insns, sizeof(*t->insns)),
		.n_insns = t->n_insns,
		.funcs = {copy(t->func_info, t->n_func_info, t->func_info_size), t->n_func_info,
			  t->func_info_size},
		.lines = {copy(t->line_info, t->n_line_info, t->line_info_size), t->n_line_info,
			  t->line_info_size},
	};
	if (!program->insns || !program->funcs.records || !program->lines.records)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot copy a program");
	list_kfuncs(t->ids, kfuncs);
	patch_calls(program->insns, t->n_insns, kfuncs);
	if (!patch(program->insns, t->n_insns, t->ids, clone))
		return err_set(err, ERR_FAILED, "the BPF template has lost its marks");
	if (shorten(t, kfuncs, program))
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot copy a program");
	log_debug("program %s: %u of %u instructions", clone->name, program->n_insns, t->n_insns);
	return 0;
}

/* Make and load it: the fd, or negative with err filled. */
static int load_program(const struct template *t, const struct template_clone *clone,
			struct shrink_program *program, struct err *err)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = clone->attach_type,
		    .attach_btf_id = clone->attach_btf_id,
		    .attach_btf_obj_fd = clone->attach_btf_fd, .prog_btf_fd = t->btf_fd);
	/* one less than fits: bpftool shows the template's name, not ours, for those that are full
	 */
	char name[BPF_OBJ_NAME_LEN - 1];
	int fd = make_program(t, clone, program, err);

	if (fd)
		return fd;
	opts.func_info = program->funcs.records;
	opts.func_info_cnt = program->funcs.n;
	opts.func_info_rec_size = program->funcs.size;
	opts.line_info = program->lines.records;
	opts.line_info_cnt = program->lines.n;
	opts.line_info_rec_size = program->lines.size;
	snprintf(name, sizeof(name), "xcap_%s", clone->name);
	for (char *c = name; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", *c))
			*c = '_';
	fd = bpf_prog_load(clone->type, name, "GPL", program->insns, program->n_insns, &opts);
	return fd < 0 ? load_with_log(program, clone, name, &opts, fd, err) : fd;
}

int template_load(const struct template *t, const struct template_clone *clone, struct err *err)
{
	struct shrink_program program;
	int fd = load_program(t, clone, &program, err);

	free_program(&program);
	return fd;
}
