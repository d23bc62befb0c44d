/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_kbtf_data.c - types read from their bytes: as libbpf reads them, and when the bytes lie.
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

#include "base/util.h"
#include "fakebtf.h"
#include "fakeroot.h"
#include "kernel/kbtf_data.h"
#include "kernel/kroot.h"

#define OWN KBTF_DATA_OWN

/* One type of each kind. */
static struct btf *all_kinds(void)
{
	struct btf *btf = btf__new_empty();
	int i, s, proto, var;

	assert_non_null(btf);
	i = fakebtf_ok(btf__add_int(btf, "int", 4, BTF_INT_SIGNED));
	fakebtf_ok(btf__add_ptr(btf, i));
	fakebtf_ok(btf__add_array(btf, i, i, 3));
	s = fakebtf_ok(btf__add_struct(btf, "s", 8));
	assert_int_equal(btf__add_field(btf, "a", i, 0, 0), 0);
	assert_int_equal(btf__add_field(btf, "b", i, 32, 0), 0);
	fakebtf_ok(btf__add_union(btf, "u", 4));
	assert_int_equal(btf__add_field(btf, "c", i, 0, 0), 0);
	fakebtf_ok(btf__add_enum(btf, "e", 4));
	assert_int_equal(btf__add_enum_value(btf, "ONE", 1), 0);
	fakebtf_ok(btf__add_fwd(btf, "f", BTF_FWD_STRUCT));
	fakebtf_ok(btf__add_typedef(btf, "t", s));
	fakebtf_ok(btf__add_volatile(btf, i));
	fakebtf_ok(btf__add_const(btf, i));
	fakebtf_ok(btf__add_restrict(btf, i));
	proto = fakebtf_ok(btf__add_func_proto(btf, i));
	assert_int_equal(btf__add_func_param(btf, "x", i), 0);
	fakebtf_ok(btf__add_func(btf, "fn", BTF_FUNC_STATIC, proto));
	var = fakebtf_ok(btf__add_var(btf, "v", BTF_VAR_STATIC, i));
	fakebtf_ok(btf__add_datasec(btf, ".data", 4));
	assert_int_equal(btf__add_datasec_var_info(btf, var, 0, 4), 0);
	fakebtf_ok(btf__add_float(btf, "double", 8));
	fakebtf_ok(btf__add_decl_tag(btf, "tag", s, -1));
	fakebtf_ok(btf__add_type_tag(btf, "rcu", i));
	fakebtf_ok(btf__add_enum64(btf, "e64", 8, false));
	assert_int_equal(btf__add_enum64_value(btf, "BIG", 1ull << 40), 0);
	return btf;
}

static void assert_same(const struct kbtf_data *data, const struct btf *btf)
{
	assert_int_equal(kbtf_data_count(data), btf__type_cnt(btf));
	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *want = btf__type_by_id(btf, id);
		const struct btf_type *is = kbtf_data_type(data, id);

		assert_non_null(is);
		assert_memory_equal(is, want, sizeof(*is));
		assert_string_equal(kbtf_data_name(data, is->name_off),
				    btf__name_by_offset(btf, want->name_off));
		assert_int_equal(kbtf_data_size(data, id) < 0, btf__resolve_size(btf, id) < 0);
		if (btf__resolve_size(btf, id) >= 0)
			assert_int_equal(kbtf_data_size(data, id), btf__resolve_size(btf, id));
	}
}

static void open_own__each_kind_of_type__is_as_libbpf_reads_it(void **state)
{
	struct btf *btf = all_kinds();
	struct kbtf_data *data;

	(void)state;
	fakebtf_write(btf, OWN);
	data = kbtf_data_open_own();
	assert_non_null(data);
	assert_same(data, btf);
	assert_null(kbtf_data_type(data, btf__type_cnt(btf)));
	assert_null(kbtf_data_type(data, UINT32_MAX));
	assert_int_equal(btf_kind(kbtf_data_type(data, 0)), BTF_KIND_UNKN);
	assert_string_equal(kbtf_data_name(data, UINT32_MAX), "");
	kbtf_data_close(data);
	btf__free(btf);
}

static void take__types_of_the_other_byte_order__are_turned_round(void **state)
{
	struct btf *btf = all_kinds(), *other;
	bool little = btf__endianness(btf) == BTF_LITTLE_ENDIAN;
	struct kbtf_data *data;
	const void *bytes;
	uint32_t size;

	(void)state;
	assert_int_equal(btf__set_endianness(btf, little ? BTF_BIG_ENDIAN : BTF_LITTLE_ENDIAN), 0);
	bytes = btf__raw_data(btf, &size);
	other = btf__new(bytes, size);
	assert_non_null(other);
	data = kbtf_data_take(other);
	assert_non_null(data);
	assert_same(data, btf);
	kbtf_data_close(data);
	btf__free(btf);
}

