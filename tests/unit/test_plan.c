/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_plan.c - requests put against a made-up kernel (plan_fake.h): what is planned, and what is
 * said where it cannot be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/util.h"
#include "plan/plan_direction.h"
#include "plan_fake.h"

struct fixture {
	struct plan_fake fake;
	struct plan_request request;
	struct plan plan;
	struct err err;
	const char *specs[4];
	const char *interfaces[10];
};

static void start(struct fixture *f, unsigned int flags)
{
	memset(f, 0, sizeof(*f));
	plan_fake_open(&f->fake, flags);
	f->request.snaplen = 256;
	f->request.probe_specs = f->specs;
	f->request.interfaces = f->interfaces;
}

static void stop(struct fixture *f)
{
	plan_free(&f->plan);
	plan_fake_close(&f->fake);
}

static int build(struct fixture *f, const char *spec)
{
	f->specs[0] = spec;
	f->request.n_probe_specs = spec ? 1 : 0;
	plan_free(&f->plan);
	err_clear(&f->err);
	return plan_build(&f->request, &f->fake.kernel, &f->plan, &f->err);
}

static const struct plan_probe *build_ok(struct fixture *f, const char *spec)
{
	if (build(f, spec))
		fail_msg("'%s': %s", spec, f->err.msg);
	assert_false(err_is_set(&f->err));
	return f->plan.probes;
}

static void build_fails(struct fixture *f, const char *spec, enum err_status status,
			const char *msg, const char *hint)
{
	assert_true(build(f, spec) < 0);
	assert_string_equal(f->err.msg, msg);
	assert_string_equal(f->err.hint, hint);
	assert_int_equal(f->err.status, status);
	assert_int_equal(f->plan.n_probes, 0);
	assert_null(f->plan.probes);
}

/* Names, not numbers, so that a failure can be read. */
static const char *rungs(const struct plan_probe *probe)
{
	static char text[128];

	text[0] = '\0';
	for (uint32_t i = 0; i < probe->n_rungs; i++) {
		strcat(text, i ? " " : "");
		strcat(text, probe->ladder[i].usable ? "" : "!");
		strcat(text, plan_mechanism_name(probe->ladder[i].mechanism));
	}
	return text;
}

static void plan_build__without_probes__takes_the_two_default_tracepoints(void **state)
{
	struct fixture f;
	const struct plan_probe *p;

	(void)state;
	start(&f, 0);
	p = build_ok(&f, NULL);
	assert_int_equal(f.plan.n_probes, 2);
	assert_string_equal(p[0].spec, "tracepoint:net:netif_receive_skb");
	assert_string_equal(p[0].name, "netif_receive_skb");
	assert_string_equal(p[0].category, "net");
	assert_true(p[0].is_tracepoint);
	assert_int_equal(p[0].config.direction, XCAP_DIR_IN);
	assert_int_equal(p[0].config.skb_arg, 0);
	assert_int_not_equal(p[0].btf_id, 0);
	assert_int_equal(p[0].config.is_kfree_skb, 0);
	assert_string_equal(rungs(&p[0]), "tp_btf raw_tp");
	assert_string_equal(p[0].note, "");
	assert_string_equal(p[1].spec, "tracepoint:net:net_dev_start_xmit");
	assert_int_equal(p[1].config.direction, XCAP_DIR_OUT);
	assert_int_equal(f.plan.config.probe_count, 2);
	assert_int_equal(f.plan.config.has_filter, 0);
	assert_int_equal(f.plan.ring_bytes, 8 << 20);
	assert_int_equal(f.plan.config.wakeup_bytes, 256 << 10);
	stop(&f);
}

