/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_kbtf_reason.c - drop reasons and the preemption count in made-up types of a kernel.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <bpf/btf.h>
#include <cmocka.h>

#include "fakebtf.h"
#include "fakeroot.h"
#include "kernel/kbtf.h"

static void drop_reason__core_and_sub_systems_of_vmlinux_and_modules__are_named(void **state)
{
	struct btf *module;
	struct kbtf *kbtf;
	uint32_t value;
	struct fakebtf t;

	(void)state;
	fakebtf_begin(&t);
	fakebtf_add_enum(t.btf, "skb_drop_reason", "SKB_NOT_DROPPED_YET", 0, "SKB_CONSUMED", 1,
			 "SKB_DROP_REASON_NETFILTER_DROP", 9, "SKB_DROP_REASON_MAX", 10,
			 "SKB_DROP_REASON_SUBSYS_MASK", (int)0xffff0000, NULL);
	fakebtf_add_enum(t.btf, "skb_drop_reason_subsys", "SKB_DROP_REASON_SUBSYS_CORE", 0,
			 "SKB_DROP_REASON_SUBSYS_QDISC", 1, "SKB_DROP_REASON_SUBSYS_OPENVSWITCH", 2,
			 "SKB_DROP_REASON_SUBSYS_NUM", 3, NULL);
	fakebtf_add_enum(t.btf, "qdisc_drop_reason", "QDISC_DROP_UNSPEC", 0, "__QDISC_DROP_REASON",
			 0x10000, "QDISC_DROP_OVERLIMIT", 0x10002, NULL);
	fakebtf_add_enum(t.btf, "flags", "FLAG_A", 0x10003, NULL);
	fakebtf_add_enum(t.btf, "alien_drop_reason", "ALIEN", 0x30001, NULL);
	module = btf__new_empty_split(t.btf);
	fakebtf_add_enum(module, "ovs_drop_reason", "OVS_DROP_LAST_ACTION", 0x20001, NULL);
	fakebtf_write(module, "/sys/kernel/btf/openvswitch");
	btf__free(module);
	kbtf = fakebtf_open(&t);
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
	assert_int_equal(kbtf_find_drop_reason(kbtf, "netfilter_drop", &value), 0);
	assert_int_equal(value, 9);
	assert_int_equal(kbtf_find_drop_reason(kbtf, "SKB_DROP_REASON_NETFILTER_DROP", &value), 0);
	assert_int_equal(value, 9);
	assert_int_equal(kbtf_find_drop_reason(kbtf, "ovs_drop_last_action", &value), 0);
	assert_int_equal(value, 0x20001);
	assert_int_equal(kbtf_find_drop_reason(kbtf, "NETFILTER", &value), -ENOENT);
	assert_string_equal(kbtf_drop_reason_at(kbtf, 0), "NOT_DROPPED_YET");
	assert_null(kbtf_drop_reason_at(kbtf, 100));
	fakebtf_close(&t, kbtf);
}

static void drop_reason__after_the_types_are_released__is_named_also_of_modules(void **state)
{
	struct kbtf *kbtf;
	struct fakebtf t;
	struct btf *module;

	(void)state;
	fakebtf_begin(&t);
	fakebtf_add_enum(t.btf, "skb_drop_reason", "SKB_DROP_REASON_NETFILTER_DROP", 9, NULL);
	fakebtf_add_enum(t.btf, "skb_drop_reason_subsys", "SKB_DROP_REASON_SUBSYS_NUM", 3, NULL);
	module = btf__new_empty_split(t.btf);
	assert_non_null(module);
	fakebtf_add_enum(module, "ovs_drop_reason", "OVS_DROP_LAST_ACTION", 0x20001, NULL);
	fakebtf_write(module, "/sys/kernel/btf/openvswitch");
	btf__free(module);
	kbtf = fakebtf_open(&t);
	kbtf_release(kbtf, true);
	assert_null(kbtf_vmlinux(kbtf));
	assert_string_equal(kbtf_drop_reason(kbtf, 9), "NETFILTER_DROP");
	assert_string_equal(kbtf_drop_reason(kbtf, 0x20001), "OVS_DROP_LAST_ACTION");
	assert_null(kbtf_drop_reason(kbtf, 0x20002));
	/* what was read for it is not kept either */
	assert_null(kbtf_vmlinux(kbtf));
	kbtf_release(kbtf, false);
	assert_null(kbtf_drop_reason(kbtf, 9));
	fakebtf_close(&t, kbtf);
}

