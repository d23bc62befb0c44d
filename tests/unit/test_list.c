/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_list.c - what `xcap list` and `xcap check` print about the made-up kernel of plan_fake.h.
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
#include "cmd/cmd.h"
#include "kernel/feature.h"
#include "plan_fake.h"

struct output {
	char *out, *err;
	int status;
};

/* Run a command with stdout and stderr in files. */
static struct output run(const struct cmd *cmd, struct config *config)
{
	char paths[2][32] = {"/tmp/xcap-out.XXXXXX", "/tmp/xcap-err.XXXXXX"};
	struct output output;
	int saved[2], fd;

	fflush(stdout);
	for (int i = 0; i < 2; i++) {
		saved[i] = dup(i + 1);
		fd = mkstemp(paths[i]);
		assert_true(saved[i] >= 0 && fd >= 0);
		assert_int_equal(dup2(fd, i + 1), i + 1);
		close(fd);
	}
	output.status = cmd->run(config);
	fflush(stdout);
	for (int i = 0; i < 2; i++) {
		dup2(saved[i], i + 1);
		close(saved[i]);
	}
	output.out = util_read_file(paths[0], NULL);
	output.err = util_read_file(paths[1], NULL);
	for (int i = 0; i < 2; i++)
		unlink(paths[i]);
	assert_non_null(output.out);
	assert_non_null(output.err);
	return output;
}

static struct output list(const char *pattern, bool with_prototype)
{
	struct config config = {.list_long = with_prototype};
	struct output output;

	config.trailing = pattern ? strdup(pattern) : NULL;
	output = run(&cmd_list, &config);
	free(config.trailing);
	return output;
}

static void release(struct output *output)
{
	free(output->out);
	free(output->err);
}

static void expect_list(const char *pattern, bool with_prototype, const char *lines)
{
	struct output output = list(pattern, with_prototype);

	assert_string_equal(output.out, lines);
	assert_string_equal(output.err, "");
	assert_int_equal(output.status, ERR_OK);
	release(&output);
}

static void cmd_list__without_pattern__prints_all_that_take_an_skb_sorted(void **state)
{
	struct plan_fake fake;

	(void)state;
	plan_fake_open(&fake, 0);
	/* but renamed_rcv, which has no symbol: the compiler has inlined it */
	expect_list(NULL, 0,
		    "behind_a_struct@7\nicmp_rcv@1\nip_forward@1\nip_queue_xmit@2\nip_rcv@1\n"
		    "nf_conntrack:ct_both@1\nnf_conntrack:nf_conntrack_in@1\nnla_put@1\n"
		    "seventh_is_skb@7\nskb_try_coalesce@1\nskb_twice@1\ntcp_rcv_established@2\n"
		    "tracepoint:net:net_dev_start_xmit@1\ntracepoint:net:netif_receive_skb@1\n"
		    "tracepoint:nf_conntrack:ct_both@1\ntracepoint:skb:kfree_skb@1\n"
		    "tracepoint:skb:skb_pair@1\ntracepoint:unknown:without_event_skb@1\n");
	plan_fake_close(&fake);
}

static void cmd_list__glob__matches_whole_names_or_lines(void **state)
{
	struct plan_fake fake;

	(void)state;
	plan_fake_open(&fake, 0);
	expect_list("*_rcv", 0, "icmp_rcv@1\nip_rcv@1\n");
	expect_list("ip_rc?", 0, "ip_rcv@1\n");
	expect_list("skb:kfree*", 0, "tracepoint:skb:kfree_skb@1\n");
	expect_list("kfree*", 0, "tracepoint:skb:kfree_skb@1\n");
	expect_list("tracepoint:net:*", 0,
		    "tracepoint:net:net_dev_start_xmit@1\ntracepoint:net:netif_receive_skb@1\n");
	expect_list("nf_conntrack:*", 0,
		    "nf_conntrack:ct_both@1\nnf_conntrack:nf_conntrack_in@1\n"
		    "tracepoint:nf_conntrack:ct_both@1\n");
	plan_fake_close(&fake);
}

static void cmd_list__word__matches_anywhere(void **state)
{
	struct plan_fake fake;

	(void)state;
	plan_fake_open(&fake, 0);
	expect_list("ip_", 0, "ip_forward@1\nip_queue_xmit@2\nip_rcv@1\n");
	expect_list("both", 0, "nf_conntrack:ct_both@1\ntracepoint:nf_conntrack:ct_both@1\n");
	expect_list("net:netif_receive", 0, "tracepoint:net:netif_receive_skb@1\n");
	plan_fake_close(&fake);
}

static void cmd_list__long__adds_the_prototype(void **state)
{
	struct plan_fake fake;

	(void)state;
	plan_fake_open(&fake, 0);
	expect_list(
		"ip_queue_xmit", 1,
		"ip_queue_xmit@2                                 (struct sock *sk, struct sk_buff "
		"*skb)\n");
	expect_list("seventh", 1,
		    "seventh_is_skb@7                                (int a, int b, int c, int d, "
		    "int e, "
		    "int f, struct sk_buff *skb)\n");
	expect_list("tp:kfree_skb", 0, "tracepoint:skb:kfree_skb@1\n");
	expect_list("start_xmit", 1,
		    "tracepoint:net:net_dev_start_xmit@1             (const struct sk_buff *skb, "
		    "struct "
		    "net_device *dev)\n");
	plan_fake_close(&fake);
}

