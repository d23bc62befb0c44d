/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_resolve.c - names looked up in BTF, tracefs and kallsyms.
 *
 * BTF is believed first: it knows functions of modules and which argument is the skb. A function
 * that only kallsyms knows needs the user's @N. Nothing here asks what the kernel can attach.
 */
#include "plan/plan_resolve.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "kernel/kbtf.h"
#include "kernel/symbol.h"
#include "kernel/tracepoint.h"
#include "plan/plan_direction.h"
#include "plan/plan_names.h"
#include "plan/spec_kind.h"
#include "plan/spec_register.h"

/* What one look-up works on. */
struct query {
	const struct plan_kernel *kernel;
	const struct spec *spec;
	struct plan_probe *probe;
	const struct kbtf_target *known; /* what a look-up in BTF would find; NULL: look */
	struct err *err;
};

void plan_resolve_note(struct plan_probe *probe, const char *fmt, ...)
{
	size_t used = strlen(probe->note);
	va_list ap;

	if (used)
		used += snprintf(probe->note + used, sizeof(probe->note) - used, "; ");
	if (used >= sizeof(probe->note))
		return;
	va_start(ap, fmt);
	vsnprintf(probe->note + used, sizeof(probe->note) - used, fmt, ap);
	va_end(ap);
}

static struct symbol_table *symbols(const struct query *q)
{
	return q->kernel->symbols ? q->kernel->symbols(q->kernel->symbols_arg) : NULL;
}

/* Where the function's name is looked for, by no more symbols than that takes. */
static struct symbol_table *symbols_of(const struct query *q)
{
	if (!q->kernel->symbols_of)
		return symbols(q);
	return q->kernel->symbols_of(q->kernel->symbols_arg, q->spec->name);
}

/* The argument that is the skb: the user's, checked, or the first one; and the second one. */
static int choose_argument(const struct query *q, const struct kbtf_target *target)
{
	int wanted = q->spec->skb_arg, code;
	char args[480];

	q->probe->ext_arg = q->spec->ext_arg - 1;
	if (UTIL_MAX(wanted, q->spec->ext_arg) > (int)target->n_args)
		code = err_set(q->err, ERR_USAGE, "cannot probe '%s': '%s' has %u argument%s",
			       q->spec->text, q->spec->name, target->n_args,
			       target->n_args == 1 ? "" : "s");
	else if (wanted && !target->args[wanted - 1].is_skb)
		code = err_set(q->err, ERR_USAGE, "cannot probe '%s': argument %d is not an skb",
			       q->spec->text, wanted);
	else if (!wanted && target->skb_arg < 0)
		code = err_set(q->err, ERR_USAGE,
			       "cannot probe '%s': none of its arguments is an skb", q->spec->text);
	else {
		q->probe->config.skb_arg =
			wanted ? (uint32_t)wanted - 1 : (uint32_t)target->skb_arg;
		return 0;
	}
	kbtf_print_args(target, args, sizeof(args));
	if (target->n_args)
		err_hint(q->err, "its arguments are %s", args);
	return code;
}

/* Number, from 1, of the first argument that points to one of these; 0: none. */
static uint8_t find_argument(const struct kbtf_target *target, const char *const *names)
{
	uint32_t n = UTIL_MIN(target->n_args, KBTF_ARGS_MAX);

	for (uint32_t i = 0; i < n; i++)
		for (const char *const *name = names; *name; name++) {
			const char *type = target->args[i].type;

			if (strncmp(type, "const ", 6) == 0)
				type += 6;
			if (strcmp(type, *name) == 0)
				return i + 1;
		}
	return 0;
}

static void take_target(const struct query *q, const struct kbtf_target *target)
{
	static const char *const socks[] = {"struct sock *", NULL};
	static const char *const flows[] = {"struct flowi *", "struct flowi4 *", "struct flowi6 *",
					    NULL};
	struct plan_probe *probe = q->probe;

	probe->config.sock_arg = find_argument(target, socks);
	probe->config.flow_arg = find_argument(target, flows);

	probe->btf_id = target->btf_id;
	probe->btf_fd = target->module_fd;
	probe->arg_words = target->arg_words;
	probe->flat_args = target->arg_words == target->n_args;
	probe->ret_size = target->ret_size;
	probe->ret_signed = target->ret_signed;
	util_copy(probe->module, sizeof(probe->module), target->module);
}

