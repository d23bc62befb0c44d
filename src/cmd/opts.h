/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * opts.h - options as data: one row each, feeding the parser, --help and the man page's check.
 *
 * Called by main.c with the command that was named; fills struct config. An option that a command
 * does not list is an error there. Values are checked where they are set (opts_set.h), what
 * contradicts each other at the end (opts_check.h): nothing is clamped and nothing overrides.
 */
#ifndef CMD_OPTS_H
#define CMD_OPTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "flow/stop.h"
#include "sink/sink.h"
#include "xcap/limits.h"

#define OPTS_REPEAT_MAX 256

/* -g and its family; zero is the default of each. */
struct opts_gather {
	bool on, by_given, by_content, by_pointer, histogram;
	const char *baseline; /* "any", "first" or a probe; NULL: any */
	uint64_t timeout_ns, buffer_size, min_latency_ns;
	const char *color; /* SGR parameters */
};

/* The command line, parsed. Strings point into argv. Zero means the default unless said. */
struct config {
	int argc; /* the whole command line, for the file header */
	char **argv;
	const char *probes[OPTS_REPEAT_MAX]; /* -f, in order */
	uint32_t n_probes;
	const char *interfaces[OPTS_REPEAT_MAX]; /* -i */
	uint32_t n_interfaces;
	const char *filter;	 /* -e */
	const char *filter_path; /* -F */
	char *filter_from_file;	 /* what is in it (owned) */
	bool filter_in_bundle;	 /* -e among other letters (-ne, -en): perhaps meant as tcpdump's -e
				  */
	char *trailing;		 /* trailing words joined by blanks (owned); NULL none */
	uint64_t count;		 /* -c; 0: no limit */
	uint64_t snaplen;	 /* -s, 1..65535 (-s 0 is 65535); valid if snaplen_given */
	bool snaplen_given;
	bool skb_data; /* --skb-data */
	bool skb_data_offset_given;
	int32_t skb_data_offset; /* --skb-data-offset, bytes */
	bool fake_hdr;		 /* --fake-hdr */
	bool track;		 /* --track */
	uint64_t track_max;	 /* --track-max; 0: default */
	uint64_t ring_bytes;	 /* -B in bytes; 0: default */
	const char *write_path;	 /* -w; NULL none */
	const char *format;	 /* --format; NULL: by the file's ending */
	int link_type;		 /* -y: enum capture_link; 0: EN10MB */
	bool print;		 /* --print: text too, with -w */
	bool quiet, line_buffered, unbuffered, nano, no_names, debug, dry_run, help, version;
	bool ether; /* --ether: MAC addresses in the text */
	int verbose;
	bool stack, stack_fold; /* -S, --stack-fold */
	uint64_t stack_depth;	/* --stack-depth, frames; 0: the default */
	enum sink_time time;
	bool time_given;
	struct opts_gather gather;
	struct stop_condition stop;  /* --stop-on */
	uint64_t duration_ns;	     /* --duration; 0: none */
	const char *cmd;	     /* --cmd; NULL none */
	int dump;		     /* -d, -dd, -ddd: 1 to 3 */
	bool as_ebpf, as_c;	     /* --ebpf, --c */
	const char *read_path;	     /* -r; NULL none */
	const char *ready_file;	     /* --ready-file */
	const char *backend;	     /* --backend; NULL: the cheapest mechanism that works */
	const char *btf_file;	     /* --btf; NULL: the kernel's own types */
	bool list_long;		     /* list -l */
	bool json;		     /* --json */
	bool drop;		     /* `xcap drop`: what follows is about drops alone */
	char *reasons[XCAP_REASONS]; /* --reason, each name (owned) */
	uint32_t n_reasons;
	bool all;     /* --all: also drops that are none */
	bool summary; /* --summary: a table in the place of lines */
	bool explain; /* --explain: advice for each reason, at the end */
};

struct cmd;

/* What an option does with its argument; NULL argument for flags. ERR_USAGE in the user's words. */
typedef int (*opts_fn)(struct config *config, const char *arg, struct err *err);

struct opts_row {
	const char *name; /* long name without dashes */
	char letter;	  /* short name; 0: none */
	const char *arg;  /* "N", "FILE"; NULL: a flag */
	const char *help; /* a sentence without a stop; --help wraps it */
	opts_fn set;
	const char *group;    /* its heading in --help */
	bool repeat;	      /* takes an argument and may be given more than once */
	const char *alias_of; /* another name for this row, which has all the rest; NULL: none */
};

/* A command, as main.c's table has it. */
struct cmd {
	const char *name;
	const char *synopsis;	/* after the name: "[OPTIONS] [EXPR]" */
	const char *summary;	/* one line */
	const char *options;	/* space-separated long names of the rows that it takes, without
				   aliases; "help" is always there */
	bool no_words;		/* trailing words are an error */
	const char *own_probes; /* hint to a user of -f, where the command has its own probes; NULL:
				   none */
	const char *more; /* lines after the options in --help, within 80 columns; NULL none */
	void (*defaults)(struct config *config); /* what the command means, set before the options
						    are read; NULL: nothing */
	int (*run)(struct config *config);	 /* exit status */
};

/*
 * Parse argv[first..] for `cmd`: short options may be bundled, "--" ends options, "--name=value"
 * and "--name value" both work, trailing words become config->trailing. Errors name the option as
 * it was typed, and near names for an unknown one. --help and --version end the parsing: what
 * follows is not looked at. On failure config holds nothing that has to be freed. Free with
 * opts_free().
 */
int opts_parse(const struct cmd *cmd, int argc, char **argv, int first, struct config *config,
	       struct err *err);
void opts_free(struct config *config);

/* The row of a long name, aliases too; NULL if there is none. opts_at() walks the table: NULL at
 * its end. */
const struct opts_row *opts_find(const char *name);
const struct opts_row *opts_at(unsigned int i);

/* Does the command take this option (or the one that it is an alias of)? */
bool opts_takes(const struct cmd *cmd, const struct opts_row *row);

/* Usage, summary, options by group, aliases, cmd->more: within 80 columns. */
void opts_print_help(const struct cmd *cmd, FILE *out);
/* Its options alone, for the overview of all commands. */
void opts_print_options(const struct cmd *cmd, FILE *out);
/* `text` by words, in lines of at most 80 columns; the cursor stands at column `start` already. */
void opts_print_wrapped(FILE *out, size_t start, const char *text);

#endif
