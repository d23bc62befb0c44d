/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_kbtf.c - look-ups in made-up types of a kernel and its modules, and in the running kernel's.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>
#include <cmocka.h>

#include "fakeroot.h"
#include "kernel/kbtf.h"

/* Ids of the types that most functions are made of. */
struct types {
	struct btf *btf;
	int int_, skb, skb_ptr, const_skb_ptr, void_ptr;
};

static int ok(int id)
{
	assert_true(id > 0);
	return id;
}

/* Add a function; arguments are pairs of name and type id, ended by a NULL name. */
static int add_proto(struct btf *btf, int returns, va_list ap)
{
	int proto = ok(btf__add_func_proto(btf, returns));
	const char *name;

	while ((name = va_arg(ap, const char *)))
		assert_int_equal(btf__add_func_param(btf, name, va_arg(ap, int)), 0);
	return proto;
}

static int add_function(struct btf *btf, const char *name, int returns, ...)
{
	va_list ap;
	int proto;

	va_start(ap, returns);
	proto = add_proto(btf, returns, ap);
	va_end(ap);
	return ok(btf__add_func(btf, name, BTF_FUNC_STATIC, proto));
}

/* Returns the id of typedef `name`. */
static int add_tracepoint(struct btf *btf, const char *name, ...)
{
	va_list ap;
	int proto;

	va_start(ap, name);
	proto = add_proto(btf, 0, ap);
	va_end(ap);
	return ok(btf__add_typedef(btf, name, ok(btf__add_ptr(btf, proto))));
}

static void begin(struct types *t)
{
	t->btf = btf__new_empty();
	assert_non_null(t->btf);
	t->int_ = ok(btf__add_int(t->btf, "int", 4, BTF_INT_SIGNED));
	t->skb = ok(btf__add_struct(t->btf, "sk_buff", 232));
	t->skb_ptr = ok(btf__add_ptr(t->btf, t->skb));
	t->const_skb_ptr = ok(btf__add_ptr(t->btf, ok(btf__add_const(t->btf, t->skb))));
	t->void_ptr = ok(btf__add_ptr(t->btf, 0));
}

static void write_btf(const struct btf *btf, const char *path)
{
	uint32_t size;
	const void *data = btf__raw_data(btf, &size);

	assert_non_null(data);
	fakeroot_write(path, data, size);
}

/* Write the types and open them; t->btf stays open as the base of modules. */
static struct kbtf *finish(struct types *t)
{
	struct kbtf *kbtf;
	struct err err;

	write_btf(t->btf, "/sys/kernel/btf/vmlinux");
	assert_int_equal(kbtf_open(&kbtf, &err), 0);
	return kbtf;
}

static void end(struct types *t, struct kbtf *kbtf)
{
	kbtf_close(kbtf);
	btf__free(t->btf);
}

static void find_function__plain_const_typedef_volatile_and_tagged_skb__are_all_found(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct types t;
	int alias, id;

	(void)state;
	begin(&t);
	id = add_function(t.btf, "plain", t.int_, "sk", t.void_ptr, "skb", t.skb_ptr, NULL);
	add_function(t.btf, "const_one", 0, "skb", t.const_skb_ptr, NULL);
	alias = ok(btf__add_typedef(t.btf, "skb_t", ok(btf__add_volatile(t.btf, t.skb))));
	add_function(t.btf, "aliased", 0, "skb", ok(btf__add_ptr(t.btf, alias)), NULL);
	alias = ok(btf__add_typedef(t.btf, "skb_ptr_t", t.skb_ptr));
	add_function(t.btf, "alias_of_pointer", 0, "skb", alias, NULL);
	alias = ok(btf__add_type_tag(t.btf, "rcu", t.skb));
	add_function(t.btf, "tagged", 0, "skb", ok(btf__add_ptr(t.btf, alias)), NULL);
	kbtf = finish(&t);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "plain", &target), 0);
	assert_int_equal(target.btf_id, id);
	assert_int_equal(target.module_fd, 0);
	assert_string_equal(target.module, "");
	assert_int_equal(target.n_args, 2);
	assert_int_equal(target.skb_arg, 1);
	assert_false(target.args[0].is_skb);
	assert_true(target.args[1].is_skb);
	assert_true(target.returns_value);
	assert_string_equal(target.args[1].name, "skb");
	assert_string_equal(target.args[1].type, "struct sk_buff *");
	assert_int_equal(kbtf_find_function(kbtf, NULL, "const_one", &target), 0);
	assert_int_equal(target.skb_arg, 0);
	assert_false(target.returns_value);
	assert_string_equal(target.args[0].type, "const struct sk_buff *");
	assert_int_equal(kbtf_find_function(kbtf, NULL, "aliased", &target), 0);
	assert_int_equal(target.skb_arg, 0);
	assert_string_equal(target.args[0].type, "skb_t *");
	assert_int_equal(kbtf_find_function(kbtf, NULL, "alias_of_pointer", &target), 0);
	assert_int_equal(target.skb_arg, 0);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "tagged", &target), 0);
	assert_int_equal(target.skb_arg, 0);
	end(&t, kbtf);
}

