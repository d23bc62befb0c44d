/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * spec.c - the parser of -f.
 *
 * An item is checked from the coarse to the fine: blanks first, because they tell that the user
 * means something else, then what follows the name (spec_place.c), the kind, and each name
 * character by character. Every fault carries its offset, so that the error can show a caret.
 */
#include "plan/spec.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/util.h"
#include "plan/spec_item.h"
#include "plan/spec_kind.h"

static int unknown_kind(const struct spec_item *item, struct spec_span word)
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
	buf_add_str(&list, "kinds are ");
	spec_kind_list(&list);
	code = err_set(item->err, ERR_USAGE, "unknown kind of probe '%s'", name);
	err_hint(item->err, "%s", buf_str(&list));
	buf_fini(&list);
	return spec_item_fault(item, word.at, code);
}

/* What no item may have: blanks, too many characters. */
static int check_whole(const struct spec_item *item)
{
	const struct spec_span *span = &item->span;
	struct err *err = item->err;
	int len = (int)span->len, code;
	size_t at;

	for (at = 0; at < span->len && !isspace((unsigned char)span->at[at]); at++)
		;
	if (at < span->len) {
		code = err_set(err, ERR_USAGE, "a blank inside the probe '%.*s'",
			       UTIL_MIN(len, 255), span->at);
		err_hint(err, "-f is the probe, -e the filter");
		return spec_item_fault(item, span->at + at, code);
	}
	if (span->len >= sizeof(((struct spec *)0)->text)) {
		code = err_set(err, ERR_USAGE, "the probe is too long: %d characters, at most %zu",
			       len, sizeof(((struct spec *)0)->text) - 1);
		return spec_item_fault(item, span->at, code);
	}
	return 0;
}

/* Characters that make a glob; '!', '^' and '-' only in brackets. */
#define GLOB "*?["

/* Length of the set in brackets at p; 0 if it has no end. */
static size_t set_len(const char *p, size_t len)
{
	size_t i = 1;

	if (i < len && (p[i] == '!' || p[i] == '^'))
		i++;
	for (i++; i < len; i++) /* the first one stands for itself, also a ']' */
		if (p[i] == ']')
			return i + 1;
	return 0;
}

static int open_set(const struct spec_item *item, const char *at)
{
	int code = err_set(item->err, ERR_USAGE, "'[' without its ']' in the probe '%.*s'",
			   (int)item->span.len, item->span.at);

	err_hint(item->err, "'[' starts a set of characters such as [46] or [a-z]");
	return spec_item_fault(item, at, code);
}

/* A name or a glob into out: letters, digits, '_' and `extra`. `what` is for the error. */
static int copy_name(const struct spec_item *item, struct spec_span name, const char *extra,
		     const char *what, char *out, size_t size)
{
	size_t i = 0;
	int code;

	if (name.len == 0) {
		code = err_set(item->err, ERR_USAGE, "no %s in the probe '%.*s'", what,
			       (int)item->span.len, item->span.at);
		return spec_item_fault(item, name.at, code);
	}
	if (name.len >= size) {
		code = err_set(item->err, ERR_USAGE,
			       "the %s is too long: %zu characters, at most %zu", what, name.len,
			       size - 1);
		return spec_item_fault(item, name.at, code);
	}
	for (; i < name.len; i++) {
		unsigned char c = name.at[i];

		if (c == '[') {
			size_t len = set_len(name.at + i, name.len - i);

			if (!len)
				return open_set(item, name.at + i);
			i += len - 1;
			continue;
		}
		if (isalnum(c) || c == '_' || strchr(extra, c) || strchr(GLOB, c))
			continue;
		code = isprint(c)
			       ? err_set(item->err, ERR_USAGE, "unexpected '%c' in the %s '%.*s'",
					 c, what, (int)name.len, name.at)
			       : err_set(item->err, ERR_USAGE, "unexpected byte 0x%02x in the %s",
					 c, what);
		return spec_item_fault(item, name.at + i, code);
	}
	memcpy(out, name.at, name.len);
	out[name.len] = '\0';
	return 0;
}

