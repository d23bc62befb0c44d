/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd.h - the commands. Each row is defined next to its code; main.c walks the table.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "cmd/opts.h"

extern const struct cmd cmd_skb;
extern const struct cmd cmd_drop;
extern const struct cmd cmd_trace;
extern const struct cmd cmd_list;
extern const struct cmd cmd_check;
extern const struct cmd cmd_filter;
extern const struct cmd cmd_version;
extern const struct cmd cmd_help;

/* NULL-terminated, in the order of --help; and the one of that name, or NULL. */
const struct cmd *const *cmd_table(void);
const struct cmd *cmd_find(const char *name);

#endif
