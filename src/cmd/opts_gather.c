/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * opts_gather.c - what -g and its family, and --stop-on, do with their arguments.
 */
#include "cmd/opts_gather.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "cmd/opts_set.h"
#include "flow/gather.h"

#define MS_NS	1000000ull
#define HOUR_NS (3600 * 1000000000ull)

/* Times of journeys: shorter ones than --duration takes. */
static const struct opts_unit times[] = {
	{"s", 1000000000}, {"ms", MS_NS}, {"us", 1000}, {"ns", 1}, {"m", 60000000000ull},
};

static int parse_time(const char *arg, uint64_t *ns)
{
	return opts_set_scaled(arg, times, UTIL_ARRAY_SIZE(times), ns);
}

static int bad_time(const char *arg, const char *examples, struct err *err)
{
	err_set(err, ERR_USAGE, "'%s' is not a time", arg);
	err_hint(err, "whole numbers: %s", examples);
	return err->code;
}

int opts_gather_set(struct config *config, const char *arg, struct err *err)
{
	(void)arg;
	(void)err;
	config->gather.on = true;
	return 0;
}

int opts_gather_set_by(struct config *config, const char *arg, struct err *err)
{
	config->gather.by_given = true;
	config->gather.by_content = strcmp(arg, "content") == 0;
	if (config->gather.by_content || strcmp(arg, "id") == 0)
		return 0;
	err_set(err, ERR_USAGE, "packets are not told apart by '%s'", arg);
	err_hint(err, "id (the kernel's packet, followed) or content (what it carries)");
	return err->code;
}

int opts_gather_set_by_pointer(struct config *config, const char *arg, struct err *err)
{
	(void)arg;
	(void)err;
	config->gather.by_pointer = true;
	return 0;
}

int opts_gather_set_baseline(struct config *config, const char *arg, struct err *err)
{
	if (!*arg)
		return err_set(err, ERR_USAGE, "the argument is empty");
	config->gather.baseline = arg;
	return 0;
}

int opts_gather_set_timeout(struct config *config, const char *arg, struct err *err)
{
	int rc = parse_time(arg, &config->gather.timeout_ns);

	if (rc == -EINVAL)
		return bad_time(arg, "2 or 2s, 500ms, 1m", err);
	if (rc || config->gather.timeout_ns < MS_NS || config->gather.timeout_ns > HOUR_NS)
		return err_set(err, ERR_USAGE, "'%s' is out of range: 1ms to 60m", arg);
	return 0;
}

int opts_gather_set_buffer_size(struct config *config, const char *arg, struct err *err)
{
	int rc = util_parse_u64(arg, GATHER_BUFFER_MIN, GATHER_BUFFER_MAX,
				&config->gather.buffer_size);

	if (rc == -EINVAL)
		return err_set(err, ERR_USAGE, "'%s' is not a number of packets", arg);
	if (rc)
		return err_set(err, ERR_USAGE, "'%s' is out of range: %u to %u packets", arg,
			       GATHER_BUFFER_MIN, GATHER_BUFFER_MAX);
	return 0;
}

/* The names are netcap's; the values are parameters of "ESC [ ... m" (ECMA-48, SGR). */
int opts_gather_set_color(struct config *config, const char *arg, struct err *err)
{
	static const struct {
		const char *name, *sgr;
	} colors[] = {
		{"red", "31"},	{"green", "32"},  {"yellow", "33"},
		{"blue", "34"}, {"purple", "35"}, {"cyan", "36"},
	};

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(colors); i++)
		if (strcmp(arg, colors[i].name) == 0) {
			config->gather.color = colors[i].sgr;
			return 0;
		}
	err_set(err, ERR_USAGE, "unknown colour '%s'", arg);
	err_hint(err, "red, green, yellow, blue, purple, cyan");
	return err->code;
}

int opts_gather_set_min_latency(struct config *config, const char *arg, struct err *err)
{
	int rc = parse_time(arg, &config->gather.min_latency_ns);

	if (rc == -EINVAL)
		return bad_time(arg, "500us, 10ms, 2s", err);
	if (rc || !config->gather.min_latency_ns || config->gather.min_latency_ns > HOUR_NS)
		return err_set(err, ERR_USAGE, "'%s' is out of range: 1ns to 60m", arg);
	return 0;
}

