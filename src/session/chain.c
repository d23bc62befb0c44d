/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chain.c - hooks at entry and return, by fentry and fexit or by kprobes; names by the map that the
 * drops fill.
 */
#include "session/chain.h"

#include <bpf/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"
#include "kernel/module.h"
#include "session/attach.h"

static const struct hook_end no_end = {-1, -1};

void chain_init(struct chain *chain, const struct plan *plan, const struct object *object)
{
	memset(chain, 0, sizeof(*chain));
	chain->plan = plan;
	chain->object = object;
	for (int i = 0; i < PLAN_CHAIN_HOOKS; i++)
		chain->ends[i][0] = chain->ends[i][1] = no_end;
}

/* Where registers are all that there is, a return tells but the verdict. */
static struct template_clone clone_of(const struct plan_chain_hook *hook, bool at_return)
{
	enum plan_mechanism entry = attach_table[hook->mechanism].entry;
	const struct attach_ops *ops = &attach_table[at_return ? hook->mechanism : entry];
	bool by_kprobe = ops->type == BPF_PROG_TYPE_KPROBE, has_args = !at_return || !by_kprobe;
	struct template_clone clone = {
		.type = ops->type,
		.attach_type = ops->attach_type,
		.attach_btf_id = ops->by_btf ? hook->btf_id : 0,
		.attach_btf_fd = ops->by_btf ? hook->btf_fd : 0,
		.probe = hook->kind,
		.skb_offset = has_args ? ops->arg_offset(hook->skb_arg) : -1,
		.ext_offset = has_args ? ops->arg_offset(hook->chain_arg) : -1,
		.flow_offset =
			has_args && hook->state_arg >= 0 ? ops->arg_offset(hook->state_arg) : -1,
		.sock_offset = -1,
		.has_ret = at_return,
		.ret_offset = -1,
		.by_stack = by_kprobe,
		.name = hook->function,
	};

	if (at_return)
		clone.ret_offset = by_kprobe ? attach_kprobe_ret_offset : (int)hook->arg_words * 8;
	return clone;
}

static int attach_end(struct chain *chain, const struct plan_chain_hook *hook, bool at_return,
		      struct hook_end *end, struct err *err)
{
	struct template_clone clone = clone_of(hook, at_return);
	struct plan_probe probe = {};
	const struct attach_part part = {.probe = &probe, .at_return = at_return};

	end->prog_fd = template_load(&chain->object->chain, &clone, err);
	if (end->prog_fd < 0)
		return end->prog_fd;
	snprintf(probe.spec, sizeof(probe.spec), "%s", hook->function);
	snprintf(probe.name, sizeof(probe.name), "%s", hook->function);
	end->link_fd = attach_table[hook->mechanism].attach(end->prog_fd, &part, err);
	return end->link_fd < 0 ? end->link_fd : 0;
}

static void close_link(struct hook_end *end)
{
	if (end->link_fd >= 0)
		close(end->link_fd);
	end->link_fd = -1;
}

static void close_end(struct hook_end *end)
{
	close_link(end);
	if (end->prog_fd >= 0)
		close(end->prog_fd);
	*end = no_end;
}

/* Both ends, or none; the return first, so that no note stays. */
static int attach_hook(struct chain *chain, uint32_t i, struct err *err)
{
	const struct plan_chain_hook *hook = &chain->plan->chains.hooks[i];
	struct hook_end *ends = chain->ends[i];
	int code = attach_end(chain, hook, true, &ends[1], err);

	if (!code)
		code = attach_end(chain, hook, false, &ends[0], err);
	if (!code)
		return 0;
	close_end(&ends[0]);
	close_end(&ends[1]);
	return code;
}

void chain_attach(struct chain *chain)
{
	for (uint32_t i = 0; i < chain->plan->chains.n; i++) {
		const char *function = chain->plan->chains.hooks[i].function;
		struct err err;

		err_clear(&err);
		if (attach_hook(chain, i, &err))
			log_note("drops in chains of '%s' have no table and chain: %s", function,
				 err.msg);
		else
			log_debug("hook %s: attached by %s", function,
				  plan_mechanism_name(chain->plan->chains.hooks[i].mechanism));
	}
}

void chain_detach(struct chain *chain)
{
	for (int i = 0; i < PLAN_CHAIN_HOOKS; i++) {
		close_link(&chain->ends[i][0]);
		close_link(&chain->ends[i][1]);
	}
}

void chain_fini(struct chain *chain)
{
	for (int i = 0; chain->plan && i < PLAN_CHAIN_HOOKS; i++) {
		close_end(&chain->ends[i][0]);
		close_end(&chain->ends[i][1]);
	}
}

void chain_begin_round(struct chain *chain)
{
	for (int i = 0; i < CHAIN_ROWS; i++)
		chain->rows[i].id = 0;
	chain->looked = false;
}

/* By its reason, or, before 5.17, by its place. */
static bool is_netfilters(const struct record *r)
{
	static const char place[] = "nf_hook_slow";

	if (r->reason)
		return strcmp(r->reason, "NETFILTER_DROP") == 0;
	return r->location && strncmp(r->location, place, strlen(place)) == 0;
}

void chain_look(struct chain *chain, const struct record *drop)
{
	const struct plan_chains *chains = &chain->plan->chains;

	if (chain->said_late || chain->looked || !is_netfilters(drop))
		return;
	chain->looked = true;
	for (uint32_t i = 0; i < chains->n_absent && !chain->said_late; i++) {
		if (!module_is_loaded(chains->absent[i]))
			continue;
		log_note("module '%s' was loaded after the start: drops in its chains are shown "
			 "without table and chain; start again to see them",
			 chains->absent[i]);
		chain->said_late = true;
	}
}

/* The kernel's enum nf_inet_hooks, NF_ARP_*, NF_BR_*; these are what the chains are called. */
static const char *hook_name(const struct xcap_chain_names *names)
{
	static const char *const inet[XCAP_CHAIN_HOOKS] = {"PREROUTING", "INPUT", "FORWARD",
							   "OUTPUT", "POSTROUTING"};
	static const char *const arp[XCAP_CHAIN_HOOKS] = {"INPUT", "OUTPUT", "FORWARD"};
	static const char *const bridge[XCAP_CHAIN_HOOKS] = {
		"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING", "BROUTING"};

	if (names->hook >= XCAP_CHAIN_HOOKS)
		return NULL;
	if (names->kind == XCAP_CHAIN_ARP)
		return arp[names->hook];
	return names->kind == XCAP_CHAIN_EBT ? bridge[names->hook] : inet[names->hook];
}

static void say_unknown(struct chain *chain)
{
	if (chain->said_unknown)
		return;
	chain->said_unknown = true;
	log_note("nftables' tables and chains have no names: this kernel has them laid out "
		 "otherwise than expected, and no types of modules");
}

void chain_get(struct chain *chain, uint64_t id, const char **table, const char **name)
{
	struct chain_row *row = &chain->rows[(id ^ id >> 8) & (CHAIN_ROWS - 1)];

	*table = *name = NULL;
	if (!id)
		return;
	if (row->id != id) {
		row->id = 0;
		if (bpf_map_lookup_elem(object_chain_fd(chain->object), &id, &row->names))
			return;
		row->id = id;
		row->names.table[XCAP_CHAIN_NAME - 1] = row->names.chain[XCAP_CHAIN_NAME - 1] =
			'\0';
	}
	if (!row->names.table[0]) {
		say_unknown(chain);
		return;
	}
	*table = row->names.table;
	*name = row->names.chain;
	if (!**name)
		*name = hook_name(&row->names);
}
