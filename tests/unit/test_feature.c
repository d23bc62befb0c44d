/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_feature.c - what is said of features where the kernel lacks them, and on the running kernel.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/util.h"
#include "fakebtf.h"
#include "fakeroot.h"
#include "kernel/feature.h"
#include "kernel/feature_try.h"

/* Try it with a set of its own; `why` must be `expected`. */
static bool try_alone(enum feature feature, const char *expected)
{
	struct feature_set *set = feature_new(NULL);
	char why[256] = "";
	bool has;

	assert_non_null(set);
	has = feature_has(set, feature, why, sizeof(why));
	assert_string_equal(why, expected);
	feature_free(set);
	return has;
}

static void describe__each__has_its_own_name_and_a_cost_and_a_remedy(void **state)
{
	(void)state;
	for (int i = 0; i < FEATURE_COUNT; i++) {
		const struct feature_info *info = feature_describe(i);

		assert_true(info->name[0] && strlen(info->name) <= 20);
		assert_non_null(info->since);
		assert_true(info->why[0] && info->remedy[0]);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(info->name, feature_describe(j)->name);
	}
}

static void has__no_types__names_the_file(void **state)
{
	static const enum feature need_types[] = {FEATURE_BTF,		 FEATURE_TP_BTF,
						  FEATURE_FENTRY,	 FEATURE_RDONLY_CAST,
						  FEATURE_DYNPTR_SKB,	 FEATURE_DROP_REASON,
						  FEATURE_PREEMPT_COUNT, FEATURE_FEXIT,
						  FEATURE_LINK_MISSED,	 FEATURE_LOOPS};

	(void)state;
	for (size_t i = 0; i < sizeof(need_types) / sizeof(need_types[0]); i++)
		assert_false(
			try_alone(need_types[i],
				  "cannot read the kernel's types (BTF) from "
				  "'/sys/kernel/btf/vmlinux': No such file or directory (ENOENT)"));
}

static void has__types_without_what_is_needed__says_what_is_missing(void **state)
{
	struct feature_set *set;
	struct kbtf *kbtf;
	struct fakebtf t;
	char why[256];

	(void)state;
	fakebtf_begin(&t);
	fakebtf_add_tracepoint(t.btf, "btf_trace_kfree_skb", "__data", t.void_ptr, "", t.skb_ptr,
			       NULL);
	kbtf = fakebtf_open(&t);
	set = feature_new(kbtf);
	assert_false(feature_has(set, FEATURE_DYNPTR_SKB, why, sizeof(why)));
	assert_string_equal(why, "this kernel's types have no function 'bpf_dynptr_from_skb'");
	assert_false(feature_has(set, FEATURE_LOOPS, why, sizeof(why)));
	assert_string_equal(why, "this kernel's types have no function 'bpf_iter_num_new'");
	assert_false(feature_has(set, FEATURE_TP_BTF, why, sizeof(why)));
	assert_string_equal(why, "this kernel's types have no tracepoint 'netif_receive_skb'");
	assert_false(feature_has(set, FEATURE_DROP_REASON, why, sizeof(why)));
	assert_string_equal(why, "kfree_skb has no argument 'enum skb_drop_reason'");
	assert_false(feature_has(set, FEATURE_PREEMPT_COUNT, why, sizeof(why)));
	assert_string_equal(why, "this kernel's types do not tell where it is");
	feature_free(set);
	fakebtf_close(&t, kbtf);
}

static void has__drop_reason__tells_the_argument(void **state)
{
	struct feature_set *set;
	struct kbtf *kbtf;
	struct fakebtf t;
	char why[256];
	int reason;

	(void)state;
	fakebtf_begin(&t);
	reason = fakebtf_ok(btf__add_enum(t.btf, "skb_drop_reason", 4));
	fakebtf_add_tracepoint(t.btf, "btf_trace_kfree_skb", "__data", t.void_ptr, "", t.skb_ptr,
			       "", t.void_ptr, "", reason, NULL);
	kbtf = fakebtf_open(&t);
	set = feature_new(kbtf);
	assert_true(feature_has(set, FEATURE_DROP_REASON, why, sizeof(why)));
	assert_string_equal(why, "argument 3 of kfree_skb");
	feature_free(set);
	fakebtf_close(&t, kbtf);
}

static void has__kprobe__without_its_event_source(void **state)
{
	(void)state;
	assert_false(try_alone(FEATURE_KPROBE, "this kernel has no kprobe events: ENOENT"));
	fakeroot_write_text("/sys/bus/event_source/devices/kprobe/type", "many\n");
	assert_false(try_alone(FEATURE_KPROBE, "this kernel has no kprobe events: EINVAL"));
}

static void has__module_types__by_what_is_loaded(void **state)
{
	(void)state;
	assert_true(try_alone(FEATURE_MODULE_BTF, "no module is loaded"));
	fakeroot_write_text("/proc/modules", "one 4096 0 - Live 0x0\ntwo 4096 0 - Live 0x0\n");
	assert_false(try_alone(FEATURE_MODULE_BTF, "none of the 2 loaded modules has types"));
}

