/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf.c - look-ups in the kernel's types.
 *
 * Opening costs one walk over vmlinux's BTF and no more: xcap has to be listening at once.
 * Everything else is done when it is first asked for, by further walks (about a millisecond each)
 * where names are not those that are always asked for; they stay where they are, in the BTF itself.
 */
#include "kernel/kbtf.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "base/util.h"
#include "kernel/kbtf_args.h"
#include "kernel/kbtf_data.h"
#include "kernel/kbtf_module.h"
#include "kernel/kbtf_offset.h"
#include "kernel/kbtf_reason.h"
#include "kernel/kroot.h"

#define TRACEPOINT "btf_trace_"

struct kbtf {
	struct kbtf_data *vmlinux;
	const char *file; /* of --btf; NULL: the kernel's own types */
	bool foreign;
	struct kbtf_modules modules;
	struct kbtf_reasons reasons;
	bool reasons_read, module_reasons_read;
	const char **names;
	size_t n_names;
};

int kbtf_open(struct kbtf **out, struct err *err)
{
	struct kbtf *kbtf = calloc(1, sizeof(*kbtf));
	int code;

	*out = NULL;
	if (!kbtf)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot read the kernel's types");
	kbtf->vmlinux = kbtf_data_open_own();
	if (!kbtf->vmlinux) {
		code = errno;
		free(kbtf);
		err_errno(err, ERR_UNSUPPORTED, code,
			  "cannot read the kernel's types (BTF) from '%s'", KBTF_DATA_OWN);
		err_hint(err, "xcap needs a kernel built with CONFIG_DEBUG_INFO_BTF=y, and "
			      "sysfs mounted on /sys; or give the kernel's types by --btf FILE");
		return err->code;
	}
	*out = kbtf;
	return 0;
}

/* Are these not the bytes that the kernel shows? */
static bool differs_from_kernel(const struct kbtf_data *data)
{
	char path[PATH_MAX], *own;
	size_t own_size = 0;
	bool same;

	own = util_read_file(kroot_path(path, sizeof(path), KBTF_DATA_OWN), &own_size);
	same = own && own_size == data->size && memcmp(own, data->bytes, data->size) == 0;
	free(own);
	return !same;
}

int kbtf_open_file(struct kbtf **out, const char *file, struct err *err)
{
	struct kbtf *kbtf = calloc(1, sizeof(*kbtf));
	libbpf_print_fn_t print;
	struct btf *btf;
	int code;

	*out = NULL;
	if (!kbtf)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot read types from '%s'", file);
	kbtf->file = file;
	print = libbpf_set_print(NULL); /* we say it ourselves */
	btf = btf__parse(file, NULL);
	kbtf->vmlinux = btf ? kbtf_data_take(btf) : NULL;
	code = errno;
	libbpf_set_print(print);
	if (!kbtf->vmlinux) {
		free(kbtf);
		if (access(file, R_OK) == 0)
			err_set(err, ERR_FAILED, "'%s' holds no types (BTF)", file);
		else
			err_errno(err, ERR_FAILED, code, "cannot read types (BTF) from '%s'", file);
		err_hint(err, "--btf takes a copy of /sys/kernel/btf/vmlinux, or a vmlinux file "
			      "with a section .BTF");
		return err->code;
	}
	if (!kbtf_known_find(kbtf->vmlinux, BTF_KIND_STRUCT, "sk_buff")) {
		kbtf_close(kbtf);
		code = err_set(err, ERR_FAILED, "'%s' holds types, but no 'struct sk_buff'", file);
		err_hint(err, "--btf takes the types of a whole kernel, not of a module");
		return code;
	}
	kbtf->foreign = differs_from_kernel(kbtf->vmlinux);
	kbtf->modules.listed = kbtf->foreign; /* theirs are based on the kernel's own */
	*out = kbtf;
	return 0;
}

bool kbtf_is_foreign(const struct kbtf *kbtf)
{
	return kbtf->foreign;
}

const char *kbtf_file(const struct kbtf *kbtf)
{
	return kbtf->file;
}

