/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_skb.c - the map, its address, and the fields by this kernel's BTF (see fake_skb.h).
 *
 * Root may let a BPF program store a pointer in a map: that is how the map's address is learned.
 */
#include "fake_skb.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/util.h"

#define SIZE	 16384
#define SKB_AT	 1024
#define HEAD_AT	 8192
#define DATA_OFF 64   /* of the frame, from the head */
#define END_OFF	 4096 /* of struct skb_shared_info, from the head */
#define FRAG	 16

enum field {
	HEAD,
	DATA,
	LEN,
	DATA_LEN,
	END,
	MAC,
	NETWORK,
	TRANSPORT,
	PROTOCOL,
	MARK,
	NR_FRAGS,
	FRAGS,
	FIELDS,
};

static const struct {
	const char *type, *member;
	uint32_t size;
} fields[FIELDS] = {
	[HEAD] = {"sk_buff", "head", 8},
	[DATA] = {"sk_buff", "data", 8},
	[LEN] = {"sk_buff", "len", 4},
	[DATA_LEN] = {"sk_buff", "data_len", 4},
	[END] = {"sk_buff", "end", 4},
	[MAC] = {"sk_buff", "mac_header", 2},
	[NETWORK] = {"sk_buff", "network_header", 2},
	[TRANSPORT] = {"sk_buff", "transport_header", 2},
	[PROTOCOL] = {"sk_buff", "protocol", 2},
	[MARK] = {"sk_buff", "mark", 4},
	[NR_FRAGS] = {"skb_shared_info", "nr_frags", 1},
	[FRAGS] = {"skb_shared_info", "frags", FRAG},
};

struct fake_skb {
	int map_fd;
	uint8_t *memory; /* the map's one value */
	uint64_t address;
	uint32_t offsets[FIELDS];
};

/* Of a member, those of nameless members included, in bytes; -1: there is none. */
static int64_t member_offset(const struct btf *btf, int id, const char *name)
{
	const struct btf_type *type = btf__type_by_id(btf, id);
	const struct btf_member *m = btf_members(type);

	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		int64_t at = btf_member_bit_offset(type, i) / 8, inner;
		int inner_id = btf__resolve_type(btf, m[i].type);

		if (!strcmp(btf__name_by_offset(btf, m[i].name_off), name))
			return at;
		if (m[i].name_off || !btf_is_composite(btf__type_by_id(btf, inner_id)))
			continue;
		inner = member_offset(btf, inner_id, name);
		if (inner >= 0)
			return at + inner;
	}
	return -1;
}

static int find_fields(struct fake_skb *fake, struct err *err)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int rc = 0;

	if (!btf)
		return err_errno(err, ERR_FAILED, errno, "cannot read the kernel's types");
	for (int i = 0; i < FIELDS && !rc; i++) {
		int id = btf__find_by_name_kind(btf, fields[i].type, BTF_KIND_STRUCT);
		int64_t at = id < 0 ? -1 : member_offset(btf, id, fields[i].member);

		if (at < 0)
			rc = err_set(err, ERR_FAILED, "this kernel has no %s of struct %s",
				     fields[i].member, fields[i].type);
		fake->offsets[i] = (uint32_t)at;
	}
	btf__free(btf);
	return rc;
}

/* A program that stores the address of the map's value at its beginning. */
static int learn_address(struct fake_skb *fake, struct err *err)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_LD | BPF_DW | BPF_IMM,
		 .dst_reg = 1,
		 .src_reg = BPF_PSEUDO_MAP_VALUE,
		 .imm = fake->map_fd},
		{},
		{.code = BPF_STX | BPF_MEM | BPF_DW, .dst_reg = 1, .src_reg = 1},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	uint8_t frame[64] = {0};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .repeat = 1);
	int fd = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "xcap_address", "GPL", insns,
			       UTIL_ARRAY_SIZE(insns), NULL);
	int rc = fd < 0 ? fd : bpf_prog_test_run_opts(fd, &opts);

	if (fd >= 0)
		close(fd);
	memcpy(&fake->address, fake->memory, sizeof(fake->address));
	if (rc || !fake->address)
		return err_errno(err, ERR_FAILED, rc ? rc : EFAULT, "cannot learn an address");
	return 0;
}

static int make_memory(struct fake_skb *fake, struct err *err)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	void *memory;

	fake->map_fd =
		bpf_map_create(BPF_MAP_TYPE_ARRAY, "xcap_fake", sizeof(uint32_t), SIZE, 1, &opts);
	if (fake->map_fd < 0)
		return err_errno(err, ERR_FAILED, fake->map_fd, "cannot make a map");
	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fake->map_fd, 0);
	if (memory == MAP_FAILED)
		return err_errno(err, ERR_FAILED, errno, "cannot map a map");
	fake->memory = memory;
	return learn_address(fake, err);
}

void fake_skb_free(struct fake_skb *fake)
{
	if (!fake)
		return;
	if (fake->memory)
		munmap(fake->memory, SIZE);
	if (fake->map_fd >= 0)
		close(fake->map_fd);
	free(fake);
}

struct fake_skb *fake_skb_new(struct err *err)
{
	struct fake_skb *fake = calloc(1, sizeof(*fake));

	if (!fake) {
		err_errno(err, ERR_FAILED, ENOMEM, "cannot make an skb");
		return NULL;
	}
	fake->map_fd = -1;
	if (!find_fields(fake, err) && !make_memory(fake, err))
		return fake;
	fake_skb_free(fake);
	return NULL;
}

static void put(struct fake_skb *fake, enum field field, uint64_t value)
{
	bool is_info = !strcmp(fields[field].type, "skb_shared_info");
	uint32_t at = (is_info ? HEAD_AT + END_OFF : SKB_AT) + fake->offsets[field];

	memcpy(fake->memory + at, &value, fields[field].size); /* x86 and arm: little endian */
}

/* struct skb_frag: page, length, offset. */
static void put_frag(struct fake_skb *fake, uint32_t len)
{
	uint32_t at = HEAD_AT + END_OFF + fake->offsets[FRAGS];
	uint64_t page = FAKE_SKB_NOWHERE;

	memcpy(fake->memory + at, &page, sizeof(page));
	memcpy(fake->memory + at + sizeof(page), &len, sizeof(len));
	put(fake, NR_FRAGS, 1);
}

void fake_skb_shape(struct fake_skb *fake, const struct fake_skb_shape *shape)
{
	uint64_t head = shape->has_no_head ? FAKE_SKB_NOWHERE : fake->address + HEAD_AT;
	uint16_t protocol;

	memset(fake->memory, 0, SIZE);
	memcpy(fake->memory + HEAD_AT + DATA_OFF, shape->bytes, shape->linear);
	memcpy(&protocol, shape->bytes + 12, sizeof(protocol));
	put(fake, HEAD, head);
	put(fake, DATA, head + DATA_OFF);
	put(fake, LEN, shape->len);
	put(fake, DATA_LEN, shape->len - shape->linear);
	put(fake, END, END_OFF);
	put(fake, MAC, DATA_OFF);
	put(fake, NETWORK, DATA_OFF + 14);
	put(fake, TRANSPORT, UINT16_MAX);
	put(fake, PROTOCOL, protocol);
	put(fake, MARK, shape->mark);
	if (shape->linear < shape->len)
		put_frag(fake, shape->len - shape->linear);
}

uint64_t fake_skb_address(const struct fake_skb *fake)
{
	return fake->address + SKB_AT;
}
