/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fuzz_filter.c - the packet filter under hostile input (see fuzz_filter.h).
 */
#include "fuzz_filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "filter/cbpf.h"
#include "filter/cbpf2ebpf.h"
#include "filter_scene.h"

#define INSN_BYTES 7
#define INSNS_MAX  100
#define TEXT_MAX   120 /* libpcap's optimiser takes its time for more */

/* Most bytes name an operation that exists; the rest are taken as they are. */
static const uint16_t codes[] = {
	BPF_LD | BPF_W | BPF_ABS,
	BPF_LD | BPF_H | BPF_ABS,
	BPF_LD | BPF_B | BPF_ABS,
	BPF_LD | BPF_W | BPF_IND,
	BPF_LD | BPF_H | BPF_IND,
	BPF_LD | BPF_B | BPF_IND,
	BPF_LDX | BPF_B | BPF_MSH,
	BPF_LD | BPF_LEN,
	BPF_LDX | BPF_LEN,
	BPF_LD | BPF_IMM,
	BPF_LDX | BPF_IMM,
	BPF_LD | BPF_MEM,
	BPF_LDX | BPF_MEM,
	BPF_ST,
	BPF_STX,
	BPF_ALU | BPF_ADD | BPF_K,
	BPF_ALU | BPF_ADD | BPF_X,
	BPF_ALU | BPF_SUB | BPF_K,
	BPF_ALU | BPF_SUB | BPF_X,
	BPF_ALU | BPF_MUL | BPF_K,
	BPF_ALU | BPF_MUL | BPF_X,
	BPF_ALU | BPF_DIV | BPF_K,
	BPF_ALU | BPF_DIV | BPF_X,
	BPF_ALU | BPF_MOD | BPF_K,
	BPF_ALU | BPF_MOD | BPF_X,
	BPF_ALU | BPF_AND | BPF_K,
	BPF_ALU | BPF_AND | BPF_X,
	BPF_ALU | BPF_OR | BPF_K,
	BPF_ALU | BPF_OR | BPF_X,
	BPF_ALU | BPF_XOR | BPF_K,
	BPF_ALU | BPF_XOR | BPF_X,
	BPF_ALU | BPF_LSH | BPF_K,
	BPF_ALU | BPF_LSH | BPF_X,
	BPF_ALU | BPF_RSH | BPF_K,
	BPF_ALU | BPF_RSH | BPF_X,
	BPF_ALU | BPF_NEG,
	BPF_JMP | BPF_JA,
	BPF_JMP | BPF_JEQ | BPF_K,
	BPF_JMP | BPF_JEQ | BPF_X,
	BPF_JMP | BPF_JGT | BPF_K,
	BPF_JMP | BPF_JGT | BPF_X,
	BPF_JMP | BPF_JGE | BPF_K,
	BPF_JMP | BPF_JGE | BPF_X,
	BPF_JMP | BPF_JSET | BPF_K,
	BPF_JMP | BPF_JSET | BPF_X,
	BPF_RET | BPF_K,
	BPF_RET | BPF_A,
	BPF_MISC | BPF_TAX,
	BPF_MISC | BPF_TXA,
};

static void read_insn(struct cbpf_insn *insn, const uint8_t *bytes)
{
	uint32_t k;

	memcpy(&k, bytes + 3, sizeof(k));
	*insn = (struct cbpf_insn){
		.code = bytes[0] < 240 ? codes[bytes[0] % UTIL_ARRAY_SIZE(codes)] : bytes[0],
		.jt = bytes[1],
		.jf = bytes[2],
		.k = k,
	};
	/* undefined in libpcap's C */
	if (insn->code == (BPF_ALU | BPF_LSH | BPF_K) || insn->code == (BPF_ALU | BPF_RSH | BPF_K))
		insn->k %= 32;
}

/* Nothing bounds how long such a program runs in libpcap. */
static bool has_loop(const struct cbpf_prog *prog)
{
	for (uint32_t i = 0; i < prog->len; i++)
		if (prog->insns[i].code == (BPF_JMP | BPF_JA) && (int32_t)prog->insns[i].k < 0)
			return true;
	return false;
}

static void check(const struct cbpf_prog *prog, const struct filter_packet *p, uint32_t valid)
{
	struct cbpf2ebpf_code code;
	struct err err;

	err_clear(&err);
	if (cbpf2ebpf_translate(prog, &filter_scene_layout, &code, &err)) {
		if (!err_is_set(&err) || code.insns || code.load_calls)
			fail_msg("an error that says nothing or leaves something");
		return;
	}
	if (has_loop(prog)) {
		filter_scene_play(prog, &code, p->bytes, p->wire_len, p->cap_len, valid);
	} else {
		filter_scene_check("fuzz", prog, &code, p, p->cap_len, valid);
		filter_scene_check("fuzz", prog, &code, p, p->cap_len / 2, valid);
		if (!filter_scene_uses_meta(prog)) {
			filter_scene_check_failing("fuzz", prog, &code, p, valid / 2,
						   CBPF2EBPF_LOAD_UNREADABLE);
			filter_scene_check_failing("fuzz", prog, &code, p, valid / 2,
						   CBPF2EBPF_LOAD_FAULT);
		}
	}
	cbpf2ebpf_free(&code);
}

void fuzz_filter_convert(const uint8_t *data, size_t size)
{
	struct cbpf_insn insns[CBPF_MEM_WORDS + INSNS_MAX];
	struct cbpf_prog prog = {.insns = insns};
	uint32_t n = size ? data[0] % INSNS_MAX + 1 : 0;
	struct filter_packet p;

	if (size < 2 + (size_t)n * INSN_BYTES)
		return;
	/* libpcap does not clear M[] */
	for (; prog.len < CBPF_MEM_WORDS; prog.len++)
		insns[prog.len] = (struct cbpf_insn){.code = BPF_ST, .k = prog.len};
	for (uint32_t i = 0; i < n; i++)
		read_insn(&insns[prog.len++], data + 1 + (size_t)i * INSN_BYTES);
	data += 1 + (size_t)n * INSN_BYTES;
	size -= 2 + (size_t)n * INSN_BYTES;
	p.cap_len = p.wire_len = (uint32_t)size;
	/* of its very size, for ASan */
	p.bytes = malloc(size ? size : 1);
	if (!p.bytes)
		return;
	memcpy(p.bytes, data + 1, size);
	check(&prog, &p, data[0]);
	free(p.bytes);
}

void fuzz_filter_expr(const uint8_t *data, size_t size)
{
	static const int link_types[] = {1, 12, 276}; /* Ethernet, raw IP, Linux cooked v2 */
	static struct filter_data packets;
	struct cbpf_prog prog;
	char text[TEXT_MAX + 1];
	struct err err;

	if (!size || size > TEXT_MAX)
		return;
	if (!packets.n_packets)
		filter_data_add_builtin(&packets);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	err_clear(&err);
	if (cbpf_compile(text, link_types[data[0] % 3], &prog, &err)) {
		if (!err.msg[0] || prog.insns || err.pos > (int)strlen(err.text))
			fail_msg("'%s': an error that says nothing, or points nowhere", text);
		return;
	}
	for (size_t i = 0; i < packets.n_packets && !has_loop(&prog); i += 3)
		check(&prog, &packets.packets[i], (uint32_t)size);
	if (has_loop(&prog))
		check(&prog, &packets.packets[0], (uint32_t)size);
	cbpf_free(&prog);
}
