/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd_trace.c - `xcap trace`: the capture of `xcap skb` at the places of a packet's way through the
 * stack, followed from one to the next and put together: one journey for each packet.
 *
 * The places are the set @trace, which -f replaces. A packet that the filter has taken once is
 * followed where it no longer matches: behind NAT, inside a tunnel.
 */
#include "cmd/cmd.h"

static void mean(struct config *config)
{
	config->track = config->gather.on = true;
}

static int run(struct config *config)
{
	if (!config->n_probes)
		config->probes[config->n_probes++] = "@trace";
	return cmd_skb.run(config);
}

const struct cmd cmd_trace = {
	.name = "trace",
	.synopsis = "[OPTIONS] [EXPRESSION]",
	.summary = "Follow packets through the kernel: each one's journey, hop by hop",
	.options = "probe backend btf "
		   "filter filter-file interface track-max "
		   "snaplen "
		   "write format linktype packet-buffered "
		   "print json line-buffered verbose stack stack-depth stack-fold quiet no-names "
		   "ether time nano "
		   "gather-baseline gather-timeout gather-buffer-size gather-output-color "
		   "min-latency histogram "
		   "count stop-on duration cmd ready-file buffer-size "
		   "dry-run debug help version",
	.more = "Examples:\n"
		"  xcap trace tcp port 9000\n"
		"  xcap trace -c 1 -i eth0 'icmp and host 10.0.0.2'\n"
		"  xcap trace --min-latency 1ms udp port 53\n"
		"  xcap trace -f @rx,@nf,@local,@drop tcp port 80\n"
		"\n"
		"A packet is followed from the first place where EXPRESSION matches until it is\n"
		"freed: through the routing decision, NAT, tunnels and network namespaces. Each\n"
		"line of a journey is a place, with the time since the first and the one before,\n"
		"and what has changed: addresses, ports, TTL, length. Without -f the places are\n"
		"those of the set @trace: 'xcap list @trace' shows them.\n",
	.defaults = mean,
	.run = run,
};