/* @N of something that BTF does not know. */
static int trust_argument(const struct query *q)
{
	int code;

	if (!q->spec->skb_arg) {
		code = err_set(
			q->err, ERR_USAGE,
			"cannot probe '%s': it is not in BTF, so which argument is the skb is "
			"not known",
			q->spec->text);
		err_hint(q->err, "write '%s@N' if argument N is the skb (counted from 1)",
			 q->spec->text);
		return code;
	}
	q->probe->config.skb_arg = (uint32_t)q->spec->skb_arg - 1;
	q->probe->ext_arg = q->spec->ext_arg - 1;
	q->probe->ret_size = sizeof(uint64_t);
	plan_resolve_note(q->probe, "not in BTF: that argument %d is an skb is taken on trust",
			  q->spec->skb_arg);
	return 0;
}

/* Only functions that have a symbol can be probed. Also finds the function's address. */
static int check_symbol(const struct query *q)
{
	struct symbol_table *table = symbols_of(q);
	unsigned int n = 1;
	int code;

	if (table)
		n = symbol_find_in(table, q->probe->module, q->spec->name, &q->probe->address);

	if (!n) {
		code = err_set(
			q->err, ERR_UNSUPPORTED,
			"cannot probe '%s': the compiler inlined or renamed it in this kernel",
			q->spec->text);
		err_hint(q->err, "probe one of its callers");
		return code;
	}
	if (n > 1)
		plan_resolve_note(q->probe,
				  "%u functions have this name: which one is probed is the "
				  "kernel's choice",
				  n);
	return 0;
}

/* The tracepoint, where it is known or in `room`; NULL if there is none. */
static const struct kbtf_target *find_tracepoint(const struct query *q, struct kbtf_target *room)
{
	if (q->known || !q->kernel->btf ||
	    kbtf_find_tracepoint(q->kernel->btf, q->spec->name, room))
		return q->known;
	return room;
}

/* The same of a function. */
static const struct kbtf_target *find_function(const struct query *q, struct kbtf_target *room)
{
	const char *module = *q->spec->category ? q->spec->category : NULL;

	if (q->known || !q->kernel->btf ||
	    kbtf_find_function(q->kernel->btf, module, q->spec->name, room))
		return q->known;
	return room;
}

static int no_function(const struct query *q)
{
	const struct spec *spec = q->spec;
	const char *category = tracepoint_category(q->kernel->tracepoints, spec->name);
	const struct kbtf_target *tracepoint;
	struct kbtf_target target;
	int code;

	/* of no use without an skb: kmem:kmalloc */
	tracepoint = category ? find_tracepoint(q, &target) : NULL;
	if (tracepoint && tracepoint->skb_arg < 0)
		category = NULL;
	if (!*spec->category) {
		code = err_set(q->err, ERR_USAGE, "cannot probe '%s': no such function",
			       spec->text);
		if (category)
			err_hint(q->err, "there is a tracepoint of that name: 'tracepoint:%s:%s'",
				 category, spec->name);
		else
			plan_names_hint_function(q->kernel, spec->name, q->err);
		return code;
	}
	code = err_set(q->err, ERR_USAGE, "cannot probe '%s': no function '%s' in module '%s'",
		       spec->text, spec->name, spec->category);
	if (plan_names_hint_module(spec->category, q->err))
		return code;
	if (q->kernel->btf && !kbtf_find_function(q->kernel->btf, NULL, spec->name, &target))
		err_hint(q->err, "there is one in %s: '%s%s%s'",
			 *target.module ? "another module" : "the kernel itself", target.module,
			 *target.module ? ":" : "", spec->name);
	else
		plan_names_hint_function(q->kernel, spec->name, q->err);
	return code;
}

/* Has kallsyms the function, in the module that was named? */
static bool has_symbol(const struct query *q)
{
	struct symbol_table *table = symbols_of(q);
	const char *module = *q->spec->category ? q->spec->category : NULL;

	if (module && strcmp(module, "vmlinux") == 0)
		module = "";
	return table && symbol_find_in(table, module, q->spec->name, &q->probe->address);
}

/* A function that is in kallsyms at best. */
static int resolve_symbol(const struct query *q)
{
	if (!has_symbol(q))
		return no_function(q);
	snprintf(q->probe->module, sizeof(q->probe->module), "%.55s", q->spec->category);
	return trust_argument(q);
}

/* Does function + offset still lie in the function? Where addresses are hidden the kernel decides.
 */
static int check_offset(const struct query *q)
{
	const struct spec *spec = q->spec;
	struct symbol_table *table = symbols(q);
	char there[256];
	size_t len = strlen(spec->name);
	int code;

	if (!table || !q->probe->address)
		return 0;
	symbol_name(table, q->probe->address + spec->offset, there, sizeof(there));
	if (strncmp(there, spec->name, len) == 0 && strchr("+ ", there[len]))
		return 0;
	code = err_set(q->err, ERR_USAGE, "cannot probe '%s': the function ends before 0x%llx",
		       spec->text, (unsigned long long)spec->offset);
	err_hint(q->err, "this address is in %s", there);
	return code;
}

