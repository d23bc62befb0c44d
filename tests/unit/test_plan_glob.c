/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_plan_glob.c - globs, '!' and --backend put against a made-up kernel (plan_fake.h): which
 * probes they become, and in which order their mechanisms are tried.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "plan/plan_glob.h"
#include "plan/plan_ladder.h"
#include "plan/plan_text.h"
#include "plan_fixture.h"

/* The specs of all probes, in one text. */
static const char *specs(const struct plan_fixture *f)
{
	static char text[4096];
	size_t used = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < f->plan.n_probes && used < sizeof(text); i++)
		used += snprintf(text + used, sizeof(text) - used, "%s%s", i ? " " : "",
				 f->plan.probes[i].spec);
	return text;
}

static void expect(struct plan_fixture *f, const char *spec, const char *probes)
{
	plan_fixture_build_ok(f, spec);
	assert_string_equal(specs(f), probes);
}

static void plan_build__glob__names_functions_and_tracepoints_once(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	expect(&f, "ip_*", "ip_forward@1 ip_queue_xmit@2 ip_rcv@1");
	assert_true(f.plan.probes[0].of_many);
	assert_int_equal(f.plan.probes[1].config.skb_arg, 1);
	assert_int_equal(f.plan.probes[2].address, 0xffffffff81000100);
	assert_int_not_equal(f.plan.probes[2].btf_id, 0);
	expect(&f, "tp:net:*",
	       "tracepoint:net:net_dev_start_xmit tracepoint:net:netif_receive_skb");
	expect(&f, "net:*", "tracepoint:net:net_dev_start_xmit tracepoint:net:netif_receive_skb");
	expect(&f, "*_rcv,ip_*", "icmp_rcv@1 ip_forward@1 ip_queue_xmit@2 ip_rcv@1");
	expect(&f, "i[cp]*_rc?", "icmp_rcv@1 ip_rcv@1");
	/* in a module: by its name, or by any */
	expect(&f, "nf_conntrack:*",
	       "tracepoint:nf_conntrack:ct_both nf_conntrack:ct_both@1 "
	       "nf_conntrack:nf_conntrack_in@1");
	expect(&f, "kprobe:nf_*:*_in", "kprobe:nf_conntrack:nf_conntrack_in@1");
	expect(&f, "*ntrack_in", "nf_conntrack:nf_conntrack_in@1");
	expect(&f, "vmlinux:ip_r*", "ip_rcv@1");
	expect(&f, "fentry:ip_r*", "fentry:ip_rcv@1");
	plan_fixture_stop(&f);
}

/* field.md: a pattern that picks the shorter of two. */
static void plan_build__two_globs__select_all_that_either_names(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	expect(&f, "ip_rc?,ip_rcv*,ip_f*", "ip_forward@1 ip_rcv@1");
	expect(&f, "skb_t*,skb_tw*", "skb_try_coalesce@1 skb_twice@1");
	plan_fixture_stop(&f);
}

static void plan_build__star__is_everything_but_what_cannot_be_probed(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	/* without nla_put (never a packet), renamed_rcv (inlined) */
	expect(&f, "*",
	       "tracepoint:nf_conntrack:ct_both tracepoint:skb:kfree_skb "
	       "tracepoint:net:net_dev_start_xmit tracepoint:net:netif_receive_skb "
	       "tracepoint:skb:skb_pair tracepoint:unknown:without_event_skb "
	       "behind_a_struct@7 nf_conntrack:ct_both@1 icmp_rcv@1 ip_forward@1 ip_queue_xmit@2 "
	       "ip_rcv@1 "
	       "nf_conntrack:nf_conntrack_in@1 seventh_is_skb@7 skb_try_coalesce@1 skb_twice@1 "
	       "tcp_rcv_established@2");
	assert_true(f.plan.probes[1].config.is_kfree_skb && f.plan.probes[1].config.has_reason);
	plan_fixture_stop(&f);
}

