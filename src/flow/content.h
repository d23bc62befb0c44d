/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * content.h - a packet told from others by what it carries, for gather without tracking.
 *
 * The key is made of what hops leave alone: addresses, ports, the IP id, numbers of the transport
 * header, lengths, and the first payload bytes of what is not TCP - of the innermost packet, so
 * that a tunnel is no border. Link header, VLAN tags, TTL, TOS and checksums are not in it. NAT,
 * segmentation and merging make other packets of one: there tracking is what helps.
 */
#ifndef FLOW_CONTENT_H
#define FLOW_CONTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "record/record.h"

/* Never 0. by_pointer: two skbs with the same content are two. */
uint64_t content_key(const struct record *record, bool by_pointer);

#endif