static void drop_reason__kernel_without_them__is_null(void **state)
{
	struct kbtf *kbtf;
	uint32_t value;
	struct fakebtf t;

	(void)state;
	fakebtf_begin(&t);
	kbtf = fakebtf_open(&t);
	assert_null(kbtf_drop_reason(kbtf, 2));
	assert_null(kbtf_drop_reason(kbtf, 0x10002));
	assert_int_equal(kbtf_find_drop_reason(kbtf, "NO_SOCKET", &value), -EOPNOTSUPP);
	assert_null(kbtf_drop_reason_at(kbtf, 0));
	fakebtf_close(&t, kbtf);
}

/* A per-CPU section with up to two variables; offset < 0: not there. */
static int64_t delta_of(const char *name, int (*type)(struct fakebtf *t), int count, int queue)
{
	struct kbtf *kbtf;
	struct fakebtf t;
	int64_t delta;
	int first, second;

	fakebtf_begin(&t);
	first = fakebtf_ok(btf__add_var(t.btf, name, BTF_VAR_GLOBAL_ALLOCATED, type(&t)));
	second = fakebtf_ok(btf__add_var(t.btf, "runqueues", BTF_VAR_GLOBAL_ALLOCATED, t.skb));
	fakebtf_ok(btf__add_datasec(t.btf, ".data..percpu", 0x4000));
	if (count >= 0)
		assert_int_equal(btf__add_datasec_var_info(t.btf, first, count, 4), 0);
	if (queue >= 0)
		assert_int_equal(btf__add_datasec_var_info(t.btf, second, queue, 232), 0);
	kbtf = fakebtf_open(&t);
	delta = kbtf_preempt_delta(kbtf);
	fakebtf_close(&t, kbtf);
	return delta;
}

static int plain_count(struct fakebtf *t)
{
	return t->int_;
}

/* struct pcpu_hot { union { struct { void *current_task; int preempt_count; }; }; } */
static int pcpu_hot(struct fakebtf *t)
{
	int inner, outer;

	inner = fakebtf_ok(btf__add_struct(t->btf, "", 16));
	assert_int_equal(btf__add_field(t->btf, "current_task", t->void_ptr, 0, 0), 0);
	assert_int_equal(btf__add_field(t->btf, "preempt_count", t->int_, 64, 0), 0);
	outer = fakebtf_ok(btf__add_union(t->btf, "", 64));
	assert_int_equal(btf__add_field(t->btf, "", inner, 0, 0), 0);
	inner = fakebtf_ok(btf__add_struct(t->btf, "pcpu_hot", 64));
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

#define WITH_ROOT(f) cmocka_unit_test_setup_teardown(f, fakeroot_setup, fakeroot_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ROOT(drop_reason__core_and_sub_systems_of_vmlinux_and_modules__are_named),
		WITH_ROOT(drop_reason__after_the_types_are_released__is_named_also_of_modules),
		WITH_ROOT(drop_reason__kernel_without_them__is_null),
		WITH_ROOT(preempt_delta__plain_variable__is_count_minus_queue),
		WITH_ROOT(preempt_delta__pcpu_hot__adds_the_member_s_offset),
		WITH_ROOT(preempt_delta__either_missing__is_0),
	};

	return cmocka_run_group_tests_name("kbtf_reason", tests, NULL, NULL);
}