static void plan_build__function__finds_the_skb_by_btf(void **state)
{
	struct fixture f;
	const struct plan_probe *p;

	(void)state;
	start(&f, 0);
	p = build_ok(&f, "tcp_rcv_established");
	assert_string_equal(p->spec, "tcp_rcv_established@2");
	assert_int_equal(p->config.skb_arg, 1);
	assert_false(p->is_tracepoint);
	assert_string_equal(p->module, "");
	assert_string_equal(rungs(p), "fentry kprobe");
	assert_string_equal(p->ladder[0].why, "cheapest");
	assert_string_equal(p->ladder[1].why, "if the one above fails");
	p = build_ok(&f, "skb_try_coalesce@2"); /* a const one, and not the first */
	assert_int_equal(p->config.skb_arg, 1);
	assert_string_equal(p->spec, "skb_try_coalesce@2");
	stop(&f);
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
	};
	struct fixture f;

	(void)state;
	start(&f, 0);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(specs); i++) {
		struct plan_probe first = *build_ok(&f, specs[i]), second;

		second = *build_ok(&f, first.spec);
		assert_memory_equal(&first, &second, sizeof(first));
	}
	stop(&f);
}

static void plan_build__wrong_argument__lists_the_arguments(void **state)
{
	static const char hint[] =
		"its arguments are 1: struct sk_buff *skb, 2: struct net_device *dev, "
		"3: struct net_device *orig_dev";
	struct fixture f;

	(void)state;
	start(&f, 0);
	build_fails(&f, "ip_rcv@2", ERR_USAGE, "cannot probe 'ip_rcv@2': argument 2 is not an skb",
		    hint);
	build_fails(&f, "ip_rcv@9", ERR_USAGE, "cannot probe 'ip_rcv@9': 'ip_rcv' has 3 arguments",
		    hint);
	build_fails(&f, "icmp_rcv@2", ERR_USAGE,
		    "cannot probe 'icmp_rcv@2': 'icmp_rcv' has 1 argument",
		    "its arguments are 1: struct sk_buff *skb");
	build_fails(&f, "tp:net:netif_receive_skb@2", ERR_USAGE,
		    "cannot probe 'tp:net:netif_receive_skb@2': 'netif_receive_skb' has 1 argument",
		    "its arguments are 1: struct sk_buff *skb");
	stop(&f);
}

static void plan_build__without_an_skb__says_so(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	build_fails(&f, "net_dev_up", ERR_USAGE,
		    "cannot probe 'net_dev_up': none of its arguments is an skb",
		    "its arguments are 1: struct net_device *dev");
	build_fails(&f, "net_dev_init", ERR_USAGE,
		    "cannot probe 'net_dev_init': none of its arguments is an skb", "");
	build_fails(&f, "tp:sched:sched_switch", ERR_USAGE,
		    "cannot probe 'tp:sched:sched_switch': none of its arguments is an skb",
		    "its arguments are 1: int preempt");
	stop(&f);
}

static void plan_build__unknown_function__hints_at_near_ones(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	build_fails(&f, "ip_rcvv", ERR_USAGE, "cannot probe 'ip_rcvv': no such function",
		    "did you mean 'ip_rcv' or 'icmp_rcv'?");
	/* near net_dev_up and net_dev_init, but neither takes an skb: better than nothing */
	build_fails(&f, "net_dev_upp", ERR_USAGE, "cannot probe 'net_dev_upp': no such function",
		    "did you mean 'net_dev_up' or 'net_dev_init'?");
	build_fails(&f, "zzzzzzzzzz", ERR_USAGE, "cannot probe 'zzzzzzzzzz': no such function", "");
	build_fails(&f, "kfree_skb", ERR_USAGE, "cannot probe 'kfree_skb': no such function",
		    "there is a tracepoint of that name: 'tracepoint:skb:kfree_skb'");
	stop(&f);
}

static void plan_build__unknown_tracepoint__hints_at_near_ones(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	build_fails(&f, "tp:net:netif_recieve_skb", ERR_USAGE,
		    "cannot probe 'tp:net:netif_recieve_skb': no such tracepoint",
		    "did you mean 'tracepoint:net:netif_receive_skb'?");
	build_fails(&f, "tp:net:kfree_skb", ERR_USAGE,
		    "cannot probe 'tp:net:kfree_skb': no such tracepoint",
		    "did you mean 'tracepoint:skb:kfree_skb'?");
	build_fails(&f, "tp:zzzz:zzzzzz", ERR_USAGE,
		    "cannot probe 'tp:zzzz:zzzzzz': no such tracepoint", "");
	stop(&f);
}

