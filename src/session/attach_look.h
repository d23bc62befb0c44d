/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attach_look.h - a look at what a function begins with, to find those that cannot be traced.
 */
#ifndef SESSION_ATTACH_LOOK_H
#define SESSION_ATTACH_LOOK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Each of the addresses, one at least, becomes 1, or 0 where it is likely that nothing can be hung
 * there. False: nothing can be said; what the addresses have become is of no use then.
 */
bool attach_look(uint64_t *addresses, uint32_t n);

#endif