void kbtf_close(struct kbtf *kbtf)
{
	if (!kbtf)
		return;
	kbtf_reason_fini(&kbtf->reasons);
	kbtf_module_fini(&kbtf->modules);
	kbtf_data_close(kbtf->vmlinux);
	free(kbtf->names);
	free(kbtf);
}

static void release_types(struct kbtf *kbtf)
{
	kbtf_module_release(&kbtf->modules);
	kbtf_data_close(kbtf->vmlinux);
	kbtf->vmlinux = NULL;
	free(kbtf->names);
	kbtf->names = NULL;
	kbtf->n_names = 0;
}

const struct kbtf_data *kbtf_vmlinux(const struct kbtf *kbtf)
{
	return kbtf->vmlinux;
}

/* The types of one object that are its own: vmlinux's where module is NULL. */
struct scope {
	struct kbtf_module *module;
	const struct kbtf_data *btf;
	uint32_t start, end;
};

static struct scope vmlinux_scope(const struct kbtf *kbtf)
{
	return (struct scope){
		.btf = kbtf->vmlinux,
		.start = 1,
		.end = kbtf_data_count(kbtf->vmlinux),
	};
}

/* An empty range if its types cannot be read. */
static struct scope module_scope(struct kbtf *kbtf, struct kbtf_module *module)
{
	struct scope scope = {.module = module, .btf = kbtf_module_btf(module, kbtf->vmlinux)};

	if (scope.btf) {
		scope.start = kbtf_data_count(kbtf->vmlinux);
		scope.end = kbtf_data_count(scope.btf);
	}
	return scope;
}

/* False if the type has no prototype. */
static bool fill_target(struct kbtf *kbtf, const struct scope *scope, uint32_t id,
			struct kbtf_args_spelled *spelled, struct kbtf_target *target)
{
	const struct btf_type *type = kbtf_data_type(scope->btf, id);
	const struct btf_type *proto = kbtf_args_proto(scope->btf, type);

	memset(target, 0, sizeof(*target));
	if (!proto)
		return false;
	target->btf_id = id;
	if (scope->module) {
		snprintf(target->module, sizeof(target->module), "%s", scope->module->name);
		target->module_fd = kbtf_module_fd(&kbtf->modules, scope->module);
	}
	kbtf_args_fill(scope->btf, proto, kbtf_skb_skipped(type), spelled, target);
	return true;
}

static int find_in(struct kbtf *kbtf, const struct scope *scope, uint32_t kind, const char *name,
		   struct kbtf_target *target)
{
	uint32_t id = scope->btf ? kbtf_known_find(scope->btf, kind, name) : 0;

	return id && fill_target(kbtf, scope, id, NULL, target) ? 0 : -ENOENT;
}

/* vmlinux first, then the modules; module NULL: all of them. */
static int find_anywhere(struct kbtf *kbtf, const char *module, uint32_t kind, const char *name,
			 struct kbtf_target *target)
{
	struct scope scope = vmlinux_scope(kbtf);

	if ((!module || !strcmp(module, "vmlinux")) && !find_in(kbtf, &scope, kind, name, target))
		return 0;
	kbtf_module_list(&kbtf->modules);
	for (size_t i = 0; i < kbtf->modules.n; i++) {
		if (module && strcmp(module, kbtf->modules.list[i].name))
			continue;
		scope = module_scope(kbtf, &kbtf->modules.list[i]);
		if (!find_in(kbtf, &scope, kind, name, target))
			return 0;
	}
	return -ENOENT;
}

int kbtf_find_function(struct kbtf *kbtf, const char *module, const char *name,
		       struct kbtf_target *target)
{
	return find_anywhere(kbtf, module, BTF_KIND_FUNC, name, target);
}

int kbtf_find_tracepoint(struct kbtf *kbtf, const char *name, struct kbtf_target *target)
{
	char type_name[256];
	int n = snprintf(type_name, sizeof(type_name), TRACEPOINT "%s", name);

	if (n < 0 || (size_t)n >= sizeof(type_name))
		return -ENOENT;
	return find_anywhere(kbtf, NULL, BTF_KIND_TYPEDEF, type_name, target);
}

