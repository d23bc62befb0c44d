/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ctext.h - a classic BPF program as a C function, for people to read and compilers to take.
 *
 * Called by `xcap filter --c`. The function has the meaning of libpcap's bpf_filter(): A and X of
 * 32 bits, offsets that do not wrap, loads beyond the packet and division by X = 0 are no match. It
 * compiles without a warning under -Wall -Wextra, needs <stdint.h> only, and reads no byte that it
 * has not checked for.
 */
#ifndef FILTER_CTEXT_H
#define FILTER_CTEXT_H

#include <stdio.h>

#include "base/err.h"
#include "filter/cbpf.h"

/*
 * `prog` has to be valid, as cbpf_compile() leaves it. ERR_USAGE where it asks for what is not in
 * the packet (inbound, outbound, ifindex). `expr` and `link_type` are for the comment on top.
 */
int ctext_print(const struct cbpf_prog *prog, const char *expr, const char *link_type, FILE *out,
		struct err *err);

/*
 * The two halves of it: be16() and be32(), and the function `name`, so that one file can hold many.
 * The second returns 0 or -ENOMEM.
 */
void ctext_print_helpers(FILE *out);
int ctext_print_function(const struct cbpf_prog *prog, const char *name, FILE *out);

#endif