static void plan_build__inlined_function__says_so(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	build_fails(&f, "renamed_rcv", ERR_UNSUPPORTED,
		    "cannot probe 'renamed_rcv': the compiler inlined or renamed it in this kernel",
		    "probe one of its callers");
	stop(&f);
	start(&f, PLAN_FAKE_NO_KALLSYMS); /* not known there: the kernel will tell */
	build_ok(&f, "renamed_rcv");
	stop(&f);
}

static void plan_build__function_not_in_btf__needs_its_argument_and_kprobe(void **state)
{
	struct fixture f;
	const struct plan_probe *p;

	(void)state;
	start(&f, 0);
	build_fails(
		&f, "not_in_btf", ERR_USAGE,
		"cannot probe 'not_in_btf': it is not in BTF, so which argument is the skb is not "
		"known",
		"write 'not_in_btf@N' if argument N is the skb (counted from 1)");
	p = build_ok(&f, "not_in_btf@3");
	assert_int_equal(p->config.skb_arg, 2);
	assert_int_equal(p->btf_id, 0);
	assert_string_equal(rungs(p), "!fentry kprobe");
	assert_string_equal(p->ladder[1].why, "cheapest that works here");
	assert_string_equal(p->note, "not in BTF: that argument 3 is an skb is taken on trust");
	build_fails(&f, "fentry:not_in_btf@1", ERR_UNSUPPORTED,
		    "no way to probe 'fentry:not_in_btf@1' works here: fentry: 'not_in_btf' is not "
		    "in BTF",
		    "'xcap check' tells what this kernel and this user can do");
	build_fails(
		&f, "not_in_btf@7", ERR_UNSUPPORTED,
		"no way to probe 'not_in_btf@7' works here: fentry: 'not_in_btf' is not in BTF; "
		"kprobe: argument 7 is not in a register",
		"'xcap check' tells what this kernel and this user can do");
	stop(&f);
}

static void plan_build__without_btf__takes_given_arguments_only(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, PLAN_FAKE_NO_BTF);
	assert_string_equal(rungs(build_ok(&f, "ip_rcv@1")), "!fentry kprobe");
	assert_string_equal(rungs(build_ok(&f, "net:netif_receive_skb@1")), "!tp_btf raw_tp");
	build_fails(&f, "ip_rcvv", ERR_USAGE, "cannot probe 'ip_rcvv': no such function", "");
	build_fails(&f, "tp:net:netif_receive_skb", ERR_USAGE,
		    "cannot probe 'tp:net:netif_receive_skb': it is not in BTF, so which argument "
		    "is the "
		    "skb is not known",
		    "write 'tp:net:netif_receive_skb@N' if argument N is the skb (counted from 1)");
	stop(&f);
}

static void plan_build__argument_7__is_for_fentry_only(void **state)
{
	struct fixture f;
	const struct plan_probe *p;

	(void)state;
	start(&f, 0);
	p = build_ok(&f, "seventh_is_skb");
	assert_int_equal(p->config.skb_arg, 6);
	assert_string_equal(rungs(p), "fentry !kprobe");
	assert_string_equal(p->ladder[1].why, "argument 7 is not in a register");
	stop(&f);
}