/* func+0x1c@%rbx: the place is an instruction, the skb is in the register that the user names. */
static int resolve_offset(const struct query *q)
{
	struct plan_probe *probe = q->probe;
	struct kbtf_target room;
	const struct kbtf_target *target = find_function(q, &room);

	if (target)
		take_target(q, target);
	else
		snprintf(probe->module, sizeof(probe->module), "%.55s", q->spec->category);
	if (!has_symbol(q))
		return probe->btf_id ? check_symbol(q) : no_function(q);
	probe->offset = q->spec->offset;
	probe->skb_reg = spec_register_offset(q->spec->reg);
	plan_resolve_note(probe, "that %s holds an skb there is taken on trust", q->spec->reg);
	return check_offset(q);
}

static int resolve_function(const struct query *q)
{
	const struct kbtf_target *target;
	struct kbtf_target room;
	int code;

	if (q->spec->has_offset)
		return resolve_offset(q);
	target = find_function(q, &room);
	if (!target)
		return resolve_symbol(q);
	take_target(q, target);
	code = choose_argument(q, target);
	return code ? code : check_symbol(q);
}

/*
 * Is there this tracepoint? tracefs is believed; the built-in list is of all kernels, so BTF has to
 * agree; a tracepoint whose category nobody knows is there if BTF has its name.
 */
static bool is_tracepoint(const struct query *q)
{
	const struct tracepoint_table *table = q->kernel->tracepoints;
	struct kbtf_target target;

	if (tracepoint_exists(table, q->spec->category, q->spec->name) == 1)
		return !q->kernel->btf || tracepoint_from_tracefs(table) ||
		       find_tracepoint(q, &target);
	return !tracepoint_category(table, q->spec->name) && find_tracepoint(q, &target);
}

static int no_tracepoint(const struct query *q)
{
	struct kbtf_target target;
	int code =
		err_set(q->err, ERR_USAGE, "cannot probe '%s': no such tracepoint", q->spec->text);

	if (!plan_names_hint_tracepoint(q->kernel, q->spec->category, q->spec->name, q->err) &&
	    q->kernel->btf && !kbtf_find_function(q->kernel->btf, NULL, q->spec->name, &target) &&
	    target.skb_arg >= 0)
		err_hint(q->err, "there is a function of that name: '%s'", q->spec->name);
	return code;
}

/* Tracepoints behind the hand-over of the skb to a driver or a queue. */
static void note_given(struct plan_probe *probe, const char *name)
{
	if (!strcmp(name, "net_dev_xmit"))
		probe->config.given = XCAP_GIVEN_BY_DEVICE;
	else if (!strcmp(name, "qdisc_enqueue"))
		probe->config.given = XCAP_GIVEN_AWAY;
	if (probe->config.given)
		plan_resolve_note(probe, "the packet is given away before this place: it may have "
					 "changed or be gone, and paged bytes are not read");
}

static int resolve_tracepoint(const struct query *q)
{
	struct plan_probe *probe = q->probe;
	const struct spec *spec = q->spec;
	const struct kbtf_target *target;
	struct kbtf_target room;
	int code;

	if (!is_tracepoint(q))
		return no_tracepoint(q);
	probe->is_tracepoint = true;
	util_copy(probe->category, sizeof(probe->category), spec->category);
	if (tracepoint_exists(q->kernel->tracepoints, spec->category, spec->name) != 1)
		plan_resolve_note(probe, "category '%s' is not checked: tracefs does not tell it",
				  spec->category);
	probe->config.is_kfree_skb = !strcmp(spec->name, "kfree_skb");
	note_given(probe, spec->name);
	target = find_tracepoint(q, &room);
	if (!target)
		return trust_argument(q);
	take_target(q, target);
	code = choose_argument(q, target);
	if (code || !probe->config.is_kfree_skb)
		return code;
	/* v5.17: c504e5c2f964 ("net: skb: introduce kfree_skb_reason()") */
	probe->config.has_reason =
		target->n_args > 2 && strstr(target->args[2].type, "skb_drop_reason") != NULL;
	if (!probe->config.has_reason)
		plan_resolve_note(probe,
				  "this kernel gives no reason for a drop (5.17 and later do)");
	return 0;
}

