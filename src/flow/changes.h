/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * changes.h - what became of a packet from one hop to the next, in words.
 *
 *	dst 10.0.0.9.80 -> 172.17.0.3.9000; ttl 64 -> 63
 *	+vxlan 7 10.1.0.1 > 10.1.0.2; src mac 02:00:00:00:00:01 -> 02:00:00:00:00:02
 *
 * Compared are addresses with ports, TTL, TOS, length, MAC addresses, VLAN tags, the mark, and the
 * tunnels around it. A header that a hop does not have, or that xcap made up, says nothing: what
 * was known before it stays for the hops behind it.
 */
#ifndef FLOW_CHANGES_H
#define FLOW_CHANGES_H

#include <stdint.h>

#include "record/record.h"

struct changes;

struct changes *changes_new(void); /* NULL and errno */
void changes_free(struct changes *changes);

/* A new packet: what was known is forgotten. */
void changes_begin(struct changes *changes);
/* The next hop, in the order of time. */
void changes_add(struct changes *changes, const struct record *record);
/* After the last hop: what changed at hop i, "" nothing. Until changes_begin(). */
const char *changes_text(struct changes *changes, uint32_t i);

#endif
