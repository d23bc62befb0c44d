/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_netns.c - names and interfaces of network namespaces. The other namespace is a real one, of
 * a child process, with the loopback device renamed so that it can be told from ours.
 */
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fakeroot.h"
#include "kernel/netns.h"

#define OTHER_IF "innerloop0"

/* A child in a network namespace of its own. */
struct other {
	pid_t pid;
	char path[64];
	uint32_t inode;
};

static uint32_t inode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

/* In the child: rename lo there, tell the parent, wait to be ended. */
static void live_there(int fd)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_newname = OTHER_IF};
	int sock, ret = unshare(CLONE_NEWNET) ? errno : 0;

	if (!ret) {
		sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		ret = ioctl(sock, SIOCSIFNAME, &request) ? errno : 0;
	}
	if (write(fd, &ret, sizeof(ret)) == sizeof(ret))
		pause();
	_exit(0);
}

/* Skips the test without the privilege. */
static void start_other(struct other *other)
{
	int fds[2], ret = EIO;

	assert_int_equal(pipe(fds), 0);
	other->pid = fork();
	assert_true(other->pid >= 0);
	if (!other->pid)
		live_there(fds[1]);
	close(fds[1]);
	assert_int_equal(read(fds[0], &ret, sizeof(ret)), sizeof(ret));
	close(fds[0]);
	if (ret) {
		kill(other->pid, SIGKILL);
		waitpid(other->pid, NULL, 0);
		print_message("skip: cannot make a network namespace: %s\n", strerror(ret));
		skip();
	}
	snprintf(other->path, sizeof(other->path), "/proc/%d/ns/net", other->pid);
	other->inode = inode_of(other->path);
}

static void stop_other(struct other *other)
{
	kill(other->pid, SIGKILL);
	waitpid(other->pid, NULL, 0);
}

/* netns_find() as one value; fails the test where there is none. */
static uint32_t found(struct netns_table *table, const char *name)
{
	uint32_t inode;

	assert_int_equal(netns_find(table, name, &inode), 0);
	return inode;
}

static int not_found(struct netns_table *table, const char *name)
{
	uint32_t inode = 1;
	int code = netns_find(table, name, &inode);

	assert_int_equal(inode, 0);
	return code;
}

static void proc_link(void)
{
	fakeroot_link("/proc/self/ns/net", "/proc/self/ns/net");
}

static void netns_name__own_and_zero__is_empty(void **state)
{
	struct netns_table *table;

	(void)state;
	proc_link();
	fakeroot_link("/run/netns/mine", "/proc/self/ns/net");
	table = netns_open();
	assert_int_equal(netns_own(table), inode_of("/proc/self/ns/net"));
	assert_string_equal(netns_name(table, netns_own(table)), "");
	assert_string_equal(netns_name(table, 0), "");
	netns_close(table);
	netns_close(NULL);
}

static void netns_name__file_below_run_netns__is_its_name_and_stays(void **state)
{
	struct netns_table *table;
	struct other other;
	const char *name;

	(void)state;
	start_other(&other);
	proc_link();
	fakeroot_link("/run/netns/blue", other.path);
	table = netns_open();
	name = netns_name(table, other.inode);
	assert_string_equal(name, "blue");
	assert_ptr_equal(netns_name(table, other.inode), name);
	netns_close(table);
	stop_other(&other);
}

static void netns_name__no_such_file__is_the_number(void **state)
{
	struct netns_table *table = netns_open();

	(void)state;
	assert_string_equal(netns_name(table, 4026539999u), "4026539999");
	netns_close(table);
}

static void netns_name__named_later__is_seen_after_a_second(void **state)
{
	struct netns_table *table;
	struct other other;
	int tries = 0;

	(void)state;
	start_other(&other);
	proc_link();
	table = netns_open();
	assert_string_not_equal(netns_name(table, other.inode), "late");
	fakeroot_link("/run/netns/late", other.path);
	while (strcmp(netns_name(table, other.inode), "late") && tries++ < 300)
		usleep(10000);
	assert_string_equal(netns_name(table, other.inode), "late");
	netns_close(table);
	stop_other(&other);
}

static void netns_name__plain_file_below_run_netns__is_no_namespace(void **state)
{
	struct netns_table *table;
	char path[256], number[16];
	uint32_t inode;

	(void)state;
	fakeroot_write_text("/run/netns/stale", "");
	snprintf(path, sizeof(path), "%s/run/netns/stale", getenv("XCAP_KROOT"));
	inode = inode_of(path);
	table = netns_open();
	snprintf(number, sizeof(number), "%u", inode);
	assert_string_equal(netns_name(table, inode), number);
	assert_int_equal(not_found(table, "stale"), -EINVAL);
	netns_close(table);
}

static void netns_find__name_pid_path_and_number__give_the_inode(void **state)
{
	uint32_t own = inode_of("/proc/self/ns/net");
	struct netns_table *table;
	char word[32];

	(void)state;
	fakeroot_link("/run/netns/mine", "/proc/self/ns/net");
	snprintf(word, sizeof(word), "/proc/%d/ns/net", getpid());
	fakeroot_link(word, word);
	table = netns_open();
	assert_int_equal(found(table, "mine"), own);
	assert_int_equal(found(table, "/proc/self/ns/net"), own);
	snprintf(word, sizeof(word), "pid:%d", getpid());
	assert_int_equal(found(table, word), own);
	snprintf(word, sizeof(word), "%u", own);
	assert_int_equal(found(table, word), own);
	netns_close(table);
}

