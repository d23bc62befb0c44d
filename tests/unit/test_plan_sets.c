/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_plan_sets.c - sets of probes put against a made-up kernel (plan_fake.h), and the file of the
 * user's own ones with all that can be wrong in it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "plan/plan_sets.h"
#include "plan/plan_sets_table.h"
#include "plan_fixture.h"

static char config[64]; /* $XDG_CONFIG_HOME */

static const char *own_path(void)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/xcap/probes", config);
	return path;
}

/* The user's file; NULL: there is none. */
static void own(const char *text)
{
	FILE *file;

	unlink(own_path());
	if (!text)
		return;
	file = fopen(own_path(), "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int start(void **state)
{
	char folder[80];

	(void)state;
	strcpy(config, "/tmp/xcap-sets.XXXXXX");
	assert_non_null(mkdtemp(config));
	snprintf(folder, sizeof(folder), "%s/xcap", config);
	assert_int_equal(mkdir(folder, 0755), 0);
	return setenv("XDG_CONFIG_HOME", config, 1);
}

static int stop(void **state)
{
	char folder[80];

	(void)state;
	own(NULL);
	snprintf(folder, sizeof(folder), "%s/xcap", config);
	rmdir(folder);
	return rmdir(config);
}

/* The specs of all probes in one text; '>' before goals, '!' before those named one by one. */
static const char *probes(const struct plan_fixture *f)
{
	static char text[4096];
	size_t used = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < f->plan.n_probes && used < sizeof(text); i++) {
		const struct plan_probe *probe = &f->plan.probes[i];

		used += snprintf(text + used, sizeof(text) - used, "%s%s%s%s", i ? " " : "",
				 probe->is_goal ? ">" : "", probe->of_many ? "" : "!", probe->spec);
	}
	return text;
}

static void expect(struct plan_fixture *f, const char *spec, const char *want)
{
	plan_fixture_build_ok(f, spec);
	assert_string_equal(probes(f), want);
}

static void plan_build__set__is_what_the_kernel_has_of_it(void **state)
{
	struct plan_fixture f;

	(void)state;
	own(NULL);
	plan_fixture_start(&f, 0);
	expect(&f, "@rx", "tracepoint:net:netif_receive_skb ip_rcv@1");
	expect(&f, "@forward", "ip_forward@1");
	expect(&f, "@local", ">tcp_rcv_established@2 >icmp_rcv@1");
	expect(&f, "@tx", ">tracepoint:net:net_dev_start_xmit");
	expect(&f, "@drop", "tracepoint:skb:kfree_skb");
	assert_true(f.plan.probes[0].config.is_kfree_skb && f.plan.probes[0].config.has_reason);
	expect(&f, "@trace",
	       "tracepoint:net:netif_receive_skb ip_rcv@1 ip_forward@1 >tcp_rcv_established@2 "
	       ">icmp_rcv@1 >tracepoint:net:net_dev_start_xmit tracepoint:skb:kfree_skb");
	plan_fixture_stop(&f);
}

static void plan_build__set_of_nothing__is_an_error_that_says_why(void **state)
{
	struct plan_fixture f;

	(void)state;
	own(NULL);
	plan_fixture_start(&f, 0);
	plan_fixture_build_fails(&f, "@retrans", ERR_USAGE,
				 "nothing of '@retrans' can be probed here: cannot probe "
				 "'tp:tcp:tcp_retransmit_skb': no such tracepoint",
				 "'xcap list -v @retrans' tells why, for each of its 1 places");
	/* it is here and no mechanism works: that is the reason, and the status */
	f.fake.has[FEATURE_FENTRY] = f.fake.has[FEATURE_KPROBE] = false;
	f.fake.has[FEATURE_KPROBE_MULTI] = false;
	f.fake.why[FEATURE_FENTRY] = f.fake.why[FEATURE_KPROBE] = "EPERM";
	f.fake.why[FEATURE_KPROBE_MULTI] = "EPERM";
	plan_fixture_build_fails(&f, "@forward", ERR_UNSUPPORTED,
				 "nothing of '@forward' can be probed here: no way to probe "
				 "'ip_forward@1' works here: fentry: EPERM; kprobe-multi: EPERM; "
				 "kprobe: EPERM",
				 "'xcap list -v @forward' tells why, for each of its 4 places");
	/* of several sets that is left which can be had */
	expect(&f, "@rx,@tx",
	       "tracepoint:net:netif_receive_skb >tracepoint:net:net_dev_start_xmit");
	plan_fixture_stop(&f);
}

static void plan_build__unknown_set__is_an_error_with_near_names(void **state)
{
	struct plan_fixture f;

	(void)state;
	own("driver = ip_rcv\n");
	plan_fixture_start(&f, 0);
	plan_fixture_build_fails(&f, "ip_rcv,@forwrad", ERR_USAGE,
				 "there is no set of probes '@forwrad'",
				 "did you mean '@forward'? the sets are @rx, @tx, @forward, "
				 "@local, @nf, @tcp, @retrans, @drop, @trace, @driver");
	plan_fixture_build_fails(&f, "ip_rcv,!@xxxxxx", ERR_USAGE,
				 "there is no set of probes '@xxxxxx'",
				 "the sets are @rx, @tx, @forward, @local, @nf, @tcp, @retrans, "
				 "@drop, @trace, @driver");
	plan_fixture_stop(&f);
}

static void plan_build__set_and_names__what_the_user_names_wins(void **state)
{
	struct plan_fixture f;

	(void)state;
	own(NULL);
	plan_fixture_start(&f, 0);
	expect(&f, "@rx,ip_rcv", "tracepoint:net:netif_receive_skb !ip_rcv@1");
	expect(&f, "fentry:ip_rcv,@rx", "!fentry:ip_rcv@1 tracepoint:net:netif_receive_skb");
	expect(&f, "@local,tcp_rcv_established@2@1", ">!tcp_rcv_established@2@1 >icmp_rcv@1");
	expect(&f, "@rx,@rx,@trace,!@tx,!@drop,!@local",
	       "tracepoint:net:netif_receive_skb ip_rcv@1 ip_forward@1");
	expect(&f, "@rx,ip_*",
	       "tracepoint:net:netif_receive_skb ip_rcv@1 ip_forward@1 ip_queue_xmit@2");
	plan_fixture_stop(&f);
}

static void plan_build__negated_set__takes_away_all_of_it(void **state)
{
	struct plan_fixture f;

	(void)state;
	own(NULL);
	plan_fixture_start(&f, 0);
	expect(&f, "@rx,!ip_rcv", "tracepoint:net:netif_receive_skb");
	expect(&f, "ip_*,!@rx", "ip_forward@1 ip_queue_xmit@2");
	expect(&f, "tp:net:*,icmp_rcv,!@tx,!@local", "tracepoint:net:netif_receive_skb");
	plan_fixture_build_fails(&f, "!@rx", ERR_USAGE,
				 "nothing stands before '!@rx' that it could take from",
				 "first what to probe, then what not: -f '*,!@rx'");
	plan_fixture_build_fails(&f, "@rx,!@rx", ERR_USAGE,
				 "nothing is left to probe of -f '@rx' and what follows",
				 "what stands behind '!' takes all of it away");
	plan_fixture_stop(&f);
}

static void plan_build__set_with_backend__takes_the_alternative_that_fits(void **state)
{
	struct plan_fixture f;

	(void)state;
	own("either = ip_rcv|tp:net:netif_receive_skb\n");
	plan_fixture_start(&f, 0);
	expect(&f, "@either", "ip_rcv@1");
	f.request.backend = "tp_btf";
	expect(&f, "@either", "tracepoint:net:netif_receive_skb");
	f.request.backend = NULL;
	f.fake.has[FEATURE_FENTRY] = f.fake.has[FEATURE_KPROBE] = false;
	f.fake.has[FEATURE_KPROBE_MULTI] = false;
	expect(&f, "@either", "tracepoint:net:netif_receive_skb");
	plan_fixture_stop(&f);
}

static void plan_build__own_set__is_read_from_the_file(void **state)
{
	struct plan_fixture f;

	(void)state;
	own("# mine\n"
	    "\n"
	    "mine = no_such_thing | ip_rcv,   # the first that is there\n"
	    "       > icmp_rcv,\n"
	    "\tip_q*\n"
	    "all-of_2=@mine,@drop,ip_rcv@1\n"
	    "rx = @rx, ip_forward\n"
	    "idle = nothing_like_it*, ip_rcv\n");
	plan_fixture_start(&f, 0);
	expect(&f, "@mine", "ip_rcv@1 >icmp_rcv@1 ip_queue_xmit@2");
	expect(&f, "@all-of_2", "ip_rcv@1 >icmp_rcv@1 tracepoint:skb:kfree_skb ip_queue_xmit@2");
	/* it adds to the one that it hides; and so in sets that xcap comes with */
	expect(&f, "@rx", "tracepoint:net:netif_receive_skb ip_rcv@1 ip_forward@1");
	expect(&f, "@idle", "ip_rcv@1");
	plan_fixture_stop(&f);
}

static void expect_bad_file(const char *text, int line, const char *msg)
{
	struct plan_sets_file file;
	char want[512];
	struct err err;

	own(text);
	err_clear(&err);
	assert_int_equal(plan_sets_file_read(&file, &err), -22);
	snprintf(want, sizeof(want), "%s:%d: %s", own_path(), line, msg);
	assert_string_equal(err.msg, want);
	assert_int_equal(err.status, ERR_USAGE);
	plan_sets_file_free(&file);
	assert_null(file.list);
}

static void plan_sets_file_read__fault__is_told_with_file_and_line(void **state)
{
	(void)state;
	expect_bad_file("ip_rcv\n", 1, "'ip_rcv' belongs to no set");
	expect_bad_file("a = ip_rcv\n\nb = ip_rcv, ip%rcv\n", 3,
			"unexpected '%' in the name 'ip%rcv'");
	expect_bad_file("a = ip_rcv,\n\tx:y:z:u\n", 2, "too many ':' in the probe 'x:y:z:u'");
	expect_bad_file("a = ip_rcv\na = icmp_rcv\n", 2, "the set 'a' begins in line 1 already");
	expect_bad_file("a = ip_rcv, !ip_rcv\n", 1, "'!ip_rcv' in a set: it only adds");
	expect_bad_file("a = ip_rcv|@rx\n", 1, "'@rx' is a set: it stands alone between commas");
	expect_bad_file("a = >@rx\n", 1, "'@rx' is a set: it stands alone between commas");
	expect_bad_file("a = >\n", 1, "'>' without a probe");
	expect_bad_file("b = ip_rcv\na =\n", 2, "the set 'a' is empty");
	expect_bad_file(" = ip_rcv\n", 1, "'@' without the name of a set");
	expect_bad_file("a b = ip_rcv\n", 1, "a blank inside the probe '@a b'");
	expect_bad_file("a.b = ip_rcv\n", 1, "unexpected '.' in the name of the set '@a.b'");
	expect_bad_file("a = ip_rcv tcp_v4_rcv", 1, "a blank inside the probe 'ip_rcv tcp_v4_rcv'");
}

static void plan_sets_file_read__no_file_or_no_home__is_no_set(void **state)
{
	struct plan_sets_file file;
	struct err err;

	(void)state;
	own(NULL);
	err_clear(&err);
	assert_int_equal(plan_sets_file_read(&file, &err), 0);
	assert_int_equal(file.n, 0);
	assert_string_equal(file.path, own_path());
	plan_sets_file_free(&file);
	setenv("XDG_CONFIG_HOME", "", 1);
	assert_int_equal(plan_sets_file_read(&file, &err), 0);
	assert_string_not_equal(file.path, own_path());
	plan_sets_file_free(&file);
	setenv("XDG_CONFIG_HOME", config, 1);
	assert_false(err_is_set(&err));
}

static void plan_sets_file_read__unreadable_file__is_an_error(void **state)
{
	struct plan_sets_file file;
	struct err err;

	(void)state;
	own(NULL);
	assert_int_equal(mkdir(own_path(), 0755), 0);
	err_clear(&err);
	assert_int_equal(plan_sets_file_read(&file, &err), -21);
	assert_int_equal(err.status, ERR_FAILED);
	assert_non_null(strstr(err.msg, own_path()));
	plan_sets_file_free(&file);
	assert_int_equal(rmdir(own_path()), 0);
}

static void plan_sets__part_of_itself__is_an_error(void **state)
{
	struct plan_fixture f;

	(void)state;
	own("a = ip_rcv, @b\nb = @a\nc = @c\n");
	plan_fixture_start(&f, 0);
	assert_true(plan_fixture_build(&f, "@a") < 0);
	assert_non_null(strstr(f.err.msg, "is part of itself"));
	assert_non_null(strstr(f.err.hint, own_path()));
	assert_true(plan_fixture_build(&f, "@c") < 0);
	assert_string_equal(f.err.msg, "the set '@c' is part of itself");
	assert_int_equal(f.err.status, ERR_USAGE);
	plan_fixture_stop(&f);
}

static int check_member(void *arg, const struct plan_sets_member *member)
{
	char copy[sizeof(member->text)], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", member->text);
	for (char *text = strtok_r(copy, "|", &save); text; text = strtok_r(NULL, "|", &save)) {
		struct spec_list list = {0};
		struct err err;

		if (spec_parse(text, &list, &err))
			fail_msg("%s: %s", text, err.msg);
		assert_int_equal(list.n, 1);
		assert_false(list.items[0].negated || list.items[0].glob);
		spec_free(&list);
		++*(uint32_t *)arg;
	}
	return 0;
}

static void plan_sets_table__every_member__is_a_probe(void **state)
{
	struct plan_sets sets;
	struct err err;

	(void)state;
	own(NULL);
	err_clear(&err);
	assert_int_equal(plan_sets_open(&sets, &err), 0);
	assert_true(sets.n >= 9);
	for (uint32_t i = 0; i < sets.n; i++) {
		uint32_t n = 0;

		if (plan_sets_for_each(&sets, &sets.list[i], check_member, &n, &err))
			fail_msg("%s", err.msg);
		assert_true(n > 0);
		assert_true(*sets.list[i].summary);
	}
	plan_sets_close(&sets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_build__set__is_what_the_kernel_has_of_it),
		cmocka_unit_test(plan_build__set_of_nothing__is_an_error_that_says_why),
		cmocka_unit_test(plan_build__unknown_set__is_an_error_with_near_names),
		cmocka_unit_test(plan_build__set_and_names__what_the_user_names_wins),
		cmocka_unit_test(plan_build__negated_set__takes_away_all_of_it),
		cmocka_unit_test(plan_build__set_with_backend__takes_the_alternative_that_fits),
		cmocka_unit_test(plan_build__own_set__is_read_from_the_file),
		cmocka_unit_test(plan_sets_file_read__fault__is_told_with_file_and_line),
		cmocka_unit_test(plan_sets_file_read__no_file_or_no_home__is_no_set),
		cmocka_unit_test(plan_sets_file_read__unreadable_file__is_an_error),
		cmocka_unit_test(plan_sets__part_of_itself__is_an_error),
		cmocka_unit_test(plan_sets_table__every_member__is_a_probe),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
