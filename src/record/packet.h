/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packet.h - a record's packet as files hold it: completed, in the file's link type, cut.
 *
 * Called by the sinks that write packets. A file has a packet for every record that its link type
 * has a form for, also for an skb in which there is none: readers call a frame without bytes
 * malformed. The checksums of headers that were rebuilt are filled in here, not in the kernel.
 */
#ifndef RECORD_PACKET_H
#define RECORD_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include "record/record.h"

/* Ethertype of the frame that stands for no packet: IEEE 802, Local Experimental Ethertype 1. */
#define PACKET_NONE_ETHERTYPE 0x88b5

struct packet {
	const uint8_t *data; /* the record's, the maker's, or static: until the next packet */
	uint32_t cap_len;    /* at most snaplen */
	uint32_t len;	     /* on the wire; never less than cap_len */
};

struct packet_maker {
	int link_type; /* enum capture_link */
	uint32_t snaplen;
	uint8_t *room; /* where a packet is put together that is not as the record has it */
};

/* 0 or -ENOMEM. packet_fini() takes one that failed, or that is all zeros. */
int packet_init(struct packet_maker *maker, int link_type, uint32_t snaplen);
void packet_fini(struct packet_maker *maker);

/*
 * The packet to write; a link header with zero addresses and PACKET_NONE_ETHERTYPE where the record
 * has XCAP_EV_NO_PACKET. False: the link type has no form for it (RAW: whatever is not IP).
 */
bool packet_make(struct packet_maker *maker, const struct record *record, struct packet *packet);

#endif