/* Split at ':' into at most `max` parts; returns how many there are, max + 1 if more. */
static unsigned int split(struct spec_span span, struct spec_span *parts, unsigned int max)
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
static int parse_target(const struct spec_item *item, struct spec_span target, struct spec *spec)
{
	struct spec_span parts[3];
	unsigned int n = split(target, parts, 3), first = 0;
	const struct spec_kind_info *kind =
		n > 1 ? spec_kind_find(parts[0].at, parts[0].len) : NULL;
	bool tracepoint = kind && kind->tracepoint;
	int code;

	if (n > 3) {
		code = err_set(item->err, ERR_USAGE, "too many ':' in the probe '%.*s'",
			       (int)item->span.len, item->span.at);
		return spec_item_fault(item, parts[2].at + parts[2].len, code);
	}
	if (kind) {
		spec->kind = kind->kind;
		first = 1;
	} else if (n == 3 || (n == 2 && spec_kind_is_foreign(parts[0].at, parts[0].len))) {
		return unknown_kind(item, parts[0]);
	}
	if (tracepoint && n - first == 1) {
		code = err_set(item->err, ERR_USAGE, "the tracepoint '%.*s' lacks its %s",
			       (int)target.len, target.at, parts[1].len ? "category" : "name");
		if (parts[1].len && memchr(parts[1].at, '*', parts[1].len))
			err_hint(item->err, "write '%s:*:%.*s' for all categories", kind->name,
				 (int)parts[1].len, parts[1].at);
		else
			err_hint(item->err, "write '%s:CATEGORY:NAME'; see xcap list%s%.*s",
				 kind->name, parts[1].len ? " " : "", (int)parts[1].len,
				 parts[1].at);
		return spec_item_fault(item, parts[1].at, code);
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

/* What stands behind the '@' of a set. */
static int parse_set(const struct spec_item *item, struct spec_span name, struct spec *spec)
{
	size_t i = 0;
	int code;

	spec->is_set = true;
	while (i < name.len && spec_is_set_char(name.at[i]))
		i++;
	if (name.len && i == name.len && name.len < sizeof(spec->name)) {
		memcpy(spec->name, name.at, name.len);
		return 0;
	}
	code = !name.len ? err_set(item->err, ERR_USAGE, "'@' without the name of a set")
	       : i == name.len
		       ? err_set(item->err, ERR_USAGE, "no set has a name as long as '%.*s'",
				 (int)name.len, name.at)
		       : err_set(item->err, ERR_USAGE,
				 "unexpected '%c' in the name of the set '@%.*s'",
				 isprint((unsigned char)name.at[i]) ? name.at[i] : '?',
				 (int)name.len, name.at);
	err_hint(item->err, "a set is named alone, for example '@rx'; 'xcap list @' lists them");
	return spec_item_fault(item, name.at + (i < name.len ? i : 0), code);
}

bool spec_is_set_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static int parse_item(const struct spec_item *item, struct spec *spec)
{
	struct spec_span target = item->span;
	int code;

	memset(spec, 0, sizeof(*spec));
	spec->pos = (int)(item->span.at - item->text);
	if (item->span.len == 0) {
		code = err_set(item->err, ERR_USAGE,
			       item->text[0] ? "an empty probe in -f '%.255s'" : "-f with no probe",
			       item->text);
		err_hint(item->err,
			 "for example -f icmp_rcv or -f tracepoint:net:netif_receive_skb");
		return spec_item_fault(item, item->span.at, code);
	}
	code = check_whole(item);
	if (code)
		return code;
	memcpy(spec->text, item->span.at, item->span.len);
	if (*target.at == '!') {
		spec->negated = true;
		target.at++;
		target.len--;
		if (!target.len) {
			code = err_set(item->err, ERR_USAGE, "'!' without what it takes away");
			err_hint(item->err, "for example -f 'ip_*,!ip_rcv'");
			return spec_item_fault(item, item->span.at, code);
		}
	}
	/* no set is called by a number: "@1" lacks its function */
	if (*target.at == '@' && !isdigit((unsigned char)target.at[1]))
		return parse_set(item, (struct spec_span){target.at + 1, target.len - 1}, spec);
	code = spec_place_parse(item, &target, spec);
	if (!code)
		code = parse_target(item, target, spec);
	spec->glob = util_is_glob(spec->name) || util_is_glob(spec->category);
	return code ? code : spec_place_check(item, spec);
}

static int append(struct spec_list *list, const struct spec_item *item)
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
		struct spec_item item = {.text = text, .span = {at, len}, .err = err};
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