static void open_module__on_a_kernel__goes_on_with_its_ids_and_names(void **state)
{
	struct btf *kernel = all_kinds(), *module = btf__new_empty_split(kernel);
	struct kbtf_data *base, *data;
	char path[512];
	int id;

	(void)state;
	fakebtf_write(kernel, OWN);
	base = kbtf_data_open_own();
	id = fakebtf_ok(btf__add_func(module, "of_module", BTF_FUNC_STATIC,
				      btf__find_by_name_kind(kernel, "fn", BTF_KIND_FUNC) - 1));
	fakebtf_write(module, "/sys/kernel/btf/m");
	data = kbtf_data_open_module(kroot_path(path, sizeof(path), "/sys/kernel/btf/m"), base);
	assert_non_null(data);
	assert_same(data, module);
	assert_int_equal(kbtf_known_find(data, BTF_KIND_FUNC, "of_module"), id);
	assert_int_equal(kbtf_known_find(data, BTF_KIND_FUNC, "fn"), 0);
	assert_int_equal(kbtf_known_find(base, BTF_KIND_FUNC, "of_module"), 0);
	kbtf_data_close(data);
	kbtf_data_close(base);
	btf__free(module);
	btf__free(kernel);
}

/* Of the table of names, and one that is not on it. */
/* The first of each name by walks, and then by the index. */
static void index__of_many_names__finds_what_walks_find(void **state)
{
	struct btf *btf = btf__new_empty();
	int i, proto, first[64];
	struct kbtf_data *data;
	char name[16];

	(void)state;
	assert_non_null(btf);
	i = fakebtf_ok(btf__add_int(btf, "int", 4, BTF_INT_SIGNED));
	proto = fakebtf_ok(btf__add_func_proto(btf, i));
	for (int twice = 0; twice < 2; twice++)
		for (size_t n = 0; n < UTIL_ARRAY_SIZE(first); n++) {
			snprintf(name, sizeof(name), "f%zu", n);
			i = fakebtf_ok(btf__add_func(btf, name, BTF_FUNC_STATIC, proto));
			fakebtf_ok(btf__add_typedef(btf, name, 1));
			if (!twice)
				first[n] = i;
		}
	data = kbtf_data_take(btf);
	assert_non_null(data);
	for (int turn = 0; turn < 3; turn++)
		for (size_t n = 0; n < UTIL_ARRAY_SIZE(first); n++) {
			snprintf(name, sizeof(name), "f%zu", n);
			assert_int_equal(kbtf_known_find(data, BTF_KIND_FUNC, name), first[n]);
			assert_int_equal(kbtf_known_find(data, BTF_KIND_TYPEDEF, name),
					 first[n] + 1);
			assert_int_equal(kbtf_known_find(data, BTF_KIND_STRUCT, name), 0);
		}
	assert_int_equal(kbtf_known_find(data, BTF_KIND_FUNC, "f64"), 0);
	assert_int_equal(kbtf_known_find(data, BTF_KIND_FUNC, ""), 0);
	kbtf_data_close(data);
}

static void known__first_of_kind_and_name__is_found_as_by_a_walk(void **state)
{
	struct btf *btf = all_kinds();
	int proto = btf__find_by_name_kind(btf, "fn", BTF_KIND_FUNC) - 1;
	struct kbtf_data *data;
	int skb, rdonly;

	(void)state;
	fakebtf_ok(btf__add_struct(btf, "bpf_rdonly_cast", 4));
	skb = fakebtf_ok(btf__add_struct(btf, "sk_buff", 4));
	rdonly = fakebtf_ok(btf__add_func(btf, "bpf_rdonly_cast", BTF_FUNC_STATIC, proto));
	fakebtf_ok(btf__add_func(btf, "bpf_rdonly_cast", BTF_FUNC_STATIC, proto));
	fakebtf_ok(btf__add_func(btf, "bpf_rdonly_castle", BTF_FUNC_STATIC, proto));
	fakebtf_ok(btf__add_fwd(btf, "rtable", BTF_FWD_STRUCT));
	data = kbtf_data_take(btf);
	assert_non_null(data);
	assert_int_equal(kbtf_known_find(data, BTF_KIND_FUNC, "bpf_rdonly_cast"), rdonly);
	assert_int_equal(kbtf_known_find(data, BTF_KIND_STRUCT, "sk_buff"), skb);
	assert_int_equal(kbtf_known_find(data, BTF_KIND_FUNC, "bpf_rdonly_castle"), rdonly + 2);
	assert_int_equal(kbtf_known_find(data, BTF_KIND_STRUCT, "rtable"), 0);
	assert_int_equal(kbtf_known_find(data, BTF_KIND_FUNC, "nft_do_chain"), 0);
	assert_int_equal(kbtf_known_find(data, BTF_KIND_FUNC, ""), 0);
	kbtf_data_close(data);
}

