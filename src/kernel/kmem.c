/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmem.c - one program that answers both questions, and the memory that it writes to.
 */
#include "kernel/kmem.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/util.h"
#include "kernel/insn.h"

/* The program's context; the kernel wants the name's last byte to be 0. */
struct question {
	uint64_t len;  /* 0: where is the name? */
	uint64_t addr; /* of what is read; the answer */
	char name[32];
};

#define NAME(word) (offsetof(struct question, name) + 8 * (word))
#define COPY(word)                                                                                 \
	INSN_LOAD(BPF_REG_2, BPF_REG_6, NAME(word)),                                               \
		INSN_STORE(BPF_REG_10, BPF_REG_2, 8 * (word)-40)

/* v5.16: d6aef08a872b ("bpf: Add bpf_kallsyms_lookup_name helper"). A descriptor or -errno. */
static int load(int map_fd)
{
	const struct bpf_insn insns[] = {
		INSN_MOV_REG(BPF_REG_6, BPF_REG_1),
		INSN_LOAD(BPF_REG_2, BPF_REG_6, offsetof(struct question, len)),
		INSN_JEQ(BPF_REG_2, 0, 7),
		INSN_MOV_IMM(BPF_REG_0, -E2BIG),
		INSN_JGT(BPF_REG_2, KMEM_READ_MAX, 4),
		INSN_LOAD(BPF_REG_3, BPF_REG_6, offsetof(struct question, addr)),
		INSN_LOAD_MAP_VALUE(BPF_REG_1, map_fd, 0), /* two instructions */
		INSN_CALL(BPF_FUNC_probe_read_kernel),
		INSN_EXIT,
		COPY(0),
		COPY(1),
		COPY(2),
		COPY(3),
		INSN_STORE_IMM(BPF_REG_10, -8, 0),
		INSN_MOV_REG(BPF_REG_1, BPF_REG_10),
		INSN_ADD_IMM(BPF_REG_1, -40),
		INSN_MOV_IMM(BPF_REG_2, sizeof(((struct question *)0)->name)),
		INSN_MOV_IMM(BPF_REG_3, 0),
		INSN_MOV_REG(BPF_REG_4, BPF_REG_10),
		INSN_ADD_IMM(BPF_REG_4, -8),
		INSN_CALL(BPF_FUNC_kallsyms_lookup_name),
		INSN_LOAD(BPF_REG_1, BPF_REG_10, -8),
		INSN_STORE(BPF_REG_6, BPF_REG_1, offsetof(struct question, addr)),
		INSN_EXIT,
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_SLEEPABLE);

	return bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "xcap_memory", "GPL", insns,
			     UTIL_ARRAY_SIZE(insns), &opts);
}

int kmem_open(struct kmem *mem)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	int rc;

	*mem = (struct kmem){.prog_fd = -1};
	rc = mem->map_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "xcap_memory", sizeof(uint32_t),
					  KMEM_READ_MAX, 1, &opts);
	if (rc >= 0)
		rc = mem->prog_fd = load(mem->map_fd);
	if (rc >= 0) {
		mem->room = mmap(NULL, KMEM_READ_MAX, PROT_READ, MAP_SHARED, mem->map_fd, 0);
		rc = mem->room == MAP_FAILED ? -errno : 0;
	}
	if (rc) {
		mem->room = NULL;
		kmem_close(mem);
	}
	return rc;
}

void kmem_close(struct kmem *mem)
{
	if (mem->room)
		munmap(mem->room, KMEM_READ_MAX);
	if (mem->prog_fd >= 0)
		close(mem->prog_fd);
	if (mem->map_fd >= 0)
		close(mem->map_fd);
	mem->room = NULL;
	mem->prog_fd = mem->map_fd = -1;
}

/* The answer comes in ctx_in: with a ctx_out such programs are refused. */
static int ask(const struct kmem *mem, struct question *question)
{
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = question, .ctx_size_in = sizeof(*question));
	int rc = bpf_prog_test_run_opts(mem->prog_fd, &run);

	return rc ? rc : (int)run.retval;
}

int kmem_symbol(const struct kmem *mem, const char *name, uint64_t *addr)
{
	struct question question = {};
	int rc;

	if (strlen(name) >= sizeof(question.name))
		return -ENOENT;
	memcpy(question.name, name, strlen(name));
	rc = ask(mem, &question);
	*addr = question.addr;
	return rc;
}

const void *kmem_read(const struct kmem *mem, uint64_t addr, size_t len)
{
	struct question question = {.len = len, .addr = addr};

	return len && !ask(mem, &question) ? mem->room : NULL;
}

int kmem_get(const struct kmem *mem, uint64_t addr, void *out, size_t len)
{
	const void *there = kmem_read(mem, addr, len);

	if (!there)
		return -EFAULT;
	memcpy(out, there, len);
	return 0;
}