static int for_each_in(struct kbtf *kbtf, const struct scope *scope, kbtf_fn fn, void *arg)
{
	const struct kbtf_skb *list = scope->btf ? kbtf_skb_list(scope->btf) : NULL;
	struct kbtf_args_spelled *spelled; /* NULL: each is spelled again */
	struct kbtf_target target;
	int ret = 0;

	if (!list)
		return scope->btf ? -ENOMEM : 0;
	spelled = calloc(1, sizeof(*spelled));
	for (size_t i = 0; i < list->n && !ret; i++) {
		const struct btf_type *type = kbtf_data_type(scope->btf, list->ids[i]);

		fill_target(kbtf, scope, list->ids[i], spelled, &target);
		ret = fn(arg, kbtf_skb_name(scope->btf, type), btf_is_typedef(type), &target);
	}
	free(spelled);
	return ret;
}

int kbtf_for_each_skb(struct kbtf *kbtf, kbtf_fn fn, void *arg)
{
	struct scope scope = vmlinux_scope(kbtf);
	int ret = for_each_in(kbtf, &scope, fn, arg);

	kbtf_module_list(&kbtf->modules);
	for (size_t i = 0; i < kbtf->modules.n && !ret; i++) {
		scope = module_scope(kbtf, &kbtf->modules.list[i]);
		ret = for_each_in(kbtf, &scope, fn, arg);
	}
	return ret;
}

static int name_each_in(const struct scope *scope, kbtf_name_fn fn, void *arg)
{
	const struct kbtf_skb *list = scope->btf ? kbtf_skb_list(scope->btf) : NULL;

	for (size_t i = 0; list && i < list->n; i++) {
		const struct btf_type *type = kbtf_data_type(scope->btf, list->ids[i]);

		if (btf_is_func(type))
			fn(arg, kbtf_skb_name(scope->btf, type));
	}
	return list || !scope->btf ? 0 : -ENOMEM;
}

int kbtf_name_each_skb(struct kbtf *kbtf, kbtf_name_fn fn, void *arg)
{
	struct scope scope = vmlinux_scope(kbtf);
	int ret = name_each_in(&scope, fn, arg);

	kbtf_module_list(&kbtf->modules);
	for (size_t i = 0; i < kbtf->modules.n && !ret; i++) {
		scope = module_scope(kbtf, &kbtf->modules.list[i]);
		ret = name_each_in(&scope, fn, arg);
	}
	return ret;
}

/* Count the functions of a scope; write their names where names is not NULL. */
static size_t list_functions(const struct scope *scope, const char **names)
{
	size_t n = 0;

	for (uint32_t id = scope->start; id < scope->end; id++) {
		const struct btf_type *type = kbtf_data_type(scope->btf, id);

		if (!btf_is_func(type))
			continue;
		if (names)
			names[n] = kbtf_data_name(scope->btf, type->name_off);
		n++;
	}
	return n;
}

/* Over vmlinux and all modules. */
static size_t list_all_functions(struct kbtf *kbtf, const char **names)
{
	struct scope scope = vmlinux_scope(kbtf);
	size_t n = list_functions(&scope, names);

	for (size_t i = 0; i < kbtf->modules.n; i++) {
		scope = module_scope(kbtf, &kbtf->modules.list[i]);
		n += list_functions(&scope, names ? names + n : NULL);
	}
	return n;
}

const char *const *kbtf_function_names(struct kbtf *kbtf, size_t *n)
{
	if (!kbtf->names) {
		kbtf_module_list(&kbtf->modules);
		kbtf->names = calloc(list_all_functions(kbtf, NULL) + 1, sizeof(*kbtf->names));
		if (kbtf->names)
			kbtf->n_names = list_all_functions(kbtf, kbtf->names);
	}
	*n = kbtf->n_names;
	return kbtf->names;
}

void kbtf_print_args(const struct kbtf_target *target, char *out, size_t size)
{
	uint32_t shown = UTIL_MIN(target->n_args, KBTF_ARGS_MAX);
	size_t used = 0;

	snprintf(out, size, "%s", target->n_args ? "" : "none");
	for (uint32_t i = 0; i < shown && used < size; i++) {
		const struct kbtf_arg *arg = &target->args[i];
		size_t len = strlen(arg->type);
		bool blank = arg->name[0] && len && arg->type[len - 1] != '*';

		used += snprintf(out + used, size - used, "%s%u: %s%s%s", i ? ", " : "", i + 1,
				 arg->type, blank ? " " : "", arg->name);
	}
	if (shown < target->n_args && used < size)
		snprintf(out + used, size - used, ", ...");
}

