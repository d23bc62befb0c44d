/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * module.c - the lists of loaded and of installed modules, read when an error asks for them.
 */
#include "kernel/module.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/util.h"
#include "kernel/kroot.h"

/* Does `text` start with the module's name, followed by one of `ends`? */
static bool starts_with(const char *text, const char *name, const char *ends)
{
	for (; *name; name++, text++)
		if (*text != *name && !(strchr("-_", *text) && strchr("-_", *name) && *text))
			return false;
	return *text && strchr(ends, *text);
}

char *module_read_loaded(void)
{
	char path[PATH_MAX];

	return util_read_file(kroot_path(path, sizeof(path), "/proc/modules"), NULL);
}

bool module_is_among(const char *loaded, const char *name)
{
	bool found = false;

	for (const char *line = loaded; line && *line && !found; line = strchr(line, '\n')) {
		line += *line == '\n';
		found = starts_with(line, name, " ");
	}
	return found;
}

bool module_is_loaded(const char *name)
{
	char *loaded = module_read_loaded();
	bool found = module_is_among(loaded, name);

	free(loaded);
	return found;
}

/* Lines are "kernel/net/netfilter/nf_conntrack.ko.xz: kernel/lib/..." */
static bool has_file(const char *dep, const char *name)
{
	for (const char *line = dep; line && *line; line = strchr(line, '\n')) {
		const char *end, *file;

		line += *line == '\n';
		end = line + strcspn(line, ":\n");
		for (file = end; file > line && file[-1] != '/';)
			file--;
		if (starts_with(file, name, ".") && strncmp(file + strlen(name), ".ko", 3) == 0)
			return true;
	}
	return false;
}

bool module_is_installed(const char *name)
{
	char path[PATH_MAX], file[256], *text;
	struct utsname os;
	bool found;

	if (uname(&os))
		return false;
	snprintf(file, sizeof(file), "/lib/modules/%s/modules.dep", os.release);
	text = util_read_file(kroot_path(path, sizeof(path), file), NULL);
	found = has_file(text, name);
	free(text);
	return found;
}
