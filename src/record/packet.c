/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packet.c - which bytes of a record go into a file.
 *
 * Most packets go as they came, without a copy: one is made for rebuilt headers, whose checksums
 * are written, and for a link header that is longer than Ethernet's.
 */
#include "record/packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "record/packet_checksum.h"
#include "record/packet_link.h"

int packet_init(struct packet_maker *maker, int link_type, uint32_t snaplen)
{
	maker->link_type = link_type;
	maker->snaplen = snaplen;
	maker->room = malloc(PACKET_LINK_ROOM + XCAP_SNAPLEN_MAX);
	return maker->room ? 0 : -ENOMEM;
}

void packet_fini(struct packet_maker *maker)
{
	free(maker->room);
	maker->room = NULL;
}

/* A frame of our own, with room for a longer link header in front of it. */
static void copy(struct packet_maker *maker, struct packet *p)
{
	uint8_t *frame = maker->room + PACKET_LINK_ROOM;

	memcpy(frame, p->data, p->cap_len);
	p->data = frame;
}

bool packet_make(struct packet_maker *maker, const struct record *record, struct packet *p)
{
	static const uint8_t none[14] = {
		[12] = PACKET_NONE_ETHERTYPE >> 8,
		[13] = PACKET_NONE_ETHERTYPE & 0xff,
	};

	*p = (struct packet){record->packet, UTIL_MIN(record->cap_len, XCAP_SNAPLEN_MAX),
			     record->len};
	if (record->flags & XCAP_EV_NO_PACKET)
		*p = (struct packet){none, sizeof(none), sizeof(none)};
	p->len = UTIL_MAX(p->len, p->cap_len);
	if (record->rebuilt && p->data != none) {
		copy(maker, p);
		packet_checksum_fill(maker->room + PACKET_LINK_ROOM, p->cap_len, p->len,
				     record->rebuilt);
	}
	if (maker->link_type == CAPTURE_LINK_LINUX_SLL2) {
		if (p->data == record->packet || p->data == none)
			copy(maker, p);
		packet_link_to_sll2(maker->room + PACKET_LINK_ROOM, record, p);
	} else if (maker->link_type == CAPTURE_LINK_RAW && !packet_link_to_raw(p)) {
		return false;
	}
	p->cap_len = UTIL_MIN(p->cap_len, maker->snaplen);
	return true;
}