static void plan_build__function_a_glob_excludes__can_be_named(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	expect(&f, "nla_put", "nla_put@1");
	expect(&f, "ip_r*,nla_put", "nla_put@1 ip_rcv@1");
	assert_true(plan_glob_excludes("__nla_reserve"));
	assert_true(plan_glob_excludes("skb_copy_bits"));
	assert_false(plan_glob_excludes("skb_clone"));
	assert_false(plan_glob_excludes("netlink_unicast"));
	plan_fixture_stop(&f);
}

static void plan_build__negated_item__takes_away_what_stands_before_it(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	expect(&f, "ip_*,!ip_rcv", "ip_forward@1 ip_queue_xmit@2");
	expect(&f, "ip_*,!ip_*,ip_r*", "ip_rcv@1");
	expect(&f, "*_rcv,!i?_rcv,!tp:*:*", "icmp_rcv@1");
	expect(&f, "ip_rcv,icmp_rcv,!ip_rcv", "icmp_rcv@1");
	expect(&f, "kprobe:ip_r*,kretprobe:ip_r*,!kretprobe:*", "kprobe:ip_rcv@1");
	/* of either end, where no kind is named */
	expect(&f, "kprobe:ip_r*,kretprobe:ip_r*,icmp_rcv,!ip_rcv", "icmp_rcv@1");
	plan_fixture_build_fails(&f, "!ip_rcv,ip_*", ERR_USAGE,
				 "nothing stands before '!ip_rcv' that it could take from",
				 "first what to probe, then what not: -f '*,!ip_rcv'");
	plan_fixture_build_fails(&f, "ip_rcv,!ip_*", ERR_USAGE,
				 "nothing is left to probe of -f 'ip_rcv' and what follows",
				 "what stands behind '!' takes all of it away");
	plan_fixture_stop(&f);
}

static void plan_build__glob_and_name__the_name_wins(void **state)
{
	struct plan_fixture f;
	const struct plan_probe *p;

	(void)state;
	plan_fixture_start(&f, 0);
	p = plan_fixture_build_ok(&f, "skb_t*,skb_try_coalesce@2");
	assert_int_equal(f.plan.n_probes, 2);
	assert_string_equal(p[0].spec, "skb_try_coalesce@2");
	assert_false(p[0].of_many);
	assert_string_equal(p[1].spec, "skb_twice@1");
	assert_true(p[1].of_many);
	expect(&f, "ip_*,kprobe:ip_rcv", "kprobe:ip_rcv@1 ip_forward@1 ip_queue_xmit@2");
	plan_fixture_build_fails(
		&f, "kprobe:ip_*,fentry:ip_r*", ERR_USAGE,
		"'fentry:ip_r*' contradicts 'kprobe:ip_*' at 'ip_rcv': a probe has one mechanism",
		"take it away from one of them: 'kprobe:ip_*,!ip_rcv,fentry:ip_r*'");
	plan_fixture_stop(&f);
}

static void plan_build__entry_and_return__are_two_probes(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	expect(&f, "ip_rcv,kr:ip_rcv", "ip_rcv@1 kretprobe:ip_rcv@1");
	expect(&f, "fr:ip_r*,f:ip_r*", "fentry:ip_rcv@1 fexit:ip_rcv@1");
	assert_int_equal(f.plan.probes[0].is_exit + f.plan.probes[1].is_exit, 1);
	plan_fixture_stop(&f);
}

static void plan_build__glob_of_nothing__hints_at_near_names(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	plan_fixture_build_fails(
		&f, "ip_rvc*", ERR_USAGE,
		"'ip_rvc*' matches no function and no tracepoint that takes an skb",
		"did you mean 'ip_rcv'?");
	plan_fixture_build_fails(
		&f, "net_dev_u*", ERR_USAGE,
		"'net_dev_u*' matches no function and no tracepoint that takes an skb",
		"it matches 1 function that takes none");
	plan_fixture_build_fails(
		&f, "ip_*,zzzz*", ERR_USAGE,
		"'zzzz*' matches no function and no tracepoint that takes an skb",
		"a glob must match the whole name: '*zzzz*' finds more; see xcap list");
	plan_fixture_stop(&f);
}

