/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd.c - all commands, in the order of --help.
 */
#include "cmd/cmd.h"

#include <string.h>

const struct cmd *const *cmd_table(void)
{
	static const struct cmd *const table[] = {
		&cmd_skb,    &cmd_drop, &cmd_trace,   &cmd_list, &cmd_check,
		&cmd_filter, &cmd_help, &cmd_version, NULL,
	};

	return table;
}

const struct cmd *cmd_find(const char *name)
{
	for (const struct cmd *const *cmd = cmd_table(); *cmd; cmd++)
		if (strcmp((*cmd)->name, name) == 0)
			return *cmd;
	return NULL;
}
