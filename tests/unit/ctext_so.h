/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ctext_so.h - C text of many filters, compiled by the C compiler and loaded, for test_ctext.c.
 *
 * ctext_so_begin(), ctext_so_add() for each program, ctext_so_load(), ctext_so_match() as often as
 * wanted, ctext_so_end(). All go into one translation unit, under -Wall -Wextra -Werror. What fails
 * fails the test. Under AddressSanitizer the filters are compiled with it too.
 */
#ifndef UNIT_CTEXT_SO_H
#define UNIT_CTEXT_SO_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "filter/cbpf.h"

struct ctext_so {
	char folder[32];
	FILE *source;
	void *handle;
	uint32_t n;
	int (*const *functions)(const uint8_t *packet, uint32_t caplen, uint32_t len);
};

void ctext_so_begin(struct ctext_so *so);
void ctext_so_add(struct ctext_so *so, const struct cbpf_prog *prog);
void ctext_so_load(struct ctext_so *so);
bool ctext_so_match(const struct ctext_so *so, uint32_t i, const uint8_t *packet, uint32_t caplen,
		    uint32_t len);
void ctext_so_end(struct ctext_so *so);

/* Does the C compiler take the file, without a warning? */
bool ctext_so_compiles(const char *path);

#endif