static void plan_build__glob_without_btf__is_an_error_that_says_what_to_name(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, PLAN_FAKE_NO_BTF);
	plan_fixture_build_fails(
		&f, "ip_*", ERR_UNSUPPORTED,
		"globs need the kernel's types (BTF), which this kernel has not",
		"name the functions one by one, with '@N' for the skb, or give the types by --btf "
		"FILE");
	plan_fixture_stop(&f);
}

static void plan_build__glob_that_nothing_can_attach__says_why(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	f.fake.has[FEATURE_FENTRY] = f.fake.has[FEATURE_KPROBE] = false;
	f.fake.has[FEATURE_KPROBE_MULTI] = false;
	plan_fixture_build_fails(&f, "ip_*", ERR_UNSUPPORTED,
				 "no way to probe 'ip_forward@1' works here: fentry: works; "
				 "kprobe-multi: works; kprobe: works",
				 "nor any other of the 3 that match; 'xcap check' tells what this "
				 "kernel and this user can do");
	/* what can be probed is not lost by what cannot */
	expect(&f, "*_skb,!*pair*",
	       "tracepoint:skb:kfree_skb tracepoint:net:netif_receive_skb "
	       "tracepoint:unknown:without_event_skb");
	plan_fixture_stop(&f);
}

static void plan_build__many_functions__go_by_one_link_before_fentry(void **state)
{
	struct plan_fixture f;
	const struct plan_probe *p;

	(void)state;
	plan_fixture_start(&f, PLAN_FAKE_MANY);
	p = plan_fixture_build_ok(&f, "many_000*"); /* 10 */
	assert_string_equal(plan_fixture_rungs(p), "fentry kprobe-multi kprobe");
	assert_string_equal(p->ladder[0].why, "cheapest");
	p = plan_fixture_build_ok(&f, "many_00[01]*,net:netif_receive_skb"); /* 20 */
	assert_string_equal(plan_fixture_rungs(&p[0]), "tp_btf raw_tp");
	assert_string_equal(plan_fixture_rungs(&p[1]), "kprobe-multi kprobe fentry");
	assert_string_equal(p[1].ladder[0].why, "quickest to attach to many");
	assert_string_equal(p[1].ladder[2].why, "if the one above fails");
	p = plan_fixture_build_ok(&f, "fexit:many_00[01]*");
	assert_string_equal(plan_fixture_rungs(p), "fexit");
	plan_fixture_stop(&f);
}

static const char *tracepoint_rungs(struct plan_fixture *f, uint32_t n_tracepoints)
{
	struct plan_probe probe = f->plan.probes[0];
	struct plan_ladder_policy policy;
	struct plan_text *texts = NULL;
	const char *rungs;

	assert_int_equal(plan_ladder_policy(NULL, 0, n_tracepoints, &policy, &f->err), 0);
	assert_int_equal(plan_ladder(&f->fake.kernel, &policy, &probe, &texts, &f->err), 0);
	rungs = plan_fixture_rungs(&probe);
	plan_text_free(&texts);
	return rungs;
}

static void plan_ladder__many_tracepoints__go_by_one_program_if_it_reads_pages(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	plan_fixture_build_ok(&f, "tp:net:netif_receive_skb");
	f.fake.has[FEATURE_TP_COOKIE] = f.fake.has[FEATURE_PAGE_ADDRESS] = true;
	assert_string_equal(tracepoint_rungs(&f, 16), "tp_btf raw_tp");
	assert_string_equal(tracepoint_rungs(&f, 17), "raw_tp tp_btf");
	f.fake.has[FEATURE_PAGE_ADDRESS] = false;
	assert_string_equal(tracepoint_rungs(&f, 17), "tp_btf raw_tp");
	f.fake.has[FEATURE_PAGE_ADDRESS] = true;
	f.fake.has[FEATURE_TP_COOKIE] = false;
	assert_string_equal(tracepoint_rungs(&f, 17), "tp_btf raw_tp");
	plan_fixture_stop(&f);
}

