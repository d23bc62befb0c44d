/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol.c - the text symbols of /proc/kallsyms in one sorted array.
 *
 * Writing the file's lines costs the kernel far more than parsing them costs us, so it is read once
 * and parsed while it comes in. Kept per symbol: address, offset into one blob of names, and a hash
 * chain; a module's name follows the symbol's own in the blob. About 40 bytes per symbol in all.
 */
#include "kernel/symbol.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "kernel/kroot.h"

#define CHUNK	   65536
#define BUCKETS	   65536
#define IN_MODULE  0x80000000u /* in symbol.name: "name\0module\0" lies at the offset */
#define NAME_LIMIT 0x7fffffffu
/*
 * /proc/kallsyms has no sizes: past the last symbol of a text section there is nothing. No
 * function is as long as this.
 */
#define SPAN_MAX 0x20000

struct symbol {
	uint64_t addr;
	uint32_t name; /* offset in names, with IN_MODULE */
	uint32_t next; /* of the same bucket, index + 1; 0 ends */
};

struct symbol_table {
	struct symbol *list;
	size_t n, cap;
	struct buf names;
	uint32_t *buckets; /* index + 1 of the first symbol; 0: none */
	bool restricted;
};

static uint32_t bucket_of(const char *name)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return (h ^ h >> 16) % BUCKETS;
}

static const char *name_of(const struct symbol_table *table, const struct symbol *symbol)
{
	return table->names.data + (symbol->name & NAME_LIMIT);
}

static int add(struct symbol_table *table, uint64_t addr, const char *name, const char *module)
{
	struct symbol *list;

	if (table->n == table->cap) {
		table->cap = table->cap ? table->cap * 3 / 2 : 65536;
		list = realloc(table->list, table->cap * sizeof(*list));
		if (!list)
			return -ENOMEM;
		table->list = list;
	}
	if (table->names.len > NAME_LIMIT)
		return -E2BIG;
	table->list[table->n++] = (struct symbol){
		.addr = addr,
		.name = table->names.len | (module ? IN_MODULE : 0),
	};
	buf_add(&table->names, name, strlen(name) + 1);
	if (module)
		buf_add(&table->names, module, strlen(module) + 1);
	return buf_failed(&table->names) ? -ENOMEM : 0;
}

/* "ffffffff81000000 T _stext" or "ffffffffc0000000 t foo\t[bar]"; anything else is passed over. */
static int parse_line(struct symbol_table *table, char *line)
{
	char *name, *module, *end;
	uint64_t addr = strtoull(line, &end, 16);

	if (end == line || end[0] != ' ' || !end[1] || !strchr("tTwW", end[1]) || end[2] != ' ')
		return 0;
	name = end + 3;
	module = strchr(name, '\t');
	if (module) {
		*module++ = '\0';
		end = strchr(module, ']');
		if (*module != '[' || !end)
			return 0;
		*end = '\0';
		module++;
	}
	table->restricted = table->restricted && addr == 0;
	return *name ? add(table, addr, name, module) : 0;
}

/* Parse the whole lines at the start of data; returns how many bytes they are, or -errno. */
static ssize_t parse_lines(struct symbol_table *table, char *data, size_t len)
{
	size_t at = 0;
	char *end;
	int ret;

	while ((end = memchr(data + at, '\n', len - at))) {
		*end = '\0';
		ret = parse_line(table, data + at);
		if (ret)
			return ret;
		at = end - data + 1;
	}
	return at;
}

static int read_all(struct symbol_table *table, int fd)
{
	char *chunk = malloc(CHUNK);
	ssize_t n = chunk ? 0 : -ENOMEM;
	size_t used = 0;

	while (n >= 0 && used < CHUNK) {
		n = read(fd, chunk + used, CHUNK - used);
		if (n < 0)
			n = -errno;
		if (n <= 0)
			break;
		used += n;
		n = parse_lines(table, chunk, used);
		if (n > 0) {
			used -= n;
			memmove(chunk, chunk + n, used);
		}
	}
	free(chunk);
	if (n < 0)
		return n;
	return used < CHUNK ? 0 : -EINVAL; /* a line of 64 KiB */
}

