/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol.c - the text symbols of /proc/kallsyms in one sorted array.
 *
 * Where the kernel can be asked for them without the text (symbol_source.c), it is; else the file
 * is read once and parsed while it comes in. Kept per symbol: where it stands in one blob of
 * addresses and names, a module's name behind the symbol's own. The index by name is made when the
 * first name is looked for.
 */
#include "kernel/symbol.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/util.h"
#include "kernel/kroot.h"

#define CHUNK 65536
/* A bucket for every one or two symbols. */
#define BUCKET_BITS_MAX 14

#define IN_MODULE   0x80000000u /* of a place: a module's name stands there, too */
#define PLACE_LIMIT 0x7fffffffu
/*
 * /proc/kallsyms has no sizes: past the last symbol of a text section there is nothing. No
 * function is as long as this.
 */
#define SPAN_MAX 0x20000
#define PAGE	 0x1000 /* modules' sections fill pages */

/* Chains of symbols whose names share a bucket, in the order of their addresses. Index + 1; 0 ends.
 */
struct name_index {
	bool tried;
	uint32_t bits;	 /* 2^bits buckets */
	uint32_t *first; /* of each bucket */
	uint32_t *next;	 /* of each symbol */
};

struct symbol_table {
	uint32_t *list; /* places in blob, with IN_MODULE; by address */
	size_t n, cap;
	struct buf blob; /* as symbol_source.h says; of the text, a module's name only where it has
			    one */
	struct name_index *index;
	bool restricted;
	const struct symbol_wanted *wanted; /* NULL: all are in it */
};

/* Of 60,000 names, so it takes them by words. */
static uint32_t bucket_of(const struct name_index *index, const char *name)
{
	const uint64_t factor = 0x9e3779b97f4a7c15;
	size_t len = strlen(name);
	uint64_t h = len, word = 0;

	for (size_t i = 0; i + sizeof(word) < len; i += sizeof(word)) {
		memcpy(&word, name + i, sizeof(word));
		h = (h ^ word) * factor;
		h ^= h >> 32;
	}
	if (len < sizeof(word))
		memcpy(&word, name, len);
	else
		memcpy(&word, name + len - sizeof(word), sizeof(word));
	return (h ^ word) * factor >> (64 - index->bits);
}

static uint64_t addr_of(const struct symbol_table *table, uint32_t symbol)
{
	uint64_t addr;

	memcpy(&addr, table->blob.data + (symbol & PLACE_LIMIT), sizeof(addr));
	return addr;
}

static const char *name_of(const struct symbol_table *table, uint32_t symbol)
{
	return table->blob.data + (symbol & PLACE_LIMIT) + SYMBOL_SOURCE_HEAD;
}

/* symbol: where it stands in the blob, with IN_MODULE. */
static int add_at(struct symbol_table *table, uint64_t addr, uint32_t symbol)
{
	uint32_t *list;

	if (table->n == table->cap) {
		table->cap = table->cap ? table->cap * 5 / 4 : table->wanted ? 4096 : 65536;
		list = realloc(table->list, table->cap * sizeof(*list));
		if (!list)
			return -ENOMEM;
		table->list = list;
	}
	table->list[table->n++] = symbol;
	table->restricted = table->restricted && addr == 0;
	return 0;
}

static int add(struct symbol_table *table, uint64_t addr, const char *name, const char *module)
{
	int rc = table->blob.len > PLACE_LIMIT
			 ? -E2BIG
			 : add_at(table, addr, table->blob.len | (module ? IN_MODULE : 0));

	if (rc)
		return rc;
	buf_add(&table->blob, &addr, sizeof(addr));
	buf_add(&table->blob, name, strlen(name) + 1);
	if (module)
		buf_add(&table->blob, module, strlen(module) + 1);
	return buf_failed(&table->blob) ? -ENOMEM : 0;
}

/* In front of each function (6.2 and later): half of the lines, and never executed. */
static bool is_padding(const char *name)
{
	return !strncmp(name, "__pfx_", 6);
}

