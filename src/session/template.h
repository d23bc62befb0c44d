/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * template.h - a BPF program after CO-RE, ready to be cloned for each probe.
 *
 * libbpf relocates one program per front end; object.c keeps its finished instructions as a struct
 * template instead of loading it. inject.c splices the packet filter in, once; template_load()
 * loads a clone with its own constants and attach target. So a probe whose program the kernel
 * refuses fails alone.
 */
#ifndef SESSION_TEMPLATE_H
#define SESSION_TEMPLATE_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "session/prune.h"

struct bpf_func_info;
struct bpf_program;
struct bpf_prog_load_opts;
struct btf;

/* Ids of the running kernel's types and functions that programs name; 0: it has none. */
struct template_ids {
	uint32_t sk_buff, pt_regs;
	uint32_t rdonly_cast, dynptr_skb;
	uint32_t loop_new, loop_next, loop_end;
	struct prune_constants constants; /* the object's read-only data, once it is loaded */
};

struct template
{
	struct bpf_insn *insns; /* NULL: this front end is not used */
	uint32_t n_insns;
	void *func_info, *line_info; /* as BPF_PROG_LOAD takes them */
	uint32_t n_func_info, func_info_size;
	uint32_t n_line_info, line_info_size;
	int btf_fd;			/* of the object's BTF; the object's */
	const struct btf *btf;		/* names behind func_info; the object's */
	const struct template_ids *ids; /* the object's */
};

/* Copy a program in libbpf's prepare-load callback. 0 or -errno. */
int template_keep(struct template *t, const struct bpf_program *prog,
		  const struct bpf_prog_load_opts *opts, const struct btf *btf,
		  const struct template_ids *ids);
void template_fini(struct template *t);

/* Row i of func_info. */
struct bpf_func_info *template_func_info(const struct template *t, uint32_t i);

struct template_clone {
	enum bpf_prog_type type;
	enum bpf_attach_type attach_type; /* 0 where the type needs none */
	uint32_t attach_btf_id;
	int attach_btf_fd; /* of a module's BTF; 0: vmlinux */
	uint32_t probe;	   /* constants of include/xcap/template.h */
	uint32_t drop, given;
	bool keep;   /* the entry part of an exit probe */
	bool shared; /* probe and arguments come by cookie */
	/* in the program's context, bytes; -1: not wanted, or the probe has no such argument */
	int16_t skb_offset, ext_offset, ret_offset, sock_offset, flow_offset;
	bool has_ret;
	bool dynptr;	  /* bpf_dynptr_from_skb() would take the skb */
	bool by_stack;	  /* a call's frame is told by the stack pointer */
	const char *name; /* of the probe: what bpftool shows is xcap_NAME, cut */
};

/*
 * Load a clone. Returns its fd (the caller's), or a negative errno with err saying what the
 * verifier said last.
 */
int template_load(const struct template *t, const struct template_clone *clone, struct err *err);

#endif
