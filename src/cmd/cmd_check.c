/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd_check.c - `xcap check`: what this kernel and this user can do.
 *
 * Every feature is tried, one line each; then one line of verdict. The exit status tells scripts
 * whether a capture is possible at all: 0 or 3.
 */
#include "cmd/cmd.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/util.h"
#include "kernel/feature.h"
#include "kernel/kbtf.h"

/* Without one of these there is no capture. */
static const enum feature needed[] = {FEATURE_BTF, FEATURE_BPF, FEATURE_RINGBUF};

static int name_width(void)
{
	size_t width = 0;

	for (int i = 0; i < FEATURE_COUNT; i++)
		width = UTIL_MAX(width, strlen(feature_describe(i)->name));
	return (int)width;
}

/* "no  kprobe  this kernel has no kprobe events: ENOENT; without it functions ...; the kernel
 * needs" */
static bool print_feature(struct feature_set *features, enum feature feature, int width)
{
	const struct feature_info *info = feature_describe(feature);
	char why[256] = "";
	bool has = feature_has(features, feature, why, sizeof(why));

	printf("%s  %-*s  %s", has ? "ok" : "no", width, info->name, why);
	if (!has)
		printf("%swithout it %s; %s", *why ? "; " : "", info->why,
		       feature_remedy(features, feature));
	putchar('\n');
	return has;
}

/* "tracepoints by tp_btf, raw_tp" or "not functions". False if neither works. */
static bool add_place(struct buf *text, const bool *has, const char *place, enum feature first,
		      enum feature second)
{
	buf_add_str(text, text->len ? "; " : "");
	if (!has[first] && !has[second]) {
		buf_add_fmt(text, "not %s", place);
		return false;
	}
	buf_add_fmt(text, "%s by", place);
	if (has[first])
		buf_add_fmt(text, " %s", feature_describe(first)->name);
	if (has[second])
		buf_add_fmt(text, "%s %s", has[first] ? "," : "", feature_describe(second)->name);
	return true;
}

static bool print_verdict(const bool *has)
{
	bool can = true, places;
	struct buf text;

	buf_init(&text);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(needed); i++)
		can &= has[needed[i]];
	places = add_place(&text, has, "tracepoints", FEATURE_TP_BTF, FEATURE_RAW_TP);
	places |= add_place(&text, has, "functions", FEATURE_FENTRY, FEATURE_KPROBE);
	can &= places;
	if (can)
		printf("xcap can capture here: %s\n", buf_str(&text));
	else
		printf("xcap cannot capture here\n");
	buf_fini(&text);
	return can;
}

static int run(struct config *config)
{
	bool has[FEATURE_COUNT], can;
	struct feature_set *features;
	struct kbtf *btf = NULL;
	struct err err;
	int width = name_width();

	(void)config;
	feature_raise_memlock();
	err_clear(&err);
	if (kbtf_open(&btf, &err))
		btf = NULL; /* FEATURE_BTF tells why */
	features = feature_new(btf);
	if (!features) {
		err_errno(&err, ERR_FAILED, errno, "cannot find out what this kernel can do");
		err_print(&err);
		kbtf_close(btf);
		return err.status;
	}
	for (int i = 0; i < FEATURE_COUNT; i++)
		has[i] = print_feature(features, i, width);
	can = print_verdict(has);
	feature_free(features);
	kbtf_close(btf);
	return can ? ERR_OK : ERR_UNSUPPORTED;
}

const struct cmd cmd_check = {
	.name = "check",
	.synopsis = "[OPTIONS]",
	.summary = "Tell what this kernel and this user can do, and what to do about the rest",
	.options = "help",
	.no_words = true,
	.more = "The exit status is 0 if xcap can capture here, 3 if not.\n",
	.run = run,
};