static void plan_build__2500_functions__take_less_than_100_ms(void **state)
{
	struct plan_fixture f;
	struct timespec start, end;
	double best = 1e9;

	(void)state;
	plan_fixture_start(&f, PLAN_FAKE_MANY);
	for (int i = 0; i < 3; i++) {
		double ms;

		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
		plan_fixture_build_ok(&f, "many_*");
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
		ms = (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6;
		best = ms < best ? ms : best;
	}
	assert_int_equal(f.plan.n_probes, PLAN_FAKE_MANY_FUNCTIONS);
	assert_string_equal(f.plan.probes[0].name, "many_0000");
	assert_string_equal(f.plan.probes[2499].name, "many_2499");
#ifndef __SANITIZE_ADDRESS__
	if (best >= 100)
		fail_msg("%.1f ms", best);
#endif
	plan_fixture_stop(&f);
}

static void plan_build__more_probes_than_there_is_room_for__is_an_error(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, PLAN_FAKE_MANY);
	plan_fixture_build_fails(&f, "kprobe:many_*,kretprobe:many_*", ERR_USAGE,
				 "too many probes: 5000, at most 4096",
				 "narrow the globs, or take some away: -f '*,!tcp_*'");
	plan_fixture_stop(&f);
}

static void plan_build__backend__is_the_only_rung_or_an_error(void **state)
{
	struct plan_fixture f;

	(void)state;
	plan_fixture_start(&f, 0);
	f.request.backend = "kprobe";
	assert_string_equal(plan_fixture_rungs(plan_fixture_build_ok(&f, "ip_rcv")), "kprobe");
	assert_string_equal(f.plan.probes->ladder[0].why, "asked for");
	assert_string_equal(plan_fixture_rungs(plan_fixture_build_ok(&f, "kr:ip_rcv")),
			    "kretprobe");
	plan_fixture_build_fails(&f, "net:netif_receive_skb", ERR_USAGE,
				 "--backend kprobe does not fit the probe "
				 "'tracepoint:net:netif_receive_skb'",
				 "a tracepoint goes by tp_btf or raw_tp");
	plan_fixture_build_fails(&f, "fentry:ip_rcv", ERR_USAGE,
				 "--backend kprobe does not fit the probe 'fentry:ip_rcv@1'",
				 "leave away one of both: the probe asks for its mechanism itself");
	/* of a glob only what fits */
	expect(&f, "*_rcv,netif_*", "icmp_rcv@1 ip_rcv@1");
	f.request.backend = "raw_tp";
	assert_string_equal(plan_fixture_rungs(plan_fixture_build_ok(&f, NULL)), "raw_tp");
	plan_fixture_build_fails(&f, "ip_rcv", ERR_USAGE,
				 "--backend raw_tp does not fit the probe 'ip_rcv@1'",
				 "a function goes by fentry, kprobe-multi or kprobe");
	f.request.backend = "kprob";
	plan_fixture_build_fails(&f, "ip_rcv", ERR_USAGE, "no mechanism 'kprob' for --backend",
				 "did you mean 'kprobe'? there are tp_btf, raw_tp, fentry, "
				 "kprobe-multi, kprobe");
	plan_fixture_stop(&f);
}

static void plan_build__address_hidden__leaves_kprobe_multi_out(void **state)
{
	struct plan_fixture f;
	const struct plan_probe *p;

	(void)state;
	plan_fixture_start(&f, PLAN_FAKE_NO_KALLSYMS);
	p = plan_fixture_build_ok(&f, "ip_rcv");
	assert_int_equal(p->address, 0);
	assert_string_equal(plan_fixture_rungs(p), "fentry !kprobe-multi kprobe");
	assert_string_equal(p->ladder[1].why,
			    "the kernel hides the function's address (CAP_SYSLOG)");
	plan_fixture_stop(&f);
}

