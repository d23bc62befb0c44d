/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol_tables.c - names are read where they lie, in pieces; of those that may be wanted the
 * addresses are looked up after that.
 *
 * Asked by an iterator the kernel takes half a microsecond for each of 170,000 symbols, wanted or
 * not. How it keeps an address has changed twice; which way it is, one symbol tells of which
 * vmcoreinfo has the address as well.
 */
#include "kernel/symbol_tables.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "kernel/symbol_names.h"
#include "kernel/symbol_source.h"

#define VMCOREINFO_BYTES 4096 /* VMCOREINFO_BYTES: a page */
#define KNOWN		 "_stext"

/* Where everything is. */
struct tables {
	const struct kmem *mem;
	uint64_t names, count, token_table, token_index, offsets;
	uint64_t relative_base; /* 0: this kernel has none */
	uint64_t known;		/* address of KNOWN */
	uint32_t n;
	uint64_t base; /* value of relative_base */
	uint64_t (*address)(const struct tables *tables, uint32_t symbol, int32_t offset);
	struct symbol_tokens tokens;
};

/* A symbol that may be wanted: which, and where its address goes. */
struct found {
	uint32_t symbol, place;
};

/* "SYMBOL(name)=ffffffff82a4c1d8" in a line of its own; 0: none. */
static uint64_t told(const char *info, const char *name)
{
	char word[64];
	const char *at;

	snprintf(word, sizeof(word), "\nSYMBOL(%s)=", name);
	at = strstr(info, word);
	return at ? strtoull(at + strlen(word), NULL, 16) : 0;
}

static int find_tables(struct tables *tables)
{
	const struct {
		const char *name;
		uint64_t *addr;
	} wanted[] = {{"kallsyms_names", &tables->names},
		      {"kallsyms_num_syms", &tables->count},
		      {"kallsyms_token_table", &tables->token_table},
		      {"kallsyms_token_index", &tables->token_index},
		      {"kallsyms_offsets", &tables->offsets},
		      {KNOWN, &tables->known}};
	char info[VMCOREINFO_BYTES + 1] = "";
	uint64_t at;
	int rc = kmem_symbol(tables->mem, "vmcoreinfo_data", &at);

	if (!rc)
		rc = kmem_get(tables->mem, at, &at, sizeof(at));
	if (!rc)
		rc = kmem_get(tables->mem, at, info, VMCOREINFO_BYTES);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(wanted) && !rc; i++) {
		*wanted[i].addr = told(info, wanted[i].name);
		rc = *wanted[i].addr ? 0 : -ENOENT;
	}
	tables->relative_base = told(info, "kallsyms_relative_base");
	return rc;
}

static int read_tokens(struct tables *tables)
{
	uint64_t len = tables->token_index - tables->token_table;
	char table[SYMBOL_NAMES_TABLE];
	const uint16_t *index;
	int rc;

	if (tables->token_table <= tables->names || len > sizeof(table))
		return -EINVAL;
	rc = kmem_get(tables->mem, tables->token_table, table, len);
	if (rc)
		return rc;
	index = kmem_read(tables->mem, tables->token_index, SYMBOL_NAMES_TOKENS * sizeof(*index));
	return index ? symbol_names_set_tokens(&tables->tokens, table, len, index) : -EFAULT;
}

/* All 32 bits are behind the base. */
static uint64_t behind_base(const struct tables *tables, uint32_t symbol, int32_t offset)
{
	(void)symbol;
	return tables->base + (uint32_t)offset;
}

/* Negative numbers are, and others are addresses of what each processor has one of (until 6.14:
 * 01157ddc58dc ("kallsyms: Remove KALLSYMS_ABSOLUTE_PERCPU")). */
static uint64_t below_zero(const struct tables *tables, uint32_t symbol, int32_t offset)
{
	(void)symbol;
	return offset < 0 ? tables->base - 1 - (int64_t)offset : (uint64_t)offset;
}

/* Behind the place where the number stands. */
static uint64_t behind_place(const struct tables *tables, uint32_t symbol, int32_t offset)
{
	return tables->offsets + symbol * sizeof(offset) + (int64_t)offset;
}

static int find_way(struct tables *tables, uint32_t symbol)
{
	static uint64_t (*const ways[])(const struct tables *, uint32_t,
					int32_t) = {below_zero, behind_base, behind_place};
	int32_t offset;
	int rc = kmem_get(tables->mem, tables->offsets + symbol * sizeof(offset), &offset,
			  sizeof(offset));

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(ways) && !rc; i++) {
		tables->address = ways[i];
		if (tables->address(tables, symbol, offset) == tables->known)
			return 0;
	}
	return rc ? rc : -ENOTSUP;
}

/* A way through the names, a piece of them at a time. */
struct walk {
	const struct tables *tables;
	uint64_t addr; /* behind the piece */
	struct symbol_names names;
};

static struct walk walk_from_first(const struct tables *tables)
{
	return (struct walk){tables, tables->names, {.all = tables->n}};
}

