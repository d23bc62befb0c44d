/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_plan.c - names put against a made-up kernel (plan_fake.h): which probe and ladder they
 * become, and what is said where they cannot.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/util.h"
#include "plan_fixture.h"

static void plan_build__without_probes__takes_the_two_default_tracepoints(void **state)
{
	struct plan_fixture f;
	const struct plan_probe *p;

	(void)state;
	plan_fixture_start(&f, 0);
	p = plan_fixture_build_ok(&f, NULL);
	assert_int_equal(f.plan.n_probes, 2);
	assert_string_equal(p[0].spec, "tracepoint:net:netif_receive_skb");
	assert_string_equal(p[0].name, "netif_receive_skb");
	assert_string_equal(p[0].category, "net");
	assert_true(p[0].is_tracepoint);
	assert_int_equal(p[0].config.direction, XCAP_DIR_IN);
	assert_int_equal(p[0].config.skb_arg, 0);
	assert_int_not_equal(p[0].btf_id, 0);
	assert_int_equal(p[0].config.is_kfree_skb, 0);
	assert_string_equal(plan_fixture_rungs(&p[0]), "tp_btf raw_tp");
	assert_string_equal(p[0].note, "");
	assert_string_equal(p[1].spec, "tracepoint:net:net_dev_start_xmit");
	assert_int_equal(p[1].config.direction, XCAP_DIR_OUT);
	assert_int_equal(f.plan.config.probe_count, 2);
	assert_int_equal(f.plan.config.has_filter, 0);
	assert_int_equal(f.plan.ring_bytes, 8 << 20);
	assert_int_equal(f.plan.config.wakeup_bytes, 1024 << 10);
	plan_fixture_stop(&f);
}

static void plan_build__function__finds_the_skb_by_btf(void **state)
{
	struct plan_fixture f;
	const struct plan_probe *p;

	(void)state;
	plan_fixture_start(&f, 0);
	p = plan_fixture_build_ok(&f, "tcp_rcv_established");
	assert_string_equal(p->spec, "tcp_rcv_established@2");
	assert_int_equal(p->config.skb_arg, 1);
	assert_false(p->is_tracepoint);
	assert_string_equal(p->module, "");
	assert_string_equal(plan_fixture_rungs(p), "fentry kprobe-multi kprobe");
	assert_string_equal(p->ladder[0].why, "cheapest");
	assert_string_equal(p->ladder[1].why, "if the one above fails");
	p = plan_fixture_build_ok(&f, "skb_try_coalesce@2"); /* a const one, and not the first */
	assert_int_equal(p->config.skb_arg, 1);
	assert_string_equal(p->spec, "skb_try_coalesce@2");
	plan_fixture_stop(&f);
}

static void plan_build__canonical_spec__plans_the_same_again(void **state)
{
	static const char *const specs[] = {
		"ip_rcv",
		"tcp_rcv_established@2",
		"nf_conntrack_in",
		"nf_conntrack:nf_conntrack_in",
		"k:ip_rcv",
		"f:ip_rcv@1",
		"net:netif_receive_skb",
		"tp:skb:kfree_skb@1",
		"rtp:skb:kfree_skb",
		"tp_btf:skb:skb_pair@2",
		"skb:skb_pair",
		"not_in_btf@3",
		"kprobe:nf_conntrack:ct_not_in_btf@1",
		"net:event_not_in_btf@2",
		"kr:ip_rcv",
		"fexit:tcp_rcv_established@2",
		"km:ip_rcv",
		"tcp_rcv_established@2@1",
#ifdef __x86_64__
		"ip_rcv+0x1c@%rbx",
		"kprobe:ip_rcv+0@%rdi",
#endif
	};
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(specs); i++) {
		struct plan_probe first = *plan_fixture_build_ok(&f, specs[i]), second;

		second = *plan_fixture_build_ok(&f, first.spec);
		/* the ladders belong to their plans, of which the first is gone */
		assert_int_equal(first.n_rungs, second.n_rungs);
		first.ladder = second.ladder = NULL;
		/* 'A:B' is written down as 'tracepoint:A:B' */
		first.kind = second.kind;
		assert_memory_equal(&first, &second, sizeof(first));
	}
	plan_fixture_stop(&f);
}

