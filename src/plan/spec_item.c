/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * spec_item.c - a fault in -f, shown under the text that the user wrote.
 */
#include "plan/spec_item.h"

#include <stdio.h>
#include <string.h>

/* Characters of a text that is shown whole under an error; a longer one is shown from its item on.
 */
#define SHOWN_MAX 200

int spec_item_fault(const struct spec_item *item, const char *at, int code)
{
	const char *shown = strlen(item->text) <= SHOWN_MAX ? item->text : item->span.at;
	char cut[SHOWN_MAX + 1];

	if (at - shown > SHOWN_MAX)
		shown = at;
	snprintf(cut, sizeof(cut), "%s", shown);
	err_at(item->err, cut, (int)(at - shown));
	return code;
}
