/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_module.c - modules that are loaded, and that could be, by files in a folder.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <cmocka.h>

#include "fakeroot.h"
#include "kernel/module.h"
#include "plan/plan_names.h"

static void write_dep(const char *text)
{
	struct utsname os;
	char path[256];

	assert_int_equal(uname(&os), 0);
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", os.release);
	fakeroot_write_text(path, text);
}

static void module_is_loaded__whole_name__with_either_dash(void **state)
{
	(void)state;
	fakeroot_write_text("/proc/modules", "nf_nat 61440 1 nft_masq, Live 0x0\n"
					     "veth 45056 0 - Live 0x0\n");
	assert_true(module_is_loaded("nf_nat"));
	assert_true(module_is_loaded("nf-nat"));
	assert_true(module_is_loaded("veth"));
	assert_false(module_is_loaded("vet"));
	assert_false(module_is_loaded("vethh"));
	assert_false(module_is_loaded("nft_masq"));
	assert_false(module_is_loaded("Live"));
}

static void module_is_loaded__without_the_file__is_false(void **state)
{
	(void)state;
	assert_false(module_is_loaded("veth"));
	assert_false(module_is_installed("veth"));
}

static void module_is_installed__file_before_the_colon__not_what_it_needs(void **state)
{
	(void)state;
	write_dep("kernel/net/ipv4/ip_gre.ko.xz: kernel/net/ipv4/gre.ko.xz\n"
		  "kernel/net/8021q/8021q.ko: kernel/net/802/garp.ko\n"
		  "kernel/drivers/net/wireguard/wire-guard.ko.zst:");
	assert_true(module_is_installed("ip_gre"));
	assert_true(module_is_installed("8021q"));
	assert_true(module_is_installed("wire_guard"));
	assert_false(module_is_installed("gre"));
	assert_false(module_is_installed("garp"));
	assert_false(module_is_installed("ip_gr"));
	assert_false(module_is_installed("net"));
}

static void plan_names_hint_module__not_loaded_but_installed__says_modprobe(void **state)
{
	struct err err;

	(void)state;
	err_clear(&err);
	write_dep("kernel/net/ipv4/ip_gre.ko: \nkernel/drivers/net/veth.ko: \n");
	fakeroot_write_text("/proc/modules", "veth 45056 0 - Live 0x0\n");
	assert_true(plan_names_hint_module("ip_gre", &err));
	assert_string_equal(err.hint, "the module 'ip_gre' is not loaded: 'modprobe ip_gre' first");
	err_clear(&err);
	assert_false(plan_names_hint_module("veth", &err));
	assert_false(plan_names_hint_module("none", &err));
	assert_string_equal(err.hint, "");
}

#define WITH_ROOT(f) cmocka_unit_test_setup_teardown(f, fakeroot_setup, fakeroot_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ROOT(module_is_loaded__whole_name__with_either_dash),
		WITH_ROOT(module_is_loaded__without_the_file__is_false),
		WITH_ROOT(module_is_installed__file_before_the_colon__not_what_it_needs),
		WITH_ROOT(plan_names_hint_module__not_loaded_but_installed__says_modprobe),
	};

	return cmocka_run_group_tests_name("module", tests, NULL, NULL);
}
