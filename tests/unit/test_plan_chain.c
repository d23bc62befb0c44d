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
	bool fexit;
};

static bool has_feature(void *arg, enum feature feature, char *why, size_t size)
{
	(void)why;
	(void)size;
	return feature == FEATURE_FEXIT && ((struct fixture *)arg)->fexit;
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

static void run(struct fixture *f, bool want)
{
	const struct plan_request request = {.want_chain = want};
	struct kbtf *kbtf = fakebtf_open(&f->types);

	f->kernel.btf = kbtf;
	plan_chain(&request, &f->kernel, &f->plan);
	fakebtf_close(&f->types, kbtf);
}

static void plan_chain__arguments__are_found_by_their_types(void **state)
{
	const struct plan_chain_hook *hooks;
	struct fixture f;

	(void)state;
	begin(&f);
	add_netfilter(&f);
	run(&f, true);
	hooks = f.plan.chains.hooks;
	assert_int_equal(f.plan.chains.n, 3);
	assert_true(f.plan.config.want_chain);
	assert_string_equal(hooks[0].function, "nft_do_chain");
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
}

static void plan_chain__without_fexit_or_modules_or_need__hooks_nothing(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	add_netfilter(&f);
	f.fexit = false;
	run(&f, true);
	assert_int_equal(f.plan.chains.n, 0);
	assert_false(f.plan.config.want_chain);
	begin(&f);
	add_netfilter(&f);
	run(&f, false);
	assert_int_equal(f.plan.chains.n, 0);
	begin(&f);
	run(&f, true);
	assert_int_equal(f.plan.chains.n, 0);
	assert_false(f.plan.config.want_chain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_chain__arguments__are_found_by_their_types),
		cmocka_unit_test(plan_chain__without_fexit_or_modules_or_need__hooks_nothing),
	};

	return cmocka_run_group_tests(tests, fakeroot_setup, fakeroot_teardown);
}
