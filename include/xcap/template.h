/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * template.h - the marks in the templates of bpf/ that session/program.c patches in each clone.
 *
 * A mark is the immediate of a `rN = imm` instruction. Included by both sides.
 */
#ifndef XCAP_TEMPLATE_H
#define XCAP_TEMPLATE_H

#define XCAP_MARK_PROBE 0x7eadbe01 /* becomes the probe id */
#define XCAP_MARK_SKB	0x7eadbe02 /* the load that follows gets the skb's offset in the context */
#define XCAP_MARK_DROP	0x7eadbe03 /* becomes 0: not kfree_skb; 1: no reason; 2: with a reason */
#define XCAP_MARK_GIVEN 0x7eadbe04 /* becomes an enum xcap_given */
/* the load that follows gets the argument's offset, or becomes 0 where there is no such argument */
#define XCAP_MARK_SOCK 0x7eadbe11
#define XCAP_MARK_FLOW 0x7eadbe12

/* Names that session/inject.c looks for in func_info. */
#define XCAP_FILTER_FUNC "xcap_filter"
#define XCAP_LOAD_FUNC	 "xcap_load"

#endif
