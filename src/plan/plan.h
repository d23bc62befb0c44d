/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan.h - everything that will be attached, loaded and configured, and why.
 *
 * The left seam: plan_build() decides, `--dry-run` prints, the session carries it out and
 * re-decides nothing but which rung of a probe's ladder works.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "filter/cbpf.h"
#include "kernel/feature.h"
#include "plan/spec.h"
#include "xcap/chain.h"
#include "xcap/config.h"
#include "xcap/event.h"
#include "xcap/track.h"

struct kbtf;
struct symbol_table;
struct tracepoint_table;
struct netns_table;
struct plan_text;

/*
 * In order of what a hit costs where several fit: tp_btf, fentry < raw_tp < kprobe-multi < kprobe.
 * Those at a function's return stand apart: they are two programs, one at the entry that keeps the
 * packet and one that adds the return value.
 */
enum plan_mechanism {
	PLAN_TP_BTF,
	PLAN_RAW_TP,
	PLAN_FENTRY,
	PLAN_KPROBE_MULTI, /* one link for all probes that use it */
	PLAN_KPROBE,
	PLAN_FEXIT,	      /* with fentry */
	PLAN_KRETPROBE_MULTI, /* with kprobe-multi */
	PLAN_KRETPROBE,	      /* with kprobe */
	PLAN_MECHANISMS,
};

/* One rung: a way to attach, and why it is or is not tried. */
struct plan_rung {
	enum plan_mechanism mechanism;
	bool usable;
	const char *why; /* "cheapest", "this kernel refuses fentry programs: EPERM", ...; the
			    plan's */
};

struct plan_probe {
	char spec[200];	     /* canonical, accepted by -f again */
	char name[128];	     /* function or tracepoint name alone */
	char category[64];   /* tracepoint: its category, "" if not known */
	char module[56];     /* function or tracepoint in a module; "" vmlinux */
	enum spec_kind kind; /* the mechanism that the user forces, as the kind */
	bool is_tracepoint;
	bool is_exit;	  /* at the function's return */
	bool of_many;	  /* of a glob or set: that it cannot be attached is a note, no error */
	bool is_goal;	  /* of a set that says so: a packet that was here has arrived */
	bool is_added;	  /* by xcap itself, for gathering: the user did not ask for it */
	int ext_arg;	  /* argument whose value the record carries, from 0; -1: none */
	uint64_t address; /* of the function, where symbols were read; 0: not known */
	bool is_alone;	  /* it is known, and no other probe of the plan is there */
	uint64_t offset;  /* kprobe at function+offset, bytes */
	int skb_reg;	  /* at an offset: the skb's register, its offset in struct pt_regs; -1 */
	uint32_t
		arg_words; /* of the arguments in a trampoline's context; behind them, the return */
	bool flat_args;	   /* each argument is one word: it is known where those on the stack are */
	uint32_t ret_size; /* of the return value, bytes; 0: it returns nothing */
	bool ret_signed;
	uint32_t btf_id; /* attach_btf_id; 0: not in BTF (kprobe only) */
	int btf_fd;	 /* attach_btf_obj_fd of the module; 0: vmlinux; -errno: not to be had, and
			    no rung that needs it is usable. Owned by kbtf. */
	struct xcap_probe config;
	const struct plan_rung *ladder; /* the plan's, and that of all probes of its kind */
	uint32_t n_rungs;
	char note[200]; /* said at start: what cannot match or be known here; "" none */
};

/* Something that happens to a packet which is followed, and the function where it does. */
struct plan_hook {
	struct plan_probe probe; /* is_exit: attached at both ends of the call */
	enum xcap_hook hook;
	bool needed; /* without it packets would be taken for others */
};

