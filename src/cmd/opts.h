/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * opts.h - options as data: one row each, feeding the parser, --help and the man page's check.
 *
 * Called by main.c with the command that was named; fills struct config. An option that a command does
 * not list is an error there.
 */
#ifndef CMD_OPTS_H
#define CMD_OPTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "sink/sink.h"

#define OPTS_REPEAT_MAX 256

/* The command line, parsed. Strings point into argv. Zero means the default unless said. */
struct config {
	int argc; /* the whole command line, for the file header */
	char **argv;
	const char *probes[OPTS_REPEAT_MAX]; /* -f, in order */
	uint32_t n_probes;
	const char *interfaces[OPTS_REPEAT_MAX]; /* -i */
	uint32_t n_interfaces;
	const char *filter;	 /* -e */
	char *trailing;		 /* trailing words joined by blanks (owned); NULL none */
	uint64_t count;		 /* -c; 0: no limit */
	uint64_t snaplen;	 /* -s, 1..65535; 0 given or not given: see snaplen_given */
	bool snaplen_given;
	uint64_t ring_bytes;	 /* -B in bytes; 0: default */
	const char *write_path;	 /* -w; NULL none */
	const char *format;	 /* --format; NULL: by the file's ending */
	bool print;		 /* --print: text too, with -w */
	bool quiet, line_buffered, unbuffered, nano, no_names, debug, dry_run, help, version;
	int verbose;
	enum sink_time time;
	uint64_t duration_ns;	 /* --duration; 0: none */
	const char *cmd;	 /* --cmd; NULL none */
	const char *ready_file;	 /* --ready-file */
};

struct cmd;

/* What an option does with its argument; NULL argument for flags. ERR_USAGE in the user's words. */
typedef int (*opts_fn)(struct config *config, const char *arg, struct err *err);

struct opts_row {
	const char *name;  /* long name without dashes; NULL: none */
	char letter;	   /* short name; 0: none */
	const char *arg;   /* "N", "FILE"; NULL: a flag */
	const char *help;  /* one line */
	opts_fn set;
};

/* A command, as main.c's table has it. */
struct cmd {
	const char *name;
	const char *synopsis;	/* after the name: "[OPTIONS] [EXPR]" */
	const char *summary;	/* one line */
	const char *options;	/* space-separated long names of the rows that it takes */
	const char *more;	/* text after the options in --help; NULL none */
	int (*run)(struct config *config); /* exit status */
};

/*
 * Parse argv[first..] for `cmd`: short options may be bundled, "--" ends options, "--name=value" and "--name
 * value" both work, trailing words become config->trailing. Errors name the option as it was typed, and
 * near names for an unknown one.
 */
int opts_parse(const struct cmd *cmd, int argc, char **argv, int first, struct config *config,
	       struct err *err);
void opts_free(struct config *config);

/* The row of a long name; NULL if there is none. opts_at() walks the table: NULL at its end. */
const struct opts_row *opts_find(const char *name);
const struct opts_row *opts_at(unsigned int i);

void opts_print_help(const struct cmd *cmd, FILE *out);

#endif
