/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_kbtf.c - look-ups in made-up types of a kernel and its modules, and in the running kernel's.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>
#include <cmocka.h>

#include "fakebtf.h"
#include "fakeroot.h"
#include "kernel/kbtf.h"

static void find_function__plain_const_typedef_volatile_and_tagged_skb__are_all_found(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct fakebtf t;
	int alias, id;

	(void)state;
	fakebtf_begin(&t);
	id = fakebtf_add_function(t.btf, "plain", t.int_, "sk", t.void_ptr, "skb", t.skb_ptr, NULL);
	fakebtf_add_function(t.btf, "const_one", 0, "skb", t.const_skb_ptr, NULL);
	alias = fakebtf_ok(
		btf__add_typedef(t.btf, "skb_t", fakebtf_ok(btf__add_volatile(t.btf, t.skb))));
	fakebtf_add_function(t.btf, "aliased", 0, "skb", fakebtf_ok(btf__add_ptr(t.btf, alias)),
			     NULL);
	alias = fakebtf_ok(btf__add_typedef(t.btf, "skb_ptr_t", t.skb_ptr));
	fakebtf_add_function(t.btf, "alias_of_pointer", 0, "skb", alias, NULL);
	alias = fakebtf_ok(btf__add_type_tag(t.btf, "rcu", t.skb));
	fakebtf_add_function(t.btf, "tagged", 0, "skb", fakebtf_ok(btf__add_ptr(t.btf, alias)),
			     NULL);
	kbtf = fakebtf_open(&t);
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
	fakebtf_close(&t, kbtf);
}

static void find_function__what_it_returns__has_its_size_and_sign(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct fakebtf t;
	int wide, byte, number, pair;

	(void)state;
	fakebtf_begin(&t);
	number = fakebtf_ok(btf__add_int(t.btf, "int", 4, BTF_INT_SIGNED));
	byte = fakebtf_ok(btf__add_int(t.btf, "_Bool", 1, BTF_INT_BOOL));
	wide = fakebtf_ok(btf__add_struct(t.btf, "wide", 24));
	pair = fakebtf_ok(btf__add_struct(t.btf, "small", 8));
	fakebtf_add_function(t.btf, "ret_int", number, "skb", t.skb_ptr, NULL);
	fakebtf_add_function(t.btf, "ret_bool", byte, "skb", t.skb_ptr, "by_value", wide, NULL);
	fakebtf_add_function(t.btf, "ret_pointer", t.skb_ptr, "skb", t.skb_ptr, "n", number, NULL);
	fakebtf_add_function(t.btf, "ret_struct", pair, "skb", t.skb_ptr, NULL);
	fakebtf_add_function(t.btf, "ret_void", 0, "skb", t.skb_ptr, NULL);
	kbtf = fakebtf_open(&t);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "ret_int", &target), 0);
	assert_int_equal(target.ret_size, 4);
	assert_true(target.ret_signed);
	assert_int_equal(target.arg_words, 1);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "ret_bool", &target), 0);
	assert_int_equal(target.ret_size, 1);
	assert_false(target.ret_signed);
	assert_int_equal(target.arg_words, 4); /* a pointer, and 24 bytes by value */
	assert_int_equal(kbtf_find_function(kbtf, NULL, "ret_pointer", &target), 0);
	assert_int_equal(target.ret_size, 8);
	assert_false(target.ret_signed);
	assert_int_equal(target.arg_words, 2);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "ret_struct", &target), 0);
	assert_int_equal(target.ret_size, 0);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "ret_void", &target), 0);
	assert_int_equal(target.ret_size, 0);
	assert_false(target.returns_value);
	fakebtf_close(&t, kbtf);
}

