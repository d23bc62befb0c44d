/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks_program.h - the programs of the hooks, loaded when they are needed.
 */
#ifndef SESSION_HOOKS_PROGRAM_H
#define SESSION_HOOKS_PROGRAM_H

#include "session/hooks.h"

/* What tells a program that many share about probe i. */
uint64_t hooks_program_cookie(const struct plan_probe *probe, uint32_t i);

/* Has it the program of all, which a cookie tells who was hit? That takes the first six arguments.
 */
bool hooks_program_has_cookie(const struct hooks *hooks, const struct plan_probe *probe,
			      enum plan_mechanism mechanism);

/*
 * The program that all probes of a mechanism share, owned by the hooks, or the one for probe i
 * alone, owned by the caller; keep: the entry part. Negative with err filled. The object has to
 * have what they are made of (object_need()).
 */
int hooks_program_shared(struct hooks *hooks, enum plan_mechanism mechanism, bool keep,
			 struct err *err);
int hooks_program_own(struct hooks *hooks, uint32_t i, enum plan_mechanism mechanism, bool keep,
		      struct err *err);

/* Where the kernel does not hand them over: each cookie by its probe's address. 0 or -errno. */
int hooks_program_tell_cookies(struct hooks *hooks);

/* Load those that the first rungs of the ladders share, side by side. */
void hooks_program_load_ahead(struct hooks *hooks);

#endif
