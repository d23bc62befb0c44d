/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_probes.c - which probes there are, each once, and how each is to be attached.
 *
 * In three steps, because each needs all of the one before: what was named one by one is resolved
 * and merged; globs add what is not there yet; the ladders know how many probes there are.
 */
#include "plan/plan_probes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/util.h"
#include "plan/plan_glob.h"
#include "plan/plan_ladder.h"
#include "plan/plan_resolve.h"
#include "plan/plan_set.h"

/* What the three steps work on. */
struct collection {
	const struct plan_kernel *kernel;
	const struct spec_list *specs;
	struct plan_set set;
	uint32_t *hits; /* per item: how often it named something */
	struct plan_glob_counts counts;
	uint32_t n_twice;   /* named more than once */
	char twice[200];    /* the first of them */
	struct err refused; /* the first of a glob that cannot be attached */
	struct err *err;
};

/* The mechanism that a resolved probe's spec forces, as the kind; ANY and TRACEPOINT leave it open.
 */
static enum spec_kind forced(enum spec_kind kind)
{
	return kind == SPEC_TRACEPOINT ? SPEC_ANY : kind;
}

/* `probe` was named before, as `other`: merged, or an error where both contradict each other. */
static int merge(struct collection *c, const struct plan_probe *other,
		 const struct plan_probe *probe)
{
	const char *what = NULL;
	int code;

	if (other->config.skb_arg != probe->config.skb_arg)
		what = "skb argument";
	else if (other->skb_reg != probe->skb_reg)
		what = "register";
	else if (other->ext_arg != probe->ext_arg)
		what = "second argument";
	else if (forced(other->kind) != forced(probe->kind))
		what = "mechanism";
	if (what) {
		code = err_set(c->err, ERR_USAGE, "'%s' contradicts '%s': a probe has one %s",
			       probe->spec, other->spec, what);
		err_hint(c->err, "name the probe once");
		return code;
	}
	if (!c->n_twice++)
		memcpy(c->twice, other->spec, sizeof(c->twice));
	log_debug("'%s' is named more than once", other->spec);
	return 0;
}

/* Does an item behind number i take the probe away? */
static bool is_taken(struct collection *c, uint32_t i, const struct plan_probe *probe)
{
	const char *group = probe->is_tracepoint ? probe->category : probe->module;
	bool taken = false;

	for (i++; i < c->specs->n; i++) {
		const struct spec *spec = &c->specs->items[i];

		if (!spec->negated || !plan_glob_matches(spec, probe->is_tracepoint, probe->is_exit,
							 group, probe->name))
			continue;
		c->hits[i]++;
		taken = true;
	}
	return taken;
}

/*
 * What a set and the user name both is probed as the user says, and said to be missed where it is;
 * of two sets, once.
 */
static int merge_set(struct collection *c, const struct spec *spec, struct plan_probe *other,
		     const struct plan_probe *probe)
{
	bool goal = other->is_goal || probe->is_goal;
	int code = 0;

	if (!spec->of_set && other->of_many)
		*other = *probe;
	else if (!spec->of_set)
		code = merge(c, other, probe);
	other->is_goal = goal;
	return code;
}

static int add_named(struct collection *c)
{
	for (uint32_t i = 0; i < c->specs->n; i++) {
		const struct spec *spec = &c->specs->items[i];
		struct plan_probe *other;
		struct plan_probe probe;
		int code;

		if (spec->glob || spec->negated)
			continue;
		code = plan_resolve(c->kernel, spec, &probe, c->err);
		if (code)
			return code;
		probe.of_many = spec->of_set;
		probe.is_goal = spec->goal;
		if (is_taken(c, i, &probe))
			continue;
		other = plan_set_find(&c->set, &probe);
		if (other)
			code = merge_set(c, spec, other, &probe);
		else if (plan_set_add(&c->set, &probe))
			code = err_errno(c->err, ERR_FAILED, -ENOMEM, "cannot plan the probes");
		if (code)
			return code;
	}
	return 0;
}

static int check_negations(const struct collection *c)
{
	bool any = false;
	int code;

	for (uint32_t i = 0; i < c->specs->n; i++) {
		const struct spec *spec = &c->specs->items[i];

		if (!spec->negated) {
			any = true;
			continue;
		}
		if (any)
			continue;
		code = err_set(c->err, ERR_USAGE,
			       "nothing stands before '%s' that it could take "
			       "from",
			       spec->text);
		err_hint(c->err, "first what to probe, then what not: -f '*,%s'", spec->text);
		return code;
	}
	return 0;
}

/* The items that a "!@set" became stand together, each with its text. */
static bool is_same_negation(const struct spec *a, const struct spec *b)
{
	return a->negated && b->negated && a->of_set && b->of_set && strcmp(a->text, b->text) == 0;
}

