/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_sets.c - sets looked up, taken apart, and put against the kernel.
 *
 * Runs before the probes are planned, so that behind it there are only items as the user could have
 * written them, marked as of a set: what comes of them is never an error by itself.
 */
#include "plan/plan_sets.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/util.h"
#include "plan/plan_resolve.h"
#include "plan/plan_sets_table.h"
#include "plan/plan_text.h"

#define DEPTH_MAX 8 /* sets in sets */
#define NAMES_MAX 64

/* One walk over a set. */
struct walk {
	const struct plan_sets *sets;
	plan_sets_fn fn;
	void *arg;
	struct err *err;
};

/* What an expansion works on. */
struct expansion {
	const struct plan_kernel *kernel;
	struct plan_ladder_policy policy;
	struct plan_text *texts;
	struct spec_list done;
	const struct spec *item;	  /* the one that names a set */
	uint32_t members, chosen;	  /* of this set */
	uint32_t all_members, all_chosen; /* of all */
	struct err why;			  /* the first one that cannot be probed */
	struct err *err;
};

static struct plan_sets_set *find(const struct plan_sets *sets, const char *name)
{
	for (uint32_t i = 0; i < sets->n; i++)
		if (strcmp(sets->list[i].name, name) == 0)
			return &sets->list[i];
	return NULL;
}

int plan_sets_open(struct plan_sets *sets, struct err *err)
{
	const struct plan_sets_row *row;
	int code;

	memset(sets, 0, sizeof(*sets));
	code = plan_sets_file_read(&sets->file, err);
	if (code)
		return code;
	for (size_t i = 0; plan_sets_table(i); i++)
		sets->n++;
	sets->list = calloc(sets->n + sets->file.n, sizeof(*sets->list));
	if (!sets->list)
		return err_errno(err, ERR_FAILED, -ENOMEM, "cannot read the sets of probes");
	sets->n = 0;
	while ((row = plan_sets_table(sets->n)))
		sets->list[sets->n++] =
			(struct plan_sets_set){row->name, row->summary, row->members, 0};
	for (uint32_t i = 0; i < sets->file.n; i++) {
		const struct plan_sets_own *own = &sets->file.list[i];
		struct plan_sets_set *set = find(sets, own->name);

		if (!set)
			set = &sets->list[sets->n++];
		*set = (struct plan_sets_set){own->name, "", own->members, own->line};
	}
	return 0;
}

void plan_sets_close(struct plan_sets *sets)
{
	plan_sets_file_free(&sets->file);
	free(sets->list);
	memset(sets, 0, sizeof(*sets));
}

const struct plan_sets_set *plan_sets_find(const struct plan_sets *sets, const char *name,
					   struct err *err)
{
	const struct plan_sets_set *set = find(sets, name);
	const char *names[NAMES_MAX];
	struct buf list;
	uint32_t n = UTIL_MIN(sets->n, NAMES_MAX);
	size_t near;

	if (set)
		return set;
	buf_init(&list);
	for (uint32_t i = 0; i < n; i++) {
		names[i] = sets->list[i].name;
		buf_add_fmt(&list, "%s@%s", i ? ", " : "", names[i]);
	}
	err_set(err, ERR_USAGE, "there is no set of probes '@%s'", name);
	if (util_near_names(name, names, n, &near, 1))
		err_hint(err, "did you mean '@%s'? the sets are %s", names[near], buf_str(&list));
	else
		err_hint(err, "the sets are %s", buf_str(&list));
	buf_fini(&list);
	return NULL;
}

/* xcap's own set of the name, which a set of the user may take up and add to. */
static bool find_builtin(const char *name, struct plan_sets_set *set)
{
	const struct plan_sets_row *row;

	for (size_t i = 0; (row = plan_sets_table(i)); i++)
		if (strcmp(row->name, name) == 0) {
			*set = (struct plan_sets_set){row->name, row->summary, row->members, 0};
			return true;
		}
	return false;
}

