/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * spec_place.c - what follows the name of a probe: "@N", "@N@M", "+OFFSET@%REG".
 *
 * The text is taken apart before the kind of the probe is known; what does not go together is found
 * afterwards, by spec_place_check().
 */
#include "plan/spec_item.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "plan/spec_register.h"

/* MAX_BPF_FUNC_ARGS: what a tracing program can reach (include/linux/bpf.h). */
#define ARG_MAX_NUMBER 12

/* No function is longer: symbol.c has the same bound. */
#define OFFSET_MAX 0x20000

/* "2" */
static int parse_number(const struct spec_item *item, struct spec_span number, int *out)
{
	char digits[16];
	uint64_t value;
	int code;

	snprintf(digits, sizeof(digits), "%.*s", (int)number.len, number.at);
	code = strlen(digits) == number.len && strspn(digits, "0123456789") == number.len
		       ? util_parse_u64(digits, 1, ARG_MAX_NUMBER, &value)
		       : -EINVAL;
	if (!code) {
		*out = (int)value;
		return 0;
	}
	if (code == -ERANGE)
		code = err_set(item->err, ERR_USAGE,
			       "no argument number '%s': they count from 1 to %d", digits,
			       ARG_MAX_NUMBER);
	else
		code = err_set(item->err, ERR_USAGE, "'%.*s' is not the number of an argument",
			       (int)number.len, number.at);
	return spec_item_fault(item, number.at, code);
}

static int no_number(const struct spec_item *item, const char *at, const char *what,
		     const char *hint)
{
	int code = err_set(item->err, ERR_USAGE, "'@' without the number of the %s", what);

	err_hint(item->err, "%s", hint);
	return spec_item_fault(item, at, code);
}

/* "N" or "N@M" */
static int parse_arguments(const struct spec_item *item, struct spec_span text, struct spec *spec)
{
	const char *second = memchr(text.at, '@', text.len);
	struct spec_span first = text, rest = {0};
	int code;

	if (second) {
		first.len = second - text.at;
		rest = (struct spec_span){second + 1, text.len - first.len - 1};
	}
	if (!first.len)
		return no_number(item, text.at - 1, "skb argument",
				 "'@1' is the first argument; without '@' xcap finds it itself");
	code = parse_number(item, first, &spec->skb_arg);
	if (code || !second)
		return code;
	if (!rest.len)
		return no_number(item, second, "second argument",
				 "'FUNC@2@1': argument 2 is the skb, argument 1 goes along with "
				 "each packet");
	return parse_number(item, rest, &spec->ext_arg);
}

/* "%rbx" */
static int parse_register(const struct spec_item *item, struct spec_span text, struct spec *spec)
{
	char name[16], list[256];
	int code;

	snprintf(name, sizeof(name), "%.*s", (int)text.len - 1, text.at + 1);
	if (strlen(name) == text.len - 1 && strlen(name) < sizeof(spec->reg) &&
	    spec_register_offset(name) >= 0) {
		memcpy(spec->reg, name, strlen(name) + 1);
		return 0;
	}
	code = err_set(item->err, ERR_USAGE, "no register '%.*s'", UTIL_MIN((int)text.len, 64),
		       text.at);
	err_hint(item->err, "registers are %s", spec_register_list(list, sizeof(list)));
	return spec_item_fault(item, text.at, code);
}

/* "+0x1c" up to the end of target: cut off. */
static int parse_offset(const struct spec_item *item, struct spec_span *target, struct spec *spec)
{
	const char *plus = memchr(target->at, '+', target->len), *digits;
	char number[24];
	size_t len;
	int code;

	if (!plus)
		return 0;
	digits = plus + 1;
	len = target->at + target->len - digits;
	target->len = plus - target->at;
	snprintf(number, sizeof(number), "%.*s", (int)len, digits);
	code = strlen(number) == len && isdigit((unsigned char)number[0])
		       ? util_parse_u64(number, 0, OFFSET_MAX, &spec->offset)
		       : -EINVAL;
	spec->has_offset = true;
	if (!code)
		return 0;
	if (code == -ERANGE) {
		code = err_set(item->err, ERR_USAGE, "the offset '%s' is not in 0 to 0x%x", number,
			       OFFSET_MAX);
	} else {
		code = err_set(item->err, ERR_USAGE, "'%.*s' is not an offset in bytes",
			       UTIL_MIN((int)len, 64), digits);
		err_hint(item->err, "for example 'ip_rcv+0x1c@%%%s' or 'ip_rcv+28@%%%s'",
			 SPEC_REGISTER_EXAMPLE, SPEC_REGISTER_EXAMPLE);
	}
	return spec_item_fault(item, digits, code);
}