static void plan_build__a_colon_b__is_the_tracepoint_or_the_function(void **state)
{
	struct fixture f;
	const struct plan_probe *p;

	(void)state;
	start(&f, 0);
	p = build_ok(&f, "net:netif_receive_skb");
	assert_true(p->is_tracepoint);
	assert_string_equal(p->spec, "tracepoint:net:netif_receive_skb");
	p = build_ok(&f, "nf_conntrack:nf_conntrack_in");
	assert_false(p->is_tracepoint);
	assert_string_equal(p->module, "nf_conntrack");
	assert_string_equal(p->spec, "nf_conntrack:nf_conntrack_in@1");
	build_fails(
		&f, "nf_conntrack:ct_both", ERR_USAGE,
		"'nf_conntrack:ct_both' is a tracepoint and a function of module 'nf_conntrack'",
		"write 'tracepoint:nf_conntrack:ct_both', or 'fentry:nf_conntrack:ct_both' or "
		"'kprobe:nf_conntrack:ct_both'");
	assert_true(build_ok(&f, "tracepoint:nf_conntrack:ct_both")->is_tracepoint);
	assert_false(build_ok(&f, "kprobe:nf_conntrack:ct_both")->is_tracepoint);
	build_fails(&f, "kprob:ip_rcv", ERR_USAGE,
		    "cannot probe 'kprob:ip_rcv': neither a tracepoint nor a function of a module "
		    "'kprob'",
		    "did you mean 'kprobe:ip_rcv'?");
	build_fails(&f, "veth:ip_rcvv", ERR_USAGE,
		    "cannot probe 'veth:ip_rcvv': neither a tracepoint nor a function of a module "
		    "'veth'",
		    "did you mean 'ip_rcv' or 'icmp_rcv'?");
	build_fails(&f, "kprobe:veth:ip_rcv", ERR_USAGE,
		    "cannot probe 'kprobe:veth:ip_rcv': no function 'ip_rcv' in module 'veth'",
		    "there is one in the kernel itself: 'ip_rcv'");
	stop(&f);
}

/* The made-up module is not loaded, so the kernel gives no descriptor of its BTF. */
static void plan_build__module_btf_not_to_be_had__leaves_kprobe(void **state)
{
	struct fixture f;
	const struct plan_probe *p;

	(void)state;
	start(&f, 0);
	p = build_ok(&f, "nf_conntrack_in");
	assert_string_equal(p->module, "nf_conntrack");
	assert_string_equal(p->spec, "nf_conntrack_in@1");
	assert_true(p->btf_fd < 0);
	assert_string_equal(rungs(p), "!fentry kprobe");
	assert_int_equal(
		strncmp(p->ladder[0].why, "the BTF of module 'nf_conntrack' cannot be had: E", 48),
		0);
	stop(&f);
}

/* 5.10 has no BTF of modules. */
static void plan_build__function_of_a_module_without_btf__needs_its_argument(void **state)
{
	struct fixture f;
	const struct plan_probe *p;

	(void)state;
	start(&f, PLAN_FAKE_OLD);
	p = build_ok(&f, "nf_conntrack:nf_conntrack_in@1");
	assert_string_equal(p->module, "nf_conntrack");
	assert_string_equal(rungs(p), "!fentry kprobe");
	build_fails(
		&f, "nf_conntrack:nf_conntrack_in", ERR_USAGE,
		"cannot probe 'nf_conntrack:nf_conntrack_in': it is not in BTF, so which argument "
		"is "
		"the skb is not known",
		"write 'nf_conntrack:nf_conntrack_in@N' if argument N is the skb (counted from 1)");
	build_fails(
		&f, "kprobe:veth:nf_conntrack_in@1", ERR_USAGE,
		"cannot probe 'kprobe:veth:nf_conntrack_in@1': no function 'nf_conntrack_in' in "
		"module 'veth'",
		"");
	stop(&f);
}

static void plan_build__two_functions_of_one_name__is_noted(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	assert_string_equal(
		build_ok(&f, "skb_twice")->note,
		"2 functions have this name: which one is probed is the kernel's choice");
	assert_string_equal(build_ok(&f, "ip_rcv")->note, "");
	stop(&f);
}

