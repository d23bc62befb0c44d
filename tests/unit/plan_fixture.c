/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_fixture.c - start, build, stop.
 */
#include "plan_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

void plan_fixture_start(struct plan_fixture *f, unsigned int flags)
{
	memset(f, 0, sizeof(*f));
	plan_fake_open(&f->fake, flags);
	f->request.snaplen = 256;
	f->request.probe_specs = f->specs;
	f->request.interfaces = f->interfaces;
}

void plan_fixture_stop(struct plan_fixture *f)
{
	plan_free(&f->plan);
	plan_fake_close(&f->fake);
}

int plan_fixture_build(struct plan_fixture *f, const char *spec)
{
	f->specs[0] = spec;
	f->request.n_probe_specs = spec ? 1 : 0;
	plan_free(&f->plan);
	err_clear(&f->err);
	return plan_build(&f->request, &f->fake.kernel, &f->plan, &f->err);
}

const struct plan_probe *plan_fixture_build_ok(struct plan_fixture *f, const char *spec)
{
	if (plan_fixture_build(f, spec))
		fail_msg("'%s': %s", spec, f->err.msg);
	assert_false(err_is_set(&f->err));
	return f->plan.probes;
}

void plan_fixture_build_fails(struct plan_fixture *f, const char *spec, enum err_status status,
			      const char *msg, const char *hint)
{
	assert_true(plan_fixture_build(f, spec) < 0);
	assert_string_equal(f->err.msg, msg);
	assert_string_equal(f->err.hint, hint);
	assert_int_equal(f->err.status, status);
	assert_int_equal(f->plan.n_probes, 0);
	assert_null(f->plan.probes);
}

const char *plan_fixture_rungs(const struct plan_probe *probe)
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
