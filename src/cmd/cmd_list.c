/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd_list.c - `xcap list [PATTERN]`: functions and tracepoints that carry an skb and can be
 * probed.
 *
 * Each line is a probe as -f takes it, with the number of the argument that is the skb. A pattern
 * with '*',
 * '?' or '[' must match all before the '@' or the name alone, another one may stand anywhere in it.
 */
#include "cmd/cmd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/util.h"
#include "kernel/kbtf.h"
#include "kernel/symbol.h"
#include "kernel/tracepoint.h"
#include "plan/plan_names.h"

#define PROTOTYPE_COLUMN 48
#define TRACEPOINT	 "tracepoint:"

struct list {
	const char *text;    /* the pattern as the user wrote it; NULL: all */
	const char *pattern; /* the same without "tp:" or "tracepoint:" */
	bool only_tracepoints;
	bool verbose;
	const struct tracepoint_table *tracepoints;
	const struct symbol_table *symbols; /* NULL: not to be had, nothing is left out */
	char **lines;			    /* owned, as is each */
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

/* spec without "@N"; a tracepoint goes by "category:name" too. */
static bool matches(const struct list *list, const char *spec, const char *name)
{
	bool tracepoint = !strncmp(spec, TRACEPOINT, strlen(TRACEPOINT));
	const char *pair = tracepoint ? spec + strlen(TRACEPOINT) : spec;

	if (!list->pattern)
		return true;
	if (list->only_tracepoints && !tracepoint)
		return false;
	if (util_is_glob(list->pattern))
		return util_glob(list->pattern, spec) || util_glob(list->pattern, pair) ||
		       util_glob(list->pattern, name);
	return strstr(spec, list->pattern) != NULL;
}

/* "    (struct sk_buff *skb, struct net_device *dev)" */
static void add_prototype(struct buf *line, const struct kbtf_target *target)
{
	buf_add_char(line, ' ');
	buf_pad_to(line, PROTOTYPE_COLUMN);
	buf_add_char(line, '(');
	for (uint32_t i = 0; i < UTIL_MIN(target->n_args, KBTF_ARGS_MAX); i++) {
		const struct kbtf_arg *arg = &target->args[i];
		bool blank = *arg->name && *arg->type && arg->type[strlen(arg->type) - 1] != '*';

		buf_add_fmt(line, "%s%s%s%s", i ? ", " : "", arg->type, blank ? " " : "",
			    arg->name);
	}
	buf_add_str(line, target->n_args > KBTF_ARGS_MAX ? ", ...)" : ")");
}

static int append(struct list *list, const char *text)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? 2 * list->cap : 1024;
		char **lines = reallocarray(list->lines, cap, sizeof(*lines));

		if (!lines)
			return -ENOMEM;
		list->lines = lines;
		list->cap = cap;
	}
	list->lines[list->n] = strdup(text);
	return list->lines[list->n++] ? 0 : -ENOMEM;
}

static int add(void *arg, const char *name, bool tracepoint, const struct kbtf_target *target)
{
	struct list *list = arg;
	struct buf line;
	int code = 0;

	/* inlined everywhere: BTF still has it, -f could not probe it */
	if (!tracepoint && list->symbols && !symbol_find(list->symbols, name, NULL))
		return 0;
	buf_init(&line);
	if (tracepoint) {
		const char *category = tracepoint_category(list->tracepoints, name);

		/* any category will do for -f where tracefs knows none */
		buf_add_fmt(&line, TRACEPOINT "%s:", category ? category : "unknown");
	} else if (*target->module) {
		buf_add_fmt(&line, "%s:", target->module);
	}
	buf_add_str(&line, name);
	if (matches(list, buf_str(&line), name)) {
		buf_add_fmt(&line, "@%d", target->skb_arg + 1);
		if (list->verbose)
			add_prototype(&line, target);
		code = buf_failed(&line) ? -ENOMEM : append(list, buf_str(&line));
	}
	buf_fini(&line);
	return code;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, each line once (static functions of one name are one probe). */
static void print(struct list *list)
{
	if (list->n)
		qsort(list->lines, list->n, sizeof(*list->lines), by_text);
	for (size_t i = 0; i < list->n; i++)
		if (!i || strcmp(list->lines[i - 1], list->lines[i]))
			puts(list->lines[i]);
}

static int no_match(const struct list *list, struct kbtf *btf, struct err *err)
{
	const struct plan_kernel kernel = {.btf = btf, .tracepoints = list->tracepoints};
	const char *pattern = list->pattern ? list->pattern : "*", *colon = strrchr(pattern, ':');
	struct kbtf_target target;
	char args[480];
	int code;

	if (!list->only_tracepoints && !kbtf_find_function(btf, NULL, pattern, &target)) {
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
		plan_names_hint_tracepoint(&kernel, "", colon ? colon + 1 : pattern, err);
	else
		plan_names_hint_function(&kernel, pattern, err);
	return code;
}

static int list_all(struct list *list, struct kbtf *btf, struct err *err)
{
	int code = kbtf_for_each_skb(btf, add, list);

	if (code)
		return err_errno(err, ERR_FAILED, code, "cannot list the kernel's functions");
	if (!list->n)
		return no_match(list, btf, err);
	print(list);
	return 0;
}

static int run(struct config *config)
{
	struct list list = {.verbose = config->verbose > 0};
	struct tracepoint_table *tracepoints = NULL;
	struct symbol_table *symbols = NULL;
	struct kbtf *btf = NULL;
	struct err err;
	int code;

	err_clear(&err);
	set_pattern(&list, config->trailing);
	if (list.text && strchr(list.text, ' ')) {
		code = err_set(&err, ERR_USAGE, "one pattern only: '%s'", list.text);
		goto out;
	}
	code = kbtf_open(&btf, &err);
	if (code)
		goto out;
	tracepoints = tracepoint_open();
	list.tracepoints = tracepoints;
	if (symbol_open(&symbols, &err)) {
		symbols = NULL;
		err_clear(&err);
	}
	list.symbols = symbols;
	code = tracepoints ? list_all(&list, btf, &err)
			   : err_errno(&err, ERR_FAILED, -ENOMEM, "cannot list the tracepoints");
out:
	for (size_t i = 0; i < list.n; i++)
		free(list.lines[i]);
	free(list.lines);
	tracepoint_close(tracepoints);
	symbol_close(symbols);
	kbtf_close(btf);
	if (!code)
		return ERR_OK;
	err_print(&err);
	return err.status;
}

const struct cmd cmd_list = {
	.name = "list",
	.synopsis = "[OPTIONS] [PATTERN]",
	.summary = "List the functions and tracepoints that carry an skb, as -f takes them",
	.options = "verbose help",
	.more = "PATTERN is a glob over whole names, or a part of a name. @N says which argument\n"
		"is the skb; with -v each line has the prototype. The exit status is 1 if\n"
		"nothing matches.\n",
	.run = run,
};
