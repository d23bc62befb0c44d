/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ifmatch.c - interface globs compiled to the Shift-And automaton of struct xcap_if_match.
 *
 * Each token is handed to util_glob() for each of the 255 characters, so that a pattern means in
 * the kernel what it means everywhere else in xcap. The recurrence is written down in ifmatch.h.
 */
#include "plan/ifmatch.h"

#include <errno.h>
#include <string.h>

#include "base/util.h"

/* An interface name without its NUL, so the most tokens that can match one. */
#define TOKENS_MAX (XCAP_IFNAME - 1)

/* Length of the token at p: a character, '?', '*', or a set in brackets; 0 if that is malformed. */
static size_t token_len(const char *p)
{
	const char *q = p + 1;

	if (*p != '[')
		return 1;
	if (*q == '!' || *q == '^')
		q++;
	if (*q == ']') /* the first one stands for itself */
		q++;
	for (; *q && *q != ']'; q++)
		/* classes such as [:alpha:] are no part of our globs */
		if (*q == '[' && strchr(":.=", q[1]) && q[1])
			return 0;
	return *q ? (size_t)(q + 1 - p) : 0;
}

/* Set `bit` in accepts[c] for all c that the token takes; returns how many there are. */
static unsigned int take(struct xcap_if_match *match, const char *token, size_t len, uint64_t bit)
{
	char glob[64] = "";
	unsigned int n = 0;

	if (len >= sizeof(glob))
		return 0;
	memcpy(glob, token, len);
	for (unsigned int c = 1; c < 256; c++) {
		char s[2] = {(char)c, '\0'};

		if (!util_glob(glob, s))
			continue;
		match->accepts[c] |= bit;
		n++;
	}
	return n;
}

/* States that are taken: all up to the highest final one. */
static unsigned int used_states(const struct xcap_if_match *match)
{
	uint64_t all = 0;

	for (unsigned int i = 0; i < XCAP_IF_PATTERNS; i++)
		all |= match->final[i];
	return all ? 64 - (unsigned int)__builtin_clzll(all) : 0;
}

/* Compile into `match` from state `state` on; *last is the pattern's final state. */
static int compile(struct xcap_if_match *match, unsigned int state, const char *pattern,
		   unsigned int *last, struct err *err)
{
	unsigned int n_tokens = 0;
	size_t len;
	int code;

	match->start |= 1ull << state;
	for (const char *p = pattern; *p; p += len) {
		len = token_len(p);
		if (*p == '*') {
			match->loops |= 1ull << state;
			continue;
		}
		if (!len || len > 63) {
			code = err_set(err, ERR_USAGE,
				       "the interface pattern '%.200s' is malformed", pattern);
			err_hint(err, "'[' starts a set such as [a-z] or [!0-9] and needs its ']'");
			return code;
		}
		if (++n_tokens > TOKENS_MAX)
			return err_set(err, ERR_USAGE,
				       "no interface can match '%.200s': names have at most %d "
				       "characters",
				       pattern, TOKENS_MAX);
		if (state + 1 >= XCAP_IF_STATES)
			return err_set(err, ERR_USAGE,
				       "the patterns of -i are too long together: at most %d "
				       "characters, one more for each pattern",
				       XCAP_IF_STATES);
		if (!take(match, p, len, 1ull << state))
			return err_set(err, ERR_USAGE,
				       "no interface can match '%.200s': '%.*s' takes no character",
				       pattern, (int)len, p);
		state++;
	}
	*last = state;
	return 0;
}

int ifmatch_add(struct xcap_if_match *match, unsigned int index, const char *pattern,
		uint32_t netns, struct err *err)
{
	unsigned int state = used_states(match), last = state;
	struct xcap_if_match next = *match;
	int code;

	if (index >= XCAP_IF_PATTERNS)
		return err_set(err, ERR_USAGE, "too many -i: at most %d", XCAP_IF_PATTERNS);
	if (!*pattern)
		return err_set(err, ERR_USAGE, "-i with an empty name");
	if (state >= XCAP_IF_STATES)
		return err_set(err, ERR_USAGE,
			       "the patterns of -i are too long together: no room for "
			       "'%.200s'",
			       pattern);
	code = compile(&next, state, pattern, &last, err);
	if (code)
		return code;
	next.final[index] = 1ull << last;
	next.netns[index] = netns;
	*match = next;
	return 0;
}

bool ifmatch_run(const struct xcap_if_match *match, unsigned int n_patterns, const char *name,
		 uint32_t netns)
{
	uint64_t s = match->start;

	for (unsigned int i = 0; i < XCAP_IFNAME && name[i]; i++)
		s = ((s & match->accepts[(uint8_t)name[i]]) << 1) | (s & match->loops);
	for (unsigned int k = 0; k < n_patterns; k++)
		if ((s & match->final[k]) && (!match->netns[k] || match->netns[k] == netns))
			return true;
	return false;
}
