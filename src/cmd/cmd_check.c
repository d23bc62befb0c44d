/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd_check.c - `xcap check`: what this kernel and this user can do.
 *
 * Every feature is tried, one line each; then one line of verdict, and to whom may not capture what
 * to grant. The exit status tells scripts whether a capture is possible at all: 0 or 3.
 */
#include "cmd/cmd.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/util.h"
#include "kernel/feature.h"
#include "kernel/kbtf.h"

/* Without one of these there is no capture. */
static const enum feature needed[] = {FEATURE_BTF, FEATURE_BPF, FEATURE_RINGBUF};

/* What a place can be probed by, best first. */
static const struct place {
	const char *name;
	enum feature by[3];
	unsigned int n;
} places[] = {
	{"tracepoints", {FEATURE_TP_BTF, FEATURE_RAW_TP}, 2},
	{"functions", {FEATURE_FENTRY, FEATURE_KPROBE_MULTI, FEATURE_KPROBE}, 3},
	{"returns", {FEATURE_FEXIT, FEATURE_KPROBE_MULTI, FEATURE_KPROBE}, 3},
};

struct check {
	struct feature_set *features;
	struct kbtf *btf; /* NULL: there is none */
	bool has[FEATURE_COUNT];
	char why[FEATURE_COUNT][256];
	bool can; /* capture at all */
};

static int name_width(void)
{
	size_t width = 0;

	for (int i = 0; i < FEATURE_COUNT; i++)
		width = UTIL_MAX(width, strlen(feature_describe(i)->name));
	return (int)width;
}

static bool has_place(const struct check *check, const struct place *place)
{
	bool has = false;

	for (unsigned int i = 0; i < place->n; i++)
		has |= check->has[place->by[i]];
	return has;
}

static void try_all(struct check *check)
{
	bool any = false;

	for (int i = 0; i < FEATURE_COUNT; i++)
		check->has[i] =
			feature_has(check->features, i, check->why[i], sizeof(check->why[i]));
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(places); i++)
		any |= has_place(check, &places[i]);
	check->can = any;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(needed); i++)
		check->can &= check->has[needed[i]];
}

/* "no  kprobe  this kernel has no kprobe events: ENOENT; without it functions ...; the kernel
 * needs" */
static void print_feature(const struct check *check, enum feature feature, int width)
{
	const struct feature_info *info = feature_describe(feature);
	const char *why = check->why[feature];

	printf("%s  %-*s  %s", check->has[feature] ? "ok" : "no", width, info->name, why);
	if (!check->has[feature])
		printf("%swithout it %s; %s", *why ? "; " : "", info->why,
		       feature_remedy(check->features, feature));
	putchar('\n');
}

/* "tracepoints by tp_btf, raw_tp" or "not functions". */
static void add_place(struct buf *text, const struct check *check, const struct place *place)
{
	const char *separator = " ";

	buf_add_str(text, text->len ? "; " : "");
	if (!has_place(check, place)) {
		buf_add_fmt(text, "not %s", place->name);
		return;
	}
	buf_add_fmt(text, "%s by", place->name);
	for (unsigned int i = 0; i < place->n; i++)
		if (check->has[place->by[i]]) {
			buf_add_fmt(text, "%s%s", separator, feature_describe(place->by[i])->name);
			separator = ", ";
		}
}

/*
 * A kfunc that is not in the kernel's types may be in a module's, and libbpf before 1.4 gives up
 * where it may not look. 6.4 has all that the object asks for.
 */
static bool needs_modules(const struct check *check)
{
	struct kbtf_target target;

	return check->btf &&
	       kbtf_find_function(check->btf, "vmlinux", "bpf_dynptr_from_skb", &target);
}

/* What an administrator types so that this user may capture without being root. */
static bool grant(const struct check *check, char *out, size_t size)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (check->has[FEATURE_BPF] || !check->has[FEATURE_BTF] || geteuid() == 0)
		return false;
	snprintf(out, size, "sudo setcap cap_bpf,cap_perfmon,cap_syslog%s+ep %.*s",
		 needs_modules(check) ? ",cap_sys_admin" : "", n > 0 ? (int)n : 4,
		 n > 0 ? self : "xcap");
	return true;
}

static void print_text(const struct check *check)
{
	int width = name_width();
	char how[PATH_MAX + 64];
	struct buf text;

	for (int i = 0; i < FEATURE_COUNT; i++)
		print_feature(check, i, width);
	buf_init(&text);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(places); i++)
		add_place(&text, check, &places[i]);
	if (check->can)
		printf("xcap can capture here: %s\n", buf_str(&text));
	else
		printf("xcap cannot capture here\n");
	if (grant(check, how, sizeof(how)))
		printf("to let users capture without root (5.8 and later): %s\n", how);
	buf_fini(&text);
}

static void add_string(struct json_object *to, const char *name, const char *text)
{
	json_object_object_add(to, name, *text ? json_object_new_string(text) : NULL);
}

static struct json_object *feature_to_json(const struct check *check, enum feature feature)
{
	const struct feature_info *info = feature_describe(feature);
	struct json_object *object = json_object_new_object();

	add_string(object, "name", info->name);
	json_object_object_add(object, "works", json_object_new_boolean(check->has[feature]));
	add_string(object, "since", info->since);
	add_string(object, "found", check->why[feature]);
	add_string(object, "without_it", info->why);
	add_string(object, "remedy",
		   check->has[feature] ? "" : feature_remedy(check->features, feature));
	return object;
}

static void print_json(const struct check *check)
{
	struct json_object *root = json_object_new_object(), *list = json_object_new_array();
	char how[PATH_MAX + 64] = "";
	struct utsname os = {0};

	uname(&os);
	grant(check, how, sizeof(how));
	for (int i = 0; i < FEATURE_COUNT; i++)
		json_object_array_add(list, feature_to_json(check, i));
	add_string(root, "kernel", os.release);
	json_object_object_add(root, "can_capture", json_object_new_boolean(check->can));
	add_string(root, "grant", how);
	json_object_object_add(root, "features", list);
	puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY |
							  JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(root);
}

/* NULL: FEATURE_BTF tells why. */
static int open_btf(const struct config *config, struct kbtf **btf, struct err *err)
{
	int code;

	if (config->btf_file)
		return kbtf_open_file(btf, config->btf_file, err);
	code = kbtf_open(btf, err);
	if (code)
		*btf = NULL;
	err_clear(err);
	return 0;
}

static int run(struct config *config)
{
	struct check check = {0};
	struct err err;

	feature_raise_memlock();
	err_clear(&err);
	if (!open_btf(config, &check.btf, &err)) {
		check.features = feature_new(check.btf);
		if (!check.features)
			err_errno(&err, ERR_FAILED, errno,
				  "cannot find out what this kernel can do");
	}
	if (check.features) {
		try_all(&check);
		if (config->json)
			print_json(&check);
		else
			print_text(&check);
	}
	feature_free(check.features);
	kbtf_close(check.btf);
	if (!err_is_set(&err))
		return check.can ? ERR_OK : ERR_UNSUPPORTED;
	err_print(&err);
	return err.status;
}

const struct cmd cmd_check = {
	.name = "check",
	.synopsis = "[OPTIONS]",
	.summary = "Tell what this kernel and this user can do, and what to do about the rest",
	.options = "json btf help",
	.no_words = true,
	.more = "The exit status is 0 if xcap can capture here, 3 if not.\n",
	.run = run,
};
