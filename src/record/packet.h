/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packet.h - a record's packet as files hold it.
 *
 * Called by the sinks that write packets. A file has a frame for every record, also for an skb in
 * which there is none: readers call a frame without bytes malformed.
 */
#ifndef RECORD_PACKET_H
#define RECORD_PACKET_H

#include <stdint.h>

#include "record/record.h"

/* Ethertype of the frame that stands for no packet: IEEE 802, Local Experimental Ethertype 1. */
#define PACKET_NONE_ETHERTYPE 0x88b5

struct packet {
	const uint8_t *data; /* the record's, or static */
	uint32_t cap_len;    /* at most snaplen */
	uint32_t len;	     /* on the wire; never less than cap_len */
};

/*
 * The frame to write: cut to snaplen; a link header with zero addresses and PACKET_NONE_ETHERTYPE
 * where the record has XCAP_EV_NO_PACKET.
 */
struct packet packet_of(const struct record *record, uint32_t snaplen);

#endif
