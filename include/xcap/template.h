/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * template.h - the marks in the templates of bpf/ that session/template.c patches in each clone.
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

#define XCAP_MARK_KEEP	  0x7eadbe05 /* becomes 1: the entry part of an exit probe; else 0 */
#define XCAP_MARK_HAS_EXT 0x7eadbe06 /* becomes 1: the next mark's word is wanted; else 0 */
#define XCAP_MARK_EXT	  0x7eadbe07 /* the load that follows gets the argument's offset, or goes */
#define XCAP_MARK_HAS_RET 0x7eadbe08
#define XCAP_MARK_RET	  0x7eadbe09 /* the same of the return value */

#define XCAP_MARK_SHARED 0x7eadbe0a /* becomes 1: a cookie tells what the other marks would */

/* becomes 1: a call's frame is told by the stack pointer; 0: by the context's address */
#define XCAP_MARK_BY_STACK 0x7eadbe0b

/* becomes 1: bpf_dynptr_from_skb() would take the skb of such a program; else 0 */
#define XCAP_MARK_DYNPTR 0x7eadbe13

/* become the kernel's ids of types */
#define XCAP_MARK_ID_SK_BUFF 0x7eadbe0c
#define XCAP_MARK_ID_PT_REGS 0x7eadbe0d

/* Numbers of calls, as if of helpers; they become calls of the kernel's functions by their ids.
 * Where the kernel has none they stay, in code that it never comes to. */
#define XCAP_CALL_RDONLY_CAST 0x7eadbe0e
#define XCAP_CALL_DYNPTR_SKB  0x7eadbe0f
#define XCAP_CALL_LOOP_NEW    0x7eadbe10
#define XCAP_CALL_LOOP_NEXT   0x7eadbe11
#define XCAP_CALL_LOOP_END    0x7eadbe12

/* Cookies of programs that serve many probes: who was hit, and which arguments it takes. */
#define XCAP_COOKIE_PROBE   0xffff
#define XCAP_COOKIE_SKB	    16 /* shift of the skb's argument number, from 0 */
#define XCAP_COOKIE_EXT	    20 /* the same of @N@M */
#define XCAP_COOKIE_ARG	    0xf
#define XCAP_COOKIE_ARGS    6 /* that they can tell apart */
#define XCAP_COOKIE_HAS_EXT (1ULL << 24)
#define XCAP_COOKIE_HAS_RET (1ULL << 25)
#define XCAP_COOKIE_SOCK    28 /* shift of a sock's argument number, from 1; 0: there is none */
#define XCAP_COOKIE_FLOW    32 /* the same of a flow */
#define XCAP_COOKIE_DROP    36 /* the value of XCAP_MARK_DROP, and of XCAP_MARK_GIVEN */
#define XCAP_COOKIE_GIVEN   38
#define XCAP_COOKIE_FEW	    0x3

/* Names that session/inject.c looks for in func_info. */
#define XCAP_FILTER_FUNC "xcap_filter"
#define XCAP_LOAD_FUNC	 "xcap_load"

#endif
