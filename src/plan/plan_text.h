/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_text.h - texts that many probes share, each kept once.
 */
#ifndef PLAN_PLAN_TEXT_H
#define PLAN_PLAN_TEXT_H

struct plan_text {
	struct plan_text *next;
	char text[];
};

/* The copy of `text` in *list, made at need. Lives until plan_text_free(); "" without memory. */
const char *plan_text_keep(struct plan_text **list, const char *text);
void plan_text_free(struct plan_text **list);

#endif
