/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chain.c - hooks by fentry and fexit, names by the map that the drops fill.
 */
#include "session/chain.h"

#include <bpf/bpf.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"

static const struct hook_end no_end = {-1, -1};

void chain_init(struct chain *chain, const struct plan *plan, const struct object *object)
{
	memset(chain, 0, sizeof(*chain));
	chain->plan = plan;
	chain->object = object;
	for (int i = 0; i < PLAN_CHAIN_HOOKS; i++)
		chain->ends[i][0] = chain->ends[i][1] = no_end;
}

static int attach_end(struct chain *chain, const struct plan_chain_hook *hook, bool at_return,
		      struct hook_end *end, struct err *err)
{
	const struct template_clone clone = {
		.type = BPF_PROG_TYPE_TRACING,
		.attach_type = at_return ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY,
		.attach_btf_id = hook->btf_id,
		.attach_btf_fd = hook->btf_fd,
		.probe = hook->kind,
		.skb_offset = hook->skb_arg * 8,
		.ext_offset = hook->chain_arg * 8,
		.flow_offset = hook->state_arg < 0 ? -1 : hook->state_arg * 8,
		.sock_offset = -1,
		.has_ret = at_return,
		.ret_offset = at_return ? (int)hook->arg_words * 8 : -1,
		.name = hook->function,
	};

	end->prog_fd = template_load(&chain->object->chain, &clone, err);
	if (end->prog_fd < 0)
		return end->prog_fd;
	end->link_fd = bpf_raw_tracepoint_open(NULL, end->prog_fd);
	if (end->link_fd < 0)
		return err_errno(err, ERR_UNSUPPORTED, end->link_fd, "cannot attach to '%s'",
				 hook->function);
	return 0;
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
			log_debug("hook %s: attached by fentry and fexit", function);
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
}

void chain_get(struct chain *chain, uint64_t id, const char **table, const char **name)
{
	static const char *const hooks[XCAP_CHAIN_HOOKS] = {"PREROUTING", "INPUT", "FORWARD",
							    "OUTPUT", "POSTROUTING"};
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
	*table = row->names.table;
	*name = row->names.chain;
	if (!**name)
		*name = row->names.hook < XCAP_CHAIN_HOOKS ? hooks[row->names.hook] : NULL;
}