static void plan_build__wrong_argument__lists_the_arguments(void **state)
{
	static const char hint[] =
		"its arguments are 1: struct sk_buff *skb, 2: struct net_device *dev, "
		"3: struct net_device *orig_dev";
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	plan_fixture_build_fails(&f, "ip_rcv@2", ERR_USAGE,
				 "cannot probe 'ip_rcv@2': argument 2 is not an skb", hint);
	plan_fixture_build_fails(&f, "ip_rcv@9", ERR_USAGE,
				 "cannot probe 'ip_rcv@9': 'ip_rcv' has 3 arguments", hint);
	plan_fixture_build_fails(&f, "icmp_rcv@2", ERR_USAGE,
				 "cannot probe 'icmp_rcv@2': 'icmp_rcv' has 1 argument",
				 "its arguments are 1: struct sk_buff *skb");
	plan_fixture_build_fails(
		&f, "tp:net:netif_receive_skb@2", ERR_USAGE,
		"cannot probe 'tp:net:netif_receive_skb@2': 'netif_receive_skb' has 1 argument",
		"its arguments are 1: struct sk_buff *skb");
	plan_fixture_stop(&f);
}

static void plan_build__without_an_skb__says_so(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	plan_fixture_build_fails(&f, "net_dev_up", ERR_USAGE,
				 "cannot probe 'net_dev_up': none of its arguments is an skb",
				 "its arguments are 1: struct net_device *dev");
	plan_fixture_build_fails(&f, "net_dev_init", ERR_USAGE,
				 "cannot probe 'net_dev_init': none of its arguments is an skb",
				 "");
	plan_fixture_build_fails(
		&f, "tp:sched:sched_switch", ERR_USAGE,
		"cannot probe 'tp:sched:sched_switch': none of its arguments is an skb",
		"its arguments are 1: int preempt");
	plan_fixture_stop(&f);
}

static void plan_build__unknown_function__hints_at_near_ones(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	plan_fixture_build_fails(&f, "ip_rcvv", ERR_USAGE,
				 "cannot probe 'ip_rcvv': no such function",
				 "did you mean 'ip_rcv' or 'icmp_rcv'?");
	/* near net_dev_up and net_dev_init, but neither takes an skb: better than nothing */
	plan_fixture_build_fails(&f, "net_dev_upp", ERR_USAGE,
				 "cannot probe 'net_dev_upp': no such function",
				 "did you mean 'net_dev_up' or 'net_dev_init'?");
	plan_fixture_build_fails(&f, "zzzzzzzzzz", ERR_USAGE,
				 "cannot probe 'zzzzzzzzzz': no such function", "");
	plan_fixture_build_fails(&f, "kfree_skb", ERR_USAGE,
				 "cannot probe 'kfree_skb': no such function",
				 "there is a tracepoint of that name: 'tracepoint:skb:kfree_skb'");
	plan_fixture_stop(&f);
}

static void plan_build__unknown_tracepoint__hints_at_near_ones(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	plan_fixture_build_fails(&f, "tp:net:netif_recieve_skb", ERR_USAGE,
				 "cannot probe 'tp:net:netif_recieve_skb': no such tracepoint",
				 "did you mean 'tracepoint:net:netif_receive_skb'?");
	plan_fixture_build_fails(&f, "tp:net:kfree_skb", ERR_USAGE,
				 "cannot probe 'tp:net:kfree_skb': no such tracepoint",
				 "did you mean 'tracepoint:skb:kfree_skb'?");
	plan_fixture_build_fails(&f, "tp:zzzz:zzzzzz", ERR_USAGE,
				 "cannot probe 'tp:zzzz:zzzzzz': no such tracepoint", "");
	plan_fixture_stop(&f);
}

static void plan_build__inlined_function__says_so(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	plan_fixture_build_fails(
		&f, "renamed_rcv", ERR_UNSUPPORTED,
		"cannot probe 'renamed_rcv': the compiler inlined or renamed it in this kernel",
		"probe one of its callers");
	plan_fixture_stop(&f);
	plan_fixture_start(&f, PLAN_FAKE_NO_KALLSYMS); /* not known there: the kernel will tell */
	plan_fixture_build_ok(&f, "renamed_rcv");
	plan_fixture_stop(&f);
}