static int walk(const struct walk *w, const struct plan_sets_set *set, int depth);

/* "@x" in a set. In the user's own set x it is the one that xcap comes with. */
static int walk_inner(const struct walk *w, const struct plan_sets_set *outer, const char *name,
		      int depth)
{
	const struct plan_sets_set *set = NULL;
	struct plan_sets_set builtin;

	if (strcmp(name, outer->name) || !outer->line)
		set = plan_sets_find(w->sets, name, w->err);
	else if (find_builtin(name, &builtin))
		set = &builtin;
	if (set && depth < DEPTH_MAX)
		return walk(w, set, depth + 1);
	if (set || !err_is_set(w->err))
		err_set(w->err, ERR_USAGE, "the set '@%s' is part of itself", name);
	if (outer->line)
		err_hint(w->err, "see line %u of '%s'", outer->line, w->sets->file.path);
	return w->err->code;
}

static char *skip_blanks(char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

static int walk(const struct walk *w, const struct plan_sets_set *set, int depth)
{
	char *copy = strdup(set->members), *save = NULL;
	int code = 0;

	if (!copy)
		return err_errno(w->err, ERR_FAILED, -ENOMEM, "cannot read the sets of probes");
	for (char *text = strtok_r(copy, ",", &save); text && !code;
	     text = strtok_r(NULL, ",", &save)) {
		struct plan_sets_member member;

		text = skip_blanks(text);
		if (*text == '@') {
			code = walk_inner(w, set, text + 1, depth);
			continue;
		}
		member.goal = *text == '>';
		snprintf(member.text, sizeof(member.text), "%s", skip_blanks(text + member.goal));
		code = w->fn(w->arg, &member);
	}
	free(copy);
	return code;
}

int plan_sets_for_each(const struct plan_sets *sets, const struct plan_sets_set *set,
		       plan_sets_fn fn, void *arg, struct err *err)
{
	const struct walk w = {sets, fn, arg, err};

	return walk(&w, set, 0);
}

/* One of "a|b". */
static int choose_one(const struct plan_kernel *kernel, const struct plan_ladder_policy *policy,
		      const char *text, struct spec *spec, struct plan_probe *probe,
		      struct plan_text **texts, struct err *why)
{
	struct spec_list list = {0};
	int code = spec_parse(text, &list, why);

	if (!code)
		*spec = list.items[0];
	spec_free(&list);
	if (code || spec->glob)
		return code;
	code = plan_resolve(kernel, spec, probe, why);
	return code ? code : plan_ladder(kernel, policy, probe, texts, why);
}

int plan_sets_choose(const struct plan_kernel *kernel, const struct plan_ladder_policy *policy,
		     const struct plan_sets_member *member, struct spec *spec,
		     struct plan_probe *probe, struct plan_text **texts, struct err *why)
{
	char copy[sizeof(member->text)], *save = NULL;
	struct err one;
	int code = -ENOENT;

	err_clear(why);
	snprintf(copy, sizeof(copy), "%s", member->text);
	for (char *text = strtok_r(copy, "|", &save); text; text = strtok_r(NULL, "|", &save)) {
		err_clear(&one);
		code = choose_one(kernel, policy, text, spec, probe, texts, &one);
		if (!code) {
			spec->of_set = true;
			spec->goal = member->goal;
			return 0;
		}
		/* that it is here, but not to be probed, tells more than that it is not here */
		if (!err_is_set(why) || (why->status == ERR_USAGE && one.status == ERR_UNSUPPORTED))
			*why = one;
	}
	return err_is_set(why) ? why->code : code;
}

static int append(struct expansion *x, const struct spec *spec)
{
	struct spec *items = reallocarray(x->done.items, x->done.n + 1, sizeof(*items));

	if (!items)
		return err_errno(x->err, ERR_FAILED, -ENOMEM, "cannot plan the probes");
	x->done.items = items;
	items[x->done.n++] = *spec;
	return 0;
}

static int add_member(void *arg, const struct plan_sets_member *member)
{
	struct expansion *x = arg;
	struct plan_probe probe;
	struct spec spec;
	struct err why;

	x->members++;
	if (plan_sets_choose(x->kernel, &x->policy, member, &spec, &probe, &x->texts, &why)) {
		log_debug("'@%s' without '%s': %s", x->item->name, member->text, why.msg);
		if (!err_is_set(&x->why))
			x->why = why;
		return 0;
	}
	x->chosen++;
	memcpy(spec.text, x->item->text, sizeof(spec.text));
	return append(x, &spec);
}

/* "!@rx": whatever is there of it goes, by all its names. */
static int take_member(void *arg, const struct plan_sets_member *member)
{
	char copy[sizeof(member->text)], *save = NULL;
	struct expansion *x = arg;
	int code = 0;

	snprintf(copy, sizeof(copy), "%s", member->text);
	for (char *text = strtok_r(copy, "|", &save); text && !code;
	     text = strtok_r(NULL, "|", &save)) {
		struct spec_list list = {0};

		code = spec_parse(text, &list, x->err);
		if (!code) {
			struct spec spec = list.items[0];

			spec.negated = spec.of_set = true;
			memcpy(spec.text, x->item->text, sizeof(spec.text));
			code = append(x, &spec);
		}
		spec_free(&list);
	}
	return code;
}

static int nothing_left(struct expansion *x)
{
	int code = err_set(x->err, x->why.status, "nothing of '@%s' can be probed here: %s",
			   x->item->name, x->why.msg);

	err_hint(x->err, "'xcap list -v @%s' tells why, for each of its %u places", x->item->name,
		 x->members);
	return code;
}

static int expand_one(struct expansion *x, const struct plan_sets *sets)
{
	const struct plan_sets_set *set = plan_sets_find(sets, x->item->name, x->err);
	struct plan_sets_set builtin;
	int code;

	if (!set)
		return x->err->code;
	if (set->line && find_builtin(set->name, &builtin))
		log_note("'@%s' is that of '%s', line %u", set->name, sets->file.path, set->line);
	if (x->item->negated)
		return plan_sets_for_each(sets, set, take_member, x, x->err);
	x->members = x->chosen = 0;
	err_clear(&x->why);
	code = plan_sets_for_each(sets, set, add_member, x, x->err);
	if (!code && !x->chosen)
		code = nothing_left(x);
	x->all_members += x->members;
	x->all_chosen += x->chosen;
	return code;
}

static int expand_all(struct expansion *x, const struct spec_list *specs)
{
	struct plan_sets sets;
	int code = plan_sets_open(&sets, x->err);

	for (uint32_t i = 0; i < specs->n && !code; i++) {
		x->item = &specs->items[i];
		code = x->item->is_set ? expand_one(x, &sets) : append(x, x->item);
	}
	plan_sets_close(&sets);
	if (!code && x->all_chosen < x->all_members)
		log_note("%u of the %u places of the sets are probed: 'xcap list -v @' tells what "
			 "keeps the others",
			 x->all_chosen, x->all_members);
	return code;
}

int plan_sets_expand(const struct plan_kernel *kernel, const char *backend, struct spec_list *specs,
		     struct err *err)
{
	struct expansion x = {.kernel = kernel, .err = err};
	bool any = false;
	int code;

	for (uint32_t i = 0; i < specs->n; i++)
		any |= specs->items[i].is_set;
	if (!any)
		return 0;
	code = plan_ladder_policy(backend, 0, 0, &x.policy, err);
	if (!code)
		code = expand_all(&x, specs);
	plan_text_free(&x.texts);
	if (code) {
		spec_free(&x.done);
		return code;
	}
	spec_free(specs);
	*specs = x.done;
	return 0;
}