static int neither(const struct query *q)
{
	const struct spec *spec = q->spec;
	const char *kind = spec_kind_near(spec->category);
	int code =
		err_set(q->err, ERR_USAGE,
			"cannot probe '%s': neither a tracepoint nor a function of a module '%s'",
			spec->text, spec->category);

	if (plan_names_hint_module(spec->category, q->err))
		return code;
	if (kind)
		err_hint(q->err, "did you mean '%s:%s'?", kind, spec->name);
	else if (!plan_names_hint_tracepoint(q->kernel, spec->category, spec->name, q->err))
		plan_names_hint_function(q->kernel, spec->name, q->err);
	return code;
}

/* "A:B" without a kind. */
static int resolve_pair(const struct query *q)
{
	const struct spec *spec = q->spec;
	struct kbtf_target target;
	bool tracepoint = is_tracepoint(q);
	bool function = find_function(q, &target) || (!tracepoint && has_symbol(q));
	int code;

	if (tracepoint && function) {
		code = err_set(q->err, ERR_USAGE,
			       "'%s' is a tracepoint and a function of module '%s'", spec->text,
			       spec->category);
		err_hint(q->err, "write 'tracepoint:%s:%s', or 'fentry:%s:%s' or 'kprobe:%s:%s'",
			 spec->category, spec->name, spec->category, spec->name, spec->category,
			 spec->name);
		return code;
	}
	if (!tracepoint && !function)
		return neither(q);
	return tracepoint ? resolve_tracepoint(q) : resolve_function(q);
}

/* What stands behind the name. */
static void write_place(const struct query *q, const struct kbtf_target *target, char *out,
			size_t size)
{
	const struct plan_probe *probe = q->probe;
	/* of a tracepoint, the argument is named only if BTF would choose another */
	bool obvious = probe->is_tracepoint && target &&
		       target->skb_arg == (int)probe->config.skb_arg && probe->ext_arg < 0;

	out[0] = '\0';
	if (q->spec->has_offset)
		snprintf(out, size, "+0x%llx@%%%s", (unsigned long long)probe->offset,
			 q->spec->reg);
	else if (probe->ext_arg >= 0)
		snprintf(out, size, "@%u@%d", probe->config.skb_arg + 1, probe->ext_arg + 1);
	else if (!obvious)
		snprintf(out, size, "@%u", probe->config.skb_arg + 1);
}

/* What -f accepts again and means the same. */
static void write_spec(const struct query *q, const struct kbtf_target *target)
{
	struct plan_probe *probe = q->probe;
	const struct spec *spec = q->spec;
	enum spec_kind kind =
		probe->is_tracepoint && spec->kind == SPEC_ANY ? SPEC_TRACEPOINT : spec->kind;
	const char *prefix = spec_kind_name(kind);
	char place[48];
	const char *parts[] = {prefix,	       *prefix ? ":" : "",
			       spec->category, *spec->category ? ":" : "",
			       spec->name,     place};
	size_t used = 0;

	write_place(q, target, place, sizeof(place));
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(parts); i++)
		used += util_copy(probe->spec + used, sizeof(probe->spec) - used, parts[i]);
}

static int resolve(const struct query *q)
{
	const struct spec_kind_info *kind = spec_kind_describe(q->spec->kind);
	struct plan_probe *probe = q->probe;
	struct kbtf_target target;
	int code;

	memset(probe, 0, sizeof(*probe));
	probe->ext_arg = probe->skb_reg = -1;
	probe->kind = q->spec->kind;
	probe->is_exit = kind && kind->is_exit;
	util_copy(probe->name, sizeof(probe->name), q->spec->name);
	if (kind)
		code = kind->tracepoint ? resolve_tracepoint(q) : resolve_function(q);
	else
		code = *q->spec->category && !q->known ? resolve_pair(q) : resolve_function(q);
	if (code)
		return code;
	probe->config.direction = plan_direction(probe->name, probe->is_tracepoint);
	/* elsewhere it is that of an answer, or is being made from the packet */
	if (probe->config.direction != XCAP_DIR_OUT)
		probe->config.flow_arg = 0;
	write_spec(q, probe->is_tracepoint ? find_tracepoint(q, &target) : NULL);
	return 0;
}

int plan_resolve(const struct plan_kernel *kernel, const struct spec *spec,
		 struct plan_probe *probe, struct err *err)
{
	return plan_resolve_known(kernel, spec, NULL, probe, err);
}

int plan_resolve_known(const struct plan_kernel *kernel, const struct spec *spec,
		       const struct kbtf_target *target, struct plan_probe *probe, struct err *err)
{
	const struct query q = {
		.kernel = kernel,
		.spec = spec,
		.probe = probe,
		.known = target,
		.err = err,
	};

	return resolve(&q);
}
