/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode.c - the entry of the decoder: the Ethernet header, and its addresses where wanted.
 */
#include "decode/decode.h"

#include "decode/decode_link.h"
#include "decode/decode_text.h"

#define ETHER_HEADER 14

/* As tcpdump -e; a link header that was made up has no addresses to show. */
static void print_link(struct buf *out, const struct decode_cursor *c, uint16_t type,
		       bool synth_eth)
{
	const char *name = decode_link_type_name(type);

	if (synth_eth) {
		buf_add_str(out, "no link header");
	} else {
		decode_text_mac(out, c->at + 6);
		buf_add_str(out, " > ");
		decode_text_mac(out, c->at);
	}
	if (type <= DECODE_LINK_LENGTH_MAX && !synth_eth)
		buf_add_fmt(out, ", 802.3, length %u: ", type);
	else
		buf_add_fmt(out, ", ethertype %s (0x%04x), length %u: ", name ? name : "Unknown",
			    type, c->wire);
}

void decode_ethernet(struct buf *out, const uint8_t *frame, uint32_t cap_len, uint32_t wire_len,
		     bool synth_eth, const struct decode_options *options)
{
	struct decode_cursor c = {frame, cap_len, wire_len};
	uint16_t type;

	decode_cursor_limit(&c, wire_len);
	if (!decode_cursor_has(&c, ETHER_HEADER)) {
		decode_text_truncated(out, "ether");
		return;
	}
	type = decode_cursor_u16(&c, 12);
	if (options->ether)
		print_link(out, &c, type, synth_eth);
	decode_cursor_skip(&c, ETHER_HEADER);
	decode_link_print(out, c, type, synth_eth, options);
}
