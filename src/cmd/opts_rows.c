/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * opts_rows.c - the table of options: one row each. The parser, --help and the checks of the manual
 * page only walk it.
 */
#include "cmd/opts_rows.h"

#include "base/util.h"
#include "cmd/opts_gather.h"
#include "cmd/opts_set.h"

const struct opts_row opts_rows[] = {
	{"probe", 'f', "SPEC",
	 "capture at these probes: functions and tracepoints, several by commas "
	 "and by repeating; see 'xcap help probes'",
	 opts_set_probe, OPTS_CAPTURE, .repeat = true},
	{"filter", 'e', "EXPR",
	 "only packets that match this tcpdump expression; it can also stand at "
	 "the end of the line",
	 opts_set_filter, OPTS_CAPTURE},
	{"filter-file", 'F', "FILE",
	 "read the expression from FILE, - for standard input; '#' begins a comment",
	 opts_set_filter_file, OPTS_CAPTURE},
	{"interface", 'i', "IF",
	 "only packets on these interfaces: a name, a glob, IF@NETNS, any; may "
	 "be repeated",
	 opts_set_interface, OPTS_CAPTURE, .repeat = true},
	{"reason", 0, "NAME", "only drops for this reason, or for one of several by commas",
	 opts_set_reason, OPTS_CAPTURE, .repeat = true},
	{"all", 0, NULL,
	 "show also what is freed as a drop and is none, and what is no IP or ARP packet",
	 opts_set_all, OPTS_CAPTURE},
	{"track", 0, NULL,
	 "follow each packet that matches from probe to probe under an id, also where it "
	 "no longer matches: behind NAT, in a tunnel",
	 opts_set_track, OPTS_CAPTURE},
	{"track-max", 0, "N", "follow at most N packets at a time (default: 65536)",
	 opts_set_track_max, OPTS_CAPTURE},
	{"snaplen", 's', "N",
	 "bytes of a packet to keep, 0 for the maximum of 65535 (default: 65535 "
	 "with -w, 256 for text)",
	 opts_set_snaplen, OPTS_CAPTURE},
	{"backend", 0, "NAME",
	 "attach all probes by this mechanism alone: tp_btf, raw_tp, fentry, kprobe-multi or "
	 "kprobe",
	 opts_set_backend, OPTS_CAPTURE},
	{"btf", 0, "FILE", "take the kernel's types (BTF) from FILE", opts_set_btf, OPTS_CAPTURE},
	{"skb-data", 0, NULL, "take what skb->data points to as the packet, whatever it is",
	 opts_set_skb_data, OPTS_CAPTURE},
	{"skb-data-offset", 0, "N",
	 "with --skb-data: start N bytes behind it, or before it where N is negative",
	 opts_set_skb_data_offset, OPTS_CAPTURE},
	{"fake-hdr", 0, NULL,
	 "show an skb in which no packet is found too, behind a made-up link header",
	 opts_set_fake_hdr, OPTS_CAPTURE},
	{"write", 'w', "FILE",
	 "write the packets to FILE, - for standard output, instead of printing "
	 "them",
	 opts_set_write, OPTS_OUTPUT},
	{"format", 0, "NAME",
	 "format of FILE: pcapng, pcap, text, json or fold (default: pcap or json for a name that "
	 "ends so, else pcapng)",
	 opts_set_format, OPTS_OUTPUT},
	{"linktype", 'y', "TYPE",
	 "link type of the packets in a file, or what the filter is compiled for: EN10MB, RAW or "
	 "LINUX_SLL2 (default: EN10MB, which is Ethernet)",
	 opts_set_linktype, OPTS_OUTPUT},
	{"print", 0, NULL, "print the packets too, with -w", opts_set_print, OPTS_OUTPUT},
	{"packet-buffered", 'U', NULL, "write out every packet at once", opts_set_unbuffered,
	 OPTS_OUTPUT},
	{"line-buffered", 'l', NULL, "write out every packet at once on standard output",
	 opts_set_line_buffered, OPTS_OUTPUT},
	{"verbose", 'v', NULL,
	 "print more of each packet, and a second line with what the kernel "
	 "knows about it; in a list the mechanisms that work here",
	 opts_set_verbose, OPTS_OUTPUT},
	{"stack", 'S', NULL,
	 "print the kernel's stack below each packet, the probed place first; in a pcapng file it "
	 "is a second comment",
	 opts_set_stack, OPTS_OUTPUT},
	{"stack-depth", 0, "N", "functions of a stack to keep, 1 to 127 (default: 32)",
	 opts_set_stack_depth, OPTS_OUTPUT},
	{"stack-fold", 0, NULL,
	 "print no packets but, at the end, how many came by each way through the kernel: lines "
	 "for flame graphs",
	 opts_set_stack_fold, OPTS_OUTPUT},
	{"quiet", 'q', NULL,
	 "say nothing but errors, warnings and the totals; packets are printed as without it, "
	 "but with -g the table of hops alone",
	 opts_set_quiet, OPTS_OUTPUT},
	{"no-names", 'n', NULL, "print numbers, not names of hosts and ports: always so",
	 opts_set_no_names, OPTS_OUTPUT},
	{"ether", 0, NULL, "print MAC addresses", opts_set_ether, OPTS_OUTPUT},
	{"time", 0, "STYLE", "none, local, epoch, delta, date or since (default: local)",
	 opts_set_time, OPTS_OUTPUT},
	{"nano", 0, NULL, "print nanoseconds; files always have them", opts_set_nano, OPTS_OUTPUT},
	{"summary", 0, NULL,
	 "print a table by reason and place instead of packets: on a terminal each second, "
	 "else at the end",
	 opts_set_summary, OPTS_OUTPUT},
	{"explain", 0, NULL, "at the end, say what each reason means and how to look further",
	 opts_set_explain, OPTS_OUTPUT},
	{"dump", 'd', NULL,
	 "print classic BPF as tcpdump does; -dd as initialisers in C, -ddd as numbers",
	 opts_set_dump, OPTS_FORMS},
	{"ebpf", 0, NULL, "print the eBPF that xcap loads for it", opts_set_ebpf, OPTS_FORMS},
	{"c", 0, NULL, "print it as a function in C", opts_set_c, OPTS_FORMS},
	{"read", 'r', "FILE",
	 "print the numbers of the packets in the pcap or pcapng FILE that match, - for "
	 "standard input",
	 opts_set_read, OPTS_FORMS},
	{"long", 'l', NULL, "print the prototype of each", opts_set_long, OPTS_OUTPUT},
	{"json", 0, NULL, "print JSON: an object per line for each packet, see xcap-json(5)",
	 opts_set_json, OPTS_OUTPUT},
	{"gather", 'g', NULL,
	 "put all that is seen of one packet together: its hops in the order of time, what changed "
	 "at each, how it ended",
	 opts_gather_set, OPTS_GATHER},
	{"gather-by", 0, "HOW",
	 "tell packets apart by id, which follows the packet in the kernel, or by content, what it "
	 "carries (default: id)",
	 opts_gather_set_by, OPTS_GATHER},
	{"gather-distinguish-by-pointer", 0, NULL,
	 "by content, and by the address of the skb: equal packets at a time are several",
	 opts_gather_set_by_pointer, OPTS_GATHER},
	{"gather-baseline", 0, "PROBE",
	 "only packets that were seen at PROBE, or at the first of -f (first) (default: any)",
	 opts_gather_set_baseline, OPTS_GATHER},
	{"gather-timeout", 0, "TIME",
	 "wait so long for the next hop of a packet: 2, 500ms (default: 1s)",
	 opts_gather_set_timeout, OPTS_GATHER},
	{"gather-buffer-size", 0, "N",
	 "packets to keep at a time; the oldest leaves for one more (default: 65536)",
	 opts_gather_set_buffer_size, OPTS_GATHER},
	{"gather-output-color", 0, "COLOR",
	 "colour of a journey's first line: red, green, yellow, blue, purple or cyan",
	 opts_gather_set_color, OPTS_GATHER},
	{"min-latency", 0, "TIME", "only packets that took so long from the first hop to the last",
	 opts_gather_set_min_latency, OPTS_GATHER},
	{"histogram", 0, NULL, "at the end, print how long packets took to each hop, as bars",
	 opts_gather_set_histogram, OPTS_GATHER},
	{"stop-on", 0, "CONDITION",
	 "stop after the first drop, reason=NAME, incomplete or latency>TIME; the last two need -g",
	 opts_gather_set_stop_on, OPTS_RUNNING},
	{"count", 'c', "N", "stop after N packets; with -g N journeys", opts_set_count,
	 OPTS_RUNNING},
	{"duration", 0, "TIME", "stop after this time: 5, 5s, 500ms, 2m, 1h", opts_set_duration,
	 OPTS_RUNNING},
	{"cmd", 0, "COMMAND", "run COMMAND in a shell once listening, stop when it ends",
	 opts_set_cmd, OPTS_RUNNING},
	{"ready-file", 0, "FILE", "write the process id to FILE once listening",
	 opts_set_ready_file, OPTS_RUNNING},
	{"buffer-size", 'B', "SIZE",
	 "buffer between kernel and xcap, in KiB or with K, M, G (default: "
	 "8M)",
	 opts_set_buffer_size, OPTS_RUNNING},
	{"dry-run", 0, NULL, "print what would be attached and why, and end", opts_set_dry_run,
	 OPTS_RUNNING},
	{"debug", 0, NULL, "tell what is done and why", opts_set_debug, OPTS_RUNNING},
	{"help", 'h', NULL, "print this text", opts_set_help, OPTS_OTHER},
	{"version", 0, NULL, "print the version", opts_set_version, OPTS_OTHER},
	/* names that users of netcap and tcpdump know */
	{"function", .alias_of = "probe"},
	{"func", .alias_of = "probe"},
	{"expression", .alias_of = "filter"},
	{"snapshot-length", .alias_of = "snaplen"},
	{"capture-max-size", .alias_of = "snaplen"},
	{"write-file", .alias_of = "write"},
};

_Static_assert(UTIL_ARRAY_SIZE(opts_rows) <= OPTS_ROWS_MAX, "more options than OPTS_ROWS_MAX");

const size_t opts_rows_count = UTIL_ARRAY_SIZE(opts_rows);
