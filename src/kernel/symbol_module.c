/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol_module.c - the kernel's list of modules, and the table of symbols that each has of its
 * file.
 *
 * A module that goes away meanwhile cannot be read: then all symbols are, by the kernel's iterator.
 * Or it is read to its end and gone after that, as it may be with any way to have its symbols: a
 * probe's address is looked at before it is used.
 */
#include "kernel/symbol_module.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "kernel/kbtf_data.h"
#include "kernel/kbtf_offset.h"
#include "kernel/kbtf_subset.h"
#include "kernel/symbol_names.h"

#define MODULES_MAX    10000
#define UNFORMED       3  /* MODULE_STATE_UNFORMED: has no symbols yet */
#define MODULE_LETTERS 56 /* MODULE_NAME_LEN */
#define SYMBOLS_MAX    (1 << 20)
#define STRINGS_MAX    (64 << 20)
#define PAGE	       0x1000

/* One of them; n is 0 where it has no symbols yet. */
struct module {
	const struct kmem *mem;
	char name[MODULE_LETTERS];
	uint64_t symtab, strtab, types;
	uint32_t n;
};

void symbol_module_find(struct symbol_module *at, const struct kbtf *types)
{
	const struct kbtf_data *btf = kbtf_vmlinux(types);
	struct kbtf_wanted wanted[] = {
		{BTF_KIND_STRUCT, "module", 0},
		{BTF_KIND_STRUCT, "mod_kallsyms", 0},
	};

	kbtf_subset_find(btf, wanted, UTIL_ARRAY_SIZE(wanted));
	*at = (struct symbol_module){
		.list = kbtf_offset_in(btf, wanted[0].id, "list"),
		.name = kbtf_offset_in(btf, wanted[0].id, "name"),
		.state = kbtf_offset_in(btf, wanted[0].id, "state"),
		.kallsyms = kbtf_offset_in(btf, wanted[0].id, "kallsyms"),
		.symtab = kbtf_offset_in(btf, wanted[1].id, "symtab"),
		.n_symbols = kbtf_offset_in(btf, wanted[1].id, "num_symtab"),
		.strtab = kbtf_offset_in(btf, wanted[1].id, "strtab"),
		.types = kbtf_offset_in(btf, wanted[1].id, "typetab"),
	};
}

/* The module's address is that of its place in the list, less where that is. */
static int read_module(const struct symbol_module *at, const struct kmem *mem, uint64_t address,
		       struct module *module)
{
	uint64_t kallsyms = 0;
	uint32_t state;
	int rc = kmem_get(mem, address + at->state, &state, sizeof(state));

	*module = (struct module){.mem = mem};
	if (rc || state == UNFORMED)
		return rc;
	rc = kmem_get(mem, address + at->name, module->name, sizeof(module->name) - 1);
	if (!rc)
		rc = kmem_get(mem, address + at->kallsyms, &kallsyms, sizeof(kallsyms));
	if (rc || !kallsyms)
		return rc;
	rc = kmem_get(mem, kallsyms + at->symtab, &module->symtab, sizeof(module->symtab));
	if (!rc)
		rc = kmem_get(mem, kallsyms + at->strtab, &module->strtab, sizeof(module->strtab));
	if (!rc)
		rc = kmem_get(mem, kallsyms + at->types, &module->types, sizeof(module->types));
	if (!rc)
		rc = kmem_get(mem, kallsyms + at->n_symbols, &module->n, sizeof(module->n));
	return rc;
}

/* As kmem_get(), of any length. */
static int copy(const struct kmem *mem, uint64_t addr, char *out, size_t len)
{
	int rc = 0;

	for (size_t done = 0, n; done < len && !rc; done += n) {
		n = UTIL_MIN(len - done, KMEM_READ_MAX);
		rc = kmem_get(mem, addr + done, out + done, n);
	}
	return rc;
}