static void has__kallsyms__only_with_addresses(void **state)
{
	(void)state;
	assert_false(try_alone(FEATURE_KALLSYMS, "cannot read '/proc/kallsyms': ENOENT"));
	fakeroot_write_text("/proc/kallsyms", "0000000000000000 T a1\n0000000000000000 t b2\n");
	assert_false(try_alone(FEATURE_KALLSYMS, "the kernel shows all addresses as 0"));
	fakeroot_write_text("/proc/kallsyms", "0000000000000000 A a1\nffffffff81000000 t b2\n");
	assert_true(try_alone(FEATURE_KALLSYMS, "addresses are shown"));
}

static void has__tracefs__or_the_built_in_list(void **state)
{
	(void)state;
	assert_false(
		try_alone(FEATURE_TRACEFS, "not readable: ENOENT; a built-in list of 40 serves"));
	fakeroot_write_text("/sys/kernel/tracing/available_events", "net:netif_rx\n");
	assert_true(try_alone(FEATURE_TRACEFS, "1 tracepoints"));
}

static void has__second_time__is_remembered(void **state)
{
	struct feature_set *set = feature_new(NULL);
	char why[256];

	(void)state;
	assert_false(feature_has(set, FEATURE_KALLSYMS, NULL, 0));
	fakeroot_write_text("/proc/kallsyms", "ffffffff81000000 t b2\n");
	assert_false(feature_has(set, FEATURE_KALLSYMS, why, sizeof(why)));
	assert_string_equal(why, "cannot read '/proc/kallsyms': ENOENT");
	feature_free(set);
	feature_free(NULL);
}

static int open_files(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void has__running_kernel__each_says_something_and_leaves_no_descriptor(void **state)
{
	struct feature_set *set = feature_new(NULL);
	int before = open_files();
	char why[256];

	(void)state;
	for (int i = 0; i < FEATURE_COUNT; i++) {
		why[0] = '\0';
		feature_has(set, i, why, sizeof(why));
		assert_true(why[0]);
		assert_null(strchr(why, '\n'));
	}
	/* the ladder: what tp_btf needs is there where tp_btf is */
	if (feature_has(set, FEATURE_TP_BTF, NULL, 0)) {
		assert_true(feature_has(set, FEATURE_BTF, NULL, 0));
		assert_true(feature_has(set, FEATURE_BPF, NULL, 0));
	}
	feature_free(set);
	assert_int_equal(open_files(), before);
}

/* What follows from another feature is what its own program would have told. */
static void has__proven_by_another__is_what_its_own_attempt_says(void **state)
{
	static const struct {
		enum feature feature;
		feature_try_fn try;
	} proven[] = {
		{FEATURE_BPF, feature_try_bpf},	      {FEATURE_RAW_TP, feature_try_raw_tp},
		{FEATURE_TP_BTF, feature_try_tp_btf}, {FEATURE_FEXIT, feature_try_fexit},
		{FEATURE_KPROBE, feature_try_kprobe},
	};
	struct feature_set *set = feature_new(NULL);
	struct feature_context context = {};
	char why[2][256];

	(void)state;
	feature_has(set, FEATURE_KPROBE_MULTI, NULL, 0);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(proven); i++) {
		bool has = feature_has(set, proven[i].feature, why[0], sizeof(why[0]));

		assert_int_equal(has, proven[i].try(&context, why[1], sizeof(why[1])));
		assert_string_equal(why[0], why[1]);
	}
	if (context.own_kbtf)
		kbtf_close(context.kbtf);
	feature_free(set);
}

/* Run in a child that is an ordinary user with little memory to lock; 0: as expected. */
static int as_user(void)
{
	struct rlimit limit = {4096, 65536};
	struct feature_set *set;
	char why[256];

	if (setrlimit(RLIMIT_MEMLOCK, &limit) || setgid(65534) || setuid(65534))
		return 2;
	feature_raise_memlock();
	if (getrlimit(RLIMIT_MEMLOCK, &limit) || limit.rlim_cur != 65536)
		return 3;
	set = feature_new(NULL);
	if (feature_has(set, FEATURE_BPF, why, sizeof(why)) || !strstr(why, "EPERM"))
		return 4;
	feature_free(set);
	return 0;
}

static void has__ordinary_user__is_told_eperm_and_memlock_goes_as_far_as_it_may(void **state)
{
	int status = 0;
	pid_t pid;

	(void)state;
	if (geteuid()) {
		print_message("skip: needs root, to become another user\n");
		skip();
	}
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		_exit(as_user());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define WITH_ROOT(f) cmocka_unit_test_setup_teardown(f, fakeroot_setup, fakeroot_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(describe__each__has_its_own_name_and_a_cost_and_a_remedy),
		WITH_ROOT(has__no_types__names_the_file),
		WITH_ROOT(has__types_without_what_is_needed__says_what_is_missing),
		WITH_ROOT(has__drop_reason__tells_the_argument),
		WITH_ROOT(has__kprobe__without_its_event_source),
		WITH_ROOT(has__module_types__by_what_is_loaded),
		WITH_ROOT(has__kallsyms__only_with_addresses),
		WITH_ROOT(has__tracefs__or_the_built_in_list),
		WITH_ROOT(has__second_time__is_remembered),
		cmocka_unit_test(has__running_kernel__each_says_something_and_leaves_no_descriptor),
		cmocka_unit_test(has__proven_by_another__is_what_its_own_attempt_says),
		cmocka_unit_test(
			has__ordinary_user__is_told_eperm_and_memlock_goes_as_far_as_it_may),
	};

	return cmocka_run_group_tests_name("feature", tests, NULL, NULL);
}
