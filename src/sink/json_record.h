/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json_record.h - one record as members of a JSON object: what was seen, where, and the packet.
 *
 * The schema is xcap-json(5): names and meanings stay as they are, new members may come. What is
 * not known, or is of no meaning for this record, is left out; what is zero is not.
 */
#ifndef SINK_JSON_RECORD_H
#define SINK_JSON_RECORD_H

#include <stdbool.h>

#include "base/buf.h"
#include "decode/decode.h"
#include "record/capture.h"
#include "record/record.h"

struct json_record_options {
	struct decode_options text; /* of the member "text" */
	bool packet;		    /* the bytes too, as hex digits */
};

/* "probe", "name" and "mechanism", appended to an open object. */
void json_record_probe(struct buf *b, const struct capture_probe *probe);

/* Append to an open object; `scratch` is emptied. */
void json_record_add(struct buf *b, struct buf *scratch, const struct capture_info *info,
		     const struct record *record, const struct json_record_options *options);

#endif
