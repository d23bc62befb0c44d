/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol_iter.c - a BPF program that the kernel calls for each symbol (6.0: 647cafa22349 ("bpf: add
 * a ksym BPF iterator")), and that passes on the functions.
 *
 * Most of what /proc/kallsyms costs is text: the kernel's printing of it and our reading it back,
 * and more than half of its lines (data, padding) are not wanted. An address that the kernel would
 * show to this user as 0 is passed on as 0, too.
 */
#include "kernel/symbol_iter.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "kernel/insn.h"
#include "kernel/kbtf_data.h"
#include "kernel/kbtf_offset.h"
#include "kernel/kbtf_subset.h"
#include "kernel/symbol_source.h"

#define CHUNK	       262144
#define NAME_MAX_LEN   512 /* KSYM_NAME_LEN, from 6.1 on; 128 before */
#define MODULE_MAX_LEN 64

void symbol_iter_find(struct symbol_iter *iter, const struct kbtf *types)
{
	const struct kbtf_data *btf = kbtf_vmlinux(types);
	struct kbtf_wanted wanted[] = {
		{BTF_KIND_FUNC, "bpf_iter_ksym", 0},
		{BTF_KIND_STRUCT, "bpf_iter__ksym", 0},
		{BTF_KIND_STRUCT, "bpf_iter_meta", 0},
		{BTF_KIND_STRUCT, "kallsym_iter", 0},
	};
	uint32_t context, symbol;

	kbtf_subset_find(btf, wanted, UTIL_ARRAY_SIZE(wanted));
	context = wanted[1].id;
	symbol = wanted[3].id;
	*iter = (struct symbol_iter){
		.target = wanted[0].id,
		.meta = kbtf_offset_in(btf, context, "meta"),
		.seq = kbtf_offset_in(btf, wanted[2].id, "seq"),
		.symbol = kbtf_offset_in(btf, context, "ksym"),
		.value = kbtf_offset_in(btf, symbol, "value"),
		.type = kbtf_offset_in(btf, symbol, "type"),
		.name = kbtf_offset_in(btf, symbol, "name"),
		.module = kbtf_offset_in(btf, symbol, "module_name"),
		.show = kbtf_offset_in(btf, symbol, "show_value"),
	};
	if (iter->meta < 0 || iter->seq < 0 || iter->symbol < 0 || iter->value < 0 ||
	    iter->type < 0 || iter->name < 0 || iter->module < 0 || iter->show < 0)
		iter->target = 0;
}

/* Its map's value: the room in which a symbol is put together. */
#define ROOM (SYMBOL_SOURCE_HEAD + NAME_MAX_LEN + MODULE_MAX_LEN)

/* A jump to the end of the program, where it passes nothing on. */
#define OUT INT16_MAX

/* "__pfx_", in the upper bytes of a word. */
#define PADDING 0x5f7866705f5f0000

/* A string of the symbol to the end of the room; r0 its length, with the 0. */
#define READ_STRING(offset, max)                                                                   \
	INSN_MOV_REG(BPF_REG_1, BPF_REG_8), INSN_ADD_REG(BPF_REG_1, BPF_REG_9),                    \
		INSN_MOV_IMM(BPF_REG_2, max), INSN_MOV_REG(BPF_REG_3, BPF_REG_7),                  \
		INSN_ADD_IMM(BPF_REG_3, offset), INSN_CALL(BPF_FUNC_probe_read_kernel_str),        \
		INSN_JSLE(BPF_REG_0, 0, OUT), INSN_JGT(BPF_REG_0, max, OUT)

/* Instructions that are put together, and their jumps to the end. */
struct program {
	struct bpf_insn insns[128];
	uint32_t n;
};

static void add(struct program *program, const struct bpf_insn *insns, uint32_t n)
{
	memcpy(program->insns + program->n, insns, n * sizeof(*insns));
	program->n += n;
}

/* Where a jump is to the end, the end is behind all there is. */
static void set_end(struct program *program)
{
	const struct bpf_insn end[] = {INSN_MOV_IMM(BPF_REG_0, 0), INSN_EXIT};

	for (uint32_t i = 0; i < program->n; i++)
		if (program->insns[i].off == OUT)
			program->insns[i].off = (int16_t)(program->n - i - 1);
	add(program, end, UTIL_ARRAY_SIZE(end));
}

/*
 * r6 the context, r7 the symbol, r8 the room. It runs 200,000 times: what is no function, and the
 * padding in front of functions, a third of it all, is told before anything else.
 */
static void add_choice(struct program *program, const struct symbol_iter *iter, int map_fd)
{
	const struct bpf_insn insns[] = {
		INSN_LOAD(BPF_REG_7, BPF_REG_1, iter->symbol),
		INSN_JEQ(BPF_REG_7, 0, OUT), /* the end of all */
		INSN_MOV_REG(BPF_REG_6, BPF_REG_1),
		INSN_LOAD_8(BPF_REG_1, BPF_REG_7, iter->type),
		INSN_OR_IMM(BPF_REG_1, 'a' - 'A'),
		INSN_JEQ(BPF_REG_1, 't', 1),
		INSN_JNE(BPF_REG_1, 'w', OUT),
		INSN_LOAD(BPF_REG_2, BPF_REG_7, iter->name),
		INSN_MOV_REG(BPF_REG_1, BPF_REG_2),
		INSN_LSH_IMM(BPF_REG_1, 16),
		INSN_LOAD_IMM(BPF_REG_3, PADDING),
		INSN_JEQ_REG(BPF_REG_1, BPF_REG_3, OUT),
		INSN_LOAD_MAP_VALUE(BPF_REG_8, map_fd, 0),
	};

	add(program, insns, UTIL_ARRAY_SIZE(insns));
}

/* r6 the reader from here on, r9 how much of the room is filled. No module's name is read where
 * there is none. */
static void add_writing(struct program *program, const struct symbol_iter *iter)
{
	const struct bpf_insn insns[] = {
		INSN_LOAD(BPF_REG_6, BPF_REG_6, iter->meta),
		INSN_LOAD(BPF_REG_6, BPF_REG_6, iter->seq),
		INSN_LOAD_8(BPF_REG_2, BPF_REG_7, iter->show),
		INSN_MOV_IMM(BPF_REG_1, 0),
		INSN_JEQ(BPF_REG_2, 0, 1),
		INSN_LOAD(BPF_REG_1, BPF_REG_7, iter->value),
		INSN_STORE(BPF_REG_8, BPF_REG_1, 0),
		INSN_MOV_IMM(BPF_REG_9, SYMBOL_SOURCE_HEAD),
		READ_STRING(iter->name, NAME_MAX_LEN),
		INSN_ADD_REG(BPF_REG_9, BPF_REG_0),
		INSN_MOV_REG(BPF_REG_1, BPF_REG_8),
		INSN_ADD_REG(BPF_REG_1, BPF_REG_9),
		INSN_STORE_IMM_8(BPF_REG_1, 0, 0),
		INSN_MOV_IMM(BPF_REG_0, 1),
		INSN_LOAD_8(BPF_REG_2, BPF_REG_7, iter->module),
		INSN_JEQ(BPF_REG_2, 0, 8),
		READ_STRING(iter->module, MODULE_MAX_LEN),
		INSN_ADD_REG(BPF_REG_9, BPF_REG_0),
		INSN_MOV_REG(BPF_REG_1, BPF_REG_6),
		INSN_MOV_REG(BPF_REG_2, BPF_REG_8),
		INSN_MOV_REG(BPF_REG_3, BPF_REG_9),
		INSN_CALL(BPF_FUNC_seq_write),
	};

	add(program, insns, UTIL_ARRAY_SIZE(insns));
}

static int load(const struct symbol_iter *iter, int map_fd)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_ITER,
		    .attach_btf_id = iter->target);
	struct program program = {};

	add_choice(&program, iter, map_fd);
	add_writing(&program, iter);
	set_end(&program);
	return bpf_prog_load(BPF_PROG_TYPE_TRACING, "xcap_symbols", "GPL", program.insns, program.n,
			     &opts);
}