static void find_function__no_pointer_to_an_skb__has_none(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct fakebtf t;

	(void)state;
	fakebtf_begin(&t);
	fakebtf_add_function(t.btf, "to_pointer", 0, "skb",
			     fakebtf_ok(btf__add_ptr(t.btf, t.skb_ptr)), "by_value", t.skb, "head",
			     fakebtf_ok(btf__add_ptr(t.btf, fakebtf_ok(btf__add_struct(
								    t.btf, "sk_buff_head", 24)))),
			     NULL);
	fakebtf_add_function(t.btf, "empty", 0, NULL);
	kbtf = fakebtf_open(&t);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "to_pointer", &target), 0);
	assert_int_equal(target.skb_arg, -1);
	assert_string_equal(target.args[0].type, "struct sk_buff **");
	assert_int_equal(kbtf_find_function(kbtf, NULL, "empty", &target), 0);
	assert_int_equal(target.skb_arg, -1);
	assert_int_equal(target.n_args, 0);
	fakebtf_close(&t, kbtf);
}

static void find_function__argument_6_of_14__is_found_and_all_are_counted(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct fakebtf t;

	(void)state;
	fakebtf_begin(&t);
	fakebtf_add_function(t.btf, "long_one", 0, "a", t.int_, "b", t.int_, "c", t.int_, "d",
			     t.int_, "e", t.int_, "skb", t.const_skb_ptr, "g", t.int_, "h", t.int_,
			     "i", t.int_, "j", t.int_, "k", t.int_, "l", t.int_, "m", t.int_,
			     "skb2", t.skb_ptr, NULL);
	kbtf = fakebtf_open(&t);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "long_one", &target), 0);
	assert_int_equal(target.skb_arg, 5);
	assert_int_equal(target.n_args, 14);
	fakebtf_close(&t, kbtf);
}

static void find_function__unknown_or_compiler_clone__is_enoent(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct fakebtf t;

	(void)state;
	fakebtf_begin(&t);
	fakebtf_add_function(t.btf, "foo", 0, "skb", t.skb_ptr, NULL);
	kbtf = fakebtf_open(&t);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "fo", &target), -ENOENT);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "foo.isra.0", &target), -ENOENT);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "sk_buff", &target), -ENOENT);
	assert_int_equal(kbtf_find_function(kbtf, "nomod", "foo", &target), -ENOENT);
	assert_int_equal(kbtf_find_function(kbtf, "vmlinux", "foo", &target), 0);
	fakebtf_close(&t, kbtf);
}

static void find_function__twice_the_name__is_the_first(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct fakebtf t;
	int first;

	(void)state;
	fakebtf_begin(&t);
	first = fakebtf_add_function(t.btf, "twin", 0, "skb", t.skb_ptr, NULL);
	fakebtf_add_function(t.btf, "twin", 0, "n", t.int_, "skb", t.skb_ptr, NULL);
	kbtf = fakebtf_open(&t);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "twin", &target), 0);
	assert_int_equal(target.btf_id, first);
	fakebtf_close(&t, kbtf);
}

static void print_args__spells_types_as_c_does(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct fakebtf t;
	char out[256];
	int callback, array;

	(void)state;
	fakebtf_begin(&t);
	callback = fakebtf_ok(btf__add_func_proto(t.btf, t.int_));
	assert_int_equal(btf__add_func_param(t.btf, "", t.skb_ptr), 0);
	assert_int_equal(btf__add_func_param(t.btf, "", t.int_), 0);
	callback = fakebtf_ok(btf__add_ptr(t.btf, callback));
	array = fakebtf_ok(
		btf__add_ptr(t.btf, fakebtf_ok(btf__add_array(t.btf, t.int_, t.int_, 4))));
	fakebtf_add_function(t.btf, "spelled", 0, "cb", callback, "four", array, "fixed",
			     fakebtf_ok(btf__add_const(t.btf, t.skb_ptr)), "kind",
			     fakebtf_ok(btf__add_enum(t.btf, "how", 4)), "", t.void_ptr, "fwd",
			     fakebtf_ok(btf__add_fwd(t.btf, "u", BTF_FWD_UNION)), "", 0, NULL);
	fakebtf_add_function(t.btf, "empty", 0, NULL);
	kbtf = fakebtf_open(&t);
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
	fakebtf_close(&t, kbtf);
}

