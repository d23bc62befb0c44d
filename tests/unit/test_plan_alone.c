/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_plan_alone.c - probes that can be told by their place alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"
#include "plan/plan_alone.h"

static void plan_alone_mark__of_all_kinds__marks_what_its_place_tells(void **state)
{
	struct plan_probe probes[] = {
		{.address = 0x3000, .skb_reg = -1},		     /* the only one there */
		{.address = 0x1000, .skb_reg = -1},		     /* two */
		{.address = 0, .skb_reg = -1},			     /* not known */
		{.address = 0x2000, .skb_reg = -1},		     /* with one at its return */
		{.address = 0x1000, .skb_reg = -1},		     /* the other */
		{.address = 0x2000, .skb_reg = -1, .is_exit = true}, /* that one */
		{.address = 0x4000, .skb_reg = -1, .offset = 8},     /* inside */
		{.address = 0x5000, .skb_reg = -1, .is_tracepoint = true},
		{.address = 0x6000, .skb_reg = 96},		      /* skb in a register */
		{.address = 0x7000, .skb_reg = -1, .is_alone = true}, /* the highest */
	};
	static const bool alone[] = {true,  false, false, true,	 false,
				     false, false, false, false, true};
	struct plan plan = {.probes = probes, .n_probes = UTIL_ARRAY_SIZE(probes)};
	struct plan none = {};

	(void)state;
	plan_alone_mark(&plan);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(probes); i++)
		assert_int_equal(probes[i].is_alone, alone[i]);
	plan_alone_mark(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_alone_mark__of_all_kinds__marks_what_its_place_tells),
	};

	return cmocka_run_group_tests_name("plan_alone", tests, NULL, NULL);
}