static void find_function__no_pointer_to_an_skb__has_none(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct types t;

	(void)state;
	begin(&t);
	add_function(t.btf, "to_pointer", 0, "skb", ok(btf__add_ptr(t.btf, t.skb_ptr)), "by_value",
		     t.skb, "head",
		     ok(btf__add_ptr(t.btf, ok(btf__add_struct(t.btf, "sk_buff_head", 24)))), NULL);
	add_function(t.btf, "empty", 0, NULL);
	kbtf = finish(&t);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "to_pointer", &target), 0);
	assert_int_equal(target.skb_arg, -1);
	assert_string_equal(target.args[0].type, "struct sk_buff **");
	assert_int_equal(kbtf_find_function(kbtf, NULL, "empty", &target), 0);
	assert_int_equal(target.skb_arg, -1);
	assert_int_equal(target.n_args, 0);
	end(&t, kbtf);
}

static void find_function__argument_6_of_14__is_found_and_all_are_counted(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct types t;

	(void)state;
	begin(&t);
	add_function(t.btf, "long_one", 0, "a", t.int_, "b", t.int_, "c", t.int_, "d", t.int_, "e",
		     t.int_, "skb", t.const_skb_ptr, "g", t.int_, "h", t.int_, "i", t.int_, "j",
		     t.int_, "k", t.int_, "l", t.int_, "m", t.int_, "skb2", t.skb_ptr, NULL);
	kbtf = finish(&t);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "long_one", &target), 0);
	assert_int_equal(target.skb_arg, 5);
	assert_int_equal(target.n_args, 14);
	end(&t, kbtf);
}

static void find_function__unknown_or_compiler_clone__is_enoent(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct types t;

	(void)state;
	begin(&t);
	add_function(t.btf, "foo", 0, "skb", t.skb_ptr, NULL);
	kbtf = finish(&t);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "fo", &target), -ENOENT);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "foo.isra.0", &target), -ENOENT);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "sk_buff", &target), -ENOENT);
	assert_int_equal(kbtf_find_function(kbtf, "nomod", "foo", &target), -ENOENT);
	assert_int_equal(kbtf_find_function(kbtf, "vmlinux", "foo", &target), 0);
	end(&t, kbtf);
}

static void find_function__twice_the_name__is_the_first(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct types t;
	int first;

	(void)state;
	begin(&t);
	first = add_function(t.btf, "twin", 0, "skb", t.skb_ptr, NULL);
	add_function(t.btf, "twin", 0, "n", t.int_, "skb", t.skb_ptr, NULL);
	kbtf = finish(&t);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "twin", &target), 0);
	assert_int_equal(target.btf_id, first);
	end(&t, kbtf);
}

static void print_args__spells_types_as_c_does(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct types t;
	char out[256];
	int callback, array;

	(void)state;
	begin(&t);
	callback = ok(btf__add_func_proto(t.btf, t.int_));
	assert_int_equal(btf__add_func_param(t.btf, "", t.skb_ptr), 0);
	assert_int_equal(btf__add_func_param(t.btf, "", t.int_), 0);
	callback = ok(btf__add_ptr(t.btf, callback));
	array = ok(btf__add_ptr(t.btf, ok(btf__add_array(t.btf, t.int_, t.int_, 4))));
	add_function(t.btf, "spelled", 0, "cb", callback, "four", array, "fixed",
		     ok(btf__add_const(t.btf, t.skb_ptr)), "kind",
		     ok(btf__add_enum(t.btf, "how", 4)), "", t.void_ptr, "fwd",
		     ok(btf__add_fwd(t.btf, "u", BTF_FWD_UNION)), "", 0, NULL);
	add_function(t.btf, "empty", 0, NULL);
	kbtf = finish(&t);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "spelled", &target), 0);
	kbtf_print_args(&target, out, sizeof(out));
	assert_string_equal(out, "1: int (*)(struct sk_buff *, int) cb, 2: int (*)[4] four, "
				 "3: struct sk_buff *const fixed, 4: enum how kind, 5: void *, "
				 "6: union u fwd");
	kbtf_print_args(&target, out, 12);
	assert_string_equal(out, "1: int (*)(");
	assert_int_equal(kbtf_find_function(kbtf, NULL, "empty", &target), 0);
	kbtf_print_args(&target, out, sizeof(out));
	assert_string_equal(out, "none");
	end(&t, kbtf);
}

