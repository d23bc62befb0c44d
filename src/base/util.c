/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * util.c - files, numbers, names.
 */
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *util_read_file(const char *path, size_t *len)
{
	size_t used = 0, cap = 4096;
	char *data = malloc(cap), *bigger;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	while (data && fd >= 0) {
		if (cap - used < 2) {
			bigger = realloc(data, cap *= 2);
			if (!bigger)
				break;
			data = bigger;
		}
		n = read(fd, data + used, cap - used - 1);
		if (n <= 0)
			break;
		used += n;
	}
	if (!data || fd < 0 || n != 0) {
		int saved = errno;

		free(data);
		if (fd >= 0)
			close(fd);
		errno = saved ? saved : EIO;
		return NULL;
	}
	close(fd);
	data[used] = '\0';
	if (len)
		*len = used;
	return data;
}

/* Levenshtein distance, given up (returns limit + 1) when it exceeds `limit`. */
static size_t distance(const char *a, const char *b, size_t limit)
{
	size_t row[128], la = strlen(a), lb = strlen(b);

	if (lb >= UTIL_ARRAY_SIZE(row) || (la > lb ? la - lb : lb - la) > limit)
		return limit + 1;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0], best;

		best = row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);
			size_t shift = UTIL_MIN(row[j], row[j - 1]) + 1;

			diagonal = row[j];
			row[j] = UTIL_MIN(change, shift);
			best = UTIL_MIN(best, row[j]);
		}
		if (best > limit)
			return limit + 1;
	}
	return row[lb];
}

size_t util_near_names(const char *word, const char *const *names, size_t n_names, size_t *found,
		       size_t max)
{
	size_t scores[16], limit = strlen(word) / 3 + 1, n = 0;

	max = UTIL_MIN(max, UTIL_ARRAY_SIZE(scores));
	for (size_t i = 0; i < n_names; i++) {
		size_t d = distance(word, names[i], limit), at;

		if (d > limit)
			continue;
		for (at = n; at > 0 && scores[at - 1] > d; at--)
			if (at < max) {
				scores[at] = scores[at - 1];
				found[at] = found[at - 1];
			}
		if (at >= max)
			continue;
		scores[at] = d;
		found[at] = i;
		n += n < max;
	}
	return n;
}

int util_parse_u64(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
	const char *digits = hex ? "0123456789abcdefABCDEF" : "0123456789";
	size_t skip = hex ? 2 : 0;
	unsigned long long value;

	if (!s[skip] || strspn(s + skip, digits) != strlen(s + skip))
		return -EINVAL;
	errno = 0;
	value = strtoull(s, NULL, hex ? 16 : 10);
	if (errno || value < min || value > max)
		return -ERANGE;
	*out = value;
	return 0;
}

/* What fnmatch(3) treats specially. */
#define GLOB "*?["

/* Does the text between the star that the pattern begins with and its next special one occur? */
static bool has_part(const char *pattern, const char *s)
{
	size_t len = strcspn(++pattern, GLOB);

	return memmem(s, strlen(s), pattern, len) != NULL;
}

bool util_glob(const char *pattern, const char *s)
{
	/* fnmatch(3) is slow, and asked for thousands of names that it has not to see */
	for (; *pattern != '*' && *pattern != '?' && *pattern != '['; pattern++, s++) {
		if (*pattern != *s)
			return false;
		if (!*pattern)
			return true;
	}
	if (*pattern == '*' && (!pattern[1] || !has_part(pattern, s)))
		return !pattern[1];
	return fnmatch(pattern, s, FNM_NOESCAPE) == 0;
}

bool util_is_glob(const char *s)
{
	return strpbrk(s, GLOB) != NULL;
}
