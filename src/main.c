/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * main.c - from argv to a command and its exit status.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/command_line.h"

/*
 * A closed fd 0, 1 or 2 would be the next thing that is opened, and packets would go there. A
 * closed standard output stays one that cannot be written to: nobody would miss the packets
 * otherwise.
 */
static int open_standard_fds(void)
{
	static const int flags[] = {O_RDONLY, O_RDONLY, O_WRONLY};

	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", flags[fd]) != fd)
			return -1;
	return 0;
}

static void set_log_level(const struct config *config)
{
	if (config->debug)
		log_set_level(LOG_LEVEL_DEBUG);
	else if (config->quiet)
		log_set_level(LOG_LEVEL_QUIET);
}

static int run(const struct cmd *cmd, struct config *config)
{
	set_log_level(config);
	if (config->version)
		return cmd_version.run(config);
	if (config->help) {
		opts_print_help(cmd, stdout);
		return ERR_OK;
	}
	return cmd->run(config);
}

/* What stdio still holds: a full disk must not look like success, a reader that has seen enough not
 * like a failure. */
static int flush_stdout(int status)
{
	struct err err;
	bool failed = fflush(stdout) || ferror(stdout);

	if (!failed || errno == EPIPE)
		return status;
	err_errno(&err, ERR_FAILED, errno, "cannot write to standard output");
	err_print(&err);
	return status ? status : ERR_FAILED;
}

int main(int argc, char **argv)
{
	const struct cmd *cmd;
	struct config config;
	struct err err;
	int first, status;

	if (open_standard_fds())
		return ERR_FAILED;
	signal(SIGPIPE, SIG_IGN); /* a reader that has gone is an error of the write */
	cmd = command_line_select(cmd_table(), &cmd_skb, &cmd_help, argc, argv, &first);
	if (opts_parse(cmd, argc, argv, first, &config, &err)) {
		err_print(&err);
		return err.status;
	}
	status = run(cmd, &config);
	opts_free(&config);
	return flush_stdout(status);
}
