/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_args.c - which argument is the skb, and how C spells the types.
 *
 * Runs over all 60,000 prototypes of a kernel for globs, so nothing is allocated. BTF comes from
 * the kernel, yet every chain of types is cut off after a bounded number of steps.
 */
#include "kernel/kbtf_args.h"

#include <stdio.h>
#include <string.h>

#include "base/util.h"

#define STEPS_MAX 16
#define TEXT_SIZE 128
#define DEPTH_MAX 3 /* function pointers in arguments of function pointers */

/* Without const, volatile, restrict, typedef and type tags; NULL for void. */
static const struct btf_type *strip(const struct kbtf_data *btf, uint32_t id)
{
	const struct btf_type *type = id ? kbtf_data_type(btf, id) : NULL;

	for (int i = 0; type && i < STEPS_MAX; i++) {
		if (!btf_is_mod(type) && !btf_is_typedef(type) && !btf_is_type_tag(type))
			return type;
		type = type->type ? kbtf_data_type(btf, type->type) : NULL;
	}
	return NULL;
}

static bool is_skb(const struct kbtf_data *btf, uint32_t id)
{
	const struct btf_type *type = strip(btf, id);

	if (!type || !btf_is_ptr(type))
		return false;
	type = strip(btf, type->type);
	return type && (btf_is_struct(type) || btf_is_fwd(type)) &&
	       !strcmp(kbtf_data_name(btf, type->name_off), "sk_buff");
}

const struct btf_type *kbtf_args_proto(const struct kbtf_data *btf, const struct btf_type *type)
{
	type = kbtf_data_type(btf, type->type);
	if (type && btf_is_ptr(type))
		type = kbtf_data_type(btf, type->type);
	return type && btf_is_func_proto(type) ? type : NULL;
}

int kbtf_args_find_skb(const struct kbtf_data *btf, const struct btf_type *proto, uint32_t skip,
		       uint8_t *memo)
{
	enum { UNKNOWN, SKB, OTHER };
	const struct btf_param *params = btf_params(proto);
	uint32_t n = UTIL_MIN(btf_vlen(proto), skip + KBTF_ARGS_MAX);
	uint32_t n_types = memo ? kbtf_data_count(btf) : 0;

	for (uint32_t i = skip; i < n; i++) {
		uint32_t id = params[i].type;
		uint8_t fresh = UNKNOWN, *what = id < n_types ? &memo[id] : &fresh;

		if (*what == UNKNOWN)
			*what = is_skb(btf, id) ? SKB : OTHER;
		if (*what == SKB)
			return i - skip;
	}
	return -1;
}

/* Add at the end; what does not fit is cut off. */
static void append(char *text, const char *more)
{
	size_t used = strlen(text), len = UTIL_MIN(strlen(more), TEXT_SIZE - 1 - used);

	memcpy(text + used, more, len);
	text[used + len] = '\0';
}

/* Put a word in front, with a blank after it unless it ends in '*' or '(' or '[' follows. */
static void prepend(char *text, const char *word)
{
	size_t len = UTIL_MIN(strlen(word), TEXT_SIZE / 2), used;
	bool blank = len && !strchr("*(", word[len - 1]) && text[0] && text[0] != '[';

	used = UTIL_MIN(strlen(text), TEXT_SIZE - 1 - len - blank);
	memmove(text + len + blank, text, used);
	memcpy(text, word, len);
	if (blank)
		text[len] = ' ';
	text[len + blank + used] = '\0';
}

/* "struct net", "unsigned int", "union {...}" */
static void spell_base(const struct kbtf_data *btf, const struct btf_type *type, char *text)
{
	const char *name = type ? kbtf_data_name(btf, type->name_off) : "void";

	prepend(text, name[0] ? name : "{...}");
	if (type && (btf_is_struct(type) || (btf_is_fwd(type) && !btf_kflag(type))))
		prepend(text, "struct");
	else if (type && (btf_is_union(type) || btf_is_fwd(type)))
		prepend(text, "union");
	else if (type && btf_is_any_enum(type))
		prepend(text, "enum");
}

static void spell(const struct kbtf_data *btf, uint32_t id, int depth, char *text);

/* Add "(struct sock *, struct sk_buff *)". */
static void append_params(const struct kbtf_data *btf, const struct btf_type *proto, int depth,
			  char *text)
{
	char one[TEXT_SIZE];

	append(text, btf_vlen(proto) ? "(" : "(void");
	for (uint32_t i = 0; i < btf_vlen(proto); i++) {
		const struct btf_param *param = &btf_params(proto)[i];

		strcpy(one, "...");
		if (param->type)
			spell(btf, param->type, depth + 1, one);
		append(text, i ? ", " : "");
		append(text, one);
	}
	append(text, ")");
}