static void find_function__types_without_end__are_cut_off(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct fakebtf t;
	int deep, i;

	(void)state;
	fakebtf_begin(&t);
	for (i = 0, deep = t.skb; i < 200; i++)
		deep = fakebtf_ok(btf__add_const(t.btf, deep));
	deep = fakebtf_ok(btf__add_ptr(t.btf, deep));
	fakebtf_add_function(t.btf, "deep", 0, "skb", deep, NULL);
	for (i = 0, deep = t.int_; i < 300; i++)
		deep = fakebtf_ok(btf__add_ptr(t.btf, deep));
	fakebtf_add_function(t.btf, "stars", 0, "p", deep, NULL);
	kbtf = fakebtf_open(&t);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "deep", &target), 0);
	assert_int_equal(target.skb_arg, -1);
	assert_int_equal(kbtf_find_function(kbtf, NULL, "stars", &target), 0);
	assert_int_equal(target.n_args, 1);
	fakebtf_close(&t, kbtf);
}

static void find_tracepoint__void_data__is_not_an_argument(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct fakebtf t;
	int id;

	(void)state;
	fakebtf_begin(&t);
	id = fakebtf_add_tracepoint(t.btf, "btf_trace_kfree_skb", "__data", t.void_ptr, "",
				    t.skb_ptr, "", t.void_ptr, NULL);
	fakebtf_add_tracepoint(t.btf, "btf_trace_bare", "__data", t.void_ptr, NULL);
	fakebtf_add_tracepoint(t.btf, "not_btf_trace_x", "__data", t.void_ptr, "", t.skb_ptr, NULL);
	kbtf = fakebtf_open(&t);
	assert_int_equal(kbtf_find_tracepoint(kbtf, "kfree_skb", &target), 0);
	assert_int_equal(target.btf_id, id);
	assert_int_equal(target.n_args, 2);
	assert_int_equal(target.skb_arg, 0);
	assert_int_equal(kbtf_find_tracepoint(kbtf, "bare", &target), 0);
	assert_int_equal(target.n_args, 0);
	assert_int_equal(target.skb_arg, -1);
	assert_int_equal(kbtf_find_tracepoint(kbtf, "x", &target), -ENOENT);
	assert_int_equal(kbtf_find_tracepoint(kbtf, "kfree", &target), -ENOENT);
	fakebtf_close(&t, kbtf);
}

static void find__in_modules__after_vmlinux_or_only_there(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct fakebtf t;

	(void)state;
	fakebtf_begin(&t);
	fakebtf_add_function(t.btf, "both", 0, "skb", t.skb_ptr, NULL);
	fakebtf_write_module(&t, "/sys/kernel/btf/mod_a", "both", NULL);
	fakebtf_write_module(&t, "/sys/kernel/btf/mod_b", "mine", "btf_trace_mod_event");
	fakeroot_write_text("/sys/kernel/btf/broken", "no types at all");
	kbtf = fakebtf_open(&t);
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
	fakebtf_close(&t, kbtf);
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
	struct fakebtf t;

	(void)state;
	fakebtf_begin(&t);
	fakebtf_add_function(t.btf, "one", 0, "skb", t.skb_ptr, NULL);
	fakebtf_add_function(t.btf, "without", 0, "n", t.int_, NULL);
	fakebtf_add_function(t.btf, "one", 0, "skb", t.skb_ptr, NULL);
	fakebtf_add_tracepoint(t.btf, "btf_trace_event", "__data", t.void_ptr, "skb", t.skb_ptr,
			       NULL);
	fakebtf_add_tracepoint(t.btf, "btf_trace_other", "__data", t.skb_ptr, NULL);
	fakebtf_write_module(&t, "/sys/kernel/btf/mod", "one", NULL);
	kbtf = fakebtf_open(&t);
	assert_int_equal(kbtf_for_each_skb(kbtf, note, seen), 0);
	assert_string_equal(seen, "one tp:event mod/one ");
	fakebtf_close(&t, kbtf);
}

