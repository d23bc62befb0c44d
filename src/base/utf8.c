/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * utf8.c - UTF-8 of unknown origin, character by character.
 */
#include "base/utf8.h"

uint32_t utf8_decode(const char *text, size_t *len)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *s = (const unsigned char *)text;
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	uint32_t c = n == 1 ? s[0] : s[0] & (0xff >> (n + 1));
	size_t i;

	*len = 1;
	if (n == 0 || s[0] > 0xf4)
		return 0;
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n] || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff)
		return 0;
	*len = n;
	return c;
}

bool utf8_is_plain(uint32_t c)
{
	if (c < 0x7f)
		return c >= ' ';
	/* C1 controls and no-break space; general punctuation has blanks and bidi controls */
	return c > 0xa0 && c != 0x1680 && !(c >= 0x2000 && c <= 0x206f) && c != 0x3000 &&
	       c != 0xfeff;
}

bool utf8_is_valid(const char *s)
{
	size_t len;

	for (; *s; s += len)
		if (!utf8_decode(s, &len))
			return false;
	return true;
}