/* A program's iterator: its descriptor, or -errno. */
static int open_iterator(int prog_fd)
{
	int link = bpf_link_create(prog_fd, 0, BPF_TRACE_ITER, NULL), fd;

	if (link < 0)
		return link;
	fd = bpf_iter_create(link);
	close(link);
	return fd;
}

static int read_all(int fd, struct buf *out)
{
	ssize_t n;

	do {
		if (buf_reserve(out, CHUNK))
			return -ENOMEM;
		n = read(fd, out->data + out->len, out->cap - out->len);
		if (n > 0)
			out->len += n;
	} while (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)));
	return n < 0 ? -errno : 0;
}

int symbol_iter_read(const struct symbol_iter *iter, struct buf *out)
{
	int map = -1, prog = -1, fd = -1, rc = iter->target ? 0 : -ENOENT;

	if (!rc)
		rc = map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "xcap_symbol", sizeof(uint32_t), ROOM,
					  1, NULL);
	if (rc >= 0)
		rc = prog = load(iter, map);
	if (rc >= 0)
		rc = fd = open_iterator(prog);
	if (rc >= 0)
		rc = read_all(fd, out);
	if (fd >= 0)
		close(fd);
	if (prog >= 0)
		close(prog);
	if (map >= 0)
		close(map);
	return rc;
}
