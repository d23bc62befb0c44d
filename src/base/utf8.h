/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * utf8.h - characters in text that others wrote: names of tasks, devices and namespaces, command
 * lines, expressions. Any of it may be no UTF-8, or change what a terminal shows.
 *
 * Used by the sinks that write such text into files.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The character that s, which ends with a NUL or is a whole number of characters, begins with, and
 * its bytes in *len (RFC 3629, section 4). 0 with *len 1 for a byte that begins none: overlong, a
 * surrogate, beyond U+10FFFF or cut off; and for NUL.
 */
uint32_t utf8_decode(const char *s, size_t *len);

/* It shows as itself: no control, no blank but U+0020, no change of direction. */
bool utf8_is_plain(uint32_t c);

bool utf8_is_valid(const char *s);

#endif