static void plan_build__kfree_skb__has_place_and_reason_where_the_kernel_gives_it(void **state)
{
	struct fixture f;
	const struct plan_probe *p;

	(void)state;
	start(&f, 0);
	p = build_ok(&f, "tp:skb:kfree_skb");
	assert_int_equal(p->config.is_kfree_skb, 1);
	assert_int_equal(p->config.has_reason, 1);
	assert_int_equal(p->config.direction, XCAP_DIR_UNKNOWN);
	assert_string_equal(p->note, "");
	stop(&f);
	start(&f, PLAN_FAKE_OLD);
	p = build_ok(&f, "tp:skb:kfree_skb");
	assert_int_equal(p->config.is_kfree_skb, 1);
	assert_int_equal(p->config.has_reason, 0);
	assert_string_equal(p->note, "this kernel gives no reason for a drop (5.17 and later do)");
	stop(&f);
}

static void plan_build__without_tracefs__believes_btf(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, PLAN_FAKE_NO_TRACEFS);
	assert_string_equal(build_ok(&f, "tp:net:netif_receive_skb")->note, "");
	assert_string_equal(build_ok(&f, "tp:foo:without_event_skb")->note,
			    "category 'foo' is not checked: tracefs does not tell it");
	/* in the built-in list, but not in this kernel */
	assert_int_not_equal(build(&f, "tp:net:netif_rx"), 0);
	assert_string_equal(f.err.msg, "cannot probe 'tp:net:netif_rx': no such tracepoint");
	stop(&f);
}

static void plan_build__duplicates__merge_and_contradictions_are_errors(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	build_ok(&f, "ip_rcv,icmp_rcv,ip_rcv@1,tp:net:netif_receive_skb,net:netif_receive_skb");
	assert_int_equal(f.plan.n_probes, 3);
	assert_string_equal(f.plan.probes[2].spec, "tracepoint:net:netif_receive_skb");
	build_ok(&f, "nf_conntrack_in,nf_conntrack:nf_conntrack_in");
	assert_int_equal(f.plan.n_probes, 1);
	/* a function and a tracepoint of one name are two probes */
	build_ok(&f, "tracepoint:nf_conntrack:ct_both,kprobe:nf_conntrack:ct_both");
	assert_int_equal(f.plan.n_probes, 2);
	build_fails(&f, "skb_try_coalesce@1,skb_try_coalesce@2", ERR_USAGE,
		    "'skb_try_coalesce@2' contradicts 'skb_try_coalesce@1': a probe has one skb "
		    "argument",
		    "name the probe once");
	build_fails(&f, "ip_rcv,kprobe:ip_rcv", ERR_USAGE,
		    "'kprobe:ip_rcv@1' contradicts 'ip_rcv@1': a probe has one mechanism",
		    "name the probe once");
	stop(&f);
}

static void plan_build__forced_kind__keeps_only_that_rung(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	assert_string_equal(rungs(build_ok(&f, "kprobe:ip_rcv")), "kprobe");
	assert_string_equal(f.plan.probes->ladder[0].why, "asked for");
	assert_string_equal(rungs(build_ok(&f, "fentry:ip_rcv")), "fentry");
	assert_string_equal(rungs(build_ok(&f, "raw_tp:skb:kfree_skb")), "raw_tp");
	assert_string_equal(rungs(build_ok(&f, "tp_btf:skb:kfree_skb")), "tp_btf");
	stop(&f);
}

static void plan_build__no_mechanism_works__prints_each_with_its_why(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	f.fake.has[FEATURE_FENTRY] = f.fake.has[FEATURE_KPROBE] = false;
	f.fake.why[FEATURE_FENTRY] = "loading an fentry program: EPERM";
	f.fake.why[FEATURE_KPROBE] = "no kprobe events: ENOENT";
	build_fails(
		&f, "ip_rcv", ERR_UNSUPPORTED,
		"no way to probe 'ip_rcv@1' works here: fentry: loading an fentry program: EPERM; "
		"kprobe: no kprobe events: ENOENT",
		"'xcap check' tells what this kernel and this user can do");
	build_ok(&f, "net:netif_receive_skb");
	f.fake.has[FEATURE_KPROBE] = true;
	assert_string_equal(rungs(build_ok(&f, "ip_rcv")), "!fentry kprobe");
	assert_string_equal(f.plan.probes->ladder[0].why, "loading an fentry program: EPERM");
	assert_string_equal(f.plan.probes->ladder[1].why, "cheapest that works here");
	stop(&f);
}