/* Tables of one module, in memory of ours. */
struct copies {
	Elf64_Sym *symbols;
	char *types, *strings;
	size_t strings_len;
};

/* Where the strings end nothing says but the last of them: it is read to the end of its page, and
 * if there is more behind that, as far as a name may go. */
static int copy_strings(const struct module *module, struct copies *copies)
{
	size_t last = 0, sure, more = SYMBOL_NAMES_LETTERS;
	int rc;

	for (uint32_t i = 0; i < module->n; i++)
		last = UTIL_MAX(last, copies->symbols[i].st_name);
	if (last > STRINGS_MAX)
		return -E2BIG;
	sure = ((module->strtab + last) | (PAGE - 1)) + 1 - module->strtab;
	copies->strings = malloc(sure + more);
	if (!copies->strings)
		return -ENOMEM;
	rc = copy(module->mem, module->strtab, copies->strings, sure);
	copies->strings_len = sure;
	if (!rc && !copy(module->mem, module->strtab + sure, copies->strings + sure, more))
		copies->strings_len += more;
	return rc;
}

static int copy_tables(const struct module *module, struct copies *copies)
{
	int rc;

	*copies = (struct copies){.symbols = malloc(module->n * sizeof(*copies->symbols)),
				  .types = malloc(module->n)};
	if (!copies->symbols || !copies->types)
		return -ENOMEM;
	rc = copy(module->mem, module->symtab, (char *)copies->symbols,
		  module->n * sizeof(*copies->symbols));
	if (!rc)
		rc = copy(module->mem, module->types, copies->types, module->n);
	return rc ? rc : copy_strings(module, copies);
}

/* The symbol's name; NULL: nobody wants it. */
static const char *wanted_name(const struct copies *copies, uint32_t i,
			       const struct symbol_wanted *wanted)
{
	const Elf64_Sym *symbol = &copies->symbols[i];
	const char *name = copies->strings + symbol->st_name;

	if (symbol->st_shndx == SHN_UNDEF || !copies->types[i] || !strchr("tTwW", copies->types[i]))
		return NULL;
	return memchr(name, '\0', copies->strings_len - symbol->st_name) &&
			       symbol_wanted_has(wanted, name)
		       ? name
		       : NULL;
}

static int add_functions(const struct module *module, const struct symbol_wanted *wanted,
			 struct buf *out)
{
	struct copies copies;
	int rc = copy_tables(module, &copies);

	for (uint32_t i = 0; i < module->n && !rc; i++) {
		const char *name = wanted_name(&copies, i, wanted);
		uint64_t address = copies.symbols[i].st_value;

		if (!name)
			continue;
		buf_add(out, &address, sizeof(address));
		buf_add(out, name, strlen(name) + 1);
		buf_add(out, module->name, strlen(module->name) + 1);
	}
	free(copies.symbols);
	free(copies.types);
	free(copies.strings);
	return rc;
}

int symbol_module_read(const struct symbol_module *at, const struct kmem *mem,
		       const struct symbol_wanted *wanted, struct buf *out)
{
	const bool known = at->list >= 0 && at->name >= 0 && at->state >= 0 && at->kallsyms >= 0 &&
			   at->symtab >= 0 && at->n_symbols >= 0 && at->strtab >= 0 &&
			   at->types >= 0;
	uint64_t head, place;
	int rc = known ? kmem_symbol(mem, "modules", &head) : -ENOENT;

	place = head;
	for (uint32_t n = 0; n < MODULES_MAX && !rc; n++) {
		struct module module;

		/* struct list_head has the next one first */
		rc = kmem_get(mem, place, &place, sizeof(place));
		if (rc || place == head)
			return rc;
		rc = read_module(at, mem, place - at->list, &module);
		if (!rc && module.n && module.n <= SYMBOLS_MAX)
			rc = add_functions(&module, wanted, out);
	}
	return rc ? rc : -ELOOP;
}
