/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fakebtf.c - builds BTF in memory and puts it where the kernel has its own, in the fake root.
 */
#include "fakebtf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "fakeroot.h"

int fakebtf_ok(int id)
{
	assert_true(id > 0);
	return id;
}

/* A prototype; arguments are pairs of name and type id, ended by a NULL name. */
static int add_proto(struct btf *btf, int returns, va_list ap)
{
	int proto = fakebtf_ok(btf__add_func_proto(btf, returns));
	const char *name;

	while ((name = va_arg(ap, const char *)))
		assert_int_equal(btf__add_func_param(btf, name, va_arg(ap, int)), 0);
	return proto;
}

int fakebtf_add_function(struct btf *btf, const char *name, int returns, ...)
{
	va_list ap;
	int proto;

	va_start(ap, returns);
	proto = add_proto(btf, returns, ap);
	va_end(ap);
	return fakebtf_ok(btf__add_func(btf, name, BTF_FUNC_STATIC, proto));
}

/* Returns the id of typedef `name`. */
int fakebtf_add_tracepoint(struct btf *btf, const char *name, ...)
{
	va_list ap;
	int proto;

	va_start(ap, name);
	proto = add_proto(btf, 0, ap);
	va_end(ap);
	return fakebtf_ok(btf__add_typedef(btf, name, fakebtf_ok(btf__add_ptr(btf, proto))));
}

void fakebtf_begin(struct fakebtf *t)
{
	t->btf = btf__new_empty();
	assert_non_null(t->btf);
	t->int_ = fakebtf_ok(btf__add_int(t->btf, "int", 4, BTF_INT_SIGNED));
	t->skb = fakebtf_ok(btf__add_struct(t->btf, "sk_buff", 232));
	t->skb_ptr = fakebtf_ok(btf__add_ptr(t->btf, t->skb));
	t->const_skb_ptr =
		fakebtf_ok(btf__add_ptr(t->btf, fakebtf_ok(btf__add_const(t->btf, t->skb))));
	t->void_ptr = fakebtf_ok(btf__add_ptr(t->btf, 0));
}

void fakebtf_write(const struct btf *btf, const char *path)
{
	uint32_t size;
	const void *data = btf__raw_data(btf, &size);

	assert_non_null(data);
	fakeroot_write(path, data, size);
}

/* Write the types and open them; t->btf stays open as the base of modules. */
struct kbtf *fakebtf_open(struct fakebtf *t)
{
	struct kbtf *kbtf;
	struct err err;

	fakebtf_write(t->btf, "/sys/kernel/btf/vmlinux");
	assert_int_equal(kbtf_open(&kbtf, &err), 0);
	return kbtf;
}

void fakebtf_close(struct fakebtf *t, struct kbtf *kbtf)
{
	kbtf_close(kbtf);
	btf__free(t->btf);
}

/* A module's types on top of t's, in the fake root. */
void fakebtf_write_module(const struct fakebtf *t, const char *path, const char *function,
			  const char *tracepoint)
{
	struct btf *btf = btf__new_empty_split(t->btf);

	assert_non_null(btf);
	fakebtf_add_function(btf, function, 0, "n", t->int_, "skb", t->skb_ptr, NULL);
	if (tracepoint)
		fakebtf_add_tracepoint(btf, tracepoint, "__data", t->void_ptr, "skb", t->skb_ptr,
				       NULL);
	fakebtf_write(btf, path);
	btf__free(btf);
}

void fakebtf_add_enum(struct btf *btf, const char *name, ...)
{
	const char *member;
	va_list ap;

	fakebtf_ok(btf__add_enum(btf, name, 4));
	va_start(ap, name);
	while ((member = va_arg(ap, const char *)))
		assert_int_equal(btf__add_enum_value(btf, member, va_arg(ap, int)), 0);
	va_end(ap);
}
