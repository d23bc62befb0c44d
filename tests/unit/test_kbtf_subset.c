/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_kbtf_subset.c - which of the kernel's types an object is relocated by, from made-up ones.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>
#include <cmocka.h>

#include "base/util.h"
#include "fakebtf.h"
#include "kernel/kbtf_data.h"
#include "kernel/kbtf_subset.h"

static int add_int(struct btf *btf)
{
	return fakebtf_ok(btf__add_int(btf, "int", 4, BTF_INT_SIGNED));
}

static void add_field(struct btf *btf, const char *name, int type, uint32_t bit, uint32_t bits)
{
	assert_int_equal(btf__add_field(btf, name, type, bit, bits), 0);
}

/*
 * struct inner { int deep; int unused; };
 * struct outer { int a; struct inner in; struct { int nameless; }; struct other *next; int b : 3;
 *		  possible many[4]; };
 */
static struct btf *kernel_types(void)
{
	struct btf *btf = btf__new_empty();
	int int_, inner, anon, other, next, many, alias;

	assert_non_null(btf);
	int_ = add_int(btf);
	inner = fakebtf_ok(btf__add_struct(btf, "inner", 8));
	add_field(btf, "deep", int_, 0, 0);
	add_field(btf, "unused", int_, 32, 0);
	anon = fakebtf_ok(btf__add_struct(btf, "", 4));
	add_field(btf, "nameless", int_, 0, 0);
	other = fakebtf_ok(btf__add_struct(btf, "other", 4));
	add_field(btf, "a", int_, 0, 0);
	next = fakebtf_ok(btf__add_ptr(btf, other));
	alias = fakebtf_ok(btf__add_typedef(btf, "possible", inner));
	many = fakebtf_ok(btf__add_array(btf, int_, alias, 4));
	fakebtf_ok(btf__add_struct(btf, "outer", 64));
	add_field(btf, "a", int_, 0, 0);
	add_field(btf, "in", inner, 32, 0);
	add_field(btf, "", anon, 96, 0);
	add_field(btf, "next", next, 128, 0);
	add_field(btf, "b", int_, 192, 3);
	add_field(btf, "many", many, 224, 0);
	add_field(btf, "nobody_asks", int_, 480, 0);
	return btf;
}

/* struct NAME with int members of these names, ended by NULL. */
static struct btf *local_types(const char *name, ...)
{
	struct btf *btf = btf__new_empty();
	const char *member;
	uint32_t bit = 0;
	va_list ap;
	int int_;

	assert_non_null(btf);
	int_ = add_int(btf);
	fakebtf_ok(btf__add_struct(btf, name, 256));
	va_start(ap, name);
	while ((member = va_arg(ap, const char *))) {
		add_field(btf, member, int_, bit, 0);
		bit += 32;
	}
	va_end(ap);
	return btf;
}

/* As xcap holds a kernel's types; they go with it. */
static struct kbtf_data *take(struct btf *btf)
{
	struct kbtf_data *data = kbtf_data_take(btf);

	assert_non_null(data);
	return data;
}

static struct btf *subset_of(struct btf *btf, struct btf *local)
{
	struct kbtf_data *types = take(btf);
	struct btf *subset;

	assert_int_equal(kbtf_subset(types, local, NULL, &subset), 0);
	assert_non_null(subset);
	kbtf_data_close(types);
	btf__free(local);
	return subset;
}

static const struct btf_type *find(const struct btf *btf, const char *name)
{
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);

	return id > 0 ? btf__type_by_id(btf, id) : NULL;
}

static int member_at(const struct btf *btf, const struct btf_type *type, const char *name)
{
	for (int i = 0; i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_members(type)[i].name_off), name))
			return i;
	return -1;
}

static void subset__members_asked_for__keep_place_and_size_and_others_are_left_out(void **state)
{
	struct btf *subset =
		subset_of(kernel_types(), local_types("outer", "a", "b", "gone", NULL));
	const struct btf_type *outer = find(subset, "outer");
	int a, b;

	(void)state;
	assert_non_null(outer);
	assert_int_equal(outer->size, 64);
	a = member_at(subset, outer, "a");
	b = member_at(subset, outer, "b");
	assert_true(a >= 0 && b >= 0);
	assert_int_equal(btf_member_bit_offset(outer, a), 0);
	assert_int_equal(btf_member_bitfield_size(outer, a), 0);
	assert_int_equal(btf_member_bit_offset(outer, b), 192);
	assert_int_equal(btf_member_bitfield_size(outer, b), 3);
	/* these two and the nameless one, which may hold what is asked for */
	assert_int_equal(btf_vlen(outer), 3);
	assert_null(find(subset, "inner"));
	assert_null(find(subset, "other"));
	btf__free(subset);
}

