/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packet_text.c - the words for a packet, the same in text and JSON.
 */
#include "sink/packet_text.h"

#include "decode/decode_text.h"

void packet_text_add(struct buf *out, const struct record *record,
		     const struct decode_options *options)
{
	if (record->flags & XCAP_EV_NO_PACKET) {
		buf_add_str(out, "no packet (protocol ");
		decode_text_hex(out, record->protocol, 4);
		decode_text_length(out, record->len);
		buf_add_char(out, ')');
		return;
	}
	decode_ethernet(out, record->packet, record->cap_len, record->len,
			record->flags & XCAP_EV_SYNTH_ETH, options);
	if (record->rebuilt) {
		buf_add_str(out, " ~");
		buf_add_str(out, record_rebuilt(record));
	}
}