/* The types with 4 bytes of theirs put to another value cannot be opened. */
static void assert_refused(const void *good, uint32_t size, size_t at, uint32_t value)
{
	char path[512], *bytes = malloc(size);

	memcpy(bytes, good, size);
	memcpy(bytes + at, &value, sizeof(value));
	fakeroot_write(OWN, bytes, size);
	free(bytes);
	errno = 0;
	assert_null(kbtf_data_open_module(kroot_path(path, sizeof(path), OWN), NULL));
	assert_int_equal(errno, EINVAL);
}

static void open_module__bytes_that_lie__are_an_error(void **state)
{
	struct btf *btf = all_kinds();
	struct btf_header header;
	const void *good;
	char path[512];
	uint32_t size;

	(void)state;
	good = btf__raw_data(btf, &size);
	memcpy(&header, good, sizeof(header));
	assert_refused(good, size, 0, 0); /* magic number, version */
	assert_refused(good, size, 0, BTF_MAGIC | 2 << 16);
	assert_refused(good, size, offsetof(struct btf_header, hdr_len), size + 4);
	assert_refused(good, size, offsetof(struct btf_header, hdr_len), 8);
	assert_refused(good, size, offsetof(struct btf_header, type_off), UINT32_MAX - 3);
	assert_refused(good, size, offsetof(struct btf_header, type_len), UINT32_MAX - 3);
	/* the last type is cut */
	assert_refused(good, size, offsetof(struct btf_header, type_len), header.type_len - 4);
	assert_refused(good, size, offsetof(struct btf_header, str_off), header.str_off + 1);
	assert_refused(good, size, offsetof(struct btf_header, str_len), header.str_len + 1);
	/* the last name does not end; a kind that there is not */
	assert_refused(good, size, size - sizeof(uint32_t), UINT32_MAX);
	assert_refused(good, size, sizeof(header) + offsetof(struct btf_type, info), 31u << 24);
	kroot_path(path, sizeof(path), OWN);
	fakeroot_write(OWN, good, 12);
	assert_null(kbtf_data_open_module(path, NULL));
	fakeroot_write(OWN, good, 0);
	assert_null(kbtf_data_open_module(path, NULL));
	btf__free(btf);
}

static void size__types_in_a_circle__have_none(void **state)
{
	struct btf *btf = btf__new_empty();
	struct kbtf_data *data;

	(void)state;
	fakebtf_ok(btf__add_const(btf, 2));
	fakebtf_ok(btf__add_typedef(btf, "round", 1));
	fakebtf_ok(btf__add_array(btf, 1, 99, 4));
	data = kbtf_data_take(btf);
	assert_non_null(data);
	assert_int_equal(kbtf_data_size(data, 1), -EINVAL);
	assert_int_equal(kbtf_data_size(data, 3), -EINVAL);
	assert_int_equal(kbtf_data_size(data, 0), -EINVAL);
	assert_int_equal(kbtf_data_size(data, 99), -EINVAL);
	kbtf_data_close(data);
}

/* However they came: mapped, copied by the kernel or read. */
static void running_kernel__its_types__are_the_bytes_of_their_file(void **state)
{
	size_t size = 0;
	char *bytes = util_read_file(OWN, &size);
	struct kbtf_data *data;

	(void)state;
	if (!bytes)
		skip();
	data = kbtf_data_open_own();
	assert_non_null(data);
	assert_int_equal(data->size, size);
	assert_memory_equal(data->bytes, bytes, size);
	assert_true(kbtf_data_count(data) > 10000);
	kbtf_data_close(data);
	free(bytes);
}

#define WITH_ROOT(f) cmocka_unit_test_setup_teardown(f, fakeroot_setup, fakeroot_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ROOT(open_own__each_kind_of_type__is_as_libbpf_reads_it),
		WITH_ROOT(open_module__on_a_kernel__goes_on_with_its_ids_and_names),
		WITH_ROOT(open_module__bytes_that_lie__are_an_error),
		cmocka_unit_test(take__types_of_the_other_byte_order__are_turned_round),
		cmocka_unit_test(index__of_many_names__finds_what_walks_find),
		cmocka_unit_test(known__first_of_kind_and_name__is_found_as_by_a_walk),
		cmocka_unit_test(size__types_in_a_circle__have_none),
		cmocka_unit_test(running_kernel__its_types__are_the_bytes_of_their_file),
	};

	return cmocka_run_group_tests_name("kbtf_data", tests, NULL, NULL);
}