static void plan_build__function_not_in_btf__needs_its_argument_and_kprobe(void **state)
{
	struct plan_fixture f;
	const struct plan_probe *p;

	(void)state;
	plan_fixture_start(&f, 0);
	plan_fixture_build_fails(
		&f, "not_in_btf", ERR_USAGE,
		"cannot probe 'not_in_btf': it is not in BTF, so which argument is the skb is not "
		"known",
		"write 'not_in_btf@N' if argument N is the skb (counted from 1)");
	p = plan_fixture_build_ok(&f, "not_in_btf@3");
	assert_int_equal(p->config.skb_arg, 2);
	assert_int_equal(p->btf_id, 0);
	assert_string_equal(plan_fixture_rungs(p), "!fentry kprobe-multi kprobe");
	assert_string_equal(p->ladder[1].why, "cheapest that works here");
	assert_string_equal(p->note, "not in BTF: that argument 3 is an skb is taken on trust");
	plan_fixture_build_fails(
		&f, "fentry:not_in_btf@1", ERR_UNSUPPORTED,
		"no way to probe 'fentry:not_in_btf@1' works here: fentry: it is not in BTF",
		"'xcap check' tells what this kernel and this user can do");
	plan_fixture_build_fails(
		&f, "not_in_btf@7", ERR_UNSUPPORTED,
		"no way to probe 'not_in_btf@7' works here: fentry: it is not in BTF; "
		"kprobe-multi: argument 7 is not in a register; "
		"kprobe: argument 7 is not in a register",
		"'xcap check' tells what this kernel and this user can do");
	plan_fixture_stop(&f);
}

static void plan_build__without_btf__takes_given_arguments_only(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, PLAN_FAKE_NO_BTF);
	assert_string_equal(plan_fixture_rungs(plan_fixture_build_ok(&f, "ip_rcv@1")),
			    "!fentry kprobe-multi kprobe");
	assert_string_equal(
		plan_fixture_rungs(plan_fixture_build_ok(&f, "net:netif_receive_skb@1")),
		"!tp_btf raw_tp");
	plan_fixture_build_fails(&f, "ip_rcvv", ERR_USAGE,
				 "cannot probe 'ip_rcvv': no such function", "");
	plan_fixture_build_fails(
		&f, "tp:net:netif_receive_skb", ERR_USAGE,
		"cannot probe 'tp:net:netif_receive_skb': it is not in BTF, so which argument "
		"is the "
		"skb is not known",
		"write 'tp:net:netif_receive_skb@N' if argument N is the skb (counted from 1)");
	plan_fixture_stop(&f);
}

static void plan_build__argument_7__is_read_from_the_stack_where_cookies_tell(void **state)
{
	struct plan_fixture f;
	const struct plan_probe *p;

	(void)state;
	plan_fixture_start(&f, 0);
	p = plan_fixture_build_ok(&f, "seventh_is_skb");
	assert_int_equal(p->config.skb_arg, 6);
	assert_string_equal(plan_fixture_rungs(p), "fentry kprobe-multi kprobe");
	f.fake.has[FEATURE_COOKIE] = false;
	p = plan_fixture_build_ok(&f, "seventh_is_skb");
	assert_string_equal(plan_fixture_rungs(p), "fentry !kprobe-multi !kprobe");
	assert_string_equal(p->ladder[1].why, "argument 7 is not in a register");
	plan_fixture_stop(&f);
}

static void plan_build__argument_7_behind_a_structure__is_for_fentry_only(void **state)
{
	struct plan_fixture f;
	const struct plan_probe *p;

	(void)state;
	plan_fixture_start(&f, 0);
	p = plan_fixture_build_ok(&f, "behind_a_struct");
	assert_int_equal(p->config.skb_arg, 6);
	assert_string_equal(plan_fixture_rungs(p), "fentry !kprobe-multi !kprobe");
	assert_string_equal(p->ladder[1].why, "argument 7 is not in a register");
	plan_fixture_stop(&f);
}

/* Many probes share a ladder, and only those that would have the same by themselves. */
static void plan_build__several_probes__each_has_the_ladder_that_it_has_alone(void **state)
{
	static const char *const specs[] = {"behind_a_struct", "ip_rcv", "kprobe:skb_twice",
					    "seventh_is_skb", "tracepoint:net:netif_receive_skb"};
	char alone[UTIL_ARRAY_SIZE(specs)][200], all[400] = "";
	const struct plan_probe *p;
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	f.fake.has[FEATURE_COOKIE] = false;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(specs); i++) {
		p = plan_fixture_build_ok(&f, specs[i]);
		snprintf(alone[i], sizeof(alone[i]), "%s", plan_fixture_rungs(p));
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i ? "," : "",
			 specs[i]);
	}
	assert_string_not_equal(alone[0], alone[1]);
	assert_string_not_equal(alone[1], alone[2]);
	p = plan_fixture_build_ok(&f, all);
	assert_int_equal(f.plan.n_probes, UTIL_ARRAY_SIZE(specs));
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(specs); i++)
		assert_string_equal(plan_fixture_rungs(&p[i]), alone[i]);
	p = plan_fixture_build_ok(&f, "ip_rcv,skb_twice");
	assert_ptr_equal(p[0].ladder, p[1].ladder);
	plan_fixture_stop(&f);
}

