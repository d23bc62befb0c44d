/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drop_text.c - words for the fields of a drop.
 */
#include "sink/drop_text.h"

#include "decode/decode_text.h"

void drop_text_place(struct buf *out, const struct record *record)
{
	for (const char *at = record->location; at && *at; at++)
		if (*at > ' ' && *at < 0x7f)
			buf_add_char(out, *at);
}

void drop_text_path(struct buf *out, const struct record *record)
{
	for (const char *at = record->nf_path; at && *at; at++)
		buf_add_char(out, *at == ' ' ? ':' : *at);
	if (!record->nf_table && !record->nf_chain)
		return;
	buf_add_char(out, '(');
	decode_text_word(out, record->nf_table ? record->nf_table : "?");
	if (record->nf_chain) {
		buf_add_char(out, '/');
		decode_text_word(out, record->nf_chain);
	}
	buf_add_char(out, ')');
}