static void plan_build__helpers__are_those_that_the_mechanisms_can_use(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	build_ok(&f, "tp_btf:skb:kfree_skb");
	assert_int_equal(f.plan.config.has_dynptr, 1);
	assert_int_equal(f.plan.config.has_rdonly_cast, 0);
	build_ok(&f, "ip_rcv");
	assert_int_equal(f.plan.config.has_dynptr, 0);
	assert_int_equal(f.plan.config.has_rdonly_cast, 1);
	f.fake.has[FEATURE_RDONLY_CAST] = false;
	build_ok(&f, "ip_rcv");
	assert_int_equal(f.plan.config.has_rdonly_cast, 0);
	stop(&f);
}

static void plan_build__ring__is_rounded_up_to_a_power_of_two(void **state)
{
	static const struct {
		uint64_t wanted, got;
		uint32_t wakeup;
	} rows[] = {
		{0, 8 << 20, 256 << 10},
		{64 << 10, 64 << 10, 8 << 10},
		{(64 << 10) + 1, 128 << 10, 16 << 10},
		{3 << 20, 4 << 20, 256 << 10},
		{1 << 30, 1 << 30, 256 << 10},
	};
	struct fixture f;

	(void)state;
	start(&f, 0);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(rows); i++) {
		f.request.ring_bytes = rows[i].wanted;
		build_ok(&f, NULL);
		assert_int_equal(f.plan.ring_bytes, rows[i].got);
		assert_int_equal(f.plan.config.wakeup_bytes, rows[i].wakeup);
	}
	f.request.ring_bytes = (1ull << 30) + 1;
	assert_int_not_equal(build(&f, NULL), 0);
	assert_non_null(strstr(f.err.msg, "the buffer size '1073741825' is not in"));
	f.request.ring_bytes = 65535;
	assert_int_not_equal(build(&f, NULL), 0);
	stop(&f);
}

static void plan_build__snaplen_out_of_range__is_an_error(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	f.request.snaplen = 65536;
	build_fails(&f, NULL, ERR_USAGE, "the snapshot length '65536' is not in 1 to 65535", "");
	f.request.snaplen = 0;
	build_fails(&f, NULL, ERR_USAGE, "the snapshot length '0' is not in 1 to 65535", "");
	f.request.snaplen = 65535;
	build_ok(&f, NULL);
	assert_int_equal(f.plan.config.snaplen, 65535);
	stop(&f);
}

static void plan_build__filter__is_compiled_and_a_bad_one_has_a_caret(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	f.request.filter = "tcp port 80";
	build_ok(&f, NULL);
	assert_int_equal(f.plan.config.has_filter, 1);
	assert_in_range(f.plan.filter.len, 5, 40);
	assert_string_equal(f.plan.filter_text, "tcp port 80");
	f.request.filter = "";
	build_ok(&f, NULL);
	assert_int_equal(f.plan.config.has_filter, 0);
	assert_int_equal(f.plan.filter.len, 0);
	f.request.filter = "tcp prt 80";
	assert_int_not_equal(build(&f, NULL), 0);
	assert_int_equal(f.err.status, ERR_USAGE);
	assert_string_equal(f.err.text, "tcp prt 80");
	stop(&f);
}

