/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * opts.c - the parser and --help, which both only walk the table of opts_rows.c.
 */
#include "cmd/opts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/util.h"
#include "cmd/filter_file.h"
#include "cmd/opts_check.h"
#include "cmd/opts_rows.h"

/* Letters that users of tcpdump type and that xcap does not have: what to do instead. */
static const struct {
	char letter;
	const char *hint;
} tcpdump_letters[] = {
	{'r', "read a file with 'tcpdump -nr FILE', filter it with 'xcap filter -r FILE "
	      "EXPRESSION'"},
	{'d', "'xcap filter EXPRESSION' prints the program"},
	{'x', "let tcpdump print the bytes: xcap ... -w - | tcpdump -nxr -"},
	{'X', "let tcpdump print the bytes: xcap ... -w - | tcpdump -nXr -"},
	{'A', "let tcpdump print the bytes: xcap ... -w - | tcpdump -nAr -"},
	{'t', "the time is chosen by --time none, epoch, delta, date or since"},
	{'G', "-g gathers all that is seen of a packet into one record"},
	{'D', "'ip link' lists the interfaces, 'xcap list' the probes"},
	{'p', "xcap never switches an interface to promiscuous mode"},
	{'V', "--version prints the version"},
};

/* What is being parsed: argv, where in it, and what was seen. */
struct parse {
	const struct cmd *cmd;
	int argc, at;
	char **argv;
	struct config *config;
	struct buf words;
	bool seen[OPTS_ROWS_MAX];
};

const struct opts_row *opts_at(unsigned int i)
{
	return i < opts_rows_count ? &opts_rows[i] : NULL;
}

const struct opts_row *opts_find(const char *name)
{
	for (size_t i = 0; i < opts_rows_count; i++)
		if (strcmp(opts_rows[i].name, name) == 0)
			return &opts_rows[i];
	return NULL;
}

static const struct opts_row *resolve(const struct opts_row *row)
{
	return row && row->alias_of ? opts_find(row->alias_of) : row;
}

bool opts_takes(const struct cmd *cmd, const struct opts_row *row)
{
	const char *name = resolve(row)->name, *p = cmd->options ? cmd->options : "";
	size_t len = strlen(name);

	if (strcmp(name, "help") == 0)
		return true;
	while ((p = strstr(p, name))) {
		if ((p == cmd->options || p[-1] == ' ') && (p[len] == ' ' || !p[len]))
			return true;
		p += len;
	}
	return false;
}

/* A letter may mean something else to another command: the row that this one takes, else any. */
static const struct opts_row *find_letter(const struct cmd *cmd, char letter)
{
	const struct opts_row *other = NULL;

	for (size_t i = 0; i < opts_rows_count; i++) {
		if (opts_rows[i].letter != letter)
			continue;
		if (opts_takes(cmd, &opts_rows[i]))
			return &opts_rows[i];
		other = &opts_rows[i];
	}
	return other;
}

/* Near names for a long option, among those that the command takes. */
static void hint_near(const struct cmd *cmd, const char *name, struct err *err)
{
	const char *names[OPTS_ROWS_MAX];
	size_t found[2], n = 0, n_found;

	for (size_t i = 0; i < opts_rows_count; i++)
		if (opts_takes(cmd, &opts_rows[i]))
			names[n++] = opts_rows[i].name;
	for (size_t i = 0; i < n && strlen(name) > 2; i++)
		if (strncmp(names[i], name, strlen(name)) == 0) {
			err_hint(err, "did you mean '--%s'?", names[i]);
			return;
		}
	n_found = util_near_names(name, names, n, found, 2);
	if (n_found == 2)
		err_hint(err, "did you mean '--%s' or '--%s'?", names[found[0]], names[found[1]]);
	else if (n_found)
		err_hint(err, "did you mean '--%s'?", names[found[0]]);
	else
		err_hint(err, "'xcap %s --help' lists the options", cmd->name);
}

static int unknown_name(const struct cmd *cmd, const struct opts_row *row, const char *name,
			struct err *err)
{
	if (row)
		err_set(err, ERR_USAGE, "'xcap %s' has no option '--%s'", cmd->name, name);
	else
		err_set(err, ERR_USAGE, "unknown option '--%s'", name);
	hint_near(cmd, name, err);
	if (row && resolve(row)->letter == 'f' && cmd->own_probes)
		err_hint(err, "%s", cmd->own_probes);
	return err->code;
}