int opts_gather_set_histogram(struct config *config, const char *arg, struct err *err)
{
	(void)arg;
	(void)err;
	config->gather.histogram = true;
	return 0;
}

static int add_reason(struct stop_condition *stop, const char *name, size_t len, struct err *err)
{
	if (stop->n_reasons == STOP_REASONS_MAX)
		return err_set(err, ERR_USAGE, "more than %d reasons", STOP_REASONS_MAX);
	if (!len || len >= STOP_REASON_SIZE) {
		err_set(err, ERR_USAGE, "no reason is called '%.*s'", (int)len, name);
		err_hint(err, "reasons are named as in the output: reason=NETFILTER_DROP");
		return err->code;
	}
	memcpy(stop->reasons[stop->n_reasons], name, len);
	stop->reasons[stop->n_reasons++][len] = '\0';
	return 0;
}

/* One condition, `len` characters of word. */
static int add_condition(struct stop_condition *stop, const char *word, size_t len, struct err *err)
{
	static const char latency[] = "latency>", reason[] = "reason=";
	char text[64];

	snprintf(text, sizeof(text), "%.*s", (int)len, word);
	if (strcmp(text, "drop") == 0) {
		stop->drop = true;
		return 0;
	}
	if (strcmp(text, "incomplete") == 0) {
		stop->incomplete = true;
		return 0;
	}
	if (strncmp(text, reason, strlen(reason)) == 0)
		return add_reason(stop, word + strlen(reason), len - strlen(reason), err);
	if (strncmp(text, latency, strlen(latency)) != 0) {
		err_set(err, ERR_USAGE, "unknown condition '%.*s'", (int)len, word);
		err_hint(err, "drop, incomplete, reason=NAME, latency>TIME; several by commas");
		return err->code;
	}
	stop->has_latency = true;
	if (parse_time(text + strlen(latency), &stop->latency_ns))
		return bad_time(text + strlen(latency), "latency>500us, latency>10ms", err);
	return 0;
}

int opts_gather_set_stop_on(struct config *config, const char *arg, struct err *err)
{
	int rc = 0;

	for (const char *word = arg; !rc; word++) {
		size_t len = strcspn(word, ",");

		rc = add_condition(&config->stop, word, len, err);
		word += len;
		if (!*word)
			break;
	}
	return rc;
}

/* The option that needs -g and is given; NULL none. */
static const char *needs_gather(const struct config *config)
{
	const struct opts_gather *g = &config->gather;
	const struct {
		bool given;
		const char *name;
	} options[] = {
		{g->by_given, "--gather-by"},
		{g->by_pointer, "--gather-distinguish-by-pointer"},
		{g->baseline, "--gather-baseline"},
		{g->timeout_ns, "--gather-timeout"},
		{g->buffer_size, "--gather-buffer-size"},
		{g->color, "--gather-output-color"},
		{g->min_latency_ns, "--min-latency"},
		{g->histogram, "--histogram"},
		{config->stop.incomplete, "--stop-on incomplete"},
		{config->stop.has_latency, "--stop-on latency"},
	};

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(options); i++)
		if (options[i].given)
			return options[i].name;
	return NULL;
}

/* The option that is about the text of journeys and is given; NULL none. */
static const char *needs_text(const struct config *config)
{
	if (config->gather.color)
		return "--gather-output-color";
	if (config->print)
		return "--print";
	if (config->json)
		return "--json";
	if (config->verbose)
		return "-v";
	if (config->ether)
		return "--ether";
	return config->time_given ? "--time" : NULL;
}

int opts_gather_check(const struct config *config, struct err *err)
{
	const struct opts_gather *g = &config->gather;
	const char *option = g->on ? NULL : needs_gather(config);

	if (option) {
		err_set(err, ERR_USAGE, "%s needs -g: it is about the journeys of packets", option);
		err_hint(err, "-g, or xcap trace, puts all that is seen of one packet together");
		return err->code;
	}
	if (g->by_pointer && g->by_given && !g->by_content) {
		err_set(err, ERR_USAGE,
			"--gather-distinguish-by-pointer and '--gather-by id' contradict each "
			"other");
		err_hint(err, "an id follows the packet through all its pointers already");
		return err->code;
	}
	option = g->on && config->quiet ? needs_text(config) : NULL;
	if (option)
		return err_set(err, ERR_USAGE, "%s and -q: with -g and -q no packet is printed",
			       option);
	return 0;
}
