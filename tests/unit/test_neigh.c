/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_neigh.c - offsets in structs of routes and neighbours, from made-up types.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <bpf/btf.h>
#include <cmocka.h>

#include "base/util.h"
#include "fakebtf.h"
#include "fakeroot.h"
#include "kernel/neigh.h"

/* Each struct once, its members 16 bytes apart from `first` on. */
static const struct {
	const char *name;
	uint32_t first;
	const char *members[5];
} structs[] = {
	{"in_device", 8, {"arp_parms"}},
	{"inet6_dev", 16, {"nd_parms"}},
	{"neigh_parms", 24, {"tbl"}},
	{"neigh_table", 32, {"nht"}},
	{"neighbour", 40, {"nud_state", "ha", "dev", "primary_key"}},
	{"rtable", 160, {"rt_type", "rt_gw_family", "rt_gw4", "rt_gw6"}},
	{"rt6_info", 240, {"rt6i_gateway", "rt6i_flags"}},
};

/* Types of all the structs but the one of this name; a member less of another. */
static struct kbtf *open_types(struct fakebtf *t, const char *without, const char *member)
{
	fakebtf_begin(t);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(structs); i++) {
		if (without && !strcmp(structs[i].name, without))
			continue;
		fakebtf_ok(btf__add_struct(t->btf, structs[i].name, 512));
		for (uint32_t j = 0; structs[i].members[j]; j++)
			if (!member || strcmp(structs[i].members[j], member) != 0)
				assert_int_equal(btf__add_field(t->btf, structs[i].members[j],
								t->int_,
								(structs[i].first + 16 * j) * 8, 0),
						 0);
	}
	return fakebtf_open(t);
}

static void neigh_find_offsets__all_structs__are_told(void **state)
{
	struct xcap_neigh neigh;
	struct fakebtf t;
	struct kbtf *kbtf = open_types(&t, NULL, NULL);

	(void)state;
	memset(&neigh, 0xff, sizeof(neigh));
	assert_int_equal(neigh_find_offsets(kbtf, &neigh), 0);
	assert_int_equal(neigh.known, 1);
	assert_int_equal(neigh.arp_parms, 8);
	assert_int_equal(neigh.nd_parms, 16);
	assert_int_equal(neigh.tbl, 24);
	assert_int_equal(neigh.nht, 32);
	assert_int_equal(neigh.nud_state, 40);
	assert_int_equal(neigh.ha, 56);
	assert_int_equal(neigh.dev, 72);
	assert_int_equal(neigh.key, 88);
	assert_int_equal(neigh.rt_type, 160);
	assert_int_equal(neigh.rt_gw_family, 176);
	assert_int_equal(neigh.rt_gw4, 192);
	assert_int_equal(neigh.rt_gw6, 208);
	assert_int_equal(neigh.rt6_gateway, 240);
	assert_int_equal(neigh.rt6_flags, 256);
	fakebtf_close(&t, kbtf);
}

static void neigh_find_offsets__a_struct_or_member_is_missing__nothing_is_known(void **state)
{
	struct xcap_neigh neigh;
	struct fakebtf t;
	struct kbtf *kbtf;

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(structs); i++) {
		kbtf = open_types(&t, structs[i].name, NULL);
		assert_int_equal(neigh_find_offsets(kbtf, &neigh), -ENOENT);
		assert_int_equal(neigh.known, 0);
		fakebtf_close(&t, kbtf);
		kbtf = open_types(&t, NULL, structs[i].members[0]);
		assert_int_equal(neigh_find_offsets(kbtf, &neigh), -ENOENT);
		assert_int_equal(neigh.known, 0);
		fakebtf_close(&t, kbtf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(neigh_find_offsets__all_structs__are_told,
						fakeroot_setup, fakeroot_teardown),
		cmocka_unit_test_setup_teardown(
			neigh_find_offsets__a_struct_or_member_is_missing__nothing_is_known,
			fakeroot_setup, fakeroot_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
