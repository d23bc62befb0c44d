/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd_help.c - `xcap help [TOPIC]`: the overview, a command's --help, or a short text on a topic.
 *
 * Topics say in a screen what xcap(8) says in full. They go to stdout, as help that was asked for.
 */
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>

#include "base/util.h"

struct topic {
	const char *name, *summary, *text;
};

static const struct topic topics[] = {
	{"probes", "what -f takes",
	 "-f SPEC[,SPEC...], and -f may be repeated. One SPEC is [KIND:]TARGET[PLACE]:\n"
	 "\n"
	 "  ip_rcv                          kernel function; BTF tells which argument\n"
	 "                                  is the skb\n"
	 "  ip_rcv@1                        the same, and argument 1 has to be an skb\n"
	 "  tcp_rcv_established@2@1         the value of argument 1 goes along\n"
	 "  ip_rcv+0x1c@%rbx                inside the function; rbx holds the skb there\n"
	 "  tracepoint:net:net_dev_queue    tracepoint; 'tp:' is short for it\n"
	 "  net:net_dev_queue               the tracepoint if there is one, else\n"
	 "                                  function net_dev_queue of module net\n"
	 "  ip_*  tp:net:*  nf_nat:*  *     globs over everything that takes an skb\n"
	 "  !skb_clone  !tp:net:*           takes away from what stands before it\n"
	 "  @rx  @local,!ip_rcv             sets: @rx @tx @forward @local @nf @tcp @retrans\n"
	 "                                  @drop @trace, and those of your own in\n"
	 "                                  ~/.config/xcap/probes; 'xcap list @' lists them\n"
	 "\n"
	 "KIND forces a mechanism: kprobe (k), fentry (f), kprobe-multi (km), tp_btf,\n"
	 "raw_tp (rtp), and at a function's return kretprobe (kr), fexit (fr). Without one\n"
	 "xcap takes the cheapest that works; --debug tells which and why.\n"
	 "Without -f: net:netif_receive_skb and net:net_dev_start_xmit.\n"
	 "'xcap list PATTERN' lists what there is here.\n"},
	{"filter", "what -e takes",
	 "A filter is a tcpdump expression, see pcap-filter(7): after -e as one word in\n"
	 "quotes, in a file after -F, or as the last words of the line:\n"
	 "\n"
	 "  xcap skb -f ip_rcv -e 'tcp port 80 and not host 10.0.0.1'\n"
	 "  xcap tcp port 80\n"
	 "\n"
	 "It runs in the kernel and means what tcpdump means by it on the whole frame:\n"
	 "VLAN tags are there although the device stripped them, and len is the length\n"
	 "on the wire. Words that a shell takes, such as brackets and '&', need quotes.\n"
	 "The first word of the line is a command only if it is exactly the name of one;\n"
	 "an expression like that comes after 'skb' or '--': xcap -- list\n"
	 "'xcap filter EXPRESSION' prints the program that an expression becomes.\n"},
	{"output", "the line of text, and files",
	 "One packet is one line: time, probe, interface[@namespace], packet; '-' where a\n"
	 "column is empty. Interfaces in xcap's own network namespace have no '@'. With\n"
	 "-v a second line has key=value pairs; pcapng files have them in the packet's\n"
	 "comment. Where all probes are skb:kfree_skb, drop reason and place stand in the\n"
	 "place of the probe.\n"
	 "\n"
	 "-w FILE writes pcapng (pcap if FILE ends in .pcap), which tcpdump and Wireshark\n"
	 "read. Standard output carries packets only; all else goes to standard error:\n"
	 "\n"
	 "  xcap skb -f ip_rcv -w - | tcpdump -nr -\n"},
	{"losses", "how to read the totals",
	 "Every packet at a probe is counted, and the totals add up: one that was seen\n"
	 "was rejected by the filter or -i, captured, or lost. With several probes there\n"
	 "is a row for each. Lost are:\n"
	 "\n"
	 "  ring full    xcap did not keep up: a filter, a larger -B, a smaller -s\n"
	 "  nested       more interrupts inside each other than xcap has room for\n"
	 "  read fault   the kernel could not read the packet's memory\n"
	 "  undecidable  the filter needs bytes that this kernel does not let xcap read\n"
	 "               at this probe\n"
	 "\n"
	 "Missed hits are outside seen: the kernel did not run the program at all. They\n"
	 "are 'unknown' where the kernel does not count them.\n"},
	{"status", "exit statuses and signals",
	 "  0  done: also after Ctrl-C, or when the reader of the output has gone\n"
	 "  1  failed while running\n"
	 "  2  the command line is wrong\n"
	 "  3  this kernel or this user cannot do it; 'xcap check' tells more\n"
	 "\n"
	 "INT, TERM, HUP stop cleanly; a second INT or TERM leaves at once.\n"
	 "USR1 prints the totals so far, USR2 writes out what is buffered.\n"},
};

static void print_overview(void)
{
	printf("xcap captures packets inside the Linux kernel: at the functions and tracepoints\n"
	       "that handle them, filtered there by a tcpdump expression.\n\n"
	       "Usage: xcap [COMMAND] [OPTIONS] [EXPRESSION]\n\n"
	       "  xcap tcp port 80                      as tcpdump, on all interfaces\n"
	       "  xcap drop tcp port 9000               who drops it, and why\n"
	       "  xcap trace tcp port 9000              the journey of each packet, hop by hop\n"
	       "  xcap -f ip_rcv -w - | tcpdump -nr -   at a kernel function, to tcpdump\n\n"
	       "Commands:\n");
	for (const struct cmd *const *cmd = cmd_table(); *cmd; cmd++) {
		int column = printf("  %-8s ", (*cmd)->name);

		opts_print_wrapped(stdout, column, (*cmd)->summary);
	}
	printf("\nWithout a command: skb.\n");
	opts_print_options(&cmd_skb, stdout);
	printf("\nTopics, for 'xcap help TOPIC':\n");
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(topics); i++)
		printf("  %-8s %s\n", topics[i].name, topics[i].summary);
	printf("\nxcap(8) has it all.\n");
}

static int unknown_topic(const char *word)
{
	const char *names[UTIL_ARRAY_SIZE(topics) + 16];
	size_t n = 0, found;
	struct err err;

	for (const struct cmd *const *cmd = cmd_table(); *cmd; cmd++)
		names[n++] = (*cmd)->name;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(topics); i++)
		names[n++] = topics[i].name;
	err_set(&err, ERR_USAGE, "no help on '%s'", word);
	if (util_near_names(word, names, n, &found, 1))
		err_hint(&err, "did you mean 'xcap help %s'?", names[found]);
	else
		err_hint(&err, "'xcap help' lists commands and topics");
	err_print(&err);
	return err.status;
}

static int run(struct config *config)
{
	const char *word = config->trailing;

	if (!word) {
		print_overview();
		return ERR_OK;
	}
	if (cmd_find(word)) {
		opts_print_help(cmd_find(word), stdout);
		return ERR_OK;
	}
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(topics); i++)
		if (strcmp(topics[i].name, word) == 0) {
			fputs(topics[i].text, stdout);
			return ERR_OK;
		}
	return unknown_topic(word);
}

const struct cmd cmd_help = {
	.name = "help",
	.synopsis = "[COMMAND or TOPIC]",
	.summary = "Print the overview, or the help on a command or a topic",
	.options = "help",
	.run = run,
};
