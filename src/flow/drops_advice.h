/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drops_advice.h - --explain: what a drop reason means, and the command to look further.
 */
#ifndef FLOW_DROPS_ADVICE_H
#define FLOW_DROPS_ADVICE_H

#include <stdio.h>

/* "NO_SOCKET: nobody listens on that port; ss -ltnup lists who does", one line. reason "": the
 * kernel gave none. For a reason that is not in the table, the place is what there is. */
void drops_advice_print(const char *reason, FILE *out);

#endif
