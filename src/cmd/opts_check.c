/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * opts_check.c - the rules between options. No option is accepted and then ignored.
 */
#include "cmd/opts_check.h"

#include <string.h>

#include "base/util.h"
#include "cmd/opts_gather.h"
#include "record/packet_link.h"

const char *opts_check_filter(const struct config *config)
{
	if (config->filter)
		return config->filter;
	if (config->filter_from_file)
		return config->filter_from_file;
	return config->trailing ? config->trailing : "";
}

bool opts_check_text(const struct config *config)
{
	/* the table of hops is what -q leaves of journeys */
	if (config->gather.on && config->quiet)
		return false;
	return (!config->write_path || config->print) && !config->summary && !config->stack_fold;
}

const char *opts_check_format(const struct config *config)
{
	static const char *const endings[] = {"pcap", "json"};
	const char *dot;

	if (!config->write_path || config->format)
		return config->format;
	dot = strrchr(config->write_path, '.');
	for (size_t i = 0; dot && i < UTIL_ARRAY_SIZE(endings); i++)
		if (strcmp(dot + 1, endings[i]) == 0)
			return endings[i];
	return "pcapng";
}

static bool has_format(const struct config *config, const char *name)
{
	const char *format = opts_check_format(config);

	return format && strcmp(format, name) == 0;
}

/* Lines for people are written, to stdout or to the file of -w. */
static bool has_text(const struct config *config)
{
	return (opts_check_text(config) && !config->json) || has_format(config, "text");
}

/* Of those options that are about lines, -v says something to JSON too. */
static bool has_lines(const struct config *config)
{
	return has_text(config) || opts_check_text(config) || has_format(config, "json");
}

static bool to_stdout(const struct config *config)
{
	return opts_check_text(config) || config->summary || config->stack_fold ||
	       (config->write_path && strcmp(config->write_path, "-") == 0);
}

static int check_filter(const struct config *config, struct err *err)
{
	if (config->filter_path && (config->filter || config->trailing)) {
		err_set(err, ERR_USAGE, "two filters: -F '%s' and %s '%s'", config->filter_path,
			config->filter ? "-e" : "the words",
			config->filter ? config->filter : config->trailing);
		err_hint(err, "the whole expression stands in the file, or on the command line");
		return err->code;
	}
	if (!config->filter || !config->trailing)
		return 0;
	err_set(err, ERR_USAGE, "two filters: -e '%s' and the words '%s'", config->filter,
		config->trailing);
	err_hint(err, "-e takes the whole filter in quotes; for MAC addresses use --ether");
	return err->code;
}

static int check_output(const struct config *config, struct err *err)
{
	if (config->print && !config->write_path)
		return err_set(err, ERR_USAGE,
			       "--print needs -w: without -w the text is always printed");
	if (config->format && !config->write_path) {
		err_set(err, ERR_USAGE, "--format needs -w: it is the format of the file");
		err_hint(err, "-w - writes to standard output");
		return err->code;
	}
	if (config->print && strcmp(config->write_path, "-") == 0) {
		err_set(err, ERR_USAGE, "--print and '-w -' would both write to standard output");
		err_hint(err, "give -w a file");
		return err->code;
	}
	return 0;
}

/* The table of --summary stands where the lines of packets would. */
static int check_summary(const struct config *config, struct err *err)
{
	const char *option = config->print			    ? "--print"
			     : config->json			    ? "--json"
			     : config->verbose			    ? "-v"
			     : config->ether			    ? "--ether"
			     : config->time_given		    ? "--time"
			     : config->nano			    ? "--nano"
			     : config->stack_fold		    ? "--stack-fold"
			     : config->stack && !config->write_path ? "-S"
			     : config->write_path && strcmp(config->write_path, "-") == 0 ? "-w -"
											  : NULL;

	if (!config->summary || !option)
		return 0;
	err_set(err, ERR_USAGE, "%s and --summary: a table is printed in the place of packets",
		option);
	err_hint(err, "-w FILE keeps the packets beside the table");
	return err->code;
}

/* Stacks that are asked for have to have a place. */
static int check_stack(const struct config *config, struct err *err)
{
	if (config->stack_fold && config->print)
		return err_set(err, ERR_USAGE,
			       "--print and --stack-fold: one of both on standard output");
	if (config->stack_fold && config->write_path && strcmp(config->write_path, "-") == 0) {
		err_set(err, ERR_USAGE,
			"--stack-fold and '-w -' would both write to standard output");
		err_hint(err, "give -w a file");
		return err->code;
	}
	if (config->stack_depth && !config->stack && !config->stack_fold &&
	    !has_format(config, "fold"))
		return err_set(err, ERR_USAGE, "--stack-depth '%llu' needs -S or --stack-fold",
			       (unsigned long long)config->stack_depth);
	if (config->stack && !config->stack_fold && !opts_check_text(config) &&
	    has_format(config, "pcap")) {
		err_set(err, ERR_USAGE, "-S: a pcap file has no place for stacks");
		err_hint(err, "--format pcapng has one; --print prints them");
		return err->code;
	}
	return 0;
}