static int unknown_letter(const struct cmd *cmd, const char *word, char letter, struct err *err)
{
	if (find_letter(cmd, letter))
		err_set(err, ERR_USAGE, "'xcap %s' has no option '-%c'", cmd->name, letter);
	else if (strlen(word) == 2)
		err_set(err, ERR_USAGE, "unknown option '%s'", word);
	else
		err_set(err, ERR_USAGE, "unknown option '-%c' in '%s'", letter, word);
	err_hint(err, "'xcap %s --help' lists the options", cmd->name);
	if (letter == 'f' && cmd->own_probes)
		err_hint(err, "%s", cmd->own_probes);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(tcpdump_letters); i++)
		if (tcpdump_letters[i].letter == letter)
			err_hint(err, "%s", tcpdump_letters[i].hint);
	return err->code;
}

/* Put the option's name before what its setter says. */
static int name_error(const char *typed, struct err *err)
{
	char msg[sizeof(err->msg)];

	snprintf(msg, sizeof(msg), "%s", err->msg);
	/* a message that fills err is cut; the option's name is what must be there */
	snprintf(err->msg, sizeof(err->msg), "option '%s': %.700s", typed, msg);
	return err->code;
}

static int set(struct parse *p, const struct opts_row *row, const char *typed, const char *arg,
	       struct err *err)
{
	bool *seen = &p->seen[row - opts_rows];

	if (*seen && row->arg && !row->repeat)
		return err_set(err, ERR_USAGE, "option '%s': --%s was given before", typed,
			       row->name);
	*seen = true;
	return row->set(p->config, arg, err) ? name_error(typed, err) : 0;
}

static int missing_argument(const struct opts_row *row, const char *typed, struct err *err)
{
	return err_set(err, ERR_USAGE, "option '%s' needs an argument: %s", typed, row->arg);
}

static int parse_long(struct parse *p, struct err *err)
{
	const char *word = p->argv[p->at] + 2, *equals = strchrnul(word, '='), *arg = NULL;
	char name[64], typed[68];
	const struct opts_row *row;

	snprintf(name, sizeof(name), "%.*s", (int)(equals - word), word);
	snprintf(typed, sizeof(typed), "--%s", name);
	row = resolve(opts_find(name));
	if (!row || !opts_takes(p->cmd, row))
		return unknown_name(p->cmd, row, name, err);
	if (!row->arg && *equals)
		return err_set(err, ERR_USAGE, "option '%s' takes no argument", typed);
	if (row->arg && *equals)
		arg = equals + 1;
	else if (row->arg && ++p->at < p->argc)
		arg = p->argv[p->at];
	else if (row->arg)
		return missing_argument(row, typed, err);
	return set(p, row, typed, arg, err);
}

/* -e among other letters: what tcpdump's users type for MAC addresses. */
static int parse_bundled_filter(struct parse *p, struct err *err)
{
	p->config->filter_in_bundle = true;
	if (!err_is_set(err))
		return 0;
	err_hint(err, "-e takes the whole filter in quotes; for MAC addresses use --ether");
	return err->code;
}

static int parse_bundle(struct parse *p, struct err *err)
{
	const char *word = p->argv[p->at];

	for (const char *c = word + 1; *c && !p->config->help && !p->config->version; c++) {
		const struct opts_row *row = find_letter(p->cmd, *c);
		const char typed[] = {'-', *c, '\0'}, *arg = NULL;
		int rc;

		if (!row || !opts_takes(p->cmd, row))
			return unknown_letter(p->cmd, word, *c, err);
		if (row->arg && c[1])
			arg = c + 1;
		else if (row->arg && ++p->at < p->argc)
			arg = p->argv[p->at];
		rc = row->arg && !arg ? missing_argument(row, typed, err)
				      : set(p, row, typed, arg, err);
		if (*c == 'e' && strlen(word) > 2)
			return parse_bundled_filter(p, err);
		if (rc || row->arg)
			return rc;
	}
	return 0;
}

static void add_word(struct parse *p, const char *word)
{
	if (p->words.len)
		buf_add_char(&p->words, ' ');
	buf_add_str(&p->words, word);
}

static int parse_words(struct parse *p, struct err *err)
{
	bool options = true;
	int rc = 0;

	for (; p->at < p->argc && !rc && !p->config->help && !p->config->version; p->at++) {
		const char *word = p->argv[p->at];

		if (options && strcmp(word, "--") == 0)
			options = false;
		else if (options && word[0] == '-' && word[1] == '-')
			rc = parse_long(p, err);
		else if (options && word[0] == '-' && word[1])
			rc = parse_bundle(p, err);
		else if (p->cmd->no_words)
			rc = err_set(err, ERR_USAGE, "'xcap %s' takes no words: '%s'", p->cmd->name,
				     word);
		else
			add_word(p, word);
	}
	return rc;
}

