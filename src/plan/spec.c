/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * spec.c - the parser of -f.
 *
 * An item is checked from the coarse to the fine: blanks and globs first, because they tell that
 * the user means something else, then the argument number, the kind, and each name character by
 * character. Every fault carries its offset, so that the error can show a caret.
 */
#include "plan/spec.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/util.h"

/* MAX_BPF_FUNC_ARGS: what a tracing program can reach (include/linux/bpf.h). */
#define ARG_MAX_NUMBER 12

/* Characters of a text that is shown whole under an error; a longer one is shown from its item on.
 */
#define SHOWN_MAX 200

static const struct kind {
	const char *name, *alias;
	enum spec_kind kind;
	bool tracepoint;
} kinds[] = {
	{"kprobe", "k", SPEC_KPROBE, false},
	{"fentry", "f", SPEC_FENTRY, false},
	{"tracepoint", "tp", SPEC_TRACEPOINT, true},
	{"raw_tp", "rtp", SPEC_RAW_TP, true},
	{"tp_btf", NULL, SPEC_TP_BTF, true},
	{"kprobe-multi", "km", SPEC_KPROBE_MULTI, false},
	{"kretprobe", "kr", SPEC_KRETPROBE, false},
	{"fexit", "fr", SPEC_FEXIT, false},
};

/* Kinds of other tools and of later versions: never taken for a category or a module. */
static const char *const unknown_kinds[] = {
	"uprobe", "uretprobe", "kfunc", "prog", "xdp", "tc",
};

/* Part of the text that -f got. */
struct span {
	const char *at;
	size_t len;
};

/* The item being parsed, and what errors need. */
struct item {
	const char *text; /* all of -f */
	struct span span; /* the item in it, without the blanks around it */
	struct err *err;
};

/* Show the text with a caret under `at`; returns code, for `return fault(...)`. */
static int fault(const struct item *item, const char *at, int code)
{
	const char *shown = strlen(item->text) <= SHOWN_MAX ? item->text : item->span.at;
	char cut[SHOWN_MAX + 1];

	if (at - shown > SHOWN_MAX)
		shown = at;
	snprintf(cut, sizeof(cut), "%s", shown);
	err_at(item->err, cut, (int)(at - shown));
	return code;
}

static const struct kind *find_kind(struct span word)
{
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(kinds); i++) {
		const char *names[] = {kinds[i].name, kinds[i].alias};

		for (size_t j = 0; j < UTIL_ARRAY_SIZE(names); j++)
			if (names[j] && strlen(names[j]) == word.len &&
			    !strncmp(names[j], word.at, word.len))
				return &kinds[i];
	}
	return NULL;
}

static bool is_unknown_kind(struct span word)
{
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(unknown_kinds); i++)
		if (strlen(unknown_kinds[i]) == word.len &&
		    !strncmp(unknown_kinds[i], word.at, word.len))
			return true;
	return false;
}

const char *spec_kind_name(enum spec_kind kind)
{
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].name;
	return "";
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

static int unknown_kind(const struct item *item, struct span word)
{
	struct buf list;
	char name[64];
	const char *near;
	int code;

	snprintf(name, sizeof(name), "%.*s", (int)word.len, word.at);
	near = spec_kind_near(name);
	buf_init(&list);
	if (near)
		buf_add_fmt(&list, "did you mean '%s'? ", near);
	buf_add_str(&list, "kinds are");
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(kinds); i++) {
		buf_add_fmt(&list, "%s %s", i ? "," : "", kinds[i].name);
		if (kinds[i].alias)
			buf_add_fmt(&list, " (%s)", kinds[i].alias);
	}
	code = err_set(item->err, ERR_USAGE, "unknown kind of probe '%s'", name);
	err_hint(item->err, "%s", buf_str(&list));
	buf_fini(&list);
	return fault(item, word.at, code);
}

/* The glob that the user wrote, without its kind and '!', for `xcap list`. */
static void hint_list(const struct item *item)
{
	const char *end = item->span.at + item->span.len, *at = end;

	while (at > item->span.at && at[-1] != ':' && at[-1] != '!')
		at--;
	err_hint(item->err, "xcap list '%.*s' shows what it stands for; name the probes one by one",
		 (int)(end - at), at);
}

