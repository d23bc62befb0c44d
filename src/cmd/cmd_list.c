/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd_list.c - `xcap list [PATTERN]`: functions and tracepoints that carry an skb and can be
 * probed.
 *
 * Each line is a probe as -f takes it, with the number of the argument that is the skb. A pattern
 * with '*', '?' or '[' must match all before the '@' or the name alone, another one may stand
 * anywhere in it. '@' lists the sets of probes (list_sets.c).
 */
#include "cmd/cmd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/list_entry.h"
#include "cmd/list_sets.h"
#include "kernel/feature.h"
#include "kernel/kbtf.h"
#include "kernel/symbol.h"
#include "kernel/tracepoint.h"
#include "plan/plan_names.h"

#define TRACEPOINT "tracepoint:"

struct list {
	const char *text;    /* the pattern as the user wrote it; NULL: all */
	const char *pattern; /* the same without "tp:" or "tracepoint:" */
	bool only_tracepoints;
	unsigned int flags; /* enum list_entry_flag */
	struct plan_kernel kernel;
	struct kbtf *btf;
	struct tracepoint_table *tracepoints;
	struct symbol_table *symbols; /* NULL: not to be had, nothing is left out */
	struct list_entry *entries;
	size_t n, cap;
};

/* "tp:net:*", as -f spells it, is about tracepoints alone. */
static void set_pattern(struct list *list, const char *text)
{
	static const char *const kinds[] = {TRACEPOINT, "tp:"};

	list->text = list->pattern = text;
	for (size_t i = 0; text && i < UTIL_ARRAY_SIZE(kinds); i++)
		if (!strncmp(text, kinds[i], strlen(kinds[i]))) {
			list->pattern = text + strlen(kinds[i]);
			list->only_tracepoints = true;
		}
}

/* A tracepoint goes by "tracepoint:category:name", "category:name" or its name, a function by
 * "module:name" or its name. */
static bool matches(const struct list *list, const char *category, const char *module,
		    const char *name)
{
	const char *group = *category ? category : module;
	char spec[512], *pair = spec + strlen(TRACEPOINT);

	if (!list->pattern)
		return true;
	if (list->only_tracepoints && !*category)
		return false;
	snprintf(spec, sizeof(spec), TRACEPOINT "%s%s%s", group, *group ? ":" : "", name);
	if (!util_is_glob(list->pattern))
		return strstr(*category ? spec : pair, list->pattern) != NULL;
	return (*category && util_glob(list->pattern, spec)) || util_glob(list->pattern, pair) ||
	       util_glob(list->pattern, name);
}

static int add(void *arg, const char *name, bool tracepoint, const struct kbtf_target *target)
{
	const char *category = "";
	struct list *list = arg;
	int code;

	/* inlined everywhere: BTF still has it, -f could not probe it */
	if (!tracepoint && list->symbols &&
	    !symbol_find_in(list->symbols, target->module, name, NULL))
		return 0;
	if (tracepoint) {
		category = tracepoint_category(list->tracepoints, name);
		if (!category) /* any will do for -f where tracefs knows none */
			category = "unknown";
	}
	if (!matches(list, category, target->module, name))
		return 0;
	if (list->n == list->cap) {
		size_t cap = list->cap ? 2 * list->cap : 1024;
		struct list_entry *entries = reallocarray(list->entries, cap, sizeof(*entries));

		if (!entries)
			return -ENOMEM;
		list->entries = entries;
		list->cap = cap;
	}
	code = list_entry_make(&list->entries[list->n], &list->kernel, list->flags, category, name,
			       target);
	list->n += !code;
	return code;
}

static int by_spec(const void *a, const void *b)
{
	return strcmp(((const struct list_entry *)a)->spec, ((const struct list_entry *)b)->spec);
}

/* Sorted, each probe once (static functions of one name are one). */
static void print(struct list *list)
{
	if (list->n)
		qsort(list->entries, list->n, sizeof(*list->entries), by_spec);
	for (size_t i = 0; i < list->n; i++)
		if (!i || strcmp(list->entries[i - 1].spec, list->entries[i].spec))
			puts(list->entries[i].text);
}