static bool passes(const char *name)
{
	return *name && !is_padding(name);
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
	return passes(name) ? add(table, addr, name, module) : 0;
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

/* What the iterator wrote stays where it is; the names are in it as they are kept. */
static int take_all(struct symbol_table *table)
{
	const char *at = table->blob.data, *end = at + table->blob.len;
	int rc = table->blob.len > PLACE_LIMIT ? -E2BIG : 0;

	while (at < end && !rc) {
		uint32_t symbol = at - table->blob.data;
		const char *name = at + SYMBOL_SOURCE_HEAD;
		const char *module = name + strlen(name) + 1;
		uint64_t addr;

		memcpy(&addr, at, sizeof(addr));
		at = module + strlen(module) + 1;
		if (passes(name))
			rc = add_at(table, addr, symbol | (*module ? IN_MODULE : 0));
	}
	return rc;
}

static int read_text(struct symbol_table *table, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = fd < 0 ? -errno : 0;

	if (!rc) {
		rc = read_all(table, fd);
		close(fd);
	}
	return rc;
}

/* By address; equal ones stay in the file's order, in which the kernel prefers the first, too. */
static int compare(const void *a, const void *b, void *table)
{
	const uint32_t *x = a, *y = b;
	uint64_t x_addr = addr_of(table, *x), y_addr = addr_of(table, *y);
	uint32_t x_place = *x & PLACE_LIMIT, y_place = *y & PLACE_LIMIT;

	if (x_addr != y_addr)
		return x_addr < y_addr ? -1 : 1;
	return x_place < y_place ? -1 : x_place > y_place;
}

/* vmlinux's symbols come sorted, those of modules behind them do not: only these are. */
static void sort(struct symbol_table *table)
{
	size_t sorted = 1, first;
	uint64_t lowest = UINT64_MAX;

	while (sorted < table->n &&
	       compare(&table->list[sorted - 1], &table->list[sorted], table) <= 0)
		sorted++;
	for (size_t i = sorted; i < table->n; i++)
		lowest = UTIL_MIN(lowest, addr_of(table, table->list[i]));
	for (first = sorted; first > 0 && addr_of(table, table->list[first - 1]) >= lowest;)
		first--;
	if (sorted < table->n)
		qsort_r(table->list + first, table->n - first, sizeof(*table->list), compare,
			table);
}

/* The index by name; NULL without memory. */
static const struct name_index *get_index(const struct symbol_table *table)
{
	struct name_index *index = table->index;

	if (index->tried)
		return index->first ? index : NULL;
	index->tried = true;
	for (index->bits = 8; index->bits < BUCKET_BITS_MAX && table->n >> index->bits > 1;)
		index->bits++;
	index->first = calloc(1u << index->bits, sizeof(*index->first));
	index->next = calloc(table->n + 1, sizeof(*index->next));
	if (!index->first || !index->next) {
		free(index->first);
		index->first = NULL;
		return NULL;
	}
	for (size_t i = table->n; i-- > 0;) {
		uint32_t *first = &index->first[bucket_of(index, name_of(table, table->list[i]))];

		index->next[i] = *first;
		*first = i + 1;
	}
	return index;
}

/* Without the text, if the kernel can be asked so. */
static int read_source(struct symbol_table *table, const struct symbol_source *source,
		       const struct symbol_wanted *wanted)
{
	int rc = source ? symbol_source_read(source, &wanted, &table->blob) : -ENOENT;

	if (!rc) {
		table->wanted = wanted;
		rc = take_all(table);
	}
	if (rc) {
		buf_reset(&table->blob);
		table->n = 0;
		table->wanted = NULL;
		table->restricted = true;
	}
	return rc;
}

int symbol_open(struct symbol_table **out, const struct symbol_source *source, struct err *err)
{
	return symbol_open_wanted(out, source, NULL, err);
}

int symbol_open_wanted(struct symbol_table **out, const struct symbol_source *source,
		       const struct symbol_wanted *wanted, struct err *err)
{
	struct symbol_table *table = calloc(1, sizeof(*table));
	char path[512];
	int ret = -ENOMEM;

	*out = NULL;
	kroot_path(path, sizeof(path), "/proc/kallsyms");
	if (table)
		table->index = calloc(1, sizeof(*table->index));
	if (!table || !table->index)
		goto out;
	buf_init(&table->blob);
	table->restricted = true;
	ret = read_source(table, source, wanted);
	if (ret)
		ret = read_text(table, path);
	if (!ret) {
		sort(table);
		*out = table;
		table = NULL;
	}
out:
	symbol_close(table);
	return ret ? err_errno(err, ERR_FAILED, ret, "cannot read '%s'", path) : 0;
}

bool symbol_is_whole(const struct symbol_table *table)
{
	return !table->wanted;
}

void symbol_close(struct symbol_table *table)
{
	if (!table)
		return;
	buf_fini(&table->blob);
	if (table->index) {
		free(table->index->first);
		free(table->index->next);
	}
	free(table->index);
	free(table->list);
	free(table);
}

bool symbol_restricted(const struct symbol_table *table)
{
	return table->restricted;
}

/* The first of the symbols at the greatest address that is not above addr; NULL if none. */
static const uint32_t *below(const struct symbol_table *table, uint64_t addr)
{
	size_t low = 0, high = table->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (addr_of(table, table->list[mid]) <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return NULL;
	for (low--;
	     low > 0 && addr_of(table, table->list[low - 1]) == addr_of(table, table->list[low]);)
		low--;
	return &table->list[low];
}

static const char *module_of(const struct symbol_table *table, uint32_t symbol)
{
	const char *name = name_of(table, symbol);

	return symbol & IN_MODULE ? name + strlen(name) + 1 : "";
}

/*
 * Where nothing of the symbol can be any more. Behind a module's last function are pages of others:
 * of modules that were loaded since, and of programs made at run time.
 */
static uint64_t end_of(const struct symbol_table *table, const uint32_t *symbol)
{
	const uint32_t *next = symbol, *last = table->list + table->n;
	uint64_t addr = addr_of(table, *symbol);

	while (next < last && addr_of(table, *next) == addr)
		next++;
	if (!(*symbol & IN_MODULE) ||
	    (next < last && !strcmp(module_of(table, *symbol), module_of(table, *next))))
		return addr + SPAN_MAX;
	return (addr | (PAGE - 1)) + 1 + PAGE;
}

/* The name of addr by the symbol that `inside` lies in. */
static bool name_by(const struct symbol_table *table, uint64_t inside, uint64_t addr, char *out,
		    size_t size)
{
	const uint32_t *symbol = table->restricted ? NULL : below(table, inside);
	const char *name = symbol ? name_of(table, *symbol) : "";
	char offset[24] = "";

	/* _etext marks the end of the kernel's text: nothing lies in it */
	if (!symbol || inside >= end_of(table, symbol) || !strcmp(name, "_etext")) {
		snprintf(out, size, "0x%llx", (unsigned long long)addr);
		return false;
	}
	if (addr != addr_of(table, *symbol))
		snprintf(offset, sizeof(offset), "+0x%llx",
			 (unsigned long long)(addr - addr_of(table, *symbol)));
	if (*symbol & IN_MODULE)
		snprintf(out, size, "%s%s [%s]", name, offset, name + strlen(name) + 1);
	else
		snprintf(out, size, "%s%s", name, offset);
	return true;
}

bool symbol_name(const struct symbol_table *table, uint64_t addr, char *out, size_t size)
{
	return name_by(table, addr, addr, out, size);
}

bool symbol_name_return(const struct symbol_table *table, uint64_t addr, char *out, size_t size)
{
	return name_by(table, addr ? addr - 1 : 0, addr, out, size);
}

unsigned int symbol_find_in(const struct symbol_table *table, const char *module, const char *name,
			    uint64_t *addr)
{
	const struct name_index *index = get_index(table);
	uint32_t at = index ? index->first[bucket_of(index, name)] : 0;
	unsigned int found = 0;

	for (; at; at = index->next[at - 1]) {
		uint32_t symbol = table->list[at - 1];

		if (strcmp(name_of(table, symbol), name) ||
		    (module && strcmp(module_of(table, symbol), module)))
			continue;
		if (!found++ && addr)
			*addr = addr_of(table, symbol);
	}
	return found;
}

bool symbol_covers(const struct symbol_table *table, const char *name)
{
	return !table->wanted || symbol_wanted_has(table->wanted, name);
}

unsigned int symbol_find(const struct symbol_table *table, const char *name, uint64_t *addr)
{
	return symbol_find_in(table, NULL, name, addr);
}