/* By address; equal ones stay in the file's order, in which the kernel prefers the first, too. */
static int compare(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;
	uint32_t x_name = x->name & NAME_LIMIT, y_name = y->name & NAME_LIMIT;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x_name < y_name ? -1 : x_name > y_name;
}

/* Sort, and chain the symbols of each bucket in the order of their addresses. */
static int index_symbols(struct symbol_table *table)
{
	size_t sorted = 1;

	table->buckets = calloc(BUCKETS, sizeof(*table->buckets));
	if (!table->buckets)
		return -ENOMEM;
	while (sorted < table->n && compare(&table->list[sorted - 1], &table->list[sorted]) <= 0)
		sorted++;
	if (sorted < table->n)
		qsort(table->list, table->n, sizeof(*table->list), compare);
	for (size_t i = table->n; i-- > 0;) {
		uint32_t *head = &table->buckets[bucket_of(name_of(table, &table->list[i]))];

		table->list[i].next = *head;
		*head = i + 1;
	}
	return 0;
}

int symbol_open(struct symbol_table **out, struct err *err)
{
	struct symbol_table *table = calloc(1, sizeof(*table));
	char path[512];
	int fd = -1, ret = -ENOMEM;

	*out = NULL;
	kroot_path(path, sizeof(path), "/proc/kallsyms");
	if (!table)
		goto out;
	buf_init(&table->names);
	table->restricted = true;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ret = fd < 0 ? -errno : read_all(table, fd);
	if (!ret)
		ret = index_symbols(table);
	if (!ret) {
		*out = table;
		table = NULL;
	}
out:
	if (fd >= 0)
		close(fd);
	symbol_close(table);
	return ret ? err_errno(err, ERR_FAILED, ret, "cannot read '%s'", path) : 0;
}

void symbol_close(struct symbol_table *table)
{
	if (!table)
		return;
	buf_fini(&table->names);
	free(table->buckets);
	free(table->list);
	free(table);
}

bool symbol_restricted(const struct symbol_table *table)
{
	return table->restricted;
}

/* The first of the symbols at the greatest address that is not above addr; NULL if none. */
static const struct symbol *below(const struct symbol_table *table, uint64_t addr)
{
	size_t low = 0, high = table->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (table->list[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return NULL;
	for (low--; low > 0 && table->list[low - 1].addr == table->list[low].addr;)
		low--;
	return &table->list[low];
}

bool symbol_name(const struct symbol_table *table, uint64_t addr, char *out, size_t size)
{
	const struct symbol *symbol = table->restricted ? NULL : below(table, addr);
	const char *name = symbol ? name_of(table, symbol) : "";
	char offset[24] = "";

	/* _etext marks the end of the kernel's text: nothing lies in it */
	if (!symbol || addr - symbol->addr >= SPAN_MAX || !strcmp(name, "_etext")) {
		snprintf(out, size, "0x%llx", (unsigned long long)addr);
		return false;
	}
	if (addr != symbol->addr)
		snprintf(offset, sizeof(offset), "+0x%llx",
			 (unsigned long long)(addr - symbol->addr));
	if (symbol->name & IN_MODULE)
		snprintf(out, size, "%s%s [%s]", name, offset, name + strlen(name) + 1);
	else
		snprintf(out, size, "%s%s", name, offset);
	return true;
}

unsigned int symbol_find(const struct symbol_table *table, const char *name, uint64_t *addr)
{
	uint32_t at = table->buckets[bucket_of(name)];
	unsigned int found = 0;

	for (; at; at = table->list[at - 1].next) {
		if (strcmp(name_of(table, &table->list[at - 1]), name))
			continue;
		if (!found++ && addr)
			*addr = table->list[at - 1].addr;
	}
	return found;
}
