/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * list_entry.c - the columns of `xcap list`, and its JSON.
 *
 * The mechanisms are those of the ladder that a plan would make for this one probe, so that list
 * and capture cannot disagree.
 */
#include "cmd/list_entry.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/util.h"
#include "plan/plan_ladder.h"
#include "plan/plan_resolve.h"
#include "plan/plan_text.h"

#define MECHANISM_COLUMN 48
#define PROTOTYPE_COLUMN 48

/* What all ways to show it draw from. */
struct facts {
	const char *category, *name;
	const struct kbtf_target *target;
	const char *mechanisms[PLAN_MECHANISMS];
	uint32_t n_mechanisms;
};

/* The mechanisms that would be tried, best first. */
static void find_mechanisms(const struct plan_kernel *kernel, struct facts *facts)
{
	const struct plan_ladder_policy policy = {0};
	struct plan_text *texts = NULL;
	struct plan_probe probe;
	struct spec spec = {.kind = *facts->category ? SPEC_TRACEPOINT : SPEC_ANY};
	struct err err;

	snprintf(spec.name, sizeof(spec.name), "%s", facts->name);
	snprintf(spec.category, sizeof(spec.category), "%s",
		 *facts->category ? facts->category : facts->target->module);
	err_clear(&err);
	if (!plan_resolve_known(kernel, &spec, facts->target, &probe, &err) &&
	    !plan_ladder(kernel, &policy, &probe, &texts, &err))
		for (uint32_t i = 0; i < probe.n_rungs; i++)
			if (probe.ladder[i].usable)
				facts->mechanisms[facts->n_mechanisms++] =
					plan_mechanism_name(probe.ladder[i].mechanism);
	plan_text_free(&texts);
}

/* "(struct sk_buff *skb, struct net_device *dev)" */
static void add_prototype(struct buf *line, const struct kbtf_target *target)
{
	buf_add_char(line, '(');
	for (uint32_t i = 0; i < UTIL_MIN(target->n_args, KBTF_ARGS_MAX); i++) {
		const struct kbtf_arg *arg = &target->args[i];
		bool blank = *arg->name && *arg->type && arg->type[strlen(arg->type) - 1] != '*';

		buf_add_fmt(line, "%s%s%s%s", i ? ", " : "", arg->type, blank ? " " : "",
			    arg->name);
	}
	buf_add_str(line, target->n_args > KBTF_ARGS_MAX ? ", ...)" : ")");
}

static void add_text(struct buf *line, const struct facts *facts, unsigned int flags)
{
	size_t start = PROTOTYPE_COLUMN;

	if (flags & LIST_ENTRY_MECHANISMS) {
		buf_add_char(line, ' ');
		buf_pad_to(line, MECHANISM_COLUMN);
		for (uint32_t i = 0; i < facts->n_mechanisms; i++)
			buf_add_fmt(line, "%s%s", i ? "," : "", facts->mechanisms[i]);
		if (!facts->n_mechanisms)
			buf_add_char(line, '-');
		start = MECHANISM_COLUMN + 28;
	}
	if (flags & LIST_ENTRY_PROTOTYPE) {
		buf_add_char(line, ' ');
		buf_pad_to(line, start);
		add_prototype(line, facts->target);
	}
}

static struct json_object *string_or_null(const char *text)
{
	return *text ? json_object_new_string(text) : NULL;
}

static struct json_object *make_arguments(const struct kbtf_target *target)
{
	struct json_object *list = json_object_new_array();

	for (uint32_t i = 0; i < UTIL_MIN(target->n_args, KBTF_ARGS_MAX); i++) {
		struct json_object *arg = json_object_new_object();

		json_object_object_add(arg, "name", string_or_null(target->args[i].name));
		json_object_object_add(arg, "type", json_object_new_string(target->args[i].type));
		json_object_array_add(list, arg);
	}
	return list;
}

static void add_json(struct buf *line, const char *spec, const struct facts *facts)
{
	const struct kbtf_target *target = facts->target;
	struct json_object *object = json_object_new_object(), *ways = json_object_new_array();
	const char *kind = *facts->category ? "tracepoint" : "function";

	for (uint32_t i = 0; i < facts->n_mechanisms; i++)
		json_object_array_add(ways, json_object_new_string(facts->mechanisms[i]));
	json_object_object_add(object, "probe", json_object_new_string(spec));
	json_object_object_add(object, "kind", json_object_new_string(kind));
	json_object_object_add(object, "name", json_object_new_string(facts->name));
	json_object_object_add(object, "category", string_or_null(facts->category));
	json_object_object_add(object, "module", string_or_null(target->module));
	json_object_object_add(object, "skb_argument", json_object_new_int(target->skb_arg + 1));
	json_object_object_add(object, "arguments", make_arguments(target));
	json_object_object_add(object, "returns_value",
			       json_object_new_boolean(target->returns_value));
	json_object_object_add(object, "mechanisms", ways);
	buf_add_str(line, json_object_to_json_string_ext(
				  object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}

int list_entry_make(struct list_entry *entry, const struct plan_kernel *kernel, unsigned int flags,
		    const char *category, const char *name, const struct kbtf_target *target)
{
	struct facts facts = {.category = category, .name = name, .target = target};
	struct buf spec, line;
	bool failed;

	buf_init(&spec);
	buf_init(&line);
	if (*category)
		buf_add_fmt(&spec, "tracepoint:%s:", category);
	else if (*target->module)
		buf_add_fmt(&spec, "%s:", target->module);
	buf_add_fmt(&spec, "%s@%d", name, target->skb_arg + 1);
	if (flags & (LIST_ENTRY_MECHANISMS | LIST_ENTRY_JSON))
		find_mechanisms(kernel, &facts);
	if (flags & LIST_ENTRY_JSON) {
		add_json(&line, buf_str(&spec), &facts);
	} else {
		buf_add_str(&line, buf_str(&spec));
		add_text(&line, &facts, flags);
	}
	failed = buf_failed(&spec) || buf_failed(&line);
	*entry = (struct list_entry){strdup(buf_str(&spec)), strdup(buf_str(&line))};
	buf_fini(&spec);
	buf_fini(&line);
	if (!failed && entry->spec && entry->text)
		return 0;
	list_entry_free(entry);
	return -ENOMEM;
}

void list_entry_free(struct list_entry *entry)
{
	free(entry->spec);
	free(entry->text);
	*entry = (struct list_entry){0};
}
