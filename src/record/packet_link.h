/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packet_link.h - the link types of files: their names, and the way to them from Ethernet.
 *
 * A file has one link type, since tcpdump reads no other. Names are those of tcpdump's -y, with or
 * without DLT_, in any case. The numbers are LINKTYPE_* of the file formats, not a system's DLT_*.
 */
#ifndef RECORD_PACKET_LINK_H
#define RECORD_PACKET_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "record/capture.h"
#include "record/packet.h"

/* The bytes in front of a frame that packet_link_to_sll2() writes to. */
#define PACKET_LINK_ROOM 8

/* By name: enum capture_link; -1: none. By number: the name. */
int packet_link_find(const char *name);
const char *packet_link_name(int link_type);

/* "EN10MB, RAW, LINUX_SLL2" */
const char *packet_link_names(void);

/*
 * Bytes of the Ethernet frame that have to be captured beyond `snaplen` so that so many are left of
 * the converted packet.
 */
uint32_t packet_link_extra(int link_type);

/*
 * Where the payload of an Ethernet frame begins, behind all VLAN tags, and its ethertype; cap_len
 * and 0 if it was not captured as far.
 */
uint32_t packet_link_payload(const uint8_t *frame, uint32_t cap_len, uint16_t *type);

/*
 * The IP packet alone: link header and VLAN tags are left out. False if it is none, or if not one
 * byte of it was captured: p is as it was.
 */
bool packet_link_to_raw(struct packet *p);

/*
 * Linux cooked v2 (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html) in the place of the
 * Ethernet header of p->data == frame, from PACKET_LINK_ROOM bytes before it on. A VLAN tag stays
 * in the payload, its ethertype is the protocol. The device and the kind of packet are the
 * record's. A source address is given where the frame has one that was not made up.
 */
void packet_link_to_sll2(uint8_t *frame, const struct record *record, struct packet *p);

#endif