static void find_function__types_without_end__are_cut_off(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct types t;
	int deep, i;

	(void)state;
	begin(&t);
	for (i = 0, deep = t.skb; i < 200; i++)
		deep = ok(btf__add_const(t.btf, deep));
	deep = ok(btf__add_ptr(t.btf, deep));
	add_function(t.btf, "deep", 0, "skb", deep, NULL);
	for (i = 0, deep = t.int_; i < 300; i++)
		deep = ok(btf__add_ptr(t.btf, deep));
	add_function(t.btf, "stars", 0, "p", deep, NULL);
	kbtf = finish(&t);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "deep", &target), 0);
	assert_int_equal(target.skb_arg, -1);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "stars", &target), 0);
	assert_int_equal(target.n_args, 1);
	end(&t, kbtf);
}

static void find_tracepoint__void_data__is_not_an_argument(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct types t;
	int id;

	(void)state;
	begin(&t);
	id = add_tracepoint(t.btf, "btf_trace_kfree_skb", "__data", t.void_ptr, "", t.skb_ptr, "",
			    t.void_ptr, NULL);
	add_tracepoint(t.btf, "btf_trace_bare", "__data", t.void_ptr, NULL);
	add_tracepoint(t.btf, "not_btf_trace_x", "__data", t.void_ptr, "", t.skb_ptr, NULL);
	kbtf = finish(&t);
	assert_int_equal(kbtf_find_tracepoint(kbtf, "kfree_skb", &target), 0);
	assert_int_equal(target.btf_id, id);
	assert_int_equal(target.n_args, 2);
	assert_int_equal(target.skb_arg, 0);
	assert_int_equal(kbtf_find_tracepoint(kbtf, "bare", &target), 0);
	assert_int_equal(target.n_args, 0);
	assert_int_equal(target.skb_arg, -1);
	assert_int_equal(kbtf_find_tracepoint(kbtf, "x", &target), -ENOENT);
	assert_int_equal(kbtf_find_tracepoint(kbtf, "kfree", &target), -ENOENT);
	end(&t, kbtf);
}

/* A module's types on top of t's, in the fake root. */
static void write_module(const struct types *t, const char *path, const char *function,
			 const char *tracepoint)
{
	struct btf *btf = btf__new_empty_split(t->btf);

	assert_non_null(btf);
	add_function(btf, function, 0, "n", t->int_, "skb", t->skb_ptr, NULL);
	if (tracepoint)
		add_tracepoint(btf, tracepoint, "__data", t->void_ptr, "skb", t->skb_ptr, NULL);
	write_btf(btf, path);
	btf__free(btf);
}

static void find__in_modules__after_vmlinux_or_only_there(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct types t;

	(void)state;
	begin(&t);
	add_function(t.btf, "both", 0, "skb", t.skb_ptr, NULL);
	write_module(&t, "/sys/kernel/btf/mod_a", "both", NULL);
	write_module(&t, "/sys/kernel/btf/mod_b", "mine", "btf_trace_mod_event");
	fakeroot_write_text("/sys/kernel/btf/broken", "no types at all");
	kbtf = finish(&t);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "both", &target), 0);
	assert_string_equal(target.module, "");
	assert_int_equal(kbtf_find_function(kbtf, "mod_a", "both", &target), 0);
	assert_string_equal(target.module, "mod_a");
	assert_int_equal(target.skb_arg, 1);
	assert_true(target.module_fd < 0); /* the running kernel has no such module */
	assert_int_equal(kbtf_find_function(kbtf, NULL, "mine", &target), 0);
	assert_string_equal(target.module, "mod_b");
	assert_int_equal(kbtf_find_function(kbtf, "mod_a", "mine", &target), -ENOENT);
	assert_int_equal(kbtf_find_function(kbtf, "vmlinux", "mine", &target), -ENOENT);
	assert_int_equal(kbtf_find_tracepoint(kbtf, "mod_event", &target), 0);
	assert_string_equal(target.module, "mod_b");
	assert_int_equal(target.n_args, 1);
	end(&t, kbtf);
}

