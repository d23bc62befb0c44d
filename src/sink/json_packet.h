/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json_packet.h - the headers of a record's packet as members of a JSON object.
 *
 * The names are those of xcap-json(5). What a packet does not have is left out; what is zero is
 * not.
 */
#ifndef SINK_JSON_PACKET_H
#define SINK_JSON_PACKET_H

#include "base/buf.h"
#include "record/record.h"

/* "l2", "arp", "ip", "tcp", "udp", "icmp", "ports" and "tunnel", appended to an open object. */
void json_packet_add(struct buf *b, const struct record *record);

#endif
