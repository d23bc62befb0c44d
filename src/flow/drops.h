/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drops.h - what the kernel frees as a drop: how netfilter's came about, which are drops at all.
 *
 * kfree_skb is hit for every packet that ends otherwise than as a packet that has served, and the
 * kernel frees that way, too, what nobody misses: see drops_benign(). The pipeline asks
 * drops_take() for each record of `xcap drop`; the command prints the rest at the end.
 */
#ifndef FLOW_DROPS_H
#define FLOW_DROPS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "record/record.h"

struct drops;

struct drops_config {
	bool all;     /* show what is benign, too */
	bool explain; /* note the reasons, for drops_print_advice() */
};

struct drops *drops_new(const struct drops_config *config); /* NULL and errno */
void drops_free(struct drops *drops);			    /* takes NULL */

/* What the stack of a drop tells goes into the record: netfilter's path, and a place that says
 * more than that something was freed. Any record, with or without a stack. */
void drops_complete(struct record *record);

/* Why a drop is none that anybody misses ("echo replies without a ping socket"); NULL: it is one.
 * Static. */
const char *drops_benign(const struct record *record);

/* Is this one to be shown? What is not is counted. */
bool drops_take(struct drops *drops, const struct record *record);

/* "not shown: ...", one line, nothing where there is nothing. */
void drops_print_hidden(const struct drops *drops, FILE *out);

/* --explain: a paragraph for each reason that was shown. */
void drops_print_advice(const struct drops *drops, FILE *out);

#endif
