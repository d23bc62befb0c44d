/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * list_sets.c - each set with its places: what is probed here as -f takes it, what is not with '-'.
 *
 * The choice among alternatives is that of a capture, by the same function. A '>' marks a place
 * where a packet has arrived.
 */
#include "cmd/list_sets.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cmd/list_entry.h"
#include "kernel/kbtf.h"
#include "plan/plan_ladder.h"
#include "plan/plan_sets.h"
#include "plan/plan_text.h"

#define SUMMARY_COLUMN 12
#define WHY_COLUMN     50

struct listing {
	const struct plan_kernel *kernel;
	unsigned int flags;
	struct plan_ladder_policy policy;
	struct plan_text *texts;
	struct json_object *members; /* of the set, with LIST_ENTRY_JSON */
};

/* A line as of `xcap list`; the spec alone where the types do not know the function. */
static int add_place(const struct listing *l, const struct spec *spec,
		     const struct plan_probe *probe, struct buf *out)
{
	struct kbtf_target target;
	struct list_entry entry;
	int code = -ENOENT;

	if (!spec->glob && l->kernel->btf && probe->btf_id)
		code = probe->is_tracepoint
			       ? kbtf_find_tracepoint(l->kernel->btf, probe->name, &target)
			       : kbtf_find_function(l->kernel->btf,
						    *probe->module ? probe->module : "vmlinux",
						    probe->name, &target);
	if (!code)
		code = list_entry_make(&entry, l->kernel, l->flags & ~LIST_ENTRY_JSON,
				       probe->category, probe->name, &target);
	if (code) {
		buf_add_str(out, spec->glob ? spec->text : probe->spec);
		return code == -ENOMEM ? code : 0;
	}
	buf_add_str(out, l->flags & LIST_ENTRY_JSON ? entry.spec : entry.text);
	list_entry_free(&entry);
	return 0;
}

static void add_json(const struct listing *l, const struct plan_sets_member *member,
		     const char *place, const char *why)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "member", json_object_new_string(member->text));
	json_object_object_add(object, "probe", place ? json_object_new_string(place) : NULL);
	json_object_object_add(object, "arrives", json_object_new_boolean(member->goal));
	json_object_object_add(object, "why_not", place ? NULL : json_object_new_string(why));
	json_object_array_add(l->members, object);
}

static int print_member(void *arg, const struct plan_sets_member *member)
{
	struct listing *l = arg;
	struct plan_probe probe;
	struct spec spec;
	struct err why;
	struct buf line;
	int code = 0;
	bool found =
		!plan_sets_choose(l->kernel, &l->policy, member, &spec, &probe, &l->texts, &why);

	buf_init(&line);
	if (found)
		code = add_place(l, &spec, &probe, &line);
	if (l->members) {
		add_json(l, member, found ? buf_str(&line) : NULL, why.msg);
	} else if (found) {
		printf("%c %s\n", member->goal ? '>' : ' ', buf_str(&line));
	} else {
		buf_add_fmt(&line, "- %s", member->text);
		if (l->flags & LIST_ENTRY_MECHANISMS) {
			buf_add_char(&line, ' ');
			buf_pad_to(&line, WHY_COLUMN);
			buf_add_str(&line, why.msg);
		}
		puts(buf_str(&line));
	}
	buf_fini(&line);
	return code;
}

static int print_json(struct listing *l, const struct plan_sets *sets,
		      const struct plan_sets_set *set, struct err *err)
{
	struct json_object *object = json_object_new_object();
	char from[600] = "xcap";
	int code;

	if (set->line)
		snprintf(from, sizeof(from), "%s:%u", sets->file.path, set->line);
	l->members = json_object_new_array();
	json_object_object_add(object, "set", json_object_new_string(set->name));
	json_object_object_add(object, "summary",
			       *set->summary ? json_object_new_string(set->summary) : NULL);
	json_object_object_add(object, "from", json_object_new_string(from));
	json_object_object_add(object, "members", l->members);
	code = plan_sets_for_each(sets, set, print_member, l, err);
	if (!code)
		puts(json_object_to_json_string_ext(
			object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	return code;
}

static int print_set(struct listing *l, const struct plan_sets *sets,
		     const struct plan_sets_set *set, struct err *err)
{
	int column;

	if (l->flags & LIST_ENTRY_JSON)
		return print_json(l, sets, set, err);
	column = printf("@%s", set->name);
	printf("%*s", column < SUMMARY_COLUMN ? SUMMARY_COLUMN - column : 1, "");
	if (set->line)
		printf("line %u of %s\n", set->line, sets->file.path);
	else
		puts(set->summary);
	return plan_sets_for_each(sets, set, print_member, l, err);
}

int list_sets_print(const struct plan_kernel *kernel, const char *name, unsigned int flags,
		    struct err *err)
{
	struct listing l = {.kernel = kernel, .flags = flags};
	const struct plan_sets_set *set = NULL;
	struct plan_sets sets;
	int code = plan_sets_open(&sets, err);

	if (!code && *name) {
		set = plan_sets_find(&sets, name, err);
		code = set ? print_set(&l, &sets, set, err) : err->code;
	}
	for (uint32_t i = 0; i < sets.n && !code && !*name; i++)
		code = print_set(&l, &sets, &sets.list[i], err);
	if (code && !err_is_set(err))
		err_errno(err, ERR_FAILED, code, "cannot list the sets of probes");
	plan_text_free(&l.texts);
	plan_sets_close(&sets);
	return code;
}