/* What the command line asks for, after parsing and defaults. Strings are the caller's. */
struct plan_request {
	const char *const *probe_specs; /* each a -f text; 0 of them: the defaults */
	uint32_t n_probe_specs;
	const char *filter;	       /* expression; NULL or "": none */
	const char *const *interfaces; /* each a -i pattern */
	uint32_t n_interfaces;
	const char *backend;	 /* --backend: one mechanism for all probes; NULL: the cheapest */
	uint32_t snaplen;	 /* 1..XCAP_SNAPLEN_MAX */
	bool skb_data;		 /* the packet starts at skb->data ... */
	int32_t skb_data_offset; /* ... and this many bytes */
	bool fake_hdr;		 /* show an skb without a packet behind a made-up link header */
	uint64_t ring_bytes;
	bool want_comm, want_context, want_device, want_segments; /* a sink needs them */
	bool track;	      /* follow packets: they get an id */
	uint32_t track_max;   /* so many at a time; 0: XCAP_TRACK_MAX */
	bool track_follow;    /* --track: also where the filter no longer matches */
	bool want_ends;	      /* tell when a followed packet is freed, and why: for gathering */
	uint32_t want_stack;  /* enum xcap_stack_where */
	uint32_t stack_depth; /* frames, 1..XCAP_STACK_MAX, where want_stack is not none */
	bool want_path;	      /* of netfilter's drops: hook, table and chain; stack_depth is set */
	bool want_addresses;  /* a sink shows the Ethernet addresses of headers that are made up */
	const char *const *reasons; /* --reason: only drops for one of these, by name */
	uint32_t n_reasons;	    /* 0: for any */
};

/* What is known of the kernel; opened by the caller, lent to plan_build(). */
struct plan_kernel {
	struct feature_set *features;
	struct kbtf *btf; /* NULL: no BTF */
	const struct tracepoint_table *tracepoints;
	/* loads kallsyms on first use; NULL on failure */
	struct symbol_table *(*symbols)(void *arg);
	/* the same, or fewer: what is enough to find this name. NULL: symbols() is asked */
	struct symbol_table *(*symbols_of)(void *arg, const char *name);
	void *symbols_arg;
	struct netns_table *netns;
	/* if not NULL, asked instead of feature_has(features, ...): for tests */
	bool (*feature)(void *arg, enum feature feature, char *why, size_t size);
	struct pagebase pagebase; /* and this taken for feature_pagebase(features) */
	void *feature_arg;
};

#define PLAN_CHAIN_HOOKS 5

/* A function that walks a chain of netfilter: hooked at both ends. */
struct plan_chain_hook {
	const char *function;
	enum plan_mechanism mechanism; /* PLAN_FEXIT; PLAN_KRETPROBE: where that cannot be had */
	enum xcap_chain_kind kind;
	uint32_t btf_id;
	int btf_fd;			   /* of its module; 0: vmlinux. Owned by kbtf */
	int skb_arg, chain_arg, state_arg; /* from 0; state_arg -1: it has none */
	uint32_t arg_words;
};

struct plan_chains {
	struct plan_chain_hook hooks[PLAN_CHAIN_HOOKS];
	uint32_t n; /* 0: table and chain are not known */
	/* modules that were not loaded, whose chains would be hooked */
	const char *absent[PLAN_CHAIN_HOOKS];
	uint32_t n_absent;
	struct xcap_chain_layout layout;
};

struct plan {
	struct plan_probe *probes;
	uint32_t n_probes;
	struct plan_hook *hooks; /* by which packets are followed */
	uint32_t n_hooks;
	uint32_t track_max;	       /* packets at a time */
	struct plan_text *texts;       /* what the ladders say */
	const char *filter_text;       /* "" none; the request's */
	struct cbpf_prog filter;       /* for DLT_EN10MB; len 0: none */
	const char *const *interfaces; /* as -i gave them; the request's */
	uint32_t n_interfaces;
	struct xcap_config config;
	struct xcap_if_match if_match;
	struct plan_chains chains;
	uint32_t stack_depth; /* frames that are shown of a stack at most; 0: none is wanted */
	uint64_t ring_bytes;  /* a power of two, whole pages */
	const char *btf_file; /* of --btf: types to relocate against; NULL: the kernel's own */
};

/*
 * Resolve a request against the kernel. Notes (duplicates merged and the like) go to the log. The
 * first thing that cannot be done is an error in the user's words: unknown function with near
 * names, function without an skb, wrong @N with the arguments listed, no mechanism with each one's
 * why. Free with plan_free().
 */
int plan_build(const struct plan_request *request, const struct plan_kernel *kernel,
	       struct plan *plan, struct err *err);
void plan_free(struct plan *plan);

/* --dry-run: the plan in words, one line per probe and rung, to `out`. */
void plan_print(const struct plan *plan, FILE *out);

const char *plan_mechanism_name(enum plan_mechanism mechanism);

/* At a function's return? */
bool plan_mechanism_is_exit(enum plan_mechanism mechanism);

#endif
