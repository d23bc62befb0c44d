/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command_line.c - finding the command, quoting the line.
 */
#include "cmd/command_line.h"

#include <string.h>

#include "base/util.h"

const struct cmd *command_line_select(const struct cmd *const *table, const struct cmd *fallback,
				      const struct cmd *help, int argc, char **argv, int *first)
{
	const char *word = argc > 1 ? argv[1] : "--help";

	*first = UTIL_MIN(argc, 2);
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return help;
	for (size_t i = 0; table[i]; i++)
		if (strcmp(table[i]->name, word) == 0)
			return table[i];
	*first = 1;
	return fallback;
}

const char *command_line_near(const struct cmd *const *table, const char *words)
{
	const char *names[16];
	char word[32];
	size_t n = 0, found;

	snprintf(word, sizeof(word), "%.*s", (int)strcspn(words, " "), words);
	for (; table[n] && n < UTIL_ARRAY_SIZE(names); n++)
		names[n] = table[n]->name;
	return util_near_names(word, names, n, &found, 1) ? names[found] : NULL;
}

/* Characters that mean nothing to a shell. */
static bool is_plain(const char *word)
{
	return *word &&
	       strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			    "_-+=./,:@%^") == strlen(word);
}

void command_line_quote(struct buf *out, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (i)
			buf_add_char(out, ' ');
		if (is_plain(argv[i])) {
			buf_add_str(out, argv[i]);
			continue;
		}
		buf_add_char(out, '\'');
		for (const char *c = argv[i]; *c; c++) {
			if (*c == '\'')
				buf_add_str(out, "'\\''");
			else
				buf_add_char(out, *c);
		}
		buf_add_char(out, '\'');
	}
}
