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
#include <unistd.h>

#include "base/util.h"
#include "kernel/insn.h"
#include "kernel/kbtf_data.h"
#include "kernel/kbtf_offset.h"
#include "kernel/kbtf_subset.h"
#include "kernel/kroot.h"

#define CHUNK	       262144
#define NAME_MAX_LEN   512 /* KSYM_NAME_LEN, from 6.1 on; 128 before */
#define MODULE_MAX_LEN 64

/* Of struct kallsym_iter, and of what leads to it. */
struct layout {
	uint32_t target; /* id of the iterator's prototype */
	int meta, seq, symbol;
	int value, type, name, module, show;
};

/* -ENOENT: this kernel has no such iterator. */
static int find_layout(const struct kbtf_data *btf, struct layout *l)
{
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
	*l = (struct layout){
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
	return l->target && l->meta >= 0 && l->seq >= 0 && l->symbol >= 0 && l->value >= 0 &&
			       l->type >= 0 && l->name >= 0 && l->module >= 0 && l->show >= 0
		       ? 0
		       : -ENOENT;
}

#define ROOM (SYMBOL_ITER_HEAD + NAME_MAX_LEN + MODULE_MAX_LEN)

/* A letter of the symbol's name: on if it is this one, else over `out` instructions behind. */
#define IS_LETTER(l, n, letter, out)                                                               \
	INSN_LOAD_8(BPF_REG_1, BPF_REG_7, (l)->name + (n)), INSN_JNE(BPF_REG_1, letter, out)

/* A string of the symbol to the end of the room; r0 its length, with the 0. Over `out` if not. */
#define READ_STRING(offset, max, out)                                                              \
	INSN_MOV_REG(BPF_REG_1, BPF_REG_8), INSN_ADD_REG(BPF_REG_1, BPF_REG_9),                    \
		INSN_MOV_IMM(BPF_REG_2, max), INSN_MOV_REG(BPF_REG_3, BPF_REG_7),                  \
		INSN_ADD_IMM(BPF_REG_3, offset), INSN_CALL(BPF_FUNC_probe_read_kernel_str),        \
		INSN_JSLE(BPF_REG_0, 0, (out) + 1), INSN_JGT(BPF_REG_0, max, out)

/*
 * r6 the reader, r7 the symbol, r8 the room in which it is put together, r9 how much of that is
 * filled. It runs 200,000 times: the padding in front of functions, a third of it all, is told by
 * its first letters, and no module's name is read where there is none.
 */
static int load(const struct layout *l, int room_fd)
{
	const struct bpf_insn insns[] = {
		INSN_LOAD(BPF_REG_7, BPF_REG_1, l->symbol),
		INSN_JEQ(BPF_REG_7, 0, 54), /* the end of all */
		INSN_LOAD(BPF_REG_6, BPF_REG_1, l->meta),
		INSN_LOAD(BPF_REG_6, BPF_REG_6, l->seq),
		INSN_LOAD_8(BPF_REG_1, BPF_REG_7, l->type),
		INSN_OR_IMM(BPF_REG_1, 'a' - 'A'),
		INSN_JEQ(BPF_REG_1, 't', 1),
		INSN_JNE(BPF_REG_1, 'w', 48),
		IS_LETTER(l, 0, '_', 10),
		IS_LETTER(l, 1, '_', 8),
		IS_LETTER(l, 2, 'p', 6),
		IS_LETTER(l, 3, 'f', 4),
		IS_LETTER(l, 4, 'x', 2),
		INSN_LOAD_8(BPF_REG_1, BPF_REG_7, l->name + 5),
		INSN_JEQ(BPF_REG_1, '_', 36),
		INSN_LOAD_MAP_VALUE(BPF_REG_8, room_fd, 0), /* two instructions */
		INSN_LOAD_8(BPF_REG_2, BPF_REG_7, l->show),
		INSN_MOV_IMM(BPF_REG_1, 0),
		INSN_JEQ(BPF_REG_2, 0, 1),
		INSN_LOAD(BPF_REG_1, BPF_REG_7, l->value),
		INSN_STORE(BPF_REG_8, BPF_REG_1, 0),
		INSN_MOV_IMM(BPF_REG_9, SYMBOL_ITER_HEAD),
		READ_STRING(l->name, NAME_MAX_LEN, 20),
		INSN_ADD_REG(BPF_REG_9, BPF_REG_0),
		INSN_MOV_REG(BPF_REG_1, BPF_REG_8),
		INSN_ADD_REG(BPF_REG_1, BPF_REG_9),
		INSN_STORE_IMM_8(BPF_REG_1, 0, 0),
		INSN_MOV_IMM(BPF_REG_0, 1),
		INSN_LOAD_8(BPF_REG_2, BPF_REG_7, l->module),
		INSN_JEQ(BPF_REG_2, 0, 8),
		READ_STRING(l->module, MODULE_MAX_LEN, 5),
		INSN_ADD_REG(BPF_REG_9, BPF_REG_0),
		INSN_MOV_REG(BPF_REG_1, BPF_REG_6),
		INSN_MOV_REG(BPF_REG_2, BPF_REG_8),
		INSN_MOV_REG(BPF_REG_3, BPF_REG_9),
		INSN_CALL(BPF_FUNC_seq_write),
		INSN_MOV_IMM(BPF_REG_0, 0),
		INSN_EXIT,
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_ITER,
		    .attach_btf_id = l->target);

	return bpf_prog_load(BPF_PROG_TYPE_TRACING, "xcap_symbols", "GPL", insns,
			     UTIL_ARRAY_SIZE(insns), &opts);
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

int symbol_iter_read(const struct kbtf *types, struct buf *out)
{
	const struct kbtf_data *btf =
		types && !kbtf_is_foreign(types) && !*kroot_prefix() ? kbtf_vmlinux(types) : NULL;
	int room = -1, prog = -1, fd = -1, rc = btf ? 0 : -ENOENT;
	struct layout layout;

	if (!rc)
		rc = find_layout(btf, &layout);
	if (!rc)
		rc = room = bpf_map_create(BPF_MAP_TYPE_ARRAY, "xcap_symbol", sizeof(uint32_t),
					   ROOM, 1, NULL);
	if (rc >= 0)
		rc = prog = load(&layout, room);
	if (rc >= 0)
		rc = fd = open_iterator(prog);
	if (rc >= 0)
		rc = read_all(fd, out);
	if (fd >= 0)
		close(fd);
	if (prog >= 0)
		close(prog);
	if (room >= 0)
		close(room);
	return rc;
}