/* What kbtf_for_each_skb() reported, as one string. */
static int note(void *arg, const char *name, bool tracepoint, const struct kbtf_target *target)
{
	char *seen = arg;

	strcat(seen, tracepoint ? "tp:" : "");
	strcat(seen, target->module);
	strcat(seen, target->module[0] ? "/" : "");
	strcat(seen, name);
	strcat(seen, " ");
	return strcmp(name, "stop_here") ? 0 : 7;
}

static void for_each_skb__reports_each_name_once_and_only_those_with_an_skb(void **state)
{
	char seen[256] = "";
	struct kbtf *kbtf;
	struct types t;

	(void)state;
	begin(&t);
	add_function(t.btf, "one", 0, "skb", t.skb_ptr, NULL);
	add_function(t.btf, "without", 0, "n", t.int_, NULL);
	add_function(t.btf, "one", 0, "skb", t.skb_ptr, NULL);
	add_tracepoint(t.btf, "btf_trace_event", "__data", t.void_ptr, "skb", t.skb_ptr, NULL);
	add_tracepoint(t.btf, "btf_trace_other", "__data", t.skb_ptr, NULL);
	write_module(&t, "/sys/kernel/btf/mod", "one", NULL);
	kbtf = finish(&t);
	assert_int_equal(kbtf_for_each_skb(kbtf, note, seen), 0);
	assert_string_equal(seen, "one tp:event mod/one ");
	end(&t, kbtf);
}

static void for_each_skb__stops_with_the_callback_s_value(void **state)
{
	char seen[256] = "";
	struct kbtf *kbtf;
	struct types t;

	(void)state;
	begin(&t);
	add_function(t.btf, "stop_here", 0, "skb", t.skb_ptr, NULL);
	add_function(t.btf, "after", 0, "skb", t.skb_ptr, NULL);
	kbtf = finish(&t);
	assert_int_equal(kbtf_for_each_skb(kbtf, note, seen), 7);
	assert_string_equal(seen, "stop_here ");
	end(&t, kbtf);
}

static void function_names__vmlinux_then_modules(void **state)
{
	const char *const *names;
	struct kbtf *kbtf;
	struct types t;
	size_t n;

	(void)state;
	begin(&t);
	add_function(t.btf, "alpha", 0, NULL);
	write_module(&t, "/sys/kernel/btf/mod", "beta", NULL);
	kbtf = finish(&t);
	names = kbtf_function_names(kbtf, &n);
	assert_int_equal(n, 2);
	assert_string_equal(names[0], "alpha");
	assert_string_equal(names[1], "beta");
	assert_ptr_equal(kbtf_function_names(kbtf, &n), names);
	end(&t, kbtf);
}

static void add_members(struct btf *btf, const char *name, ...)
{
	const char *member;
	va_list ap;

	ok(btf__add_enum(btf, name, 4));
	va_start(ap, name);
	while ((member = va_arg(ap, const char *)))
		assert_int_equal(btf__add_enum_value(btf, member, va_arg(ap, int)), 0);
	va_end(ap);
}

