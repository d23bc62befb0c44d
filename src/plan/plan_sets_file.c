/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_sets_file.c - the reader of ~/.config/xcap/probes.
 *
 * Each member is checked where it stands, so that the error names the line. Whether this kernel has
 * what it names is asked when the set is used.
 */
#include "plan/plan_sets_file.h"

#include <ctype.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "plan/spec.h"

/* What the reading works on. */
struct reading {
	struct plan_sets_file *file;
	uint32_t line;
	struct err *err;
};

/* Under sudo it is the caller's, whose own the sets are. */
static const char *home(void)
{
	const char *caller = geteuid() ? NULL : getenv("SUDO_USER");
	const struct passwd *user = caller && *caller ? getpwnam(caller) : NULL;

	return user ? user->pw_dir : getenv("HOME");
}

/* "" if there is no such place. */
static void find_path(char *path, size_t size)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *folder = home();
	int n = 0;

	path[0] = '\0';
	if (config && *config)
		n = snprintf(path, size, "%s/xcap/probes", config);
	else if (folder && *folder)
		n = snprintf(path, size, "%s/.config/xcap/probes", folder);
	if (n < 0 || (size_t)n >= size)
		path[0] = '\0';
}

/* "PATH:LINE: " before what the error says. */
static int at_line(const struct reading *r, int code)
{
	char msg[sizeof(r->err->msg)];

	memcpy(msg, r->err->msg, sizeof(msg));
	snprintf(r->err->msg, sizeof(r->err->msg), "%.*s:%u: %.*s", 500, r->file->path, r->line,
		 200, msg);
	return code;
}

static char *trim(char *text)
{
	char *end;

	while (isspace((unsigned char)*text))
		text++;
	end = text + strlen(text);
	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	return text;
}

static int check_alternative(const struct reading *r, const char *text, bool alone)
{
	struct spec_list list = {0};
	int code = spec_parse(text, &list, r->err);

	if (code) {
		at_line(r, code);
	} else if (list.items[0].negated) {
		code = err_set(r->err, ERR_USAGE, "'%s' in a set: it only adds", text);
		err_hint(r->err, "take away where the set is used: -f '@SET,%s'", text);
		at_line(r, code);
	} else if (list.items[0].is_set && !alone) {
		code = err_set(r->err, ERR_USAGE, "'%s' is a set: it stands alone between commas",
			       text);
		at_line(r, code);
	}
	spec_free(&list);
	return code;
}

/* ">a|b" */
static int check_member(const struct reading *r, const char *member)
{
	bool goal = *member == '>', alone = !goal && !strchr(member, '|');
	char copy[512], *save = NULL, *text;
	int code = 0;

	if (strlen(member) >= sizeof(copy)) {
		code = err_set(r->err, ERR_USAGE, "a member of %zu characters, at most %zu",
			       strlen(member), sizeof(copy) - 1);
		return at_line(r, code);
	}
	snprintf(copy, sizeof(copy), "%s", member + goal);
	text = strtok_r(copy, "|", &save);
	if (!text)
		return at_line(r, err_set(r->err, ERR_USAGE, "'%s' without a probe", member));
	for (; text && !code; text = strtok_r(NULL, "|", &save))
		code = check_alternative(r, trim(text), alone);
	return code;
}

static int no_memory(const struct reading *r)
{
	return err_errno(r->err, ERR_FAILED, -ENOMEM, "cannot read '%s'", r->file->path);
}

/* The members of one line, to those of the last set. */
static int add_members(const struct reading *r, char *text)
{
	struct plan_sets_own *own = &r->file->list[r->file->n - 1];
	char *save = NULL, *member, *joined;
	int code;

	for (member = strtok_r(text, ",", &save); member; member = strtok_r(NULL, ",", &save)) {
		member = trim(member);
		if (!*member)
			continue;
		code = check_member(r, member);
		if (code)
			return code;
		if (asprintf(&joined, "%s%s%s", own->members, *own->members ? "," : "", member) < 0)
			return no_memory(r);
		free(own->members);
		own->members = joined;
	}
	return 0;
}