static void plan_build__filter_that_a_place_cannot_answer__is_noted_there(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	f.request.filter = "ether host 02:00:00:00:00:01";
	build_ok(&f, "ip_queue_xmit,ip_rcv");
	assert_string_equal(f.plan.probes[0].note, "packets have no link header here yet: Ethernet "
						   "addresses are zeros to the filter");
	assert_string_equal(f.plan.probes[1].note, "");
	f.request.filter = "inbound";
	build_ok(&f, "ip_forward,ip_rcv");
	assert_string_equal(f.plan.probes[0].note,
			    "the place does not tell the direction: inbound and "
			    "outbound go by each packet");
	assert_string_equal(f.plan.probes[1].note, "");
	f.request.filter = "tcp port 80";
	build_ok(&f, "ip_queue_xmit,ip_forward");
	assert_string_equal(f.plan.probes[0].note, "");
	assert_string_equal(f.plan.probes[1].note, "");
	stop(&f);
}

static void plan_build__spec_fault__comes_with_its_caret(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	assert_int_not_equal(build(&f, "ip_rcv,icmp_rcv@"), 0);
	assert_string_equal(f.err.text, "ip_rcv,icmp_rcv@");
	assert_int_equal(f.err.pos, 15);
	stop(&f);
}

static void interfaces_fail(struct fixture *f, const char *text, const char *msg, const char *hint)
{
	f->interfaces[0] = text;
	f->request.n_interfaces = 1;
	build_fails(f, NULL, ERR_USAGE, msg, hint);
}

static void plan_build__interface_that_exists_nowhere__is_an_error_with_near_names(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	interfaces_fail(
		&f, "lox", "no interface 'lox'",
		"did you mean 'lo'? for one that will appear later give a glob, such as 'lox*'");
	interfaces_fail(&f, "zzzzzzzzzz", "no interface 'zzzzzzzzzz'",
			"for one that will appear later give a glob, such as 'zzzzzzzzzz*'");
	interfaces_fail(&f, "lo@nope", "no network namespace 'nope'",
			"there are 'db', 'web'; 'pid:N' and a path work too");
	interfaces_fail(&f, "lo@", "-i 'lo@' lacks the network namespace after '@'", "");
	interfaces_fail(&f, "@web", "-i '@web' lacks the interface", "");
	interfaces_fail(&f, "", "-i '' lacks the interface", "");
	interfaces_fail(&f, "lo[", "the interface pattern 'lo[' is malformed",
			"'[' starts a set such as [a-z] or [!0-9] and needs its ']'");
	stop(&f);
}

static void plan_build__interfaces__become_patterns(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	f.interfaces[0] = "lo";
	f.interfaces[1] = "veth*";
	f.request.n_interfaces = 2;
	build_ok(&f, NULL);
	assert_int_equal(f.plan.config.n_if_patterns, 2);
	assert_int_equal(f.plan.n_interfaces, 2);
	assert_int_equal(f.plan.if_match.netns[0], 0);
	assert_int_not_equal(f.plan.if_match.final[1], 0);
	f.interfaces[2] = "any";
	f.request.n_interfaces = 3;
	build_ok(&f, NULL);
	assert_int_equal(f.plan.config.n_if_patterns, 0);
	assert_true(f.plan.if_match.start == 0);
	f.request.n_interfaces = 0;
	build_ok(&f, NULL);
	assert_int_equal(f.plan.config.n_if_patterns, 0);
	stop(&f);
}

/* The namespace of this very process, by a path. */
static void plan_build__interface_in_a_namespace__is_limited_to_it(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	f.interfaces[0] = "lo@/proc/self/ns/net";
	f.interfaces[1] = "any@/proc/self/ns/net";
	f.request.n_interfaces = 2;
	build_ok(&f, NULL);
	assert_int_equal(f.plan.config.n_if_patterns, 2);
	assert_int_not_equal(f.plan.if_match.netns[0], 0);
	assert_int_equal(f.plan.if_match.netns[1], f.plan.if_match.netns[0]);
	stop(&f);
}

static void plan_build__ninth_interface__is_an_error(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	for (unsigned int i = 0; i < 9; i++)
		f.interfaces[i] = "lo";
	f.request.n_interfaces = 8;
	build_ok(&f, NULL);
	f.request.n_interfaces = 9;
	build_fails(&f, NULL, ERR_USAGE, "too many -i: at most 8", "");
	stop(&f);
}

