/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_plan_chain.c - which functions walk netfilter's chains, and where their arguments are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fakebtf.h"
#include "fakeroot.h"
#include "plan/plan_chain.h"

struct fixture {
	struct fakebtf types;
	struct plan_kernel kernel;
	struct plan plan;
	bool fexit, kprobe;
};

static bool has_feature(void *arg, enum feature feature, char *why, size_t size)
{
	const struct fixture *f = arg;

	(void)why;
	(void)size;
	return (feature == FEATURE_FEXIT && f->fexit) || (feature == FEATURE_KPROBE && f->kprobe);
}

static int add_struct(struct btf *btf, const char *name, const char *member, int type, int offset)
{
	int id = fakebtf_ok(btf__add_struct(btf, name, 64));

	assert_int_equal(btf__add_field(btf, member, type, offset * 8, 0), 0);
	return fakebtf_ok(btf__add_ptr(btf, id));
}

static void begin(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	fakebtf_begin(&f->types);
	f->fexit = true;
	f->kernel.feature = has_feature;
	f->kernel.feature_arg = f;
	fakeroot_write_text("/proc/modules", "");
}

/* A kernel of before 5.11: what it knows of netfilter, and the modules that are loaded. */
static void add_old_netfilter(struct fixture *f)
{
	struct btf *btf = f->types.btf;

	fakebtf_ok(btf__add_struct(btf, "rhltable", 136));
	add_struct(btf, "nf_hook_state", "hook", f->types.int_, 4);
	add_struct(btf, "xt_table", "name", f->types.int_, 56);
	add_struct(btf, "netns_ipv4", "iptable_filter", f->types.void_ptr, 8);
	fakeroot_write_text("/proc/modules", "nf_tables 249856 0 - Live 0x0\n"
					     "ip_tables 28672 0 - Live 0x0\n"
					     "ebtables 36864 0 - Live 0x0\n");
}

/* nft_do_chain(), ipt_do_table() as before 5.16, ip6t_do_table() as since. */
static void add_netfilter(struct fixture *f)
{
	struct btf *btf = f->types.btf;
	int voids = f->types.void_ptr, skb = f->types.skb_ptr;
	int packet = add_struct(btf, "nft_pktinfo", "skb", skb, 8);
	int state = add_struct(btf, "nf_hook_state", "hook", f->types.int_, 0);
	int table = add_struct(btf, "xt_table", "name", f->types.int_, 48);

	add_struct(btf, "nft_table", "name", voids, 40);
	fakebtf_ok(btf__add_struct(btf, "nft_chain", 64));
	assert_int_equal(btf__add_field(btf, "table", voids, 32 * 8, 0), 0);
	assert_int_equal(btf__add_field(btf, "name", voids, 56 * 8, 0), 0);
	fakebtf_add_function(btf, "nft_do_chain", f->types.int_, "pkt", packet, "priv", voids,
			     NULL);
	fakebtf_add_function(btf, "ipt_do_table", f->types.int_, "skb", skb, "state", state,
			     "table", table, NULL);
	fakebtf_add_function(btf, "ip6t_do_table", f->types.int_, "priv", voids, "skb", skb,
			     "state", state, NULL);
	/* one that is not as it is known */
	fakebtf_add_function(btf, "arpt_do_table", f->types.int_, "skb", skb, NULL);
}

static void run(struct fixture *f)
{
	struct kbtf *kbtf = fakebtf_open(&f->types);

	f->kernel.btf = kbtf;
	plan_chain(&f->kernel, &f->plan);
	fakebtf_close(&f->types, kbtf);
}

