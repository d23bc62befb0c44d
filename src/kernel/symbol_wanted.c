/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol_wanted.c - see symbol_wanted.h. Functions with an skb are some 2,500, and no more than
 * 4,000 of 60,000 symbols begin like one of them.
 */
#include "kernel/symbol_wanted.h"

#include <endian.h>
#include <string.h>

static uint32_t number_of(const char *name)
{
	uint64_t words[2] = {};

	memcpy(words, name, strnlen(name, sizeof(words)));
	return symbol_wanted_number(le64toh(words[0]), le64toh(words[1]));
}

void symbol_wanted_add(struct symbol_wanted *wanted, const char *name)
{
	uint32_t number = number_of(name);

	wanted->bits[number / 8] |= 1u << number % 8;
}

bool symbol_wanted_has(const struct symbol_wanted *wanted, const char *name)
{
	return symbol_wanted_has_number(wanted, number_of(name));
}