static void plan_direction__table__tells_in_out_and_neither(void **state)
{
	(void)state;
	assert_int_equal(plan_direction("net_dev_queue", true), XCAP_DIR_OUT);
	assert_int_equal(plan_direction("net_dev_queue", false), XCAP_DIR_UNKNOWN);
	assert_int_equal(plan_direction("__dev_queue_xmit", false), XCAP_DIR_OUT);
	assert_int_equal(plan_direction("ip_finish_output2", false), XCAP_DIR_OUT);
	assert_int_equal(plan_direction("__netif_receive_skb_core", false), XCAP_DIR_IN);
	assert_int_equal(plan_direction("tcp_v6_rcv", false), XCAP_DIR_IN);
	assert_int_equal(plan_direction("ip_forward", false), XCAP_DIR_UNKNOWN);
	assert_int_equal(plan_direction("kfree_skb", true), XCAP_DIR_UNKNOWN);
	assert_int_equal(plan_direction("nf_hook_slow", false), XCAP_DIR_UNKNOWN);
	assert_true(plan_direction_is_above_link("ip_queue_xmit", false));
	assert_false(plan_direction_is_above_link("ip_output", false));
}

static void assert_golden(const struct plan *plan, const char *path)
{
	char *got = NULL, *want = util_read_file(path, NULL);
	size_t len = 0;
	FILE *out = open_memstream(&got, &len);

	assert_non_null(out);
	plan_print(plan, out);
	fclose(out);
	if (!want)
		fail_msg("cannot read %s; it should hold:\n%s", path, got);
	assert_string_equal(got, want);
	free(got);
	free(want);
}

static void plan_print__default_plan__is_as_the_golden_file(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	build_ok(&f, NULL);
	assert_golden(&f.plan, "tests/golden/plan_default.txt");
	stop(&f);
}

static void plan_print__everything_asked_for__is_as_the_golden_file(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 0);
	f.request.filter = "ether host 02:00:00:00:00:01";
	f.request.want_comm = f.request.want_context = true;
	f.request.snaplen = 65535;
	f.request.ring_bytes = 1 << 20;
	f.interfaces[0] = "lo";
	f.interfaces[1] = "veth*";
	f.request.n_interfaces = 2;
	f.fake.has[FEATURE_FENTRY] = f.fake.has[FEATURE_DYNPTR_SKB] = false;
	f.fake.why[FEATURE_FENTRY] = "loading an fentry program: EPERM";
	build_ok(&f, "tp:skb:kfree_skb,ip_queue_xmit,kprobe:ip_rcv,nf_conntrack:ct_not_in_btf@1");
	assert_golden(&f.plan, "tests/golden/plan_all.txt");
	stop(&f);
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
		cmocka_unit_test(plan_build__argument_7__is_for_fentry_only),
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
		cmocka_unit_test(plan_build__helpers__are_those_that_the_mechanisms_can_use),
		cmocka_unit_test(plan_build__ring__is_rounded_up_to_a_power_of_two),
		cmocka_unit_test(plan_build__snaplen_out_of_range__is_an_error),
		cmocka_unit_test(plan_build__filter__is_compiled_and_a_bad_one_has_a_caret),
		cmocka_unit_test(plan_build__filter_that_a_place_cannot_answer__is_noted_there),
		cmocka_unit_test(plan_build__spec_fault__comes_with_its_caret),
		cmocka_unit_test(
			plan_build__interface_that_exists_nowhere__is_an_error_with_near_names),
		cmocka_unit_test(plan_build__interfaces__become_patterns),
		cmocka_unit_test(plan_build__interface_in_a_namespace__is_limited_to_it),
		cmocka_unit_test(plan_build__ninth_interface__is_an_error),
		cmocka_unit_test(plan_direction__table__tells_in_out_and_neither),
		cmocka_unit_test(plan_print__default_plan__is_as_the_golden_file),
		cmocka_unit_test(plan_print__everything_asked_for__is_as_the_golden_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
