/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packet.c - which bytes of a record go into a file.
 */
#include "record/packet.h"

#include "base/util.h"

struct packet packet_of(const struct record *record, uint32_t snaplen)
{
	static const uint8_t none[14] = {
		[12] = PACKET_NONE_ETHERTYPE >> 8,
		[13] = PACKET_NONE_ETHERTYPE & 0xff,
	};
	struct packet p = {record->packet, record->cap_len, record->len};

	if (record->flags & XCAP_EV_NO_PACKET)
		p = (struct packet){none, sizeof(none), sizeof(none)};
	p.cap_len = UTIL_MIN(p.cap_len, snaplen);
	p.len = UTIL_MAX(p.len, p.cap_len);
	return p;
}
