/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_text.h - texts that many probes share, each kept once.
 */
#ifndef PLAN_PLAN_TEXT_H
#define PLAN_PLAN_TEXT_H

#include <stddef.h>

struct plan_text {
	struct plan_text *next;
	size_t size;
	char text[];
};

_Static_assert(offsetof(struct plan_text, text) % sizeof(void *) == 0, "it may be pointers, too");

/* The copy of `text` in *list, made at need. Lives until plan_text_free(); "" without memory. */
const char *plan_text_keep(struct plan_text **list, const char *text);
/* The same of bytes of any kind; NULL without memory. */
const void *plan_text_keep_bytes(struct plan_text **list, const void *bytes, size_t size);
void plan_text_free(struct plan_text **list);

#endif
