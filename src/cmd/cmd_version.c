/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd_version.c - `xcap version` and --version: xcap and the libraries that it runs with.
 */
#include "cmd/cmd.h"

#include <bpf/libbpf.h>
#include <stdio.h>

static int run(struct config *config)
{
	(void)config;
	printf("xcap %s\nlibbpf %s\n", XCAP_VERSION, libbpf_version_string());
	return ERR_OK;
}

const struct cmd cmd_version = {
	.name = "version",
	.synopsis = "",
	.summary = "Print the version of xcap and of the libbpf that it runs with",
	.options = "help",
	.no_words = true,
	.run = run,
};