static void note_name(void *arg, const char *name)
{
	strcat(arg, name);
	strcat(arg, " ");
}

static void name_each_skb__names_functions_and_no_tracepoints__before_and_after_all(void **state)
{
	char names[2][256] = {}, seen[256] = "";
	struct kbtf *kbtf;
	struct fakebtf t;

	(void)state;
	fakebtf_begin(&t);
	fakebtf_add_function(t.btf, "one", 0, "skb", t.skb_ptr, NULL);
	fakebtf_add_function(t.btf, "without", 0, "n", t.int_, NULL);
	fakebtf_add_function(t.btf, "two", 0, "n", t.int_, "skb", t.skb_ptr, NULL);
	fakebtf_add_function(t.btf, "without", 0, "n", t.int_, NULL);
	fakebtf_add_function(t.btf, "one", 0, "skb", t.skb_ptr, NULL);
	fakebtf_add_tracepoint(t.btf, "btf_trace_event", "__data", t.void_ptr, "skb", t.skb_ptr,
			       NULL);
	fakebtf_write_module(&t, "/sys/kernel/btf/mod", "three", NULL);
	kbtf = fakebtf_open(&t);
	assert_int_equal(kbtf_name_each_skb(kbtf, note_name, names[0]), 0);
	assert_int_equal(kbtf_for_each_skb(kbtf, note, seen), 0);
	assert_int_equal(kbtf_name_each_skb(kbtf, note_name, names[1]), 0);
	assert_string_equal(names[0], "one two three ");
	assert_string_equal(names[1], names[0]);
	assert_string_equal(seen, "one two tp:event mod/three ");
	fakebtf_close(&t, kbtf);
}

static void for_each_skb__stops_with_the_callback_s_value(void **state)
{
	char seen[256] = "";
	struct kbtf *kbtf;
	struct fakebtf t;

	(void)state;
	fakebtf_begin(&t);
	fakebtf_add_function(t.btf, "stop_here", 0, "skb", t.skb_ptr, NULL);
	fakebtf_add_function(t.btf, "after", 0, "skb", t.skb_ptr, NULL);
	kbtf = fakebtf_open(&t);
	assert_int_equal(kbtf_for_each_skb(kbtf, note, seen), 7);
	assert_string_equal(seen, "stop_here ");
	fakebtf_close(&t, kbtf);
}

static void function_names__vmlinux_then_modules(void **state)
{
	const char *const *names;
	struct kbtf *kbtf;
	struct fakebtf t;
	size_t n;

	(void)state;
	fakebtf_begin(&t);
	fakebtf_add_function(t.btf, "alpha", 0, NULL);
	fakebtf_write_module(&t, "/sys/kernel/btf/mod", "beta", NULL);
	kbtf = fakebtf_open(&t);
	names = kbtf_function_names(kbtf, &n);
	assert_int_equal(n, 2);
	assert_string_equal(names[0], "alpha");
	assert_string_equal(names[1], "beta");
	assert_ptr_equal(kbtf_function_names(kbtf, &n), names);
	fakebtf_close(&t, kbtf);
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
	struct fakebtf t;
	struct err err;
	uint32_t size;
	const void *data;

	(void)state;
	fakebtf_begin(&t);
	data = btf__raw_data(t.btf, &size);
	for (uint32_t len = 0; len < size; len++) {
		fakeroot_write("/sys/kernel/btf/vmlinux", data, len);
		assert_true(kbtf_open(&kbtf, &err) < 0);
		assert_int_equal(err.status, ERR_UNSUPPORTED);
	}
	btf__free(t.btf);
}

/* Write the fake types to a file of its own and open that. */
static int open_file(struct fakebtf *t, struct kbtf **kbtf, struct err *err)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/types", getenv("XCAP_KROOT"));
	fakebtf_write(t->btf, "/types");
	return kbtf_open_file(kbtf, path, err);
}