static void plan_chain__arguments__are_found_by_their_types(void **state)
{
	const struct plan_chain_hook *hooks;
	struct fixture f;

	(void)state;
	begin(&f);
	add_netfilter(&f);
	run(&f);
	hooks = f.plan.chains.hooks;
	assert_int_equal(f.plan.chains.n, 3);
	assert_true(f.plan.config.want_chain);
	assert_string_equal(hooks[0].function, "nft_do_chain");
	assert_int_equal(hooks[0].mechanism, PLAN_FEXIT);
	assert_int_equal(hooks[0].kind, XCAP_CHAIN_NFT);
	assert_int_equal(hooks[0].skb_arg, 0);
	assert_int_equal(hooks[0].chain_arg, 1);
	assert_int_equal(hooks[0].state_arg, -1);
	assert_int_equal(hooks[0].arg_words, 2);
	assert_string_equal(hooks[1].function, "ipt_do_table");
	assert_int_equal(hooks[1].skb_arg, 0);
	assert_int_equal(hooks[1].state_arg, 1);
	assert_int_equal(hooks[1].chain_arg, 2);
	assert_string_equal(hooks[2].function, "ip6t_do_table");
	assert_int_equal(hooks[2].chain_arg, 0);
	assert_int_equal(hooks[2].skb_arg, 1);
	assert_int_equal(hooks[2].state_arg, 2);
	assert_int_equal(f.plan.chains.layout.pktinfo_skb, 8);
	assert_int_equal(f.plan.chains.layout.chain_table, 32);
	assert_int_equal(f.plan.chains.layout.chain_name, 56);
	assert_int_equal(f.plan.chains.layout.table_name, 40);
	assert_int_equal(f.plan.chains.layout.xt_name, 48);
	assert_int_equal(f.plan.chains.layout.state_hook, 0);
	assert_false(f.plan.chains.layout.is_stated);
}

static void plan_chain__with_kprobes_alone__hooks_the_same_by_kretprobe(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	add_netfilter(&f);
	f.fexit = false;
	f.kprobe = true;
	run(&f);
	assert_int_equal(f.plan.chains.n, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(f.plan.chains.hooks[i].mechanism, PLAN_KRETPROBE);
	assert_int_equal(f.plan.chains.hooks[2].skb_arg, 1);
}

static void plan_chain__without_types_of_modules__takes_what_is_stated(void **state)
{
	const struct xcap_chain_layout *layout;
	const struct plan_chain_hook *hooks;
	struct fixture f;

	(void)state;
	begin(&f);
	add_old_netfilter(&f);
	f.kprobe = true;
	run(&f);
	hooks = f.plan.chains.hooks;
	layout = &f.plan.chains.layout;
	/* ebt_do_table() is there, but nothing tells that its arguments are the old ones */
	assert_int_equal(f.plan.chains.n, 2);
	assert_string_equal(hooks[0].function, "nft_do_chain");
	assert_int_equal(hooks[0].mechanism, PLAN_KRETPROBE);
	assert_int_equal(hooks[0].skb_arg, 0);
	assert_int_equal(hooks[0].chain_arg, 1);
	assert_int_equal(hooks[0].state_arg, -1);
	assert_string_equal(hooks[1].function, "ipt_do_table");
	assert_int_equal(hooks[1].skb_arg, 0);
	assert_int_equal(hooks[1].state_arg, 1);
	assert_int_equal(hooks[1].chain_arg, 2);
	assert_true(layout->is_stated);
	assert_int_equal(layout->table_chains, 16 + 136);
	assert_int_equal(layout->table_name, 16 + 136 + 88);
	assert_int_equal(layout->xt_name, 56);
	assert_int_equal(layout->state_hook, 4);
}

static void plan_chain__of_xt_without_a_sign_of_its_age__is_not_hooked(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	f.kprobe = true;
	add_struct(f.types.btf, "xt_table", "name", f.types.int_, 56);
	add_struct(f.types.btf, "nf_hook_state", "hook", f.types.int_, 4);
	fakeroot_write_text("/proc/modules",
			    "nf_tables 249856 0 - Live 0x0\nip_tables 28672 0 - Live 0x0\n");
	run(&f);
	assert_int_equal(f.plan.chains.n, 0);
	/* what a module may bring later; ip_tables is there, and of no use */
	assert_int_equal(f.plan.chains.n_absent, 3);
	assert_string_equal(f.plan.chains.absent[0], "ip6_tables");
}

static void plan_chain__without_fexit_or_modules__hooks_nothing(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	add_netfilter(&f);
	f.fexit = false;
	run(&f);
	assert_int_equal(f.plan.chains.n, 0);
	assert_false(f.plan.config.want_chain);
	begin(&f);
	run(&f);
	assert_int_equal(f.plan.chains.n, 0);
	assert_false(f.plan.config.want_chain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_chain__arguments__are_found_by_their_types),
		cmocka_unit_test(plan_chain__with_kprobes_alone__hooks_the_same_by_kretprobe),
		cmocka_unit_test(plan_chain__without_types_of_modules__takes_what_is_stated),
		cmocka_unit_test(plan_chain__of_xt_without_a_sign_of_its_age__is_not_hooked),
		cmocka_unit_test(plan_chain__without_fexit_or_modules__hooks_nothing),
	};

	return cmocka_run_group_tests(tests, fakeroot_setup, fakeroot_teardown);
}