static void read_reasons(struct kbtf *kbtf)
{
	if (!kbtf->reasons_read)
		kbtf_reason_collect(&kbtf->reasons, kbtf->vmlinux, 1);
	kbtf->reasons_read = true;
}

static void read_module_reasons(struct kbtf *kbtf)
{
	bool released = !kbtf->vmlinux;

	if (kbtf->module_reasons_read)
		return;
	kbtf->module_reasons_read = true;
	if (released && !kbtf->foreign)
		kbtf->vmlinux = kbtf_data_open_own();
	if (!kbtf->vmlinux)
		return;
	kbtf_module_list(&kbtf->modules);
	for (size_t i = 0; i < kbtf->modules.n; i++) {
		struct scope scope = module_scope(kbtf, &kbtf->modules.list[i]);

		if (scope.btf)
			kbtf_reason_collect(&kbtf->reasons, scope.btf, scope.start);
	}
	if (released)
		release_types(kbtf);
}

void kbtf_release(struct kbtf *kbtf, bool with_reasons)
{
	if (with_reasons) {
		read_reasons(kbtf);
	} else {
		kbtf_reason_fini(&kbtf->reasons);
		kbtf->reasons_read = kbtf->module_reasons_read = true;
	}
	release_types(kbtf);
}

const char *kbtf_drop_reason(struct kbtf *kbtf, uint32_t reason)
{
	const char *name;

	read_reasons(kbtf);
	name = kbtf_reason_find(&kbtf->reasons, reason);
	if (!name && reason >> 16)
		read_module_reasons(kbtf);
	return name ? name : kbtf_reason_find(&kbtf->reasons, reason);
}

int kbtf_find_drop_reason(struct kbtf *kbtf, const char *name, uint32_t *reason)
{
	read_reasons(kbtf);
	if (!kbtf->reasons.n)
		return -EOPNOTSUPP;
	if (kbtf_reason_value(&kbtf->reasons, name, reason))
		read_module_reasons(kbtf);
	return kbtf_reason_value(&kbtf->reasons, name, reason);
}

const char *kbtf_drop_reason_at(struct kbtf *kbtf, size_t i)
{
	read_reasons(kbtf);
	return i < kbtf->reasons.n ? kbtf->reasons.list[i].name : NULL;
}

/* Offset of the preemption count that this per-CPU variable is or holds; -1: neither. */
static int64_t preempt_count_in(const struct kbtf_data *btf, const struct btf_type *var,
				uint32_t var_offset)
{
	const char *name = kbtf_data_name(btf, var->name_off);
	int64_t offset;

	if (!strcmp(name, "__preempt_count"))
		return var_offset;
	if (strcmp(name, "pcpu_hot"))
		return -1;
	offset = kbtf_offset_in(btf, var->type, "preempt_count");
	return offset < 0 ? -1 : var_offset + offset;
}

int64_t kbtf_preempt_delta(const struct kbtf *kbtf)
{
	uint32_t id = kbtf_known_find(kbtf->vmlinux, BTF_KIND_DATASEC, ".data..percpu");
	const struct btf_type *section = id ? kbtf_data_type(kbtf->vmlinux, id) : NULL;
	int64_t count = -1, queue = -1;

	for (uint32_t i = 0; section && i < btf_vlen(section); i++) {
		const struct btf_var_secinfo *info = &btf_var_secinfos(section)[i];
		const struct btf_type *var = kbtf_data_type(kbtf->vmlinux, info->type);

		if (!var || !btf_is_var(var))
			continue;
		if (!strcmp(kbtf_data_name(kbtf->vmlinux, var->name_off), "runqueues"))
			queue = info->offset;
		if (count < 0)
			count = preempt_count_in(kbtf->vmlinux, var, info->offset);
	}
	return count < 0 || queue < 0 ? 0 : count - queue;
}