static void drop_reason__core_and_sub_systems_of_vmlinux_and_modules__are_named(void **state)
{
	struct btf *module;
	struct kbtf *kbtf;
	struct types t;

	(void)state;
	begin(&t);
	add_members(t.btf, "skb_drop_reason", "SKB_NOT_DROPPED_YET", 0, "SKB_CONSUMED", 1,
		    "SKB_DROP_REASON_NETFILTER_DROP", 9, "SKB_DROP_REASON_MAX", 10,
		    "SKB_DROP_REASON_SUBSYS_MASK", (int)0xffff0000, NULL);
	add_members(t.btf, "skb_drop_reason_subsys", "SKB_DROP_REASON_SUBSYS_CORE", 0,
		    "SKB_DROP_REASON_SUBSYS_QDISC", 1, "SKB_DROP_REASON_SUBSYS_OPENVSWITCH", 2,
		    "SKB_DROP_REASON_SUBSYS_NUM", 3, NULL);
	add_members(t.btf, "qdisc_drop_reason", "QDISC_DROP_UNSPEC", 0, "__QDISC_DROP_REASON",
		    0x10000, "QDISC_DROP_OVERLIMIT", 0x10002, NULL);
	add_members(t.btf, "flags", "FLAG_A", 0x10003, NULL);
	add_members(t.btf, "alien_drop_reason", "ALIEN", 0x30001, NULL);
	module = btf__new_empty_split(t.btf);
	add_members(module, "ovs_drop_reason", "OVS_DROP_LAST_ACTION", 0x20001, NULL);
	write_btf(module, "/sys/kernel/btf/openvswitch");
	btf__free(module);
	kbtf = finish(&t);
	assert_string_equal(kbtf_drop_reason(kbtf, 9), "NETFILTER_DROP");
	assert_string_equal(kbtf_drop_reason(kbtf, 0), "NOT_DROPPED_YET");
	assert_string_equal(kbtf_drop_reason(kbtf, 1), "CONSUMED");
	assert_string_equal(kbtf_drop_reason(kbtf, 0x10002), "QDISC_DROP_OVERLIMIT");
	assert_string_equal(kbtf_drop_reason(kbtf, 0x10000), "QDISC_DROP_REASON");
	assert_string_equal(kbtf_drop_reason(kbtf, 0x20001), "OVS_DROP_LAST_ACTION");
	assert_null(kbtf_drop_reason(kbtf, 10));
	assert_null(kbtf_drop_reason(kbtf, 0x10003));
	assert_null(kbtf_drop_reason(kbtf, 0x20002));
	assert_null(kbtf_drop_reason(kbtf, 0x30001));
	assert_null(kbtf_drop_reason(kbtf, 0xffff0000));
	end(&t, kbtf);
}

static void drop_reason__kernel_without_them__is_null(void **state)
{
	struct kbtf *kbtf;
	struct types t;

	(void)state;
	begin(&t);
	kbtf = finish(&t);
	assert_null(kbtf_drop_reason(kbtf, 2));
	assert_null(kbtf_drop_reason(kbtf, 0x10002));
	end(&t, kbtf);
}

/* A per-CPU section with up to two variables; offset < 0: not there. */
static int64_t delta_of(const char *name, int (*type)(struct types *t), int count, int queue)
{
	struct kbtf *kbtf;
	struct types t;
	int64_t delta;
	int first, second;

	begin(&t);
	first = ok(btf__add_var(t.btf, name, BTF_VAR_GLOBAL_ALLOCATED, type(&t)));
	second = ok(btf__add_var(t.btf, "runqueues", BTF_VAR_GLOBAL_ALLOCATED, t.skb));
	ok(btf__add_datasec(t.btf, ".data..percpu", 0x4000));
	if (count >= 0)
		assert_int_equal(btf__add_datasec_var_info(t.btf, first, count, 4), 0);
	if (queue >= 0)
		assert_int_equal(btf__add_datasec_var_info(t.btf, second, queue, 232), 0);
	kbtf = finish(&t);
	delta = kbtf_preempt_delta(kbtf);
	end(&t, kbtf);
	return delta;
}

static int plain_count(struct types *t)
{
	return t->int_;
}

/* struct pcpu_hot { union { struct { void *current_task; int preempt_count; }; }; } */
static int pcpu_hot(struct types *t)
{
	int inner, outer;

	inner = ok(btf__add_struct(t->btf, "", 16));
	assert_int_equal(btf__add_field(t->btf, "current_task", t->void_ptr, 0, 0), 0);
	assert_int_equal(btf__add_field(t->btf, "preempt_count", t->int_, 64, 0), 0);
	outer = ok(btf__add_union(t->btf, "", 64));
	assert_int_equal(btf__add_field(t->btf, "", inner, 0, 0), 0);
	inner = ok(btf__add_struct(t->btf, "pcpu_hot", 64));
	assert_int_equal(btf__add_field(t->btf, "", outer, 0, 0), 0);
	return inner;
}

static void preempt_delta__plain_variable__is_count_minus_queue(void **state)
{
	(void)state;
	assert_int_equal(delta_of("__preempt_count", plain_count, 0x100, 0x1000), -0xf00);
	assert_int_equal(delta_of("__preempt_count", plain_count, 0x2000, 0x1000), 0x1000);
}

static void preempt_delta__pcpu_hot__adds_the_member_s_offset(void **state)
{
	(void)state;
	assert_int_equal(delta_of("pcpu_hot", pcpu_hot, 0x2000, 0x1000), 0x1008);
}

static void preempt_delta__either_missing__is_0(void **state)
{
	(void)state;
	assert_int_equal(delta_of("__preempt_count", plain_count, -1, 0x1000), 0);
	assert_int_equal(delta_of("__preempt_count", plain_count, 0x100, -1), 0);
	assert_int_equal(delta_of("something_else", plain_count, 0x100, 0x1000), 0);
	assert_int_equal(delta_of("pcpu_hot", plain_count, 0x100, 0x1000), 0);
}

