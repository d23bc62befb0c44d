/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * spec_kind.c - the words before the first colon of a probe.
 *
 * Used by the parser, by the resolver (to write a probe down again) and by `xcap list`.
 */
#include "plan/spec_kind.h"

#include <string.h>

#include "base/buf.h"
#include "base/util.h"

static const struct spec_kind_info kinds[] = {
	{"kprobe", "k", SPEC_KPROBE, false, false},
	{"kretprobe", "kr", SPEC_KRETPROBE, false, true},
	{"fentry", "f", SPEC_FENTRY, false, false},
	{"fexit", "fr", SPEC_FEXIT, false, true},
	{"kprobe-multi", "km", SPEC_KPROBE_MULTI, false, false},
	{"tracepoint", "tp", SPEC_TRACEPOINT, true, false},
	{"raw_tp", "rtp", SPEC_RAW_TP, true, false},
	{"tp_btf", NULL, SPEC_TP_BTF, true, false},
};

/* Kinds of other tools and of later versions: never taken for a category or a module. */
static const char *const unknown_kinds[] = {
	"uprobe", "uretprobe", "kfunc", "prog", "xdp", "tc",
};

static bool is_word(const char *name, const char *word, size_t len)
{
	return name && strlen(name) == len && strncmp(name, word, len) == 0;
}

const struct spec_kind_info *spec_kind_find(const char *word, size_t len)
{
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(kinds); i++)
		if (is_word(kinds[i].name, word, len) || is_word(kinds[i].alias, word, len))
			return &kinds[i];
	return NULL;
}

const struct spec_kind_info *spec_kind_describe(enum spec_kind kind)
{
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(kinds); i++)
		if (kinds[i].kind == kind)
			return &kinds[i];
	return NULL;
}

bool spec_kind_is_foreign(const char *word, size_t len)
{
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(unknown_kinds); i++)
		if (is_word(unknown_kinds[i], word, len))
			return true;
	return false;
}

const char *spec_kind_name(enum spec_kind kind)
{
	const struct spec_kind_info *info = spec_kind_describe(kind);

	return info ? info->name : "";
}

const char *spec_kind_near(const char *word)
{
	const char *names[UTIL_ARRAY_SIZE(kinds)];
	size_t found;

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(kinds); i++)
		names[i] = kinds[i].name;
	return util_near_names(word, names, UTIL_ARRAY_SIZE(names), &found, 1) ? names[found]
									       : NULL;
}

void spec_kind_list(struct buf *out)
{
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(kinds); i++) {
		buf_add_fmt(out, "%s%s", i ? ", " : "", kinds[i].name);
		if (kinds[i].alias)
			buf_add_fmt(out, " (%s)", kinds[i].alias);
	}
}
