/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd_drop.c - `xcap drop`: the capture of `xcap skb` at skb:kfree_skb, for whom a packet is
 * missing.
 *
 * What makes it different is what is asked of the kernel (stacks, the netfilter chain, --reason),
 * and what the pipeline leaves out (flow/drops).
 */
#include "cmd/cmd.h"

static int run(struct config *config)
{
	config->drop = true;
	config->probes[config->n_probes++] = "tracepoint:skb:kfree_skb";
	return cmd_skb.run(config);
}

const struct cmd cmd_drop = {
	.name = "drop",
	.synopsis = "[OPTIONS] [EXPRESSION]",
	.summary = "Show which packets the kernel drops: why, where, on which path",
	.options = "filter filter-file interface reason all "
		   "snaplen "
		   "write format linktype packet-buffered "
		   "print json line-buffered verbose stack stack-depth stack-fold quiet no-names "
		   "ether time nano "
		   "summary explain "
		   "count stop-on duration cmd ready-file buffer-size "
		   "backend btf dry-run debug help version",
	.own_probes =
		"'xcap drop' captures at skb:kfree_skb; 'xcap skb -f SPEC' captures elsewhere",
	.more = "Examples:\n"
		"  xcap drop tcp port 9000\n"
		"  xcap drop --summary\n"
		"  xcap drop --reason NETFILTER_DROP,NO_SOCKET --explain\n"
		"  xcap drop -i eth0 -w drops.pcapng\n"
		"\n"
		"Each line has the reason, the place in the kernel, for netfilter the family and\n"
		"hook (and table and chain, where functions can be probed), interface and\n"
		"packet. At the end counters of losses that moved are printed: not all of them\n"
		"are seen as drops.\n",
	.run = run,
};
