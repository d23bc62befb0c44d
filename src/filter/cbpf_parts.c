/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf_parts.c - cutting an expression at its connectives (see cbpf_parts.h).
 *
 * Only parts that begin with a word of the link layer are kept: others could hold names that would
 * be looked up in the DNS again, and can match anywhere.
 */
#include "filter/cbpf_parts.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/util.h"

static const char *const link_words[] = {
	"aarp",	   "arp",      "atalk",	 "broadcast", "decnet",	   "ether", "inbound", "ipx",
	"iso",	   "lat",      "link",	 "llc",	      "mopdl",	   "moprc", "mpls",    "rarp",
	"netbeui", "outbound", "pppoed", "pppoes",    "multicast", "stp",   "vlan",
};

static const char *const connectives[] = {"and", "or", "not"};

static bool is_one_of(const char *const *words, size_t n, const char *text, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(words[i]) == len && strncmp(words[i], text, len) == 0)
			return true;
	return false;
}

static size_t word_len(const char *text)
{
	size_t len = 0;

	while (isalnum((unsigned char)text[len]) || text[len] == '_' || text[len] == '-')
		len++;
	return len;
}

/* The length of a connective or parenthesis here, else 0. */
static size_t cut_len(const char *at)
{
	size_t len = word_len(at);

	if (len)
		return is_one_of(connectives, UTIL_ARRAY_SIZE(connectives), at, len) ? len : 0;
	if (*at == '(' || *at == ')' || (*at == '!' && at[1] != '='))
		return 1;
	return strncmp(at, "&&", 2) == 0 || strncmp(at, "||", 2) == 0 ? 2 : 0;
}

/* Where the part that begins here ends. What stands in brackets is one. */
static const char *end_of(const char *at)
{
	int depth = 0;

	while (*at && (depth || !cut_len(at))) {
		size_t len = word_len(at);

		depth += *at == '[' ? 1 : *at == ']' ? -1 : 0;
		at += len ? len : 1;
	}
	return at;
}

size_t cbpf_parts_find(const char *expr, struct cbpf_part *parts, size_t max)
{
	const char *at = expr;
	size_t n = 0;

	while (*at && n < max) {
		const char *end;

		if (isspace((unsigned char)*at) || cut_len(at)) {
			at += cut_len(at) ? cut_len(at) : 1;
			continue;
		}
		end = end_of(at);
		if (is_one_of(link_words, UTIL_ARRAY_SIZE(link_words), at, word_len(at))) {
			size_t len = (size_t)(end - at);

			while (len && isspace((unsigned char)at[len - 1]))
				len--;
			parts[n++] = (struct cbpf_part){at, len};
		}
		at = end;
	}
	return n;
}
