/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packet_text.h - a record's packet in words: the part of a line that is about the packet alone.
 */
#ifndef SINK_PACKET_TEXT_H
#define SINK_PACKET_TEXT_H

#include "base/buf.h"
#include "decode/decode.h"
#include "record/record.h"

/*
 * "IP 10.0.0.1 > 10.0.0.2: ... ~ip,tcp", or that there is no packet. Printable ASCII, without a
 * line feed.
 */
void packet_text_add(struct buf *out, const struct record *record,
		     const struct decode_options *options);

#endif