/* Where the packet starts is said once. */
static int check_start(const struct config *config, struct err *err)
{
	if (config->skb_data_offset_given && !config->skb_data) {
		err_set(err, ERR_USAGE, "--skb-data-offset '%d' needs --skb-data",
			config->skb_data_offset);
		err_hint(err, "without --skb-data xcap finds by itself where the packet starts");
		return err->code;
	}
	if (config->skb_data && config->fake_hdr) {
		err_set(err, ERR_USAGE,
			"--skb-data and --fake-hdr contradict each other: the one "
			"takes the bytes as they are, the other puts a header "
			"before them");
		err_hint(err,
			 "headers that a packet does not have yet are made without any option");
		return err->code;
	}
	return 0;
}

static int check_track(const struct config *config, struct err *err)
{
	if (!config->track_max || config->track ||
	    (config->gather.on && !config->gather.by_content && !config->gather.by_pointer))
		return 0;
	err_set(err, ERR_USAGE, "--track-max '%llu' needs --track or -g: no packet is followed",
		(unsigned long long)config->track_max);
	err_hint(err, "--track gives every packet that matches an id");
	return err->code;
}

/* --json is the form of what is printed. */
static int check_json(const struct config *config, struct err *err)
{
	if (config->json && config->write_path && !config->print) {
		err_set(err, ERR_USAGE, "--json is what is printed, and -w prints nothing");
		err_hint(err, "--format json writes JSON to the file; --print prints it too");
		return err->code;
	}
	if (config->json && config->dry_run)
		return err_set(err, ERR_USAGE, "--json and --dry-run: the plan is printed as text");
	return 0;
}

static int check_messages(const struct config *config, struct err *err)
{
	if (config->quiet && config->debug)
		return err_set(err, ERR_USAGE, "-q and --debug contradict each other");
	return 0;
}

/* `xcap filter` compiles for a link type and writes no file. */
static int check_link_type(const struct cmd *cmd, const struct config *config, struct err *err)
{
	const char *format = opts_check_format(config);

	if (!config->link_type || !opts_takes(cmd, opts_find("write")) ||
	    (format && !sink_find(format)->is_lines))
		return 0;
	err_set(err, ERR_USAGE,
		"-y is the link type of packets in a file, and no such file is written");
	err_hint(err, "-w FILE writes the packets; the text shows them as they are");
	return err->code;
}

/* `xcap filter` prints one form of the program, or runs it. */
static int check_forms(const struct config *config, struct err *err)
{
	const struct {
		bool given;
		const char *name;
	} forms[] = {
		{config->dump, "-d"},
		{config->as_ebpf, "--ebpf"},
		{config->as_c, "--c"},
		{config->read_path, "-r"},
	};
	const char *first = NULL;

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(forms); i++) {
		if (forms[i].given && first)
			return err_set(err, ERR_USAGE, "%s and %s: one of both", first,
				       forms[i].name);
		if (forms[i].given)
			first = forms[i].name;
	}
	if (config->read_path && config->link_type)
		return err_set(err, ERR_USAGE,
			       "-y '%s' and -r '%s': the file has its own link type",
			       packet_link_name(config->link_type), config->read_path);
	if (config->read_path && config->filter_path && strcmp(config->read_path, "-") == 0 &&
	    strcmp(config->filter_path, "-") == 0)
		return err_set(err, ERR_USAGE, "-F - and -r -: both would read standard input");
	return 0;
}

/* Options that are about the text, where there is none; a file has nanoseconds with or without
 * --nano. */
static int check_text(const struct config *config, struct err *err)
{
	const char *option = config->gather.color ? "--gather-output-color"
			     : config->ether	  ? "--ether"
			     : config->time_given ? "--time"
						  : NULL;

	if (config->stack_fold && !has_lines(config) && (option || config->verbose))
		return err_set(err, ERR_USAGE,
			       "%s is about the text, and --stack-fold prints no packets",
			       config->verbose ? "-v" : option);
	if (option && has_lines(config) && !has_text(config)) {
		err_set(err, ERR_USAGE, "%s is about the text, and JSON is written", option);
		if (!config->gather.color)
			err_hint(err, "JSON always has MAC addresses, and the time in nanoseconds");
		return err->code;
	}
	if (config->verbose)
		option = "-v";
	if (option && !has_lines(config)) {
		err_set(err, ERR_USAGE,
			"%s is about the text, and -w without --print writes no text", option);
		err_hint(err, "--print prints the packets too, while they are written");
		return err->code;
	}
	if (config->line_buffered && !to_stdout(config)) {
		err_set(err, ERR_USAGE,
			"-l is about standard output, and nothing is written there");
		err_hint(err, "-U writes every packet to the file at once");
		return err->code;
	}
	return 0;
}

int opts_check_conflicts(const struct cmd *cmd, const struct config *config, struct err *err)
{
	int (*const checks[])(const struct config *, struct err *) = {
		check_filter,	check_forms,	   check_summary, check_output,
		check_json,	check_stack,	   check_start,	  check_track,
		check_messages, opts_gather_check, check_text,
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		int rc = checks[i](config, err);

		if (rc)
			return rc;
	}
	return check_link_type(cmd, config, err);
}
