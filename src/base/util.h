/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * util.h - the few helpers that every layer needs.
 */
#ifndef BASE_UTIL_H
#define BASE_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define UTIL_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define UTIL_MIN(a, b)	   ((a) < (b) ? (a) : (b))
#define UTIL_MAX(a, b)	   ((a) > (b) ? (a) : (b))

/*
 * Read a whole file (procfs and sysfs too, whose size is not known). Returns a NUL-terminated
 * buffer owned by the caller and its length in *len (may be NULL), or NULL and errno.
 */
char *util_read_file(const char *path, size_t *len);

/*
 * The `max` entries of `names` nearest to `word` by edit distance, nearest first, none farther than
 * a third of its length. Writes indexes to `found`, returns how many.
 */
size_t util_near_names(const char *word, const char *const *names, size_t n_names, size_t *found,
		       size_t max);

/*
 * An unsigned number in decimal (or hexadecimal with 0x) that fills the whole of s, within
 * [min, max]. Returns 0, -EINVAL (not a number) or -ERANGE.
 */
int util_parse_u64(const char *s, uint64_t min, uint64_t max, uint64_t *out);

/* Shell-style glob match of the whole of s: '*', '?', '[a-z]', '[!a-z]'; no escapes. */
bool util_glob(const char *pattern, const char *s);

/* s into out, cut off where it does not fit; what snprintf("%s") does, in a tenth of its time.
 * Returns how many characters there are. */
static inline size_t util_copy(char *out, size_t size, const char *s)
{
	size_t len = strnlen(s, size - 1);

	memcpy(out, s, len);
	out[len] = '\0';
	return len;
}

/* A word where no alignment is known; what comes behind it. */
static inline char *util_put_u32(char *to, uint32_t value)
{
	memcpy(to, &value, sizeof(value));
	return to + sizeof(value);
}

/* True if s has a character that util_glob() treats specially. */
bool util_is_glob(const char *s);

#endif