static void netns_find__nothing_there__is_enoent(void **state)
{
	static const char *const words[] = {"",		 "none", "pid:", "pid:0",	  "pid:x",
					    "pid:-1",	 "..",	 "-5",	 "/no/such/file", "0",
					    "4294967296"};
	struct netns_table *table = netns_open();

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_int_equal(not_found(table, words[i]), -ENOENT);
	netns_close(table);
}

static void netns_find__file_that_is_no_network_namespace__is_einval(void **state)
{
	struct netns_table *table = netns_open();

	(void)state;
	assert_int_equal(not_found(table, "/dev/null"), -EINVAL);
	assert_int_equal(not_found(table, "/proc/self/ns/mnt"), -EINVAL);
	netns_close(table);
}

static void netns_has_interface__own__matches_globs(void **state)
{
	uint32_t own = inode_of("/proc/self/ns/net");
	struct netns_table *table;

	(void)state;
	proc_link();
	table = netns_open();
	assert_int_equal(netns_has_interface(table, "lo", own), 1);
	assert_int_equal(netns_has_interface(table, "l?", own), 1);
	assert_int_equal(netns_has_interface(table, "l", own), 0);
	assert_int_equal(netns_has_interface(table, OTHER_IF, own), 0);
	netns_close(table);
}

static void netns_has_interface__other__only_if_asked_for_and_we_stay_here(void **state)
{
	struct netns_table *table;
	struct other other;

	(void)state;
	start_other(&other);
	proc_link();
	fakeroot_link("/run/netns/gone", "/proc/self/ns/nothing");
	fakeroot_link("/run/netns/blue", other.path);
	table = netns_open();
	assert_int_equal(netns_has_interface(table, "inner*", netns_own(table)), 0);
	assert_int_equal(netns_has_interface(table, "inner*", other.inode), 1);
	assert_int_equal(netns_has_interface(table, "lo", other.inode), 0);
	assert_int_equal(netns_has_interface(table, "inner*", 0), 1);
	assert_int_equal(netns_has_interface(table, "outer*", 0), 0);
	assert_int_equal(netns_has_interface(table, "lo", 0), 1);
	assert_int_equal(inode_of("/proc/self/ns/net"), netns_own(table));
	assert_int_equal(netns_ifname_width(table), strlen(OTHER_IF "@blue"));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), 0); /* only the other one's child is left */
	netns_close(table);
	stop_other(&other);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* By a path, a process, its number, and by nothing at all. */
static void netns_has_interface__namespace_without_a_name__is_looked_into(void **state)
{
	const char *ways[] = {NULL, NULL, NULL};
	struct netns_table *table;
	char pid[32], number[16];
	struct other other;

	(void)state;
	start_other(&other);
	proc_link();
	fakeroot_link(other.path, other.path);
	snprintf(pid, sizeof(pid), "pid:%d", other.pid);
	snprintf(number, sizeof(number), "%u", other.inode);
	ways[0] = other.path;
	ways[1] = pid;
	ways[2] = number;
	for (size_t i = 0; i < 3; i++) {
		table = netns_open();
		assert_int_equal(found(table, ways[i]), other.inode);
		assert_int_equal(netns_has_interface(table, OTHER_IF, other.inode), 1);
		assert_int_equal(netns_has_interface(table, "lo", other.inode), 0);
		assert_string_equal(netns_name(table, other.inode), number);
		netns_close(table);
	}
	table = netns_open();
	assert_int_equal(netns_has_interface(table, OTHER_IF, 0), 1);
	assert_int_equal(netns_has_interface(table, "innerloop1", 0), 0);
	netns_close(table);
	stop_other(&other);
}

static void netns_has_interface__number_that_nothing_leads_to__is_enoent(void **state)
{
	struct netns_table *table;

	(void)state;
	proc_link();
	table = netns_open();
	assert_int_equal(found(table, "77"), 77);
	assert_int_equal(netns_has_interface(table, "lo", 77), -ENOENT);
	netns_close(table);
}

static void netns_interfaces__lists_lo_and_ends_with_null(void **state)
{
	bool found = false;
	size_t n;
	char **names = netns_interfaces(&n);

	(void)state;
	assert_non_null(names);
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++)
		found = found || !strcmp(names[i], "lo");
	assert_true(found);
	assert_null(names[n]);
	free(names);
}

#define WITH_ROOT(f) cmocka_unit_test_setup_teardown(f, fakeroot_setup, fakeroot_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ROOT(netns_name__own_and_zero__is_empty),
		WITH_ROOT(netns_name__file_below_run_netns__is_its_name_and_stays),
		WITH_ROOT(netns_name__no_such_file__is_the_number),
		WITH_ROOT(netns_name__named_later__is_seen_after_a_second),
		WITH_ROOT(netns_name__plain_file_below_run_netns__is_no_namespace),
		WITH_ROOT(netns_find__name_pid_path_and_number__give_the_inode),
		WITH_ROOT(netns_find__nothing_there__is_enoent),
		WITH_ROOT(netns_find__file_that_is_no_network_namespace__is_einval),
		WITH_ROOT(netns_has_interface__own__matches_globs),
		WITH_ROOT(netns_has_interface__other__only_if_asked_for_and_we_stay_here),
		WITH_ROOT(netns_has_interface__namespace_without_a_name__is_looked_into),
		WITH_ROOT(netns_has_interface__number_that_nothing_leads_to__is_enoent),
		cmocka_unit_test(netns_interfaces__lists_lo_and_ends_with_null),
	};

	return cmocka_run_group_tests_name("netns", tests, NULL, NULL);
}