static void plan_build__second_argument__is_checked_and_carried(void **state)
{
	struct plan_fixture f;
	const struct plan_probe *p;

	(void)state;
	plan_fixture_start(&f, 0);
	p = plan_fixture_build_ok(&f, "tcp_rcv_established@2@1");
	assert_int_equal(p->ext_arg, 0);
	assert_int_equal(p->config.skb_arg, 1);
	assert_int_equal(plan_fixture_build_ok(&f, "tcp_rcv_established@2")->ext_arg, -1);
	plan_fixture_build_fails(
		&f, "tcp_rcv_established@2@3", ERR_USAGE,
		"cannot probe 'tcp_rcv_established@2@3': 'tcp_rcv_established' has 2 arguments",
		"its arguments are 1: struct sock *sk, 2: struct sk_buff *skb");
	plan_fixture_build_fails(&f, "tcp_rcv_established@2@1,tcp_rcv_established@2", ERR_USAGE,
				 "'tcp_rcv_established@2' contradicts 'tcp_rcv_established@2@1': a "
				 "probe has one second argument",
				 "name the probe once");
	plan_fixture_stop(&f);
}

#ifdef __x86_64__
static void plan_build__offset__is_a_kprobe_with_a_register(void **state)
{
	struct plan_fixture f;
	const struct plan_probe *p;

	(void)state;
	plan_fixture_start(&f, 0);
	p = plan_fixture_build_ok(&f, "ip_rcv+0x1c@%rbx");
	assert_int_equal(p->offset, 0x1c);
	assert_int_equal(p->skb_reg, 40); /* rbx in struct pt_regs */
	assert_int_equal(p->address, 0xffffffff81000100);
	assert_string_equal(plan_fixture_rungs(p), "kprobe");
	expect(&f, "ip_rcv+0x1c@%rbx,ip_rcv,ip_rcv+0x20@%rbx",
	       "ip_rcv+0x1c@%rbx ip_rcv@1 ip_rcv+0x20@%rbx");
	plan_fixture_build_fails(&f, "ip_rcv+0x100@%rbx", ERR_USAGE,
				 "cannot probe 'ip_rcv+0x100@%rbx': the function ends before 0x100",
				 "this address is in icmp_rcv");
	plan_fixture_build_fails(&f, "ip_rcvv+4@%rbx", ERR_USAGE,
				 "cannot probe 'ip_rcvv+4@%rbx': no such function",
				 "did you mean 'ip_rcv' or 'icmp_rcv'?");
	plan_fixture_build_fails(&f, "ip_rcv+4@%rbx,ip_rcv+4@%rdi", ERR_USAGE,
				 "'ip_rcv+0x4@%rdi' contradicts 'ip_rcv+0x4@%rbx': a probe has one "
				 "register",
				 "name the probe once");
	plan_fixture_stop(&f);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_build__glob__names_functions_and_tracepoints_once),
		cmocka_unit_test(plan_build__two_globs__select_all_that_either_names),
		cmocka_unit_test(plan_build__star__is_everything_but_what_cannot_be_probed),
		cmocka_unit_test(plan_build__function_a_glob_excludes__can_be_named),
		cmocka_unit_test(plan_build__negated_item__takes_away_what_stands_before_it),
		cmocka_unit_test(plan_build__glob_and_name__the_name_wins),
		cmocka_unit_test(plan_build__entry_and_return__are_two_probes),
		cmocka_unit_test(plan_build__glob_of_nothing__hints_at_near_names),
		cmocka_unit_test(plan_build__glob_without_btf__is_an_error_that_says_what_to_name),
		cmocka_unit_test(plan_build__glob_that_nothing_can_attach__says_why),
		cmocka_unit_test(plan_build__many_functions__go_by_one_link_before_fentry),
		cmocka_unit_test(
			plan_ladder__many_tracepoints__go_by_one_program_if_it_reads_pages),
		cmocka_unit_test(plan_build__2500_functions__take_less_than_100_ms),
		cmocka_unit_test(plan_build__more_probes_than_there_is_room_for__is_an_error),
		cmocka_unit_test(plan_build__backend__is_the_only_rung_or_an_error),
		cmocka_unit_test(plan_build__address_hidden__leaves_kprobe_multi_out),
		cmocka_unit_test(plan_build__second_argument__is_checked_and_carried),
#ifdef __x86_64__
		cmocka_unit_test(plan_build__offset__is_a_kprobe_with_a_register),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