static void subset__what_members_are_made_of__is_there_through_arrays_and_typedefs(void **state)
{
	struct btf *subset =
		subset_of(kernel_types(), local_types("outer", "many", "deep", "nameless", NULL));
	const struct btf_type *outer = find(subset, "outer"), *type;
	int id;

	(void)state;
	id = btf_members(outer)[member_at(subset, outer, "many")].type;
	type = btf__type_by_id(subset, id);
	assert_true(btf_is_array(type));
	assert_int_equal(btf_array(type)->nelems, 4);
	assert_int_equal(btf__resolve_size(subset, id), 32);
	type = btf__type_by_id(subset, btf_array(type)->type);
	assert_string_equal(btf__name_by_offset(subset, type->name_off), "possible");
	type = btf__type_by_id(subset, type->type);
	assert_int_equal(btf_vlen(type), 1);
	assert_int_equal(member_at(subset, type, "deep"), 0);
	type = btf__type_by_id(subset, btf_members(outer)[member_at(subset, outer, "")].type);
	assert_int_equal(member_at(subset, type, "nameless"), 0);
	btf__free(subset);
}

static void subset__pointer__leads_to_nothing_and_has_its_size(void **state)
{
	struct btf *subset = subset_of(kernel_types(), local_types("outer", "next", NULL));
	const struct btf_type *outer = find(subset, "outer"), *next;
	int id = btf_members(outer)[member_at(subset, outer, "next")].type;

	(void)state;
	next = btf__type_by_id(subset, id);
	assert_true(btf_is_ptr(next));
	assert_int_equal(next->type, 0);
	assert_int_equal(btf__resolve_size(subset, id), sizeof(void *));
	assert_null(find(subset, "other"));
	btf__free(subset);
}

static void subset__flavour__asks_for_the_type_without_it(void **state)
{
	struct btf *subset =
		subset_of(kernel_types(), local_types("inner___pre_6_2", "unused", NULL));

	(void)state;
	assert_non_null(find(subset, "inner"));
	assert_int_equal(member_at(subset, find(subset, "inner"), "unused"), 0);
	assert_null(find(subset, "outer"));
	btf__free(subset);
}

static void subset__types_of_one_name__are_all_there(void **state)
{
	struct btf *types = kernel_types(), *subset;
	uint32_t n = 0;

	(void)state;
	fakebtf_ok(btf__add_struct(types, "inner", 4));
	subset = subset_of(types, local_types("inner", "deep", NULL));
	for (uint32_t id = 1; id < btf__type_cnt(subset); id++)
		n += btf_is_struct(btf__type_by_id(subset, id));
	assert_int_equal(n, 2);
	btf__free(subset);
}

static void subset__enums_and_floats__are_copied_with_values(void **state)
{
	struct btf *types = btf__new_empty(), *subset;
	const struct btf_type *e, *e64;
	int plain, wide, real;

	(void)state;
	plain = fakebtf_ok(btf__add_enum(types, "plain", 4));
	assert_int_equal(btf__add_enum_value(types, "MINUS", -1), 0);
	assert_int_equal(btf__add_enum_value(types, "TWO", 2), 0);
	wide = fakebtf_ok(btf__add_enum64(types, "wide", 8, false));
	assert_int_equal(btf__add_enum64_value(types, "BIG", 1ull << 40), 0);
	real = fakebtf_ok(btf__add_float(types, "double", 8));
	fakebtf_ok(btf__add_struct(types, "outer", 24));
	add_field(types, "a", plain, 0, 0);
	add_field(types, "b", wide, 64, 0);
	add_field(types, "c", real, 128, 0);
	subset = subset_of(types, local_types("outer", "a", "b", "c", NULL));
	e = btf__type_by_id(subset, btf__find_by_name_kind(subset, "plain", BTF_KIND_ENUM));
	assert_int_equal(btf_vlen(e), 2);
	assert_int_equal(btf_enum(e)[0].val, -1);
	assert_true(btf_kflag(e));
	assert_string_equal(btf__name_by_offset(subset, btf_enum(e)[1].name_off), "TWO");
	e64 = btf__type_by_id(subset, btf__find_by_name_kind(subset, "wide", BTF_KIND_ENUM64));
	assert_int_equal(btf_vlen(e64), 1);
	assert_true(btf_enum64_value(btf_enum64(e64)) == 1ull << 40);
	assert_true(btf__find_by_name_kind(subset, "double", BTF_KIND_FLOAT) > 0);
	btf__free(subset);
}

