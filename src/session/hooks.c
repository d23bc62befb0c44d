/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks.c - walking the ladders, loading the programs, keeping the descriptors.
 *
 * Probes of one mechanism that takes many are collected and attached together at the end; those
 * that it does not take go on down their ladders.
 */
#include "session/hooks.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"
#include "kernel/symbol.h"
#include "plan/plan_ladder.h"
#include "session/attach.h"
#include "session/hooks_program.h"

/* Detaching that many one by one is noticed at the prompt. */
#define SLOW_MAX 4

static const struct hook_end no_end = {-1, -1};

static void close_end(struct hook_end *end)
{
	if (end->link_fd >= 0)
		close(end->link_fd);
	if (end->prog_fd >= 0)
		close(end->prog_fd);
	*end = no_end;
}

/* Four descriptors per probe at most: a few hundred probes exceed the usual soft limit. */
static void raise_nofile(uint32_t n_probes)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= 4ULL * n_probes + 256)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static bool has_functions(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->n_probes; i++)
		if (!plan->probes[i].is_tracepoint)
			return true;
	return false;
}

int hooks_init(struct hooks *hooks, const struct plan *plan, const struct plan_kernel *kernel,
	       struct object *object)
{
	hooks->plan = plan;
	hooks->kernel = kernel;
	hooks->object = object;
	hooks->holder.fd = -1;
	hooks->tp_cookies = plan->n_probes > PLAN_LADDER_FEW &&
			    plan_ladder_feature(kernel, FEATURE_TP_COOKIE, NULL, 0);
	/* asked now: the kernel's types, which tell it, are let go of once all is attached */
	hooks->link_missed =
		has_functions(plan) && plan_ladder_feature(kernel, FEATURE_LINK_MISSED, NULL, 0);
	memset(hooks->shared, -1, sizeof(hooks->shared));
	hooks->list = calloc(plan->n_probes, sizeof(*hooks->list));
	if (!hooks->list)
		return -ENOMEM;
	for (uint32_t i = 0; i < plan->n_probes; i++)
		hooks->list[i] = (struct hook){.mechanism = -1, .main = no_end, .entry = no_end};
	raise_nofile(plan->n_probes);
	return object->by_address ? hooks_program_tell_cookies(hooks) : 0;
}

/* One program, attached at the probe's place. */
static int attach_end(struct hooks *hooks, uint32_t i, enum plan_mechanism mechanism, bool keep,
		      struct hook_end *end, struct err *err)
{
	const struct plan_probe *probe = &hooks->plan->probes[i];
	bool is_exit = plan_mechanism_is_exit(mechanism);
	const struct attach_part part = {
		.probe = probe,
		.at_return = is_exit,
		.has_cookie = hooks_program_has_cookie(hooks, probe, mechanism),
		.by_address = hooks->object->by_address,
		.cookie = hooks_program_cookie(probe, i),
	};
	const struct attach_ops *ops = &attach_table[mechanism];
	int prog_fd, code;

	if (hooks->list[i].untraceable && ops->look &&
	    (code = ops->look(&part, &hooks->n_refused, err)))
		return code;
	code = object_need(hooks->object, hooks->plan, hooks->kernel->btf, probe, mechanism, err);
	if (code)
		return code;
	prog_fd = part.has_cookie ? hooks_program_shared(hooks, mechanism, keep, err)
				  : hooks_program_own(hooks, i, mechanism, keep, err);
	if (prog_fd < 0)
		return prog_fd;
	code = ops->attach(prog_fd, &part, err);
	if (!part.has_cookie && code < 0)
		close(prog_fd);
	if (code < 0)
		return code;
	*end = (struct hook_end){part.has_cookie ? -1 : prog_fd, code};
	return 0;
}

static int attach_by(struct hooks *hooks, uint32_t i, enum plan_mechanism mechanism,
		     struct err *err)
{
	enum plan_mechanism entry = attach_table[mechanism].entry;
	struct hook *hook = &hooks->list[i];
	int code = attach_end(hooks, i, mechanism, false, &hook->main, err);

	/* the entry comes last: what it keeps has somebody to fetch it */
	if (!code && entry != mechanism)
		code = attach_end(hooks, i, entry, true, &hook->entry, err);
	if (code)
		close_end(&hook->main);
	else
		hook->mechanism = mechanism;
	return code;
}

