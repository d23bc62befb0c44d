/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_names.c - near names out of BTF and of the tracepoints.
 *
 * Used by the resolver and by `xcap list`. A function that takes an skb is offered before one that
 * is as near but could not be probed.
 */
#include "plan/plan_names.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/util.h"
#include "kernel/kbtf.h"
#include "kernel/module.h"
#include "kernel/tracepoint.h"

#define CANDIDATES 16 /* what util_near_names() ranks at most */
#define SHOWN	   3

/* "did you mean 'a', 'b' or 'c'?" */
static bool hint(struct err *err, const char *prefix, const char *const *names, size_t n)
{
	struct buf text;

	if (!n)
		return false;
	buf_init(&text);
	buf_add_str(&text, "did you mean ");
	for (size_t i = 0; i < n; i++)
		buf_add_fmt(&text, "%s'%s%s'",
			    !i		? ""
			    : i + 1 < n ? ", "
					: " or ",
			    prefix, names[i]);
	buf_add_char(&text, '?');
	err_hint(err, "%s", buf_str(&text));
	buf_fini(&text);
	return true;
}

/* Does the function, or the tracepoint "category:name", take an skb? True where BTF cannot tell. */
static bool takes_skb(struct kbtf *btf, bool tracepoint, const char *name)
{
	const char *colon = strchr(name, ':');
	struct kbtf_target target;

	if (!btf)
		return true;
	if (tracepoint ? kbtf_find_tracepoint(btf, colon ? colon + 1 : name, &target)
		       : kbtf_find_function(btf, NULL, name, &target))
		return false;
	return target.skb_arg >= 0;
}

/* The nearest few that take an skb, or without such the nearest few. Returns how many. */
static size_t choose(struct kbtf *btf, bool tracepoint, const char *word, const char *const *all,
		     size_t n_all, const char **best)
{
	size_t found[CANDIDATES], n_best = 0;
	size_t n = all ? util_near_names(word, all, n_all, found, CANDIDATES) : 0;

	for (int want_skb = 1; want_skb >= 0 && !n_best; want_skb--)
		for (size_t i = 0; i < n && n_best < SHOWN; i++) {
			const char *name = all[found[i]];

			if (want_skb && !takes_skb(btf, tracepoint, name))
				continue;
			/* BTF has some static functions several times */
			if (!n_best || strcmp(best[n_best - 1], name))
				best[n_best++] = name;
		}
	return n_best;
}

bool plan_names_hint_function(const struct plan_kernel *kernel, const char *word, struct err *err)
{
	const char *best[SHOWN];
	const char *const *all;
	size_t n_all;

	if (!kernel->btf)
		return false;
	all = kbtf_function_names(kernel->btf, &n_all);
	return hint(err, "", best, choose(kernel->btf, false, word, all, n_all, best));
}

bool plan_names_hint_tracepoint(const struct plan_kernel *kernel, const char *category,
				const char *name, struct err *err)
{
	const char *right = tracepoint_category(kernel->tracepoints, name), *best[SHOWN];
	const char *const *all;
	char word[256];
	size_t n_all;

	if (right && strcmp(right, category)) {
		snprintf(word, sizeof(word), "%s:%s", right, name);
		best[0] = word;
		return hint(err, "tracepoint:", best, 1);
	}
	all = tracepoint_names(kernel->tracepoints, &n_all);
	snprintf(word, sizeof(word), "%s:%s", category, name);
	return hint(err, "tracepoint:", best, choose(kernel->btf, true, word, all, n_all, best));
}

bool plan_names_hint_module(const char *name, struct err *err)
{
	if (module_is_loaded(name) || !module_is_installed(name))
		return false;
	err_hint(err, "the module '%s' is not loaded: 'modprobe %s' first", name, name);
	return true;
}

/* How many functions the glob matches whatever they take. */
static size_t count_functions(const struct plan_kernel *kernel, const char *glob)
{
	size_t n_all, n = 0;
	const char *const *all = kbtf_function_names(kernel->btf, &n_all);

	for (size_t i = 0; all && i < n_all; i++)
		n += util_glob(glob, all[i]);
	return n;
}

void plan_names_hint_glob(const struct plan_kernel *kernel, const struct spec *spec,
			  struct err *err)
{
	char word[sizeof(spec->name)], *to = word;
	size_t n = *spec->category ? 0 : count_functions(kernel, spec->name);

	if (n) {
		err_hint(err, "it matches %zu function%s that take%s none", n, n == 1 ? "" : "s",
			 n == 1 ? "s" : "");
		return;
	}
	for (const char *s = spec->name; *s; s++)
		if (!strchr("*?[]", *s))
			*to++ = *s;
	*to = '\0';
	if (*spec->category && plan_names_hint_module(spec->category, err))
		return;
	if (strlen(word) > 2 && plan_names_hint_function(kernel, word, err))
		return;
	err_hint(err, "a glob must match the whole name: '*%s*' finds more; see xcap list", word);
}
