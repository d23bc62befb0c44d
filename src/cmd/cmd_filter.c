/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd_filter.c - `xcap filter EXPR`: what becomes of an expression, or which packets of a file it
 * matches.
 *
 * Needs no privileges and asks nothing of the kernel. Programs and packet numbers go to stdout,
 * one form at a time; the count of packets is a message.
 */
#include "cmd/cmd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "base/util.h"
#include "cmd/opts_check.h"
#include "filter/cbpf_file.h"
#include "filter/cbpf_print.h"
#include "filter/cbpf2ebpf.h"
#include "filter/ctext.h"
#include "filter/ebpf_print.h"
#include "record/packet_link.h"
#include "session/inject.h"

static int print_ebpf(const struct cbpf_prog *prog, struct err *err)
{
	struct cbpf2ebpf_code code;
	int rc = cbpf2ebpf_translate(prog, &inject_layout, &code, err);

	if (rc)
		return rc;
	ebpf_print(&code, &inject_layout, stdout);
	cbpf2ebpf_free(&code);
	return 0;
}

static int print_program(const struct config *config, const char *expr, struct err *err)
{
	const char *link =
		packet_link_name(config->link_type ? config->link_type : CAPTURE_LINK_EN10MB);
	struct cbpf_prog prog;
	int rc = cbpf_compile(expr, cbpf_link_type(link), &prog, err);

	if (rc)
		return rc;
	if (config->as_ebpf)
		rc = print_ebpf(&prog, err);
	else if (config->as_c)
		rc = ctext_print(&prog, expr, link, stdout, err);
	else
		cbpf_print(&prog, config->dump ? (enum cbpf_form)config->dump : CBPF_FORM_TEXT,
			   stdout);
	cbpf_free(&prog);
	return rc;
}

/* The reader of the numbers has gone when they cannot be written: main() tells. */
static int print_number(void *arg, uint64_t number)
{
	(void)arg;
	return printf("%" PRIu64 "\n", number) < 0;
}

static int run_over_file(const struct config *config, const char *expr, struct err *err)
{
	struct cbpf_file_count count;
	int rc = cbpf_file_run(expr, config->read_path, print_number, NULL, &count, err);

	fflush(stdout);
	if (!rc && !ferror(stdout))
		log_note("%" PRIu64 " of %" PRIu64 " packet%s match%s", count.matches,
			 count.packets, count.packets == 1 ? "" : "s",
			 count.matches == 1 ? "es" : "");
	return rc;
}

static int no_filter(struct err *err)
{
	err_set(err, ERR_USAGE, "no filter given");
	err_hint(err, "xcap filter 'tcp port 80'");
	return err->code;
}

static int run(struct config *config)
{
	const char *expr = opts_check_filter(config);
	struct err err;
	int rc;

	err_clear(&err);
	if (!config->filter && !config->trailing && !config->filter_path)
		rc = no_filter(&err);
	else if (config->read_path)
		rc = run_over_file(config, expr, &err);
	else
		rc = print_program(config, expr, &err);
	if (!rc)
		return ERR_OK;
	err_print(&err);
	return err.status;
}

const struct cmd cmd_filter = {
	.name = "filter",
	.synopsis = "[OPTIONS] EXPRESSION",
	.summary = "Print what a filter becomes, or which packets of a file match",
	.options = "filter filter-file linktype dump ebpf c read quiet help",
	.more = "Without a form, as -d. The eBPF is what 'xcap skb' runs in the kernel, in the\n"
		"notation of the verifier, for its own layout; the C is a function of its own.\n"
		"With -r the expression is compiled for the file's link type.\n"
		"\n"
		"Examples:\n"
		"  xcap filter tcp port 80\n"
		"  xcap filter --c 'tcp port 80 and host 10.0.0.1' >match.c\n"
		"  xcap filter -r capture.pcapng 'vlan 5 and udp'\n",
	.run = run,
};
