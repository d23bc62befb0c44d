/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attach_look.c - does a function begin as those do that can be traced?
 *
 * The compiler has put a call at their entry (-mfentry), of which the kernel has made a no-op of
 * five bytes, or the call of a tracer. An instruction of four bytes may stand in front: endbr64, or
 * what the kernel writes over it where nobody jumps to the function by its address. A small program
 * reads it of all of them in one run (bpf_loop(), which is older than kprobe-multi), where the
 * kernel's own list of traceable functions takes a second. What it says is a hint, not a verdict.
 */
#include "session/attach_look.h"

#include <bpf/bpf.h>
#include <linux/btf.h>
#include <stddef.h>
#include <unistd.h>

#include "base/util.h"
#include "kernel/insn.h"

/* Little endian, as all here. */
#define NOP_START 0x00441f0f /* of 0f 1f 44 00 00 */
#define CALL_BYTE 0xe8
#define ENDBR64	  0xfa1e0ff3
#define SEALED	  0x001f0f66 /* v5.18: ed53a0d97192 ("x86/alternative: Use .ibt_endbr_seal ...") */
#define SEALED_15 0xd6401f0f /* v6.15: as FineIBT has it */

/* bpf_loop() wants to know that what it calls is a function; this is the BTF that says so. */
static const struct {
	struct btf_header header;
	struct btf_type prototype, function;
	char names[sizeof("\0look")];
} btf = {
	.header = {.magic = BTF_MAGIC,
		   .version = BTF_VERSION,
		   .hdr_len = sizeof(struct btf_header),
		   .type_len = 2 * sizeof(struct btf_type),
		   .str_off = 2 * sizeof(struct btf_type),
		   .str_len = sizeof("\0look")},
	.prototype = {.info = BTF_KIND_FUNC_PROTO << 24},
	.function = {.name_off = 1, .info = BTF_KIND_FUNC << 24, .type = 1},
	.names = "\0look",
};
#define BTF_SIZE    (offsetof(__typeof__(btf), names) + sizeof(btf.names))
#define FUNCTION_ID 2

#define LOOK_AT 8 /* instruction where the function begins */

/* Puts 1 in place of each of the n addresses in the map where it looks as it should, 0 else. */
static int load(int map_fd, int btf_fd, uint32_t n)
{
	const struct bpf_insn insns[] = {
		INSN_MOV_IMM(BPF_REG_1, n),
		INSN_LOAD_FUNCTION(BPF_REG_2, LOOK_AT - 2), /* two instructions */
		INSN_MOV_IMM(BPF_REG_3, 0),
		INSN_MOV_IMM(BPF_REG_4, 0),
		INSN_CALL(BPF_FUNC_loop),
		INSN_MOV_IMM(BPF_REG_0, 0),
		INSN_EXIT,
		/* the function, of a number */
		INSN_JGT(BPF_REG_1, n - 1, 22),
		INSN_LSH_IMM(BPF_REG_1, 3),
		INSN_LOAD_MAP_VALUE(BPF_REG_6, map_fd, 0), /* two instructions */
		INSN_ADD_REG(BPF_REG_6, BPF_REG_1),
		INSN_LOAD(BPF_REG_3, BPF_REG_6, 0),
		INSN_MOV_REG(BPF_REG_1, BPF_REG_10),
		INSN_ADD_IMM(BPF_REG_1, -16),
		INSN_MOV_IMM(BPF_REG_2, 16),
		INSN_CALL(BPF_FUNC_probe_read_kernel),
		INSN_JNE(BPF_REG_0, 0, 11), /* unreadable: 0 */
		INSN_LOAD_32(BPF_REG_2, BPF_REG_10, -16),
		INSN_JEQ_32(BPF_REG_2, ENDBR64, 2),
		INSN_JEQ_32(BPF_REG_2, SEALED, 1),
		INSN_JNE_32(BPF_REG_2, SEALED_15, 1),
		INSN_LOAD_32(BPF_REG_2, BPF_REG_10, -12),
		INSN_JEQ_32(BPF_REG_2, NOP_START, 2),
		INSN_AND_IMM(BPF_REG_2, 0xff),
		INSN_JNE_32(BPF_REG_2, CALL_BYTE, 3),
		INSN_STORE_IMM(BPF_REG_6, 0, 1),
		INSN_MOV_IMM(BPF_REG_0, 0),
		INSN_EXIT,
		INSN_STORE_IMM(BPF_REG_6, 0, 0),
		INSN_MOV_IMM(BPF_REG_0, 0),
		INSN_EXIT,
	};
	const struct bpf_func_info functions[] = {{0, FUNCTION_ID}, {LOOK_AT, FUNCTION_ID}};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_btf_fd = btf_fd, .func_info = functions,
		    .func_info_cnt = UTIL_ARRAY_SIZE(functions),
		    .func_info_rec_size = sizeof(functions[0]));

	return bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "xcap_look", "GPL", insns,
			     UTIL_ARRAY_SIZE(insns), &opts);
}

/* The program is run over all of them; false: it could not be. */
static bool run(int map_fd, uint64_t *words, uint32_t n)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = words, .ctx_size_in = sizeof(*words));
	const uint32_t key = 0;
	int btf_fd, prog_fd = -1, rc = bpf_map_update_elem(map_fd, &key, words, BPF_ANY);

	if (rc)
		return false;
	btf_fd = bpf_btf_load(&btf, BTF_SIZE, NULL);
	if (btf_fd >= 0) {
		prog_fd = load(map_fd, btf_fd, n);
		close(btf_fd);
	}
	if (prog_fd < 0)
		return false;
	rc = bpf_prog_test_run_opts(prog_fd, &opts);
	close(prog_fd);
	return !rc && !bpf_map_lookup_elem(map_fd, &key, words);
}

bool attach_look(uint64_t *addresses, uint32_t n)
{
	int map_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "xcap_look", sizeof(uint32_t),
				    n * sizeof(*addresses), 1, NULL);
	bool done = map_fd >= 0 && run(map_fd, addresses, n);

	if (map_fd >= 0)
		close(map_fd);
	return done;
}
