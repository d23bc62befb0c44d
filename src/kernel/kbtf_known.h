/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_known.h - the types that xcap itself asks for by name, found in the one walk by which a
 * kernel's types are read.
 *
 * To look for a name takes as long as to read them all. Whoever asks gets the same answer for a
 * name that is not in the table, by kbtf_index.h.
 */
#ifndef KERNEL_KBTF_KNOWN_H
#define KERNEL_KBTF_KNOWN_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define KBTF_KNOWN_MAX	 64
#define KBTF_KNOWN_BITS	 10
#define KBTF_KNOWN_BEGIN 6 /* letters that each name of the table has, and is told by */

struct kbtf_data;

/* What was found, by place in the table. */
struct kbtf_known {
	uint32_t kinds;			     /* BTF_KIND_* that the table has names of, as bits */
	uint32_t ids[KBTF_KNOWN_MAX];	     /* 0: there is none */
	uint8_t first[1 << KBTF_KNOWN_BITS]; /* by how names begin: place + 1 in the table; 0: none
					      */
	uint8_t next[KBTF_KNOWN_MAX];
};

void kbtf_known_init(struct kbtf_known *known);

/* Where names are looked for that begin with these eight bytes; of the last two nothing is taken.
 */
static inline uint32_t kbtf_known_bucket(const char *begin)
{
	uint64_t word;

	memcpy(&word, begin, sizeof(word));
	word = le64toh(word) << 8 * (sizeof(word) - KBTF_KNOWN_BEGIN);
	return word * 0x9e3779b97f4a7c15 >> (64 - KBTF_KNOWN_BITS);
}

/* Could there be a name in the table that begins with these eight bytes? */
static inline bool kbtf_known_begins(const struct kbtf_known *known, const char *begin)
{
	return known->first[kbtf_known_bucket(begin)];
}

/* Note the type `id` if it is the first of a kind and name of the table. */
void kbtf_known_note(struct kbtf_known *known, uint32_t kind, const char *name, uint32_t id);

/* The first of that kind and name among the own types of `data`; 0: none. */
uint32_t kbtf_known_find(const struct kbtf_data *data, uint32_t kind, const char *name);

#endif