int opts_parse(const struct cmd *cmd, int argc, char **argv, int first, struct config *config,
	       struct err *err)
{
	struct parse p = {
		.cmd = cmd,
		.argc = argc,
		.argv = argv,
		.at = first,
		.config = config,
	};
	int rc;

	err_clear(err);
	memset(config, 0, sizeof(*config));
	config->argc = argc;
	config->argv = argv;
	if (cmd->defaults)
		cmd->defaults(config);
	buf_init(&p.words);
	rc = parse_words(&p, err);
	if (!rc && p.words.len) {
		config->trailing = strdup(buf_str(&p.words));
		if (buf_failed(&p.words) || !config->trailing)
			rc = err_errno(err, ERR_FAILED, ENOMEM, "cannot keep the command line");
	}
	if (!rc && !config->help && !config->version)
		rc = opts_check_conflicts(cmd, config, err);
	if (!rc && !config->help && !config->version && config->filter_path)
		rc = filter_file_read(config->filter_path, &config->filter_from_file, err);
	buf_fini(&p.words);
	if (rc)
		opts_free(config);
	return rc;
}

void opts_free(struct config *config)
{
	free(config->trailing);
	free(config->filter_from_file);
	for (uint32_t i = 0; i < config->n_reasons; i++)
		free(config->reasons[i]);
	config->trailing = config->filter_from_file = NULL;
	config->n_reasons = 0;
}

void opts_print_wrapped(FILE *out, size_t start, const char *text)
{
	size_t column = start;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > start && column + 1 + len > 80) {
			fprintf(out, "\n%*s", (int)start, "");
			column = start;
		}
		column += fprintf(out, "%s%.*s", column > start ? " " : "", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

static void print_row(const struct opts_row *row, FILE *out)
{
	const char letter[] = {'-', row->letter, ',', '\0'};
	char label[64];

	snprintf(label, sizeof(label), "  %3s --%s%s%s", row->letter ? letter : "", row->name,
		 row->arg ? " " : "", row->arg ? row->arg : "");
	/* a name that is wider than its column has a line of its own */
	fprintf(out, strlen(label) > 26 ? "%s\n%27s" : "%-26s%s", label,
		strlen(label) > 26 ? "" : " ");
	opts_print_wrapped(out, 27, row->help);
}

static void print_group(const struct cmd *cmd, const char *group, FILE *out)
{
	bool any = false;

	for (size_t i = 0; i < opts_rows_count; i++) {
		const struct opts_row *row = &opts_rows[i];

		if (row->alias_of || strcmp(row->group, group) || !opts_takes(cmd, row))
			continue;
		if (!any)
			fprintf(out, "\n%s:\n", group);
		any = true;
		print_row(row, out);
	}
}

/* "  -f also --function, --func" */
static void print_aliases(const struct cmd *cmd, FILE *out)
{
	const struct opts_row *of = NULL;

	for (size_t i = 0; i < opts_rows_count; i++) {
		const struct opts_row *row = &opts_rows[i];

		if (!row->alias_of || !opts_takes(cmd, row))
			continue;
		if (!of)
			fputs("\nOther names:", out);
		if (of == resolve(row))
			fputs(",", out);
		else
			fprintf(out, "\n  -%c also", resolve(row)->letter);
		fprintf(out, " --%s", row->name);
		of = resolve(row);
	}
	if (of)
		fputc('\n', out);
}

void opts_print_options(const struct cmd *cmd, FILE *out)
{
	static const char *const groups[] = {OPTS_CAPTURE, OPTS_FORMS,	 OPTS_OUTPUT,
					     OPTS_GATHER,  OPTS_RUNNING, OPTS_OTHER};

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(groups); i++)
		print_group(cmd, groups[i], out);
	print_aliases(cmd, out);
}

void opts_print_help(const struct cmd *cmd, FILE *out)
{
	fprintf(out, "Usage: xcap %s%s%s\n\n", cmd->name, *cmd->synopsis ? " " : "", cmd->synopsis);
	opts_print_wrapped(out, 0, cmd->summary);
	opts_print_options(cmd, out);
	if (cmd->more)
		fprintf(out, "\n%s", cmd->more);
}