static void plan_build__a_colon_b__is_the_tracepoint_or_the_function(void **state)
{
	struct plan_fixture f;
	const struct plan_probe *p;

	(void)state;
	plan_fixture_start(&f, 0);
	p = plan_fixture_build_ok(&f, "net:netif_receive_skb");
	assert_true(p->is_tracepoint);
	assert_string_equal(p->spec, "tracepoint:net:netif_receive_skb");
	p = plan_fixture_build_ok(&f, "nf_conntrack:nf_conntrack_in");
	assert_false(p->is_tracepoint);
	assert_string_equal(p->module, "nf_conntrack");
	assert_string_equal(p->spec, "nf_conntrack:nf_conntrack_in@1");
	plan_fixture_build_fails(
		&f, "nf_conntrack:ct_both", ERR_USAGE,
		"'nf_conntrack:ct_both' is a tracepoint and a function of module 'nf_conntrack'",
		"write 'tracepoint:nf_conntrack:ct_both', or 'fentry:nf_conntrack:ct_both' or "
		"'kprobe:nf_conntrack:ct_both'");
	assert_true(plan_fixture_build_ok(&f, "tracepoint:nf_conntrack:ct_both")->is_tracepoint);
	assert_false(plan_fixture_build_ok(&f, "kprobe:nf_conntrack:ct_both")->is_tracepoint);
	plan_fixture_build_fails(
		&f, "kprob:ip_rcv", ERR_USAGE,
		"cannot probe 'kprob:ip_rcv': neither a tracepoint nor a function of a module "
		"'kprob'",
		"did you mean 'kprobe:ip_rcv'?");
	plan_fixture_build_fails(
		&f, "veth:ip_rcvv", ERR_USAGE,
		"cannot probe 'veth:ip_rcvv': neither a tracepoint nor a function of a module "
		"'veth'",
		"did you mean 'ip_rcv' or 'icmp_rcv'?");
	plan_fixture_build_fails(
		&f, "kprobe:veth:ip_rcv", ERR_USAGE,
		"cannot probe 'kprobe:veth:ip_rcv': no function 'ip_rcv' in module 'veth'",
		"there is one in the kernel itself: 'ip_rcv'");
	plan_fixture_stop(&f);
}

/* The made-up module is not loaded, so the kernel gives no descriptor of its BTF. */
static void plan_build__module_btf_not_to_be_had__leaves_kprobe(void **state)
{
	struct plan_fixture f;
	const struct plan_probe *p;

	(void)state;
	plan_fixture_start(&f, 0);
	p = plan_fixture_build_ok(&f, "nf_conntrack_in");
	assert_string_equal(p->module, "nf_conntrack");
	assert_string_equal(p->spec, "nf_conntrack_in@1");
	assert_true(p->btf_fd < 0);
	assert_string_equal(plan_fixture_rungs(p), "!fentry kprobe-multi kprobe");
	assert_int_equal(
		strncmp(p->ladder[0].why, "the BTF of module 'nf_conntrack' cannot be had: E", 48),
		0);
	plan_fixture_stop(&f);
}

/* 5.10 has no BTF of modules. */
static void plan_build__function_of_a_module_without_btf__needs_its_argument(void **state)
{
	struct plan_fixture f;
	const struct plan_probe *p;

	(void)state;
	plan_fixture_start(&f, PLAN_FAKE_OLD);
	p = plan_fixture_build_ok(&f, "nf_conntrack:nf_conntrack_in@1");
	assert_string_equal(p->module, "nf_conntrack");
	assert_string_equal(plan_fixture_rungs(p), "!fentry kprobe-multi kprobe");
	plan_fixture_build_fails(
		&f, "nf_conntrack:nf_conntrack_in", ERR_USAGE,
		"cannot probe 'nf_conntrack:nf_conntrack_in': it is not in BTF, so which argument "
		"is "
		"the skb is not known",
		"write 'nf_conntrack:nf_conntrack_in@N' if argument N is the skb (counted from 1)");
	plan_fixture_build_fails(
		&f, "kprobe:veth:nf_conntrack_in@1", ERR_USAGE,
		"cannot probe 'kprobe:veth:nf_conntrack_in@1': no function 'nf_conntrack_in' in "
		"module 'veth'",
		"");
	plan_fixture_stop(&f);
}