static int check_name(const struct reading *r, const char *name)
{
	struct spec_list list = {0};
	char text[256];
	int code = 0;

	for (uint32_t i = 0; i < r->file->n && !code; i++)
		if (!strcmp(r->file->list[i].name, name))
			code = err_set(r->err, ERR_USAGE, "the set '%s' begins in line %u already",
				       name, r->file->list[i].line);
	if (!code && strlen(name) + 2 > sizeof(text))
		code = err_set(r->err, ERR_USAGE, "the name of a set has at most %zu characters",
			       sizeof(((struct spec *)0)->name) - 1);
	if (!code) {
		/* as it will stand after -f */
		snprintf(text, sizeof(text), "@%s", name);
		code = spec_parse(text, &list, r->err);
		spec_free(&list);
	}
	return code ? at_line(r, code) : 0;
}

static int begin_set(const struct reading *r, const char *name)
{
	struct plan_sets_file *file = r->file;
	struct plan_sets_own *list;
	int code = check_name(r, name);

	if (code)
		return code;
	list = reallocarray(file->list, file->n + 1, sizeof(*list));
	if (!list)
		return no_memory(r);
	file->list = list;
	list[file->n++] = (struct plan_sets_own){
		.name = strdup(name), .members = strdup(""), .line = r->line};
	return list[file->n - 1].name && list[file->n - 1].members ? 0 : no_memory(r);
}

static int read_line(const struct reading *r, char *line)
{
	char *comment = strchr(line, '#'), *equals;
	int code;

	if (comment)
		*comment = '\0';
	line = trim(line);
	equals = strchr(line, '=');
	if (equals) {
		*equals = '\0';
		code = begin_set(r, trim(line));
		return code ? code : add_members(r, equals + 1);
	}
	if (!*line)
		return 0;
	if (r->file->n)
		return add_members(r, line);
	code = err_set(r->err, ERR_USAGE, "'%.100s' belongs to no set", line);
	err_hint(r->err, "a set is 'NAME = SPEC, SPEC, ...'");
	return at_line(r, code);
}

static int check_filled(struct reading *r)
{
	for (uint32_t i = 0; i < r->file->n; i++) {
		if (*r->file->list[i].members)
			continue;
		r->line = r->file->list[i].line;
		return at_line(r, err_set(r->err, ERR_USAGE, "the set '%s' is empty",
					  r->file->list[i].name));
	}
	return 0;
}

static int read_text(struct reading *r, char *text)
{
	int code = 0;

	for (char *end; text && !code; text = end) {
		end = strchr(text, '\n');
		if (end)
			*end++ = '\0';
		r->line++;
		code = read_line(r, text);
	}
	return code ? code : check_filled(r);
}

int plan_sets_file_read(struct plan_sets_file *file, struct err *err)
{
	struct reading r = {.file = file, .err = err};
	size_t len = 0;
	char *text;
	int code;

	memset(file, 0, sizeof(*file));
	find_path(file->path, sizeof(file->path));
	text = *file->path ? util_read_file(file->path, &len) : NULL;
	if (!text)
		return !*file->path || errno == ENOENT || errno == ENOTDIR
			       ? 0
			       : err_errno(err, ERR_FAILED, errno,
					   "cannot read the sets of probes in '%s'", file->path);
	if (len > PLAN_SETS_FILE_MAX || strlen(text) != len)
		code = err_set(err, ERR_USAGE, "'%s' is no file of probe sets: %s", file->path,
			       len > PLAN_SETS_FILE_MAX ? "it is too large" : "it has zero bytes");
	else
		code = read_text(&r, text);
	free(text);
	return code;
}

void plan_sets_file_free(struct plan_sets_file *file)
{
	for (uint32_t i = 0; i < file->n; i++) {
		free(file->list[i].name);
		free(file->list[i].members);
	}
	free(file->list);
	memset(file, 0, sizeof(*file));
}