int spec_place_parse(const struct spec_item *item, struct spec_span *target, struct spec *spec)
{
	const char *at = memchr(target->at, '@', target->len);
	struct spec_span text = {0};
	int code;

	if (at) {
		text = (struct spec_span){at + 1, target->at + target->len - at - 1};
		target->len = at - target->at;
	}
	if (at && (!target->len || (at[-1] == ':' && isalpha((unsigned char)at[1])))) {
		code = err_set(item->err, ERR_USAGE, "no probe before '@'");
		if (target->len)
			err_hint(item->err, "a set has no kind: '@%.*s' alone", (int)text.len,
				 text.at);
		return spec_item_fault(item, at, code);
	}
	if (at && text.len && *text.at == '%')
		code = parse_register(item, text, spec);
	else
		code = at ? parse_arguments(item, text, spec) : 0;
	return code ? code : parse_offset(item, target, spec);
}

/* The character in the item, for the caret; its start if it is not there. */
static const char *find(const struct spec_item *item, char c)
{
	const char *at = memchr(item->span.at, c, item->span.len);

	return at ? at : item->span.at;
}

static int check_offset(const struct spec_item *item, const struct spec *spec)
{
	int code;

	if (spec->kind != SPEC_ANY && spec->kind != SPEC_KPROBE) {
		code = err_set(item->err, ERR_USAGE, "only a kprobe can stand at an offset: '%s'",
			       spec->text);
		err_hint(item->err, "write 'kprobe:%s+0x%llx@%%%s'", spec->name,
			 (unsigned long long)spec->offset, SPEC_REGISTER_EXAMPLE);
		return spec_item_fault(item, find(item, '+'), code);
	}
	if (*spec->reg)
		return 0;
	code = err_set(item->err, ERR_USAGE,
		       "'%s' lacks the register that holds the skb at this offset", spec->text);
	err_hint(item->err,
		 "write '%s+0x%llx@%%%s' if it is %s there; arguments have no place of their own "
		 "inside a function",
		 spec->name, (unsigned long long)spec->offset, SPEC_REGISTER_EXAMPLE,
		 SPEC_REGISTER_EXAMPLE);
	return spec_item_fault(item, find(item, spec->skb_arg ? '@' : '+'), code);
}

static int check_pattern(const struct spec_item *item, const struct spec *spec)
{
	bool place = spec->skb_arg || spec->has_offset || *spec->reg;
	int code;

	if (!place)
		return 0;
	code = err_set(item->err, ERR_USAGE,
		       spec->negated ? "what is taken away has a name and nothing else: '%s'"
				     : "a glob has no '@' and no offset: '%s'",
		       spec->text);
	if (!spec->negated)
		err_hint(item->err, "xcap finds the skb of each function itself");
	return spec_item_fault(item, find(item, spec->has_offset ? '+' : '@'), code);
}

int spec_place_check(const struct spec_item *item, const struct spec *spec)
{
	int code;

	if (spec->glob || spec->negated)
		return check_pattern(item, spec);
	if (spec->has_offset)
		return check_offset(item, spec);
	if (*spec->reg) {
		code = err_set(item->err, ERR_USAGE, "a register goes with an offset only: '%s'",
			       spec->text);
		err_hint(item->err,
			 "'%s+0@%%%s' is the first instruction; '%s@1' is the first argument",
			 spec->name, spec->reg, spec->name);
		return spec_item_fault(item, find(item, '@'), code);
	}
	if (spec->ext_arg && spec->ext_arg == spec->skb_arg) {
		code = err_set(item->err, ERR_USAGE,
			       "argument %d cannot be both the skb and the second one: '%s'",
			       spec->skb_arg, spec->text);
		return spec_item_fault(item, find(item, '@'), code);
	}
	return 0;
}