static void plan_build__two_functions_of_one_name__is_noted(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	assert_string_equal(
		plan_fixture_build_ok(&f, "skb_twice")->note,
		"2 functions have this name: which one is probed is the kernel's choice");
	assert_string_equal(plan_fixture_build_ok(&f, "ip_rcv")->note, "");
	plan_fixture_stop(&f);
}

static void plan_build__kfree_skb__has_place_and_reason_where_the_kernel_gives_it(void **state)
{
	struct plan_fixture f;
	const struct plan_probe *p;

	(void)state;
	plan_fixture_start(&f, 0);
	p = plan_fixture_build_ok(&f, "tp:skb:kfree_skb");
	assert_int_equal(p->config.is_kfree_skb, 1);
	assert_int_equal(p->config.has_reason, 1);
	assert_int_equal(p->config.direction, XCAP_DIR_UNKNOWN);
	assert_string_equal(p->note, "");
	plan_fixture_stop(&f);
	plan_fixture_start(&f, PLAN_FAKE_OLD);
	p = plan_fixture_build_ok(&f, "tp:skb:kfree_skb");
	assert_int_equal(p->config.is_kfree_skb, 1);
	assert_int_equal(p->config.has_reason, 0);
	assert_string_equal(p->note, "this kernel gives no reason for a drop (5.17 and later do)");
	plan_fixture_stop(&f);
}

static void plan_build__without_tracefs__believes_btf(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, PLAN_FAKE_NO_TRACEFS);
	assert_string_equal(plan_fixture_build_ok(&f, "tp:net:netif_receive_skb")->note, "");
	assert_string_equal(plan_fixture_build_ok(&f, "tp:foo:without_event_skb")->note,
			    "category 'foo' is not checked: tracefs does not tell it");
	/* in the built-in list, but not in this kernel */
	assert_int_not_equal(plan_fixture_build(&f, "tp:net:netif_rx"), 0);
	assert_string_equal(f.err.msg, "cannot probe 'tp:net:netif_rx': no such tracepoint");
	plan_fixture_stop(&f);
}

static void plan_build__duplicates__merge_and_contradictions_are_errors(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	plan_fixture_build_ok(
		&f, "ip_rcv,icmp_rcv,ip_rcv@1,tp:net:netif_receive_skb,net:netif_receive_skb");
	assert_int_equal(f.plan.n_probes, 3);
	assert_string_equal(f.plan.probes[2].spec, "tracepoint:net:netif_receive_skb");
	plan_fixture_build_ok(&f, "nf_conntrack_in,nf_conntrack:nf_conntrack_in");
	assert_int_equal(f.plan.n_probes, 1);
	/* a function and a tracepoint of one name are two probes */
	plan_fixture_build_ok(&f, "tracepoint:nf_conntrack:ct_both,kprobe:nf_conntrack:ct_both");
	assert_int_equal(f.plan.n_probes, 2);
	plan_fixture_build_fails(
		&f, "skb_try_coalesce@1,skb_try_coalesce@2", ERR_USAGE,
		"'skb_try_coalesce@2' contradicts 'skb_try_coalesce@1': a probe has one skb "
		"argument",
		"name the probe once");
	plan_fixture_build_fails(
		&f, "ip_rcv,kprobe:ip_rcv", ERR_USAGE,
		"'kprobe:ip_rcv@1' contradicts 'ip_rcv@1': a probe has one mechanism",
		"name the probe once");
	plan_fixture_stop(&f);
}

