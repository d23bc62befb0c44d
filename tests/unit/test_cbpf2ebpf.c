/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_cbpf2ebpf.c - translated filters against libpcap, in a checked interpreter.
 *
 * Each verdict of the translated code is compared with libpcap's bpf_filter() (with cbpf_run() for
 * the loads that libpcap cannot do in user space). Edge cases are in test_cbpf2ebpf_edge.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "filter/cbpf.h"
#include "filter/cbpf2ebpf.h"
#include "filter_data.h"
#include "filter_random.h"
#include "filter_scene.h"

#define DLT_ETHERNET 1

static bool compile(const char *expr, struct cbpf_prog *prog, struct cbpf2ebpf_code *code)
{
	struct err err;

	err_clear(&err);
	if (cbpf_compile(expr, DLT_ETHERNET, prog, &err))
		return false;
	filter_scene_translate(expr, prog, code);
	return true;
}

static void check_every_length(const char *expr, const struct cbpf_prog *prog,
			       const struct cbpf2ebpf_code *code, const struct filter_packet *p)
{
	static const uint32_t valids[] = {UINT32_MAX, 0, 14, 35, 54, 70};

	for (uint32_t cap_len = 0; cap_len <= p->cap_len; cap_len++) {
		uint32_t n =
			cap_len == p->cap_len || cap_len % 7 == 0 ? UTIL_ARRAY_SIZE(valids) : 1;

		for (uint32_t i = 0; i < n; i++)
			filter_scene_check(expr, prog, code, p, cap_len, valids[i]);
	}
	for (uint32_t i = 0; i < UTIL_ARRAY_SIZE(valids) && !filter_scene_uses_meta(prog); i++) {
		filter_scene_check_failing(expr, prog, code, p, valids[i],
					   CBPF2EBPF_LOAD_UNREADABLE);
		filter_scene_check_failing(expr, prog, code, p, valids[i], CBPF2EBPF_LOAD_FAULT);
		filter_scene_check_failing(expr, prog, code, p, valids[i], CBPF2EBPF_LOAD_OUTSIDE);
	}
}

static void builtin_filters__packets_cut_at_every_length__decide_as_libpcap(void **state)
{
	struct filter_data data = {0};

	(void)state;
	filter_scene_start_count();
	filter_data_add_builtin(&data);
	for (size_t i = 0; i < data.n_exprs; i++) {
		struct cbpf_prog prog;
		struct cbpf2ebpf_code code;

		if (!compile(data.exprs[i], &prog, &code))
			fail_msg("'%s' does not compile", data.exprs[i]);
		for (size_t k = 0; k < data.n_packets; k++)
			check_every_length(data.exprs[i], &prog, &code, &data.packets[k]);
		cbpf2ebpf_free(&code);
		cbpf_free(&prog);
	}
	filter_scene_print_count("built-in filters");
	assert_true(filter_scene_get_count()->accepted > filter_scene_get_count()->verdicts / 100);
	assert_true(filter_scene_get_count()->failed > 1000);
	filter_data_fini(&data);
}

static void public_filters__on_public_captures__decide_as_libpcap(void **state)
{
	struct filter_data data = {0};
	size_t skipped = 0;
	int captures;

	(void)state;
	filter_scene_start_count();
	captures = filter_data_read_shared(&data);
	if (captures < 0)
		skip();
	for (size_t i = 0; i < data.n_exprs; i++) {
		struct cbpf_prog prog;
		struct cbpf2ebpf_code code;

		if (!compile(data.exprs[i], &prog, &code)) {
			skipped++;
			continue;
		}
		for (size_t k = 0; k < data.n_packets; k++) {
			const struct filter_packet *p = &data.packets[k];

			filter_scene_check(data.exprs[i], &prog, &code, p, p->cap_len, UINT32_MAX);
			filter_scene_check(data.exprs[i], &prog, &code, p, p->cap_len,
					   (uint32_t)(i + k) % 80);
		}
		cbpf2ebpf_free(&code);
		cbpf_free(&prog);
	}
	printf("%zu packets of %d captures, %zu expressions, %zu of them not for Ethernet\n",
	       data.n_packets, captures, data.n_exprs, skipped);
	filter_scene_print_count("public filters");
	assert_true(skipped < data.n_exprs / 2);
	assert_true(data.n_packets > 100);
	filter_data_fini(&data);
}

static void check_random(const struct cbpf_prog *prog, const struct filter_data *data)
{
	static const int64_t failures[] = {CBPF2EBPF_LOAD_UNREADABLE, CBPF2EBPF_LOAD_FAULT};
	struct cbpf2ebpf_code code;

	filter_scene_translate("random program", prog, &code);
	for (int i = 0; i < 3; i++) {
		const struct filter_packet *p =
			&data->packets[filter_random_below((uint32_t)data->n_packets)];

		filter_scene_check("random program", prog, &code, p, p->cap_len, UINT32_MAX);
		filter_scene_check("random program", prog, &code, p,
				   filter_random_below(p->cap_len + 1), filter_random_below(100));
		filter_scene_check_failing("random program", prog, &code, p,
					   filter_random_below(60),
					   failures[filter_random_below(2)]);
	}
	cbpf2ebpf_free(&code);
}

static void random_programs__100000_of_them__decide_as_libpcap(void **state)
{
	struct cbpf_insn insns[FILTER_RANDOM_MAX];
	struct cbpf_prog prog = {.insns = insns};
	struct filter_data data = {0};

	(void)state;
	filter_scene_start_count();
	filter_random_seed(20240229);
	filter_data_add_builtin(&data);
	for (int i = 0; i < 100000; i++) {
		filter_random_program(&prog);
		check_random(&prog, &data);
	}
	filter_scene_print_count("random programs");
	assert_true(filter_scene_get_count()->accepted > filter_scene_get_count()->verdicts / 20);
	assert_true(filter_scene_get_count()->failed > 1000);
	filter_data_fini(&data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(builtin_filters__packets_cut_at_every_length__decide_as_libpcap),
		cmocka_unit_test(public_filters__on_public_captures__decide_as_libpcap),
		cmocka_unit_test(random_programs__100000_of_them__decide_as_libpcap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
