/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drop_text.c - words for the fields of a drop.
 */
#include "sink/drop_text.h"

#include "base/util.h"
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

const char *drop_text_sk_state(const struct record *record)
{
	/* net/tcp_states.h, as ss has them */
	static const char *const states[] = {
		NULL,	      "ESTAB",	   "SYN-SENT",	   "SYN-RECV",	 "FIN-WAIT-1",
		"FIN-WAIT-2", "TIME-WAIT", "UNCONN",	   "CLOSE-WAIT", "LAST-ACK",
		"LISTEN",     "CLOSING",   "NEW-SYN-RECV",
	};

	return record->sk_state < UTIL_ARRAY_SIZE(states) ? states[record->sk_state] : NULL;
}