static void plan_build__forced_kind__keeps_only_that_rung(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	assert_string_equal(plan_fixture_rungs(plan_fixture_build_ok(&f, "kprobe:ip_rcv")),
			    "kprobe");
	assert_string_equal(f.plan.probes->ladder[0].why, "asked for");
	assert_string_equal(plan_fixture_rungs(plan_fixture_build_ok(&f, "fentry:ip_rcv")),
			    "fentry");
	assert_string_equal(plan_fixture_rungs(plan_fixture_build_ok(&f, "raw_tp:skb:kfree_skb")),
			    "raw_tp");
	assert_string_equal(plan_fixture_rungs(plan_fixture_build_ok(&f, "tp_btf:skb:kfree_skb")),
			    "tp_btf");
	assert_string_equal(plan_fixture_rungs(plan_fixture_build_ok(&f, "km:ip_rcv")),
			    "kprobe-multi");
	assert_false(f.plan.probes->is_exit);
	assert_string_equal(plan_fixture_rungs(plan_fixture_build_ok(&f, "fexit:ip_rcv")), "fexit");
	assert_true(f.plan.probes->is_exit);
	assert_string_equal(plan_fixture_rungs(plan_fixture_build_ok(&f, "kr:ip_rcv")),
			    "kretprobe-multi kretprobe");
	assert_true(f.plan.probes->is_exit);
	plan_fixture_stop(&f);
}

static void plan_build__no_mechanism_works__prints_each_with_its_why(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	f.fake.has[FEATURE_FENTRY] = f.fake.has[FEATURE_KPROBE] = false;
	f.fake.has[FEATURE_KPROBE_MULTI] = false;
	f.fake.why[FEATURE_KPROBE_MULTI] = "no such link";
	f.fake.why[FEATURE_FENTRY] = "loading an fentry program: EPERM";
	f.fake.why[FEATURE_KPROBE] = "no kprobe events: ENOENT";
	plan_fixture_build_fails(
		&f, "ip_rcv", ERR_UNSUPPORTED,
		"no way to probe 'ip_rcv@1' works here: fentry: loading an fentry program: EPERM; "
		"kprobe-multi: no such link; kprobe: no kprobe events: ENOENT",
		"'xcap check' tells what this kernel and this user can do");
	plan_fixture_build_ok(&f, "net:netif_receive_skb");
	f.fake.has[FEATURE_KPROBE] = true;
	assert_string_equal(plan_fixture_rungs(plan_fixture_build_ok(&f, "ip_rcv")),
			    "!fentry !kprobe-multi kprobe");
	assert_string_equal(f.plan.probes->ladder[0].why, "loading an fentry program: EPERM");
	assert_string_equal(f.plan.probes->ladder[2].why, "cheapest that works here");
	plan_fixture_stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_build__without_probes__takes_the_two_default_tracepoints),
		cmocka_unit_test(plan_build__function__finds_the_skb_by_btf),
		cmocka_unit_test(plan_build__canonical_spec__plans_the_same_again),
		cmocka_unit_test(plan_build__wrong_argument__lists_the_arguments),
		cmocka_unit_test(plan_build__without_an_skb__says_so),
		cmocka_unit_test(plan_build__unknown_function__hints_at_near_ones),
		cmocka_unit_test(plan_build__unknown_tracepoint__hints_at_near_ones),
		cmocka_unit_test(plan_build__inlined_function__says_so),
		cmocka_unit_test(plan_build__function_not_in_btf__needs_its_argument_and_kprobe),
		cmocka_unit_test(plan_build__without_btf__takes_given_arguments_only),
		cmocka_unit_test(plan_build__argument_7__is_read_from_the_stack_where_cookies_tell),
		cmocka_unit_test(plan_build__argument_7_behind_a_structure__is_for_fentry_only),
		cmocka_unit_test(plan_build__several_probes__each_has_the_ladder_that_it_has_alone),
		cmocka_unit_test(plan_build__a_colon_b__is_the_tracepoint_or_the_function),
		cmocka_unit_test(plan_build__module_btf_not_to_be_had__leaves_kprobe),
		cmocka_unit_test(plan_build__function_of_a_module_without_btf__needs_its_argument),
		cmocka_unit_test(plan_build__two_functions_of_one_name__is_noted),
		cmocka_unit_test(
			plan_build__kfree_skb__has_place_and_reason_where_the_kernel_gives_it),
		cmocka_unit_test(plan_build__without_tracefs__believes_btf),
		cmocka_unit_test(plan_build__duplicates__merge_and_contradictions_are_errors),
		cmocka_unit_test(plan_build__forced_kind__keeps_only_that_rung),
		cmocka_unit_test(plan_build__no_mechanism_works__prints_each_with_its_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