static void subset__type_within_itself__is_an_error(void **state)
{
	struct btf *btf = kernel_types(), *local, *subset;
	struct kbtf_data *types;

	(void)state;
	/* a typedef of itself, as only a broken file has it */
	fakebtf_ok(btf__add_typedef(btf, "round", btf__type_cnt(btf)));
	types = take(btf);
	local = btf__new_empty();
	fakebtf_ok(btf__add_typedef(local, "round", 0));
	assert_int_equal(kbtf_subset(types, local, NULL, &subset), -EINVAL);
	assert_null(subset);
	kbtf_data_close(types);
	btf__free(local);
}

static void subset__roots__others_are_left_out_but_not_what_roots_are_made_of(void **state)
{
	struct btf *local = local_types("outer", "in", "deep", NULL), *subset;
	int other = fakebtf_ok(btf__add_struct(local, "other", 4));
	int outer = btf__find_by_name_kind(local, "outer", BTF_KIND_STRUCT);
	struct kbtf_data *types = take(kernel_types());
	bool roots[8] = {false};

	(void)state;
	assert_true(outer > 0 && other < (int)UTIL_ARRAY_SIZE(roots));
	roots[outer] = true;
	assert_int_equal(kbtf_subset(types, local, roots, &subset), 0);
	assert_non_null(find(subset, "outer"));
	assert_non_null(find(subset, "inner"));
	assert_null(find(subset, "other"));
	btf__free(subset);
	roots[other] = true;
	assert_int_equal(kbtf_subset(types, local, roots, &subset), 0);
	assert_non_null(find(subset, "other"));
	btf__free(subset);
	kbtf_data_close(types);
	btf__free(local);
}

static void subset_find__functions_and_structs__first_of_the_kind_or_0(void **state)
{
	struct btf *btf = kernel_types();
	uint32_t outer = btf__find_by_name_kind(btf, "outer", BTF_KIND_STRUCT);
	uint32_t possible = btf__find_by_name_kind(btf, "possible", BTF_KIND_TYPEDEF);
	struct kbtf_data *types = take(btf);
	struct kbtf_wanted wanted[] = {
		{BTF_KIND_STRUCT, "outer", 7},
		{BTF_KIND_FUNC, "outer", 7},
		{BTF_KIND_TYPEDEF, "possible", 7},
		{BTF_KIND_STRUCT, "gone", 7},
	};

	(void)state;
	kbtf_subset_find(types, wanted, UTIL_ARRAY_SIZE(wanted));
	assert_int_equal(wanted[0].id, outer);
	assert_int_equal(wanted[1].id, 0);
	assert_int_equal(wanted[2].id, possible);
	assert_int_equal(wanted[3].id, 0);
	kbtf_data_close(types);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			subset__members_asked_for__keep_place_and_size_and_others_are_left_out),
		cmocka_unit_test(
			subset__what_members_are_made_of__is_there_through_arrays_and_typedefs),
		cmocka_unit_test(subset__pointer__leads_to_nothing_and_has_its_size),
		cmocka_unit_test(subset__flavour__asks_for_the_type_without_it),
		cmocka_unit_test(subset__types_of_one_name__are_all_there),
		cmocka_unit_test(subset__enums_and_floats__are_copied_with_values),
		cmocka_unit_test(subset__type_within_itself__is_an_error),
		cmocka_unit_test(subset__roots__others_are_left_out_but_not_what_roots_are_made_of),
		cmocka_unit_test(subset_find__functions_and_structs__first_of_the_kind_or_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