/* What no item may have: blanks, globs, too many characters. */
static int check_whole(const struct item *item)
{
	const struct span *span = &item->span;
	struct err *err = item->err;
	int len = (int)span->len, code;
	size_t at;

	for (at = 0; at < span->len && !isspace((unsigned char)span->at[at]); at++)
		;
	if (at < span->len) {
		code = err_set(err, ERR_USAGE, "a blank inside the probe '%.*s'",
			       UTIL_MIN(len, 255), span->at);
		err_hint(err, "-f is the probe, -e the filter");
		return fault(item, span->at + at, code);
	}
	if (span->len >= sizeof(((struct spec *)0)->text)) {
		code = err_set(err, ERR_USAGE, "the probe is too long: %d characters, at most %zu",
			       len, sizeof(((struct spec *)0)->text) - 1);
		return fault(item, span->at, code);
	}
	at = strcspn(span->at, "*?[!");
	if (at < span->len) {
		code = err_set(err, ERR_USAGE,
			       "'%.*s': globs are not supported by -f in this version", len,
			       span->at);
		hint_list(item);
		return fault(item, span->at + at, code);
	}
	return 0;
}

/* "@N" at the end: `at` is the '@'. */
static int parse_argument(const struct item *item, const char *at, struct spec *spec)
{
	const char *digits = at + 1, *end = item->span.at + item->span.len;
	char number[16];
	uint64_t value;
	int code;

	if (at == item->span.at) {
		code = err_set(item->err, ERR_USAGE, "no probe before '@'");
		if (isalpha((unsigned char)digits[0]))
			err_hint(item->err, "sets of probes are not supported in this version");
		return fault(item, at, code);
	}
	if (digits == end) {
		code = err_set(item->err, ERR_USAGE, "'@' without the number of the skb argument");
		err_hint(item->err, "'@1' is the first argument; without '@' xcap finds it itself");
		return fault(item, at, code);
	}
	snprintf(number, sizeof(number), "%.*s", (int)(end - digits), digits);
	code = strlen(number) == (size_t)(end - digits) && number[0] != '+' &&
			       strspn(number, "0123456789") == strlen(number)
		       ? util_parse_u64(number, 1, ARG_MAX_NUMBER, &value)
		       : -EINVAL;
	if (!code) {
		spec->skb_arg = (int)value;
		return 0;
	}
	if (code == -ERANGE)
		code = err_set(item->err, ERR_USAGE,
			       "no argument number '%s': they count from 1 to %d", number,
			       ARG_MAX_NUMBER);
	else
		code = err_set(item->err, ERR_USAGE, "'%.*s' is not the number of an argument",
			       (int)(end - digits), digits);
	return fault(item, digits, code);
}

/* A name into out: letters, digits, '_' and `extra`. `what` is for the error. */
static int copy_name(const struct item *item, struct span name, const char *extra, const char *what,
		     char *out, size_t size)
{
	size_t i = 0;
	int code;

	if (name.len == 0) {
		code = err_set(item->err, ERR_USAGE, "no %s in the probe '%.*s'", what,
			       (int)item->span.len, item->span.at);
		return fault(item, name.at, code);
	}
	if (name.len >= size) {
		code = err_set(item->err, ERR_USAGE,
			       "the %s is too long: %zu characters, at most %zu", what, name.len,
			       size - 1);
		return fault(item, name.at, code);
	}
	for (; i < name.len; i++) {
		unsigned char c = name.at[i];

		if (isalnum(c) || c == '_' || strchr(extra, c))
			continue;
		code = isprint(c)
			       ? err_set(item->err, ERR_USAGE, "unexpected '%c' in the %s '%.*s'",
					 c, what, (int)name.len, name.at)
			       : err_set(item->err, ERR_USAGE, "unexpected byte 0x%02x in the %s",
					 c, what);
		if (c == '+')
			err_hint(item->err,
				 "probes at an offset are not supported in this version");
		return fault(item, name.at + i, code);
	}
	memcpy(out, name.at, name.len);
	out[name.len] = '\0';
	return 0;
}

