/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter_file.c - reading the expression of -F (see filter_file.h).
 */
#include "cmd/filter_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Comments and line ends become blanks; blanks at the end go. */
static void make_line(char *text, size_t len)
{
	bool comment = false;

	for (size_t i = 0; i < len; i++) {
		comment = text[i] != '\n' && (comment || text[i] == '#');
		if (comment || strchr("\n\r\t\v\f", text[i]))
			text[i] = ' ';
	}
	while (len && text[len - 1] == ' ')
		len--;
	text[len] = '\0';
	memmove(text, text + strspn(text, " "), strlen(text + strspn(text, " ")) + 1);
}

static int read_text(FILE *file, const char *path, char *text, struct err *err)
{
	size_t len = fread(text, 1, FILTER_FILE_MAX + 1, file);

	if (ferror(file))
		return err_errno(err, ERR_FAILED, errno, "cannot read the filter file '%.200s'",
				 path);
	if (len > FILTER_FILE_MAX)
		return err_set(err, ERR_USAGE, "the filter file '%.200s' is longer than %d bytes",
			       path, FILTER_FILE_MAX);
	if (memchr(text, '\0', len)) {
		err_set(err, ERR_USAGE, "the filter file '%.200s' is no text", path);
		err_hint(err, "-F takes a file with an expression; a capture is read by 'xcap "
			      "filter -r FILE EXPRESSION'");
		return err->code;
	}
	make_line(text, len);
	return 0;
}

int filter_file_read(const char *path, char **expr, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	int rc;

	*expr = NULL;
	if (!file)
		return err_errno(err, ERR_FAILED, errno, "cannot read the filter file '%.200s'",
				 path);
	*expr = malloc(FILTER_FILE_MAX + 2);
	rc = *expr ? read_text(file, path, *expr, err)
		   : err_errno(err, ERR_FAILED, ENOMEM, "cannot read the filter file '%.200s'",
			       path);
	if (!is_stdin)
		fclose(file);
	if (rc) {
		free(*expr);
		*expr = NULL;
	}
	return rc;
}