static void kbtf_open__no_types__is_unsupported_with_a_hint(void **state)
{
	struct kbtf *kbtf;
	struct err err;

	(void)state;
	assert_true(kbtf_open(&kbtf, &err) < 0);
	assert_null(kbtf);
	assert_int_equal(err.status, ERR_UNSUPPORTED);
	assert_non_null(strstr(err.msg, "'/sys/kernel/btf/vmlinux'"));
	assert_non_null(strstr(err.msg, "ENOENT"));
	assert_non_null(strstr(err.hint, "CONFIG_DEBUG_INFO_BTF"));
	kbtf_close(NULL);
}

static void kbtf_open__damaged_types__is_an_error(void **state)
{
	struct kbtf *kbtf;
	struct types t;
	struct err err;
	uint32_t size;
	const void *data;

	(void)state;
	begin(&t);
	data = btf__raw_data(t.btf, &size);
	for (uint32_t len = 0; len < size; len++) {
		fakeroot_write("/sys/kernel/btf/vmlinux", data, len);
		assert_true(kbtf_open(&kbtf, &err) < 0);
		assert_int_equal(err.status, ERR_UNSUPPORTED);
	}
	btf__free(t.btf);
}

static int count(void *arg, const char *name, bool tracepoint, const struct kbtf_target *target)
{
	int *n = arg;

	assert_true(name[0]);
	assert_true(target->skb_arg >= 0 && target->skb_arg < KBTF_ARGS_MAX);
	assert_true(target->args[target->skb_arg].is_skb);
	n[tracepoint]++;
	return 0;
}

static void running_kernel__netif_receive_skb_and_hundreds_more__take_an_skb(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct err err;
	int n[2] = {};

	(void)state;
	if (kbtf_open(&kbtf, &err)) {
		print_message("skip: %s\n", err.msg);
		skip();
	}
	assert_int_equal(kbtf_find_function(kbtf, NULL, "netif_receive_skb", &target), 0);
	assert_int_equal(target.skb_arg, 0);
	assert_int_equal(target.n_args, 1);
	assert_int_equal(kbtf_find_tracepoint(kbtf, "netif_receive_skb", &target), 0);
	assert_int_equal(target.skb_arg, 0);
	assert_int_equal(kbtf_for_each_skb(kbtf, count, n), 0);
	assert_true(n[0] > 1000);
	assert_true(n[1] > 15);
	kbtf_close(kbtf);
}

#define WITH_ROOT(f) cmocka_unit_test_setup_teardown(f, fakeroot_setup, fakeroot_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ROOT(
			find_function__plain_const_typedef_volatile_and_tagged_skb__are_all_found),
		WITH_ROOT(find_function__no_pointer_to_an_skb__has_none),
		WITH_ROOT(find_function__argument_6_of_14__is_found_and_all_are_counted),
		WITH_ROOT(find_function__unknown_or_compiler_clone__is_enoent),
		WITH_ROOT(find_function__twice_the_name__is_the_first),
		WITH_ROOT(find_function__types_without_end__are_cut_off),
		WITH_ROOT(print_args__spells_types_as_c_does),
		WITH_ROOT(find_tracepoint__void_data__is_not_an_argument),
		WITH_ROOT(find__in_modules__after_vmlinux_or_only_there),
		WITH_ROOT(for_each_skb__reports_each_name_once_and_only_those_with_an_skb),
		WITH_ROOT(for_each_skb__stops_with_the_callback_s_value),
		WITH_ROOT(function_names__vmlinux_then_modules),
		WITH_ROOT(drop_reason__core_and_sub_systems_of_vmlinux_and_modules__are_named),
		WITH_ROOT(drop_reason__kernel_without_them__is_null),
		WITH_ROOT(preempt_delta__plain_variable__is_count_minus_queue),
		WITH_ROOT(preempt_delta__pcpu_hot__adds_the_member_s_offset),
		WITH_ROOT(preempt_delta__either_missing__is_0),
		WITH_ROOT(kbtf_open__no_types__is_unsupported_with_a_hint),
		WITH_ROOT(kbtf_open__damaged_types__is_an_error),
		cmocka_unit_test(running_kernel__netif_receive_skb_and_hundreds_more__take_an_skb),
	};

	return cmocka_run_group_tests_name("kbtf", tests, NULL, NULL);
}