static void kbtf_open_file__copy_of_the_kernel_s__is_not_foreign(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct fakebtf t;
	struct err err;

	(void)state;
	fakebtf_begin(&t);
	fakebtf_add_function(t.btf, "alpha", 0, "skb", t.skb_ptr, NULL);
	fakebtf_write(t.btf, "/sys/kernel/btf/vmlinux");
	assert_int_equal(open_file(&t, &kbtf, &err), 0);
	assert_false(kbtf_is_foreign(kbtf));
	assert_non_null(strstr(kbtf_file(kbtf), "/types"));
	assert_int_equal(kbtf_find_function(kbtf, NULL, "alpha", &target), 0);
	kbtf_close(kbtf);
	assert_int_equal(kbtf_open(&kbtf, &err), 0);
	assert_null(kbtf_file(kbtf));
	assert_false(kbtf_is_foreign(kbtf));
	kbtf_close(kbtf);
	btf__free(t.btf);
}

/* Modules' types build on the kernel's own: none of them is looked into. */
static void kbtf_open_file__other_types__are_foreign_and_without_modules(void **state)
{
	struct kbtf_target target;
	struct kbtf *kbtf;
	struct fakebtf t;
	struct err err;

	(void)state;
	fakebtf_begin(&t);
	fakebtf_write(t.btf, "/sys/kernel/btf/vmlinux");
	fakebtf_write_module(&t, "/sys/kernel/btf/mod", "in_module", NULL);
	fakebtf_add_function(t.btf, "only_here", 0, "skb", t.skb_ptr, NULL);
	assert_int_equal(open_file(&t, &kbtf, &err), 0);
	assert_true(kbtf_is_foreign(kbtf));
	assert_int_equal(kbtf_find_function(kbtf, NULL, "only_here", &target), 0);
	assert_true(kbtf_find_function(kbtf, NULL, "in_module", &target) < 0);
	kbtf_close(kbtf);
	btf__free(t.btf);
}

static void kbtf_open_file__without_an_skb_or_without_types__names_the_file(void **state)
{
	struct btf *empty = btf__new_empty();
	struct kbtf *kbtf;
	char path[128];
	struct err err;

	(void)state;
	assert_true(btf__add_int(empty, "int", 4, BTF_INT_SIGNED) > 0);
	fakebtf_write(empty, "/types");
	snprintf(path, sizeof(path), "%s/types", getenv("XCAP_KROOT"));
	assert_true(kbtf_open_file(&kbtf, path, &err) < 0);
	assert_null(kbtf);
	assert_non_null(strstr(err.msg, "/types' holds types, but no 'struct sk_buff'"));
	fakeroot_write_text("/types", "no types at all");
	assert_true(kbtf_open_file(&kbtf, path, &err) < 0);
	assert_non_null(strstr(err.msg, "/types' holds no types (BTF)"));
	assert_non_null(strstr(err.hint, "/sys/kernel/btf/vmlinux"));
	strcat(path, "-missing");
	assert_true(kbtf_open_file(&kbtf, path, &err) < 0);
	assert_non_null(strstr(err.msg, "ENOENT"));
	assert_int_equal(err.status, ERR_FAILED);
	btf__free(empty);
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
		WITH_ROOT(name_each_skb__names_functions_and_no_tracepoints__before_and_after_all),
		WITH_ROOT(for_each_skb__stops_with_the_callback_s_value),
		WITH_ROOT(function_names__vmlinux_then_modules),
		WITH_ROOT(kbtf_open__no_types__is_unsupported_with_a_hint),
		WITH_ROOT(kbtf_open__damaged_types__is_an_error),
		WITH_ROOT(kbtf_open_file__copy_of_the_kernel_s__is_not_foreign),
		WITH_ROOT(kbtf_open_file__other_types__are_foreign_and_without_modules),
		WITH_ROOT(kbtf_open_file__without_an_skb_or_without_types__names_the_file),
		WITH_ROOT(find_function__what_it_returns__has_its_size_and_sign),
		cmocka_unit_test(running_kernel__netif_receive_skb_and_hundreds_more__take_an_skb),
	};

	return cmocka_run_group_tests_name("kbtf", tests, NULL, NULL);
}