static void note_idle_negations(const struct collection *c)
{
	const struct spec *items = c->specs->items;

	for (uint32_t i = 0, next; i < c->specs->n; i = next) {
		uint32_t hits = c->hits[i];

		for (next = i + 1; next < c->specs->n && is_same_negation(&items[i], &items[next]);
		     next++)
			hits += c->hits[next];
		if (items[i].negated && !hits)
			log_note("'%s' takes nothing away: nothing with an skb has this name",
				 items[i].text);
	}
}

static int add_globs(struct collection *c)
{
	bool globs = false;
	int code = 0;

	for (uint32_t i = 0; i < c->specs->n; i++)
		globs |= c->specs->items[i].glob && !c->specs->items[i].negated;
	if (globs)
		code = plan_glob_expand(c->kernel, c->specs, &c->set, c->hits, &c->counts, c->err);
	if (!code)
		note_idle_negations(c);
	return code;
}

/* The ladders; of many, who has no rung that works is left out. */
static int add_ladders(struct collection *c, const char *backend, struct plan_text **texts)
{
	struct plan_ladder_policy policy;
	uint32_t n_functions = 0, kept = 0;
	struct err one;
	int code;

	for (uint32_t i = 0; i < c->set.n; i++)
		n_functions += !c->set.list[i].is_tracepoint;
	code = plan_ladder_policy(backend, n_functions, c->set.n - n_functions, &policy, c->err);
	for (uint32_t i = 0; i < c->set.n && !code; i++) {
		struct plan_probe *probe = &c->set.list[i];

		if (kept && plan_ladder_is_same(&c->set.list[kept - 1], probe)) {
			probe->ladder = c->set.list[kept - 1].ladder;
			probe->n_rungs = c->set.list[kept - 1].n_rungs;
		} else {
			err_clear(&one);
			code = plan_ladder(c->kernel, &policy, probe, texts, &one);
		}
		if (!code) {
			if (kept != i)
				c->set.list[kept] = *probe;
			kept++;
		} else if (!probe->of_many) {
			*c->err = one;
		} else {
			code = 0;
			c->counts.no_way++;
			log_debug("%s: left out: %s", probe->spec, one.msg);
			if (!err_is_set(&c->refused))
				c->refused = one;
		}
	}
	c->set.n = kept;
	return code;
}

static int check_number(struct collection *c)
{
	uint32_t n = c->set.n;
	int code;

	if (n > XCAP_PROBES_MAX) {
		code = err_set(c->err, ERR_USAGE, "too many probes: %u, at most %d", n,
			       XCAP_PROBES_MAX);
		err_hint(c->err, "narrow the globs, or take some away: -f '*,!tcp_*'");
		return code;
	}
	if (n)
		return 0;
	if (err_is_set(&c->refused)) {
		*c->err = c->refused;
		err_hint(c->err, "nor any other of the %u that match; %s", c->counts.matched,
			 "'xcap check' tells what this kernel and this user can do");
		return c->err->code;
	}
	code = err_set(c->err, ERR_USAGE, "nothing is left to probe of -f '%s'%s",
		       c->specs->items[0].text, c->specs->n > 1 ? " and what follows" : "");
	err_hint(c->err, c->counts.matched ? "--debug names what was left out, and why"
					   : "what stands behind '!' takes all of it away");
	return code;
}

static void say(const struct collection *c)
{
	if (c->n_twice == 1)
		log_note("'%s' is named more than once and probed once", c->twice);
	else if (c->n_twice)
		log_note("%u items of -f name what stands before them, '%s' among it: each is "
			 "probed once",
			 c->n_twice, c->twice);
	plan_glob_say(&c->counts);
}

int plan_probes(const struct plan_request *request, const struct plan_kernel *kernel,
		const struct spec_list *specs, struct plan *plan, struct err *err)
{
	struct collection c = {.kernel = kernel, .specs = specs, .err = err};
	int code;

	c.hits = calloc(specs->n, sizeof(*c.hits));
	code = c.hits ? check_negations(&c)
		      : err_errno(err, ERR_FAILED, -ENOMEM, "cannot plan the probes");
	if (!code)
		code = add_named(&c);
	if (!code)
		code = add_globs(&c);
	if (!code)
		code = add_ladders(&c, request->backend, &plan->texts);
	if (!code)
		code = check_number(&c);
	if (!code) {
		say(&c);
		plan->probes = c.set.list;
		plan->n_probes = c.set.n;
		c.set.list = NULL;
	}
	plan_set_free(&c.set);
	free(c.hits);
	return code;
}