static void cmd_list__json__has_all_that_is_known(void **state)
{
	static const char start[] =
		"{\"probe\":\"ip_queue_xmit@2\",\"kind\":\"function\",\"name\":"
		"\"ip_queue_xmit\",\"category\":null,\"module\":null,\"skb_argument\":2,"
		"\"arguments\":[{\"name\":\"sk\",\"type\":\"struct sock *\"},{\"name\":"
		"\"skb\",\"type\":\"struct sk_buff *\"}],\"returns_value\":true,"
		"\"mechanisms\":[";
	struct config config = {.json = true, .trailing = (char *)"ip_queue*"};
	struct plan_fake fake;
	struct output output;

	(void)state;
	plan_fake_open(&fake, 0);
	output = run(&cmd_list, &config);
	/* what can attach is this machine's business */
	assert_int_equal(strncmp(output.out, start, strlen(start)), 0);
	assert_string_equal(strchr(output.out, '\n'), "\n");
	assert_string_equal(output.err, "");
	release(&output);
	plan_fake_close(&fake);
}

static void cmd_list__types_of_a_file__are_listed(void **state)
{
	struct config config = {.trailing = (char *)"ip_rcv"};
	struct plan_fake fake;
	struct output output;
	char file[128];

	(void)state;
	plan_fake_open(&fake, 0);
	snprintf(file, sizeof(file), "%s/sys/kernel/btf/vmlinux", fake.root);
	config.btf_file = file;
	output = run(&cmd_list, &config);
	assert_string_equal(output.out, "ip_rcv@1\n");
	release(&output);
	config.btf_file = "/proc/self/status";
	output = run(&cmd_list, &config);
	assert_string_equal(output.out, "");
	assert_non_null(strstr(output.err, "error: '/proc/self/status' holds no types (BTF)\n"));
	assert_int_equal(output.status, ERR_FAILED);
	release(&output);
	plan_fake_close(&fake);
}

static void expect_nothing(const char *pattern, enum err_status status, const char *err)
{
	struct output output = list(pattern, 0);

	assert_string_equal(output.out, "");
	assert_string_equal(output.err, err);
	assert_int_equal(output.status, status);
	release(&output);
}

static void cmd_list__no_match__exits_1_with_near_names(void **state)
{
	struct plan_fake fake;

	(void)state;
	plan_fake_open(&fake, 0);
	expect_nothing("ip_rvc", ERR_FAILED,
		       "xcap: error: no function and no tracepoint with an skb matches 'ip_rvc'\n"
		       "xcap: hint: did you mean 'ip_rcv'?\n");
	expect_nothing(
		"tp:kfree_skbb", ERR_FAILED,
		"xcap: error: no function and no tracepoint with an skb matches 'tp:kfree_skbb'\n"
		"xcap: hint: did you mean 'tracepoint:skb:kfree_skb'?\n");
	expect_nothing(
		"zz*", ERR_FAILED,
		"xcap: error: no function and no tracepoint with an skb matches 'zz*'\n"
		"xcap: hint: a glob must match the whole name: '*rcv*' finds more than 'rcv*'\n");
	expect_nothing("net_dev_up", ERR_FAILED,
		       "xcap: error: none of the arguments of 'net_dev_up' is an skb\n"
		       "xcap: hint: its arguments are 1: struct net_device *dev\n");
	expect_nothing(
		"tp:ip_rcv", ERR_FAILED,
		"xcap: error: no function and no tracepoint with an skb matches 'tp:ip_rcv'\n");
	expect_nothing("a b", ERR_USAGE, "xcap: error: one pattern only: 'a b'\n");
	plan_fake_close(&fake);
}

static void cmd_list__kernel_without_btf__exits_3(void **state)
{
	struct plan_fake fake;
	struct output output;

	(void)state;
	plan_fake_open(&fake, PLAN_FAKE_NO_BTF);
	output = list(NULL, 0);
	assert_string_equal(output.out, "");
	assert_int_equal(output.status, ERR_UNSUPPORTED);
	assert_non_null(strstr(output.err, "xcap: error: cannot read the kernel's types"));
	release(&output);
	plan_fake_close(&fake);
}

/* Whatever the machine can do, without BTF it cannot capture. */
static void cmd_check__kernel_without_btf__says_no_and_exits_3(void **state)
{
	struct config config = {0};
	struct plan_fake fake;
	struct output output;
	unsigned int lines = 0;

	(void)state;
	plan_fake_open(&fake, PLAN_FAKE_NO_BTF);
	output = run(&cmd_check, &config);
	assert_int_equal(output.status, ERR_UNSUPPORTED);
	assert_string_equal(output.err, "");
	assert_int_equal(strncmp(output.out, "no  BTF ", 8), 0);
	for (char *line = output.out, *end; (end = strchr(line, '\n')); line = end + 1, lines++) {
		*end = '\0';
		if (lines < FEATURE_COUNT)
			assert_true(!strncmp(line, "ok  ", 4) || !strncmp(line, "no  ", 4));
		else
			assert_string_equal(line, "xcap cannot capture here");
	}
	assert_int_equal(lines, FEATURE_COUNT + 1);
	release(&output);
	plan_fake_close(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cmd_list__without_pattern__prints_all_that_take_an_skb_sorted),
		cmocka_unit_test(cmd_list__glob__matches_whole_names_or_lines),
		cmocka_unit_test(cmd_list__word__matches_anywhere),
		cmocka_unit_test(cmd_list__long__adds_the_prototype),
		cmocka_unit_test(cmd_list__json__has_all_that_is_known),
		cmocka_unit_test(cmd_list__types_of_a_file__are_listed),
		cmocka_unit_test(cmd_list__no_match__exits_1_with_near_names),
		cmocka_unit_test(cmd_list__kernel_without_btf__exits_3),
		cmocka_unit_test(cmd_check__kernel_without_btf__says_no_and_exits_3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
