/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol_tables.c - of all functions with an skb: does symbol_open_wanted() find as many of each
 * name, and the same one first, as symbol_open() does, which reads all? Prints which way they were
 * had and what differs.
 */
#include <stdio.h>

#include "kernel/symbol.h"

struct both {
	const struct symbol_table *some, *all;
	unsigned int names, found, several, of_modules, different;
};

static void want(void *arg, const char *name)
{
	symbol_wanted_add(arg, name);
}

static void compare(void *arg, const char *name)
{
	struct both *both = arg;
	uint64_t addr[2] = {};
	unsigned int n = symbol_find(both->all, name, &addr[0]);

	both->names++;
	both->found += n > 0;
	both->several += n > 1;
	both->of_modules += n > symbol_find_in(both->all, "", name, NULL);
	if (symbol_covers(both->some, name) && symbol_find(both->some, name, &addr[1]) == n &&
	    symbol_find_in(both->some, "", name, NULL) ==
		    symbol_find_in(both->all, "", name, NULL) &&
	    addr[0] == addr[1])
		return;
	both->different++;
	printf("%s: different\n", name);
}

int main(void)
{
	static struct symbol_wanted wanted;
	struct symbol_table *some, *all;
	struct symbol_source source;
	struct both both = {};
	struct kbtf *types;
	struct err err;

	err_clear(&err);
	if (kbtf_open(&types, &err) || kbtf_name_each_skb(types, want, &wanted))
		return 1;
	symbol_source_find(&source, types);
	if (symbol_open_wanted(&some, &source, &wanted, &err) || symbol_open(&all, &source, &err))
		return 1;
	both.some = some;
	both.all = all;
	if (kbtf_name_each_skb(types, compare, &both))
		return 1;
	printf("had from %s\n%u names, found %u, several %u, of modules %u, different %u\n",
	       symbol_is_whole(some) ? "all symbols" : "the tables", both.names, both.found,
	       both.several, both.of_modules, both.different);
	symbol_close(some);
	symbol_close(all);
	kbtf_close(types);
	return 0;
}
