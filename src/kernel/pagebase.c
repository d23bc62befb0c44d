/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pagebase.c - the addresses of two data symbols, without reading all symbols where it can be had.
 *
 * Below a made-up root (tests) the running kernel is not asked.
 */
#include "kernel/pagebase.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/err.h"
#include "base/util.h"
#include "kernel/insn.h"
#include "kernel/kroot.h"

#define CHUNK 65536

static const char *const names[] = {"vmemmap_base", "page_offset_base"};
#define N_NAMES UTIL_ARRAY_SIZE(names)

/* The context of the program below; the kernel wants the name's last byte to be 0. */
struct question {
	char name[24];
	uint64_t addr;
};

/* v5.16: d6aef08a872b ("bpf: Add bpf_kallsyms_lookup_name helper"). A descriptor or -errno. */
static int load_question(void)
{
	static const struct bpf_insn insns[] = {
		INSN_MOV_REG(BPF_REG_6, BPF_REG_1),
		INSN_LOAD(BPF_REG_2, BPF_REG_6, 0),
		INSN_STORE(BPF_REG_10, BPF_REG_2, -32),
		INSN_LOAD(BPF_REG_2, BPF_REG_6, 8),
		INSN_STORE(BPF_REG_10, BPF_REG_2, -24),
		INSN_LOAD(BPF_REG_2, BPF_REG_6, 16),
		INSN_STORE(BPF_REG_10, BPF_REG_2, -16),
		INSN_STORE_IMM(BPF_REG_10, -8, 0),
		INSN_MOV_REG(BPF_REG_1, BPF_REG_10),
		INSN_ADD_IMM(BPF_REG_1, -32),
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

	return bpf_prog_load(BPF_PROG_TYPE_SYSCALL, NULL, "GPL", insns, UTIL_ARRAY_SIZE(insns),
			     &opts);
}

/*
 * Ask the running kernel. -ENOENT: it has no such symbols; other errors: it cannot be asked. The
 * answer comes in ctx_in: with a ctx_out such programs are refused.
 */
static int ask_kernel(uint64_t *addrs)
{
	int fd = load_question(), rc = 0;

	for (size_t i = 0; i < N_NAMES && fd >= 0 && !rc; i++) {
		struct question question = {};
		LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &question,
			    .ctx_size_in = sizeof(question));

		snprintf(question.name, sizeof(question.name), "%s", names[i]);
		rc = bpf_prog_test_run_opts(fd, &run);
		if (!rc)
			rc = (int)run.retval;
		addrs[i] = question.addr;
	}
	if (fd < 0)
		return fd;
	close(fd);
	return rc;
}

/* "ffffffff82a4c1d8 D vmemmap_base": the address at the start of a line that ends with the name. */
static void look_in(const char *lines, size_t len, const char *name, uint64_t *addr)
{
	const char *at = lines, *end = lines + len, *line;
	char word[32];
	int n = snprintf(word, sizeof(word), " %s\n", name);

	at = memmem(at, end - at, word, n);
	if (!at)
		return;
	line = memrchr(lines, '\n', at - lines);
	*addr = strtoull(line ? line + 1 : lines, NULL, 16);
}

/* Whole lines at a time, until both are found. Returns how many are, or -errno. */
static int scan(int fd, uint64_t *addrs, size_t *found)
{
	char *text = malloc(CHUNK);
	size_t used = 0, whole;
	ssize_t n = text ? 1 : -ENOMEM;

	*found = 0;
	while (n > 0 && *found < N_NAMES) {
		const char *last;

		n = read(fd, text + used, CHUNK - used);
		if (n <= 0) {
			n = n < 0 ? -errno : 0;
			break;
		}
		used += n;
		last = memrchr(text, '\n', used);
		whole = last ? (size_t)(last - text) + 1 : used == CHUNK ? used : 0;
		*found = 0;
		for (size_t i = 0; i < N_NAMES; i++) {
			if (addrs[i] == UINT64_MAX)
				look_in(text, whole, names[i], &addrs[i]);
			*found += addrs[i] != UINT64_MAX;
		}
		used -= whole;
		memmove(text, text + whole, used);
	}
	free(text);
	return n < 0 ? n : 0;
}

static int no_symbols(char *why, size_t size)
{
	snprintf(why, size, "the kernel's symbols have no '%s' and '%s'", names[0], names[1]);
	return -ENOENT;
}

static int read_kallsyms(uint64_t *addrs, char *why, size_t size)
{
	char path[PATH_MAX];
	size_t found = 0;
	int fd, rc;

	for (size_t i = 0; i < N_NAMES; i++)
		addrs[i] = UINT64_MAX;
	fd = open(kroot_path(path, sizeof(path), "/proc/kallsyms"), O_RDONLY | O_CLOEXEC);
	rc = fd < 0 ? -errno : scan(fd, addrs, &found);
	if (fd >= 0)
		close(fd);
	if (rc) {
		snprintf(why, size, "cannot read '/proc/kallsyms': %s", err_name(rc));
		return rc;
	}
	if (found < N_NAMES)
		return no_symbols(why, size);
	if (addrs[0] && addrs[1])
		return 0;
	snprintf(why, size, "the kernel shows all addresses as 0");
	return -EPERM;
}

int pagebase_find(struct pagebase *bases, char *why, size_t size)
{
	uint64_t addrs[N_NAMES] = {};
	int rc = -EOPNOTSUPP;

#ifndef __x86_64__
	snprintf(why, size, "xcap knows how pages are mapped on x86-64 only");
	return rc;
#endif
	if (!*kroot_prefix())
		rc = ask_kernel(addrs);
	if (rc == -ENOENT)
		return no_symbols(why, size);
	if (rc)
		rc = read_kallsyms(addrs, why, size);
	if (rc)
		return rc;
	bases->vmemmap_base = addrs[0];
	bases->page_offset_base = addrs[1];
	snprintf(why, size, "'%s' at 0x%llx", names[0], (unsigned long long)addrs[0]);
	return 0;
}
