/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf_print.h - a classic BPF program in the three forms that tcpdump prints.
 *
 * Called by `xcap filter`. The bytes are those of `tcpdump -d`, `-dd` and `-ddd`: scripts that read
 * one read the other.
 */
#ifndef FILTER_CBPF_PRINT_H
#define FILTER_CBPF_PRINT_H

#include <stdio.h>

#include "filter/cbpf.h"

enum cbpf_form {
	CBPF_FORM_TEXT = 1, /* -d: one mnemonic a line */
	CBPF_FORM_C,	    /* -dd: initialisers of struct sock_filter */
	CBPF_FORM_DECIMAL,  /* -ddd: the number of instructions, then four numbers a line */
};

void cbpf_print(const struct cbpf_prog *prog, enum cbpf_form form, FILE *out);

#endif
