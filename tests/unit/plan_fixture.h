/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_fixture.h - a request, the made-up kernel that it is put against, and the plan that comes of
 * it.
 */
#ifndef TESTS_PLAN_FIXTURE_H
#define TESTS_PLAN_FIXTURE_H

#include "plan_fake.h"

struct plan_fixture {
	struct plan_fake fake;
	struct plan_request request;
	struct plan plan;
	struct err err;
	const char *specs[4];
	const char *interfaces[10];
};

/* flags: enum plan_fake_flag. The request asks for nothing yet. */
void plan_fixture_start(struct plan_fixture *f, unsigned int flags);
void plan_fixture_stop(struct plan_fixture *f);

/* Plan the request with -f spec (NULL: none); the plan before it is freed. */
int plan_fixture_build(struct plan_fixture *f, const char *spec);

/* The same, failing the test unless it works; returns the probes. */
const struct plan_probe *plan_fixture_build_ok(struct plan_fixture *f, const char *spec);

/* The same, failing the test unless it fails with just this, and leaves nothing to free. */
void plan_fixture_build_fails(struct plan_fixture *f, const char *spec, enum err_status status,
			      const char *msg, const char *hint);

/* The ladder in words, so that a failure can be read: "fentry !kprobe" where kprobe is not usable.
 * Good until the next call. */
const char *plan_fixture_rungs(const struct plan_probe *probe);

#endif
