/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * embedded.c - what embedded.h says.
 */
#include "session/embedded.h"

#include <elf.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXT_MAGIC 0xeb9f

/* .BTF.ext; offsets count from its end. Old ones have no relocations. */
struct ext_header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t size;
	uint32_t funcs, funcs_size;
	uint32_t lines, lines_size;
	uint32_t relocations, relocations_size;
};

/* The records of one section of the object; the size of a record stands before the first. */
struct ext_records {
	uint32_t section, n;
};

struct embedded_section embedded_find(const char *elf, const char *name)
{
	const Elf64_Ehdr *head = (const Elf64_Ehdr *)elf;
	const Elf64_Shdr *sections = (const Elf64_Shdr *)(elf + head->e_shoff);
	const char *names = elf + sections[head->e_shstrndx].sh_offset;

	for (uint32_t i = 0; i < head->e_shnum; i++)
		if (!strcmp(names + sections[i].sh_name, name))
			return (struct embedded_section){(char *)elf + sections[i].sh_offset,
							 sections[i].sh_size};
	return (struct embedded_section){NULL, 0};
}

static struct ext_header *header_of(const struct embedded_section *btf_ext)
{
	struct ext_header *head = (struct ext_header *)btf_ext->data;

	return head && btf_ext->size >= sizeof(*head) && head->magic == EXT_MAGIC &&
			       head->size >= sizeof(*head)
		       ? head
		       : NULL;
}

bool embedded_roots(const struct embedded_section *btf_ext, bool *roots, uint32_t n)
{
	const struct ext_header *head = header_of(btf_ext);
	const char *at, *end;
	uint32_t size;

	if (!head || head->relocations_size < sizeof(size))
		return false;
	at = btf_ext->data + head->size + head->relocations;
	end = at + head->relocations_size;
	if (end > btf_ext->data + btf_ext->size)
		return false;
	memcpy(&size, at, sizeof(size));
	if (size < sizeof(struct bpf_core_relo))
		return false;
	at += sizeof(size);
	while (at + sizeof(struct ext_records) <= end) {
		const struct ext_records *records = (const struct ext_records *)at;

		at += sizeof(*records);
		for (uint32_t i = 0; i < records->n; i++, at += size) {
			const struct bpf_core_relo *relocation = (const struct bpf_core_relo *)at;

			if (at + size > end || relocation->type_id >= n)
				return false;
			roots[relocation->type_id] = true;
		}
	}
	return at == end;
}

void embedded_drop_lines(const struct embedded_section *btf_ext)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from, to;
	struct ext_header *head = header_of(btf_ext);

	if (!head || !head->lines_size)
		return;
	from = (uintptr_t)head & ~(page - 1);
	to = ((uintptr_t)(head + 1) + page - 1) & ~(page - 1);
	if (mprotect((void *)from, to - from, PROT_READ | PROT_WRITE))
		return;
	head->lines_size = 0;
	mprotect((void *)from, to - from, PROT_READ);
}
