/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_text.c - the reasons in 2,500 ladders are a dozen different texts.
 *
 * So the list is short and searched from its start.
 */
#include "plan/plan_text.h"

#include <stdlib.h>
#include <string.h>

const void *plan_text_keep_bytes(struct plan_text **list, const void *bytes, size_t size)
{
	struct plan_text *new;

	for (const struct plan_text *t = *list; t; t = t->next)
		if (t->size == size && memcmp(t->text, bytes, size) == 0)
			return t->text;
	new = malloc(sizeof(*new) + size);
	if (!new)
		return NULL;
	memcpy(new->text, bytes, size);
	new->size = size;
	new->next = *list;
	*list = new;
	return new->text;
}

const char *plan_text_keep(struct plan_text **list, const char *text)
{
	const char *kept = plan_text_keep_bytes(list, text, strlen(text) + 1);

	return kept ? kept : "";
}

void plan_text_free(struct plan_text **list)
{
	while (*list) {
		struct plan_text *next = (*list)->next;

		free(*list);
		*list = next;
	}
}