static int no_match(const struct list *list, struct err *err)
{
	const char *pattern = list->pattern ? list->pattern : "*", *colon = strrchr(pattern, ':');
	struct kbtf_target target;
	char args[480];
	int code;

	if (!list->only_tracepoints && !kbtf_find_function(list->btf, NULL, pattern, &target)) {
		kbtf_print_args(&target, args, sizeof(args));
		code = err_set(err, ERR_FAILED, "none of the arguments of '%s' is an skb", pattern);
		if (target.n_args)
			err_hint(err, "its arguments are %s", args);
		return code;
	}
	code = err_set(err, ERR_FAILED, "no function and no tracepoint with an skb matches '%s'",
		       list->text ? list->text : "*");
	if (util_is_glob(pattern))
		err_hint(err, "a glob must match the whole name: '*rcv*' finds more than 'rcv*'");
	else if (colon || list->only_tracepoints)
		plan_names_hint_tracepoint(&list->kernel, "", colon ? colon + 1 : pattern, err);
	else
		plan_names_hint_function(&list->kernel, pattern, err);
	return code;
}

static struct symbol_table *symbols(void *arg)
{
	return ((struct list *)arg)->symbols;
}

/* The parts of the kernel that the list is made of. Closed by close_kernel(), also after a failure.
 */
static int open_kernel(struct list *list, const char *btf_file, struct err *err)
{
	int code =
		btf_file ? kbtf_open_file(&list->btf, btf_file, err) : kbtf_open(&list->btf, err);
	struct symbol_source source;
	struct err no_symbols;

	if (code)
		return code;
	list->tracepoints = tracepoint_open();
	list->kernel.features = feature_new(kbtf_is_foreign(list->btf) ? NULL : list->btf);
	if (!list->tracepoints || !list->kernel.features)
		return err_errno(err, ERR_FAILED, -ENOMEM, "cannot list the tracepoints");
	symbol_source_find(&source, list->btf);
	if (symbol_open(&list->symbols, &source, &no_symbols))
		list->symbols = NULL;
	list->kernel.btf = list->btf;
	list->kernel.tracepoints = list->tracepoints;
	list->kernel.symbols = symbols;
	list->kernel.symbols_arg = list;
	return 0;
}

static void close_kernel(struct list *list)
{
	feature_free(list->kernel.features);
	tracepoint_close(list->tracepoints);
	symbol_close(list->symbols);
	kbtf_close(list->btf);
}

static int list_all(struct list *list, struct err *err)
{
	int code = kbtf_for_each_skb(list->btf, add, list);

	if (code)
		return err_errno(err, ERR_FAILED, code, "cannot list the kernel's functions");
	if (!list->n)
		return no_match(list, err);
	print(list);
	return 0;
}

static int run(struct config *config)
{
	struct list list = {
		.flags = (config->list_long ? LIST_ENTRY_PROTOTYPE : 0) |
			 (config->verbose ? LIST_ENTRY_MECHANISMS : 0) |
			 (config->json ? LIST_ENTRY_JSON : 0),
	};
	struct err err;
	int code;

	err_clear(&err);
	feature_raise_memlock();
	set_pattern(&list, config->trailing);
	if (list.text && strchr(list.text, ' '))
		code = err_set(&err, ERR_USAGE, "one pattern only: '%s'", list.text);
	else
		code = open_kernel(&list, config->btf_file, &err);
	if (!code)
		code = list.text && *list.text == '@'
			       ? list_sets_print(&list.kernel, list.text + 1, list.flags, &err)
			       : list_all(&list, &err);
	for (size_t i = 0; i < list.n; i++)
		list_entry_free(&list.entries[i]);
	free(list.entries);
	close_kernel(&list);
	if (!code)
		return ERR_OK;
	err_print(&err);
	return err.status;
}

const struct cmd cmd_list = {
	.name = "list",
	.synopsis = "[OPTIONS] [PATTERN]",
	.summary = "List the functions and tracepoints that carry an skb, as -f takes them",
	.options = "long verbose json btf help",
	.more = "PATTERN is a glob over whole names, or a part of a name. @N says which argument\n"
		"is the skb. '@' lists the sets of probes, '@rx' that set: '-' before what this\n"
		"kernel lacks (-v: why), '>' before places where a packet has arrived.\n"
		"--json prints all of it, one object per line. The exit status is 1\n"
		"if nothing matches.\n",
	.run = run,
};
