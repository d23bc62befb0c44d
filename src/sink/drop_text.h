/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drop_text.h - what a drop says beside its reason, each as one word: place, path.
 *
 * Used by the text and by the summary. Nothing is added where it is not known.
 */
#ifndef SINK_DROP_TEXT_H
#define SINK_DROP_TEXT_H

#include "base/buf.h"
#include "record/record.h"

/* "nf_hook_slow+0x9d", "foo+0x1[mod]": the blank goes. */
void drop_text_place(struct buf *out, const struct record *record);

/* "ip:INPUT", "ip:INPUT(filter/input)" where table and chain are known. */
void drop_text_path(struct buf *out, const struct record *record);

#endif
