/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbol_wanted.h - which names of symbols are asked for, as it can be told of each of 170,000 by
 * the beginning of its name.
 *
 * A set that says yes to every name that was put in, and to a few others.
 */
#ifndef KERNEL_SYMBOL_WANTED_H
#define KERNEL_SYMBOL_WANTED_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A name's number: its first 16 bytes, zeros behind its end, as two words a and b of the least byte
 * first; the upper bits of (a * SYMBOL_WANTED_FACTOR ^ b) * SYMBOL_WANTED_FACTOR.
 */
#define SYMBOL_WANTED_BITS   16
#define SYMBOL_WANTED_FACTOR 0x9e3779b97f4a7c15

struct symbol_wanted {
	uint8_t bits[(1 << SYMBOL_WANTED_BITS) / 8];
};

static inline uint32_t symbol_wanted_number(uint64_t a, uint64_t b)
{
	return ((a * SYMBOL_WANTED_FACTOR) ^ b) * SYMBOL_WANTED_FACTOR >> (64 - SYMBOL_WANTED_BITS);
}

static inline bool symbol_wanted_has_number(const struct symbol_wanted *wanted, uint32_t number)
{
	return wanted->bits[number / 8] >> number % 8 & 1;
}

void symbol_wanted_add(struct symbol_wanted *wanted, const char *name);
bool symbol_wanted_has(const struct symbol_wanted *wanted, const char *name);

#endif
