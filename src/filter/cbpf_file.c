/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf_file.c - libpcap reads, libpcap filters (see cbpf_file.h).
 *
 * The expression is compiled on the open file, not for its link type alone: so libpcap refuses what
 * a file cannot answer (inbound, outbound) instead of never matching. A long one is not optimised:
 * that takes minutes for 1,000 hosts, and a program for user space may be as large as it likes.
 */
#include "filter/cbpf_file.h"

#include <pcap.h>
#include <string.h>

#include "filter/cbpf.h"

/* libpcap puts the name before some of its words, and not before others. */
static const char *without_name(const char *words, const char *path)
{
	size_t len = strlen(path);

	return !strncmp(words, path, len) && !strncmp(words + len, ": ", 2) ? words + len + 2
									    : words;
}

static int refuse_expression(pcap_t *pcap, const char *expr, const char *path, struct err *err)
{
	const char *name = pcap_datalink_val_to_name(pcap_datalink(pcap));
	struct cbpf_prog prog;

	/* with a caret, where it is wrong for any file of this link type */
	if (cbpf_compile(expr, pcap_datalink(pcap), &prog, err))
		return err->code;
	cbpf_free(&prog);
	return err_set(err, ERR_USAGE, "bad filter '%.80s' for '%.200s' (%s): %s", expr, path,
		       name ? name : "unknown link type", pcap_geterr(pcap));
}

static int run(pcap_t *pcap, const struct bpf_program *prog, const char *path, cbpf_file_fn fn,
	       void *arg, struct cbpf_file_count *count, struct err *err)
{
	struct pcap_pkthdr *header;
	const u_char *packet;
	int rc;

	while ((rc = pcap_next_ex(pcap, &header, &packet)) == 1) {
		count->packets++;
		if (!pcap_offline_filter(prog, header, packet))
			continue;
		count->matches++;
		if (fn(arg, count->packets))
			return 0;
	}
	if (rc == PCAP_ERROR_BREAK) /* the end of the file */
		return 0;
	return err_set(err, ERR_FAILED, "cannot read '%.200s' after packet %llu: %s", path,
		       (unsigned long long)count->packets, without_name(pcap_geterr(pcap), path));
}

int cbpf_file_run(const char *expr, const char *path, cbpf_file_fn fn, void *arg,
		  struct cbpf_file_count *count, struct err *err)
{
	char words[PCAP_ERRBUF_SIZE] = "";
	struct bpf_program prog;
	pcap_t *pcap;
	int rc;

	*count = (struct cbpf_file_count){0};
	pcap = pcap_open_offline(path, words);
	if (!pcap) {
		rc = err_set(err, ERR_FAILED, "cannot read '%.200s': %s", path,
			     without_name(words, path));
		if (!strncmp(without_name(words, path), "unknown file format", 19))
			err_hint(err, "a capture is a pcap or pcapng file, not compressed");
		return rc;
	}
	if (pcap_compile(pcap, &prog, expr, strlen(expr) < CBPF_SLOW_TEXT, PCAP_NETMASK_UNKNOWN)) {
		rc = refuse_expression(pcap, expr, path, err);
	} else {
		rc = run(pcap, &prog, path, fn, arg, count, err);
		pcap_freecode(&prog);
	}
	pcap_close(pcap);
	return rc;
}
