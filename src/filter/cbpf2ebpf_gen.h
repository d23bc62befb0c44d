/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf2ebpf_gen.h - what the two halves of the translator share.
 *
 * cbpf2ebpf.c walks the program and translates everything but loads; cbpf2ebpf_load.c translates
 * loads. The program is emitted up to twice. FAST is what nearly every packet runs: it takes all
 * bytes from the window, and a bounds check that fails there while the packet has bytes that are
 * not in the window starts the program over in SLOW, which asks xcap_load() for them and keeps what
 * it got on the stack. So in FAST a check that was passed proves all smaller ones, and in SLOW a
 * byte is asked for once. Starting over is free of side effects: cBPF has none.
 *
 * Registers: R6 A, R7 X, R8 the packet, R9 (FAST) bytes valid in the window; R0-R5 scratch.
 */
#ifndef FILTER_CBPF2EBPF_GEN_H
#define FILTER_CBPF2EBPF_GEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/cbpf.h"
#include "filter/cbpf2ebpf.h"
#include "filter/ebpf_emit.h"

enum gen_reg {
	REG_A = BPF_REG_6,
	REG_X = BPF_REG_7,
	REG_PACKET = BPF_REG_8,
	REG_VALID = BPF_REG_9,
};

enum gen_label {
	GEN_REJECT,
	GEN_UNDECIDED,
	GEN_LOAD_FAILED, /* R0 is xcap_load()'s negative result */
	GEN_RESTART,
	GEN_NODES, /* the first node of FAST; SLOW's follow */
};

/*
 * 88 bytes of stack: M[0..15], a word through which X is passed, then what SLOW keeps
 * (also in words of M[] that are not read), and the context for xcap_load().
 */
#define GEN_STACK_WORDS 20
#define GEN_X_WORD	16
#define GEN_CTX_OFF	(-4 * GEN_STACK_WORDS - 8)

/* What is known when an instruction is reached, on every way to it. */
struct gen_fact {
	bool reached;
	uint32_t min_valid; /* FAST: at least so many bytes are valid in the window */
	uint32_t kept;	    /* SLOW: bit i: gen.slots[i] holds its value */
	uint32_t x_max;
};

/* A load at a fixed place whose value SLOW keeps in a word of the stack. */
struct gen_slot {
	uint32_t k, size;
	int off; /* from R10 */
};

/* The rest of a load that cannot be served from the window, emitted behind the program. */
struct gen_stub {
	uint32_t label, resume;
	uint32_t k, size;
	int dst;
	bool indirect; /* R2 already holds the offset, which may be more than 32 bits wide */
};

struct gen {
	struct ebpf_emit e;
	const struct cbpf_prog *prog;
	const struct cbpf2ebpf_layout *layout;
	struct gen_fact *facts; /* of n_rounds copies of the program */
	size_t n_rounds;
	bool slow;
	bool has_loop;
	uint16_t mem_read; /* bit i: M[i] is read somewhere */
	struct gen_slot slots[GEN_STACK_WORDS];
	uint32_t n_slots;
	struct gen_stub *stubs;
	uint32_t n_stubs, cap_stubs;
	uint32_t guards, guards_elided;
};

/* Stack offset of word i of GEN_STACK_WORDS. */
static inline int gen_stack_off(uint32_t i)
{
	return -4 * (int)(i + 1);
}

/* Choose the loads that SLOW keeps. */
void cbpf2ebpf_load_plan(struct gen *g);
/* Packet loads into dst; false if no packet can have these bytes, so that the program ends here. */
bool cbpf2ebpf_load_abs(struct gen *g, struct gen_fact *fact, uint32_t k, uint32_t size, int dst);
bool cbpf2ebpf_load_ind(struct gen *g, const struct gen_fact *fact, uint32_t k, uint32_t size);
/* Emit the stubs noted so far. */
void cbpf2ebpf_load_stubs(struct gen *g);

#endif