/* The piece that begins with the next name. */
static int refill(struct walk *walk)
{
	struct symbol_names *names = &walk->names;
	uint64_t from = walk->addr - (names->end - names->at);
	size_t len = UTIL_MIN(walk->tables->token_table - from, KMEM_READ_MAX);

	names->at = kmem_read(walk->tables->mem, from, len);
	names->end = names->at + len;
	walk->addr = from + len;
	names->is_last = walk->addr == walk->tables->token_table;
	return names->at ? 0 : -EFAULT;
}

/* The next one that may be wanted (NULL: any): 1; 0: there is none; or -errno. */
static int next_name(struct walk *walk, const struct symbol_wanted *wanted,
		     struct symbol_packed *name)
{
	int rc = 0;

	while (!rc && walk->names.n < walk->names.all) {
		rc = symbol_names_seek(&walk->tables->tokens, wanted, &walk->names, name);
		if (!rc && walk->names.n < walk->names.all)
			rc = refill(walk);
	}
	return rc;
}

/* It is among the first: behind it is all text. */
static int find_known(struct tables *tables)
{
	struct walk walk = walk_from_first(tables);
	char text[SYMBOL_NAMES_LETTERS];
	struct symbol_packed name;
	int rc;

	while ((rc = next_name(&walk, NULL, &name)) > 0)
		if (symbol_names_text(&tables->tokens, &name, text) && !strcmp(text, KNOWN))
			return find_way(tables, walk.names.n - 1);
	return rc ? rc : -ENOENT;
}

/* Without their addresses, which the list says where to put. */
static int read_names(const struct tables *tables, const struct symbol_wanted *wanted,
		      struct buf *out, struct buf *list)
{
	struct walk walk = walk_from_first(tables);
	char text[SYMBOL_NAMES_LETTERS];
	struct symbol_packed name;
	int rc;

	while ((rc = next_name(&walk, wanted, &name)) > 0) {
		struct found found = {walk.names.n - 1, out->len};
		size_t len = symbol_names_text(&tables->tokens, &name, text);

		if (!len)
			return -EINVAL;
		buf_add(list, &found, sizeof(found));
		buf_add_zero(out, SYMBOL_SOURCE_HEAD);
		buf_add(out, text, len + 1);
		buf_add_char(out, '\0'); /* no module */
	}
	return rc ? rc : buf_failed(out) || buf_failed(list) ? -ENOMEM : 0;
}

static int read_addresses(const struct tables *tables, struct buf *out, const struct buf *list)
{
	const uint32_t per_piece = KMEM_READ_MAX / sizeof(int32_t);
	const struct found *found = (const struct found *)list->data;
	const struct found *end = found + list->len / sizeof(*found);
	const int32_t *offsets = NULL;
	uint32_t first = 0, n = 0;

	for (; found < end; found++) {
		uint64_t addr;

		if (!offsets || found->symbol - first >= n) {
			first = found->symbol;
			n = UTIL_MIN(tables->n - first, per_piece);
			offsets = kmem_read(tables->mem, tables->offsets + first * sizeof(*offsets),
					    n * sizeof(*offsets));
		}
		if (!offsets)
			return -EFAULT;
		addr = tables->address(tables, found->symbol, offsets[found->symbol - first]);
		memcpy(out->data + found->place, &addr, sizeof(addr));
	}
	return 0;
}

/* Where everything is, and what names and addresses are made of. */
static int open_tables(struct tables *tables)
{
	int rc = find_tables(tables);

	if (!rc)
		rc = kmem_get(tables->mem, tables->count, &tables->n, sizeof(tables->n));
	if (!rc && tables->relative_base)
		rc = kmem_get(tables->mem, tables->relative_base, &tables->base,
			      sizeof(tables->base));
	if (!rc)
		rc = read_tokens(tables);
	return rc ? rc : find_known(tables);
}

static int read_all(const struct tables *tables, const struct symbol_wanted *wanted,
		    struct buf *out)
{
	struct buf list;
	int rc;

	buf_init(&list);
	rc = read_names(tables, wanted, out, &list);
	if (!rc)
		rc = read_addresses(tables, out, &list);
	buf_fini(&list);
	return rc;
}

int symbol_tables_read(const struct kmem *mem, const struct symbol_wanted *wanted, struct buf *out)
{
	struct tables *tables = calloc(1, sizeof(*tables));
	int rc = -ENOMEM;

	if (tables) {
		tables->mem = mem;
		rc = open_tables(tables);
		if (!rc)
			rc = read_all(tables, wanted, out);
	}
	free(tables);
	return rc;
}

int symbol_tables_count(const struct kmem *mem, uint32_t *n)
{
	struct tables *tables = calloc(1, sizeof(*tables));
	int rc = -ENOMEM;

	if (tables) {
		tables->mem = mem;
		rc = open_tables(tables);
		*n = tables->n;
	}
	free(tables);
	return rc;
}