/* Split at ':' into at most `max` parts; returns how many there are, max + 1 if more. */
static unsigned int split(struct span span, struct span *parts, unsigned int max)
{
	unsigned int n = 0;

	while (n < max) {
		const char *colon = memchr(span.at, ':', span.len);

		parts[n] = span;
		if (!colon)
			return n + 1;
		parts[n++].len = colon - span.at;
		span.len -= colon + 1 - span.at;
		span.at = colon + 1;
	}
	return max + 1;
}

/* "[kind:][A:]B"; SPEC_ANY where the first of two parts is no kind. */
static int parse_target(const struct item *item, struct span target, struct spec *spec)
{
	struct span parts[3];
	unsigned int n = split(target, parts, 3), first = 0;
	const struct kind *kind = n > 1 ? find_kind(parts[0]) : NULL;
	bool tracepoint = kind && kind->tracepoint;
	int code;

	if (n > 3) {
		code = err_set(item->err, ERR_USAGE, "too many ':' in the probe '%.*s'",
			       (int)item->span.len, item->span.at);
		return fault(item, parts[2].at + parts[2].len, code);
	}
	if (kind) {
		spec->kind = kind->kind;
		first = 1;
	} else if (n == 3 || (n == 2 && is_unknown_kind(parts[0]))) {
		return unknown_kind(item, parts[0]);
	}
	if (tracepoint && n - first == 1) {
		code = err_set(item->err, ERR_USAGE, "the tracepoint '%.*s' lacks its %s",
			       (int)target.len, target.at, parts[1].len ? "category" : "name");
		err_hint(item->err, "write '%s:CATEGORY:NAME'; see xcap list%s%.*s", kind->name,
			 parts[1].len ? " " : "", (int)parts[1].len, parts[1].at);
		return fault(item, parts[1].at, code);
	}
	if (n - first == 2) {
		code = copy_name(item, parts[first], "-",
				 tracepoint ? "category" : "category or module", spec->category,
				 sizeof(spec->category));
		if (code)
			return code;
		first++;
	}
	return copy_name(item, parts[first], tracepoint ? "" : ".",
			 tracepoint ? "tracepoint name" : "name", spec->name, sizeof(spec->name));
}

static int parse_item(const struct item *item, struct spec *spec)
{
	struct span target = item->span;
	const char *at;
	int code;

	memset(spec, 0, sizeof(*spec));
	spec->pos = (int)(item->span.at - item->text);
	if (item->span.len == 0) {
		code = err_set(item->err, ERR_USAGE,
			       item->text[0] ? "an empty probe in -f '%.255s'" : "-f with no probe",
			       item->text);
		err_hint(item->err,
			 "for example -f icmp_rcv or -f tracepoint:net:netif_receive_skb");
		return fault(item, item->span.at, code);
	}
	code = check_whole(item);
	if (code)
		return code;
	memcpy(spec->text, item->span.at, item->span.len);
	at = memchr(target.at, '@', target.len);
	if (at) {
		code = parse_argument(item, at, spec);
		if (code)
			return code;
		target.len = at - target.at;
	}
	return parse_target(item, target, spec);
}

static int append(struct spec_list *list, const struct item *item)
{
	struct spec *items = reallocarray(list->items, list->n + 1, sizeof(*items));

	if (!items)
		return err_errno(item->err, ERR_FAILED, -ENOMEM, "cannot parse -f");
	list->items = items;
	return parse_item(item, &items[list->n]);
}

int spec_parse(const char *text, struct spec_list *list, struct err *err)
{
	const char *at = text;

	for (;;) {
		size_t len = strcspn(at, ",");
		struct item item = {.text = text, .span = {at, len}, .err = err};
		int code;

		while (item.span.len && isspace((unsigned char)item.span.at[0])) {
			item.span.at++;
			item.span.len--;
		}
		while (item.span.len && isspace((unsigned char)item.span.at[item.span.len - 1]))
			item.span.len--;
		code = append(list, &item);
		if (code)
			return code;
		list->n++;
		if (!at[len])
			return 0;
		at += len + 1;
	}
}

void spec_free(struct spec_list *list)
{
	free(list->items);
	list->items = NULL;
	list->n = 0;
}