/* On down the probe's ladder. 1: to a rung that takes many, which is tried later. */
static int climb(struct hooks *hooks, uint32_t i, struct err *err)
{
	const struct plan_probe *probe = &hooks->plan->probes[i];
	struct hook *hook = &hooks->list[i];

	while (hook->rung < probe->n_rungs) {
		const struct plan_rung *rung = &probe->ladder[hook->rung++];
		const char *name = plan_mechanism_name(rung->mechanism);

		if (!rung->usable) {
			log_debug("%s: not by %s: %s", probe->spec, name, rung->why);
			continue;
		}
		if (hook->untraceable && attach_table[rung->mechanism].by_btf) {
			log_debug("%s: not by %s: nothing can be hung at its entry", probe->spec,
				  name);
			continue;
		}
		if (attach_table[rung->mechanism].of_many)
			return 1;
		if (!attach_by(hooks, i, rung->mechanism, err)) {
			log_debug("%s: attached by %s (%s)", probe->spec, name, rung->why);
			return 0;
		}
		log_debug("%s: %s failed: %s", probe->spec, name, err->msg);
		/* the filter is too large: that is so for all of them */
		if (err->code == -E2BIG)
			break;
	}
	return err->code ? err->code : -EOPNOTSUPP;
}

static int add_link(void *arg, int link_fd)
{
	struct hooks *hooks = arg;
	int *links = reallocarray(hooks->links, hooks->n_links + 1, sizeof(*links));

	if (!links) {
		close(link_fd);
		return -ENOMEM;
	}
	hooks->links = links;
	hooks->links[hooks->n_links++] = link_fd;
	return 0;
}

/* Where the function is; 0: the kernel does not say. */
static uint64_t address_of(const struct hooks *hooks, const struct plan_probe *probe)
{
	const struct plan_kernel *kernel = hooks->kernel;
	struct symbol_table *symbols;
	uint64_t address = 0;

	if (probe->address)
		return probe->address;
	symbols = kernel->symbols ? kernel->symbols(kernel->symbols_arg) : NULL;
	if (!symbols || symbol_restricted(symbols) || !symbol_find(symbols, probe->name, &address))
		return 0;
	return address;
}

/* The program that serves all of the items. */
static int program_of_many(struct hooks *hooks, enum plan_mechanism mechanism, bool keep,
			   const struct attach_multi *items, struct err *err)
{
	const struct plan_probe *one = &hooks->plan->probes[items[0].probe];
	int code = object_need(hooks->object, hooks->plan, hooks->kernel->btf, one, mechanism, err);

	return code ? code : hooks_program_shared(hooks, mechanism, keep, err);
}

/* The programs and links of one mechanism for all of items; sets their codes. */
static void attach_items(struct hooks *hooks, enum plan_mechanism mechanism,
			 struct attach_multi *items, uint32_t n, struct err *err)
{
	bool is_exit = plan_mechanism_is_exit(mechanism);
	enum plan_mechanism entry = attach_table[mechanism].entry;
	int main_fd = program_of_many(hooks, mechanism, false, items, err), entry_fd = 0;

	if (main_fd >= 0 && is_exit)
		entry_fd = program_of_many(hooks, entry, true, items, err);
	if (main_fd < 0 || entry_fd < 0) {
		for (uint32_t i = 0; i < n; i++)
			items[i].code = err->code;
		return;
	}
	attach_multi_open(main_fd, is_exit, items, n, add_link, hooks);
	if (is_exit)
		attach_multi_open(entry_fd, false, items, n, add_link, hooks);
}

static void set_item_error(const struct plan_probe *probe, int code, struct err *err)
{
	if (err_is_set(err))
		return;
	if (code == -EEXIST)
		err_errno(err, ERR_UNSUPPORTED, code,
			  "'%s' is another name of a function probed already", probe->name);
	else if (code == -ESRCH)
		err_errno(err, ERR_UNSUPPORTED, code,
			  "the kernel does not tell the address of '%s'", probe->name);
	else
		err_errno(err, ERR_UNSUPPORTED, code, "the kernel cannot trace '%s'", probe->name);
}

/* All probes that wait for the mechanism (waits[i] says which); the others' ladders go on. */
static int attach_many(struct hooks *hooks, enum plan_mechanism mechanism, int *waits,
		       struct err *errs)
{
	struct attach_multi *items = calloc(hooks->plan->n_probes, sizeof(*items));
	const char *name = plan_mechanism_name(mechanism);
	struct err general = {};
	uint32_t n = 0;

	if (!items)
		return -ENOMEM;
	for (uint32_t i = 0; i < hooks->plan->n_probes; i++) {
		const struct plan_probe *probe = &hooks->plan->probes[i];
		uint64_t address;

		if (waits[i] != (int)mechanism)
			continue;
		address = address_of(hooks, probe);
		items[n++] = (struct attach_multi){.address = address,
						   .cookie = hooks_program_cookie(probe, i),
						   .probe = i,
						   address ? 0 : -ESRCH};
	}
	if (n)
		attach_items(hooks, mechanism, items, n, &general);
	for (uint32_t j = 0; j < n; j++) {
		uint32_t i = items[j].probe;
		const struct plan_probe *probe = &hooks->plan->probes[i];

		waits[i] = -1;
		if (!items[j].code) {
			hooks->list[i].mechanism = mechanism;
			log_debug("%s: attached by %s (%s)", probe->spec, name,
				  probe->ladder[hooks->list[i].rung - 1].why);
			continue;
		}
		errs[i] = general;
		set_item_error(probe, items[j].code, &errs[i]);
		log_debug("%s: %s failed: %s", probe->spec, name, errs[i].msg);
		hooks->list[i].untraceable = attach_multi_is_refusal(items[j].code);
		climb(hooks, i, &errs[i]);
	}
	free(items);
	return 0;
}

