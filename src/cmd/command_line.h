/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command_line.h - which command a command line names, and the line as one string.
 *
 * The first word is a command only if it is exactly a command's name; anything else belongs to a
 * capture (`xcap tcp port 80`). An expression that is a command's name comes after "--" or "skb".
 */
#ifndef CMD_COMMAND_LINE_H
#define CMD_COMMAND_LINE_H

#include "base/buf.h"
#include "cmd/opts.h"

/*
 * The command for argv, out of a NULL-terminated table whose `fallback` takes what names none;
 * *first is the index of the first word that belongs to it. `xcap` alone and `xcap --help` are
 * `help`.
 */
const struct cmd *command_line_select(const struct cmd *const *table, const struct cmd *fallback,
				      const struct cmd *help, int argc, char **argv, int *first);

/* Name of the command that `words` may have meant by its first word; NULL none. */
const char *command_line_near(const struct cmd *const *table, const char *words);

/* Append the command line to out, words in single quotes where a shell would need them. */
void command_line_quote(struct buf *out, int argc, char **argv);

#endif