static void wrap(char *text)
{
	prepend(text, "(");
	append(text, ")");
}

/*
 * C's declarators are read from the inside out and BTF's types from the outside in: collect what
 * stands right of the base type ("*const *") until the base type comes. text holds TEXT_SIZE bytes.
 */
static void spell(const struct kbtf_data *btf, uint32_t id, int depth, char *text)
{
	static const char *const qualifiers[] = {"", "const", "volatile", "const volatile"};
	const struct btf_type *type = NULL;
	int qualified = 0;
	char number[16];

	text[0] = '\0';
	for (int i = 0; i < STEPS_MAX; i++) {
		type = id ? kbtf_data_type(btf, id) : NULL;
		if (!type)
			break;
		id = type->type;
		if (btf_is_const(type)) {
			qualified |= 1;
		} else if (btf_is_volatile(type)) {
			qualified |= 2;
		} else if (btf_is_ptr(type)) {
			prepend(text, qualifiers[qualified]);
			prepend(text, "*");
			qualified = 0;
		} else if (btf_is_array(type)) {
			if (text[0] == '*')
				wrap(text);
			snprintf(number, sizeof(number), "[%u]", btf_array(type)->nelems);
			append(text, number);
			id = btf_array(type)->type;
		} else if (btf_is_func_proto(type) && depth < DEPTH_MAX) {
			wrap(text);
			append_params(btf, type, depth, text);
		} else if (!btf_is_restrict(type) && !btf_is_type_tag(type)) {
			break;
		}
	}
	spell_base(btf, type, text);
	prepend(text, qualifiers[qualified]);
}

#define WORD 8

/* A pointer, number or enum of a register's size; enums are taken as signed, as before 6.0 all
 * were. */
static void fill_return(const struct kbtf_data *btf, uint32_t id, struct kbtf_target *target)
{
	const struct btf_type *type = strip(btf, id);
	__s64 size = type ? kbtf_data_size(btf, id) : 0;

	target->returns_value = type != NULL;
	if (!type || size < 1 || size > WORD || btf_is_composite(type))
		return;
	target->ret_size = size;
	target->ret_signed = btf_is_any_enum(type) ||
			     (btf_is_int(type) && btf_int_encoding(type) & BTF_INT_SIGNED);
}

/* Structures by value take more than one. */
static uint32_t count_words(const struct kbtf_data *btf, const struct btf_param *params, uint32_t n)
{
	uint32_t words = 0;

	for (uint32_t i = 0; i < n; i++) {
		__s64 size = kbtf_data_size(btf, params[i].type);

		words += size > WORD ? (size + WORD - 1) / WORD : 1;
	}
	return words;
}

/* Type and is_skb of an argument. */
static void fill_type(const struct kbtf_data *btf, uint32_t id, struct kbtf_arg *arg)
{
	char text[TEXT_SIZE];

	spell(btf, id, 0, text);
	text[sizeof(arg->type) - 1] = '\0';
	strcpy(arg->type, text);
	arg->is_skb = is_skb(btf, id);
}

static void find_type(const struct kbtf_data *btf, uint32_t id, struct kbtf_args_spelled *spelled,
		      struct kbtf_arg *arg)
{
	uint32_t at = id % KBTF_ARGS_SPELLED;

	if (!spelled || !id) {
		fill_type(btf, id, arg);
		return;
	}
	if (spelled->ids[at] != id)
		fill_type(btf, id, &spelled->args[at]);
	spelled->ids[at] = id;
	*arg = spelled->args[at];
}

void kbtf_args_fill(const struct kbtf_data *btf, const struct btf_type *proto, uint32_t skip,
		    struct kbtf_args_spelled *spelled, struct kbtf_target *target)
{
	const struct btf_param *params = btf_params(proto);
	uint32_t n = btf_vlen(proto);

	if (n && !params[n - 1].type) /* "..." */
		n--;
	skip = UTIL_MIN(skip, n);
	target->n_args = n - skip;
	target->skb_arg = kbtf_args_find_skb(btf, proto, skip, NULL);
	fill_return(btf, proto->type, target);
	target->arg_words = count_words(btf, params + skip, n - skip);
	for (uint32_t i = 0; i < UTIL_MIN(target->n_args, KBTF_ARGS_MAX); i++) {
		const struct btf_param *param = &params[skip + i];
		struct kbtf_arg *arg = &target->args[i];

		find_type(btf, param->type, spelled, arg);
		util_copy(arg->name, sizeof(arg->name), kbtf_data_name(btf, param->name_off));
	}
}
