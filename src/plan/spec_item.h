/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * spec_item.h - one item of -f while it is parsed: where it stands, and how a fault is shown.
 *
 * Shared by spec.c (the item as a whole, its kind and name) and spec_place.c (what follows the
 * name: offset, argument, register). Used by no one else.
 */
#ifndef PLAN_SPEC_ITEM_H
#define PLAN_SPEC_ITEM_H

#include <stddef.h>

#include "base/err.h"
#include "plan/spec.h"

/* Part of the text that -f got. */
struct spec_span {
	const char *at;
	size_t len;
};

/* The item being parsed, and what errors need. */
struct spec_item {
	const char *text;      /* all of -f */
	struct spec_span span; /* the item in it, without the blanks around it */
	struct err *err;
};

/* Show the text with a caret under `at`; returns code, for `return spec_item_fault(...)`. */
int spec_item_fault(const struct spec_item *item, const char *at, int code);

/*
 * Cut what follows the name ("+0x1c@%rbx", "@2@1") off *target and note it in spec. spec_place.c.
 */
int spec_place_parse(const struct spec_item *item, struct spec_span *target, struct spec *spec);

/* Once the kind is known: does the place go with it? */
int spec_place_check(const struct spec_item *item, const struct spec *spec);

#endif