/* What is left out, probe by probe where the user named them, as a number where a glob did. */
static int report(const struct hooks *hooks, const struct err *errs, struct err *err)
{
	const struct plan *plan = hooks->plan;
	uint32_t done = 0, of_many = 0;

	for (uint32_t i = 0; i < plan->n_probes; i++) {
		done += hooks->list[i].mechanism >= 0;
		if (hooks->list[i].mechanism >= 0)
			continue;
		if (plan->n_probes == 1 || errs[i].code == -E2BIG) {
			*err = errs[i];
			return err->code;
		}
		of_many += plan->probes[i].of_many;
		if (!plan->probes[i].of_many)
			log_warning("probe '%s' is left out: %s", plan->probes[i].spec,
				    errs[i].msg);
	}
	if (!done)
		return err_set(err, ERR_UNSUPPORTED, "none of the %u probes could be attached",
			       plan->n_probes);
	if (of_many)
		log_note("%u of %u probes could not be attached and are left out (--debug tells "
			 "which)",
			 of_many, plan->n_probes);
	return 0;
}

/* Who waits for the detaching: we ourselves, where there is little to wait for. */
static void start_holder(struct hooks *hooks)
{
	uint32_t n = hooks->plan->n_probes, used = hooks->n_more, slow = hooks->n_more;
	int *fds = calloc(2 * (size_t)n + hooks->n_more, sizeof(*fds)), code;

	if (fds && hooks->n_more)
		memcpy(fds, hooks->more, hooks->n_more * sizeof(*fds));
	for (uint32_t i = 0; fds && i < n; i++) {
		const struct hook *hook = &hooks->list[i];

		if (hook->mechanism < 0 || !attach_table[hook->mechanism].is_slow_off)
			continue;
		slow++;
		fds[used++] = hook->main.link_fd;
		if (hook->entry.link_fd >= 0)
			fds[used++] = hook->entry.link_fd;
	}
	if (fds && slow > SLOW_MAX) {
		code = holder_start(&hooks->holder, fds, used);
		if (code)
			log_debug("no process to detach in the background: %s", err_name(code));
	}
	free(fds);
}

int hooks_attach(struct hooks *hooks, struct err *err)
{
	static const enum plan_mechanism many[] = {PLAN_KPROBE_MULTI, PLAN_KRETPROBE_MULTI};
	uint32_t n = hooks->plan->n_probes;
	struct err *errs = calloc(n, sizeof(*errs));
	int *waits = calloc(n, sizeof(*waits));
	int code = errs && waits ? 0 : -ENOMEM;

	hooks_program_load_ahead(hooks);
	for (uint32_t i = 0; i < n && !code && (!i || errs[i - 1].code != -E2BIG); i++) {
		struct hook *hook = &hooks->list[i];

		waits[i] = climb(hooks, i, &errs[i]) == 1
				   ? (int)hooks->plan->probes[i].ladder[hook->rung - 1].mechanism
				   : -1;
	}
	for (size_t i = 0; i < sizeof(many) / sizeof(many[0]) && !code; i++)
		code = attach_many(hooks, many[i], waits, errs);
	if (code)
		code = err_errno(err, ERR_FAILED, code, "cannot attach %u probes", n);
	else
		code = report(hooks, errs, err);
	if (!code)
		start_holder(hooks);
	free(errs);
	free(waits);
	return code;
}

void hooks_detach(struct hooks *hooks)
{
	for (uint32_t i = 0; i < hooks->plan->n_probes; i++) {
		struct hook *hook = &hooks->list[i];

		if (hook->main.link_fd >= 0)
			close(hook->main.link_fd);
		if (hook->entry.link_fd >= 0)
			close(hook->entry.link_fd);
		hook->main.link_fd = hook->entry.link_fd = -1;
	}
	for (uint32_t i = 0; i < hooks->n_links; i++)
		close(hooks->links[i]);
	hooks->n_links = 0;
	holder_let_go(&hooks->holder);
}

void hooks_fini(struct hooks *hooks)
{
	if (!hooks->list)
		return;
	hooks_detach(hooks);
	for (uint32_t i = 0; i < hooks->plan->n_probes; i++) {
		close_end(&hooks->list[i].main);
		close_end(&hooks->list[i].entry);
	}
	for (int i = 0; i < PLAN_MECHANISMS; i++)
		for (int keep = 0; keep < 2; keep++)
			if (hooks->shared[i][keep] >= 0)
				close(hooks->shared[i][keep]);
	free(hooks->links);
	free(hooks->list);
	hooks->links = NULL;
	hooks->list = NULL;
}
