# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# filter.sh - filters on live traffic, next to tcpdump with the same one: equal counts and equal packets.
# The third of three rings; equal.sh is about the packets, filter_kernel.sh about the program in the kernel.

# beside EXPR COMMAND...: tcpdump reads all that arrives, xcap runs with EXPR; then `tcpdump -r` with EXPR
# is the measure, for tcpdump's own filter runs in the kernel after the tag was taken out of a frame.
beside()
{
	local expr=$1

	shift
	tcpdump_start
	capture skb -f tracepoint:net:netif_receive_skb -i "$DEV_B" -s 65535 -w "$T/x.pcapng" -e "$expr" -- "$@"
	tcpdump_stop
	tcpdump -Z root -r "$T/tcpdump.pcap" -w "$T/filtered.pcap" "$expr" 2>"$T/frames.err" ||
		fail "tcpdump -r '$expr'"
	same_packets "$T/x.pcapng" "$T/filtered.pcap"
	N=$(packets "$T/x.pcapng")
	ALL=$(packets "$T/tcpdump.pcap")
	eq "lost" "$(total lost)" 0
}

# some WANT: so many packets matched, and there were others.
some()
{
	eq "packets that match" "$N" "$1"
	at_least "packets in all" "$ALL" $((N + 1))
}

# No packets that come by themselves.
quiet()
{
	in_a sysctl -qw "net.ipv6.conf.$DEV_A.disable_ipv6=1"
	in_b sysctl -qw "net.ipv6.conf.$DEV_B.disable_ipv6=1"
}

zoo()
{
	raw plain 2
	raw vlan 2
	raw qinq 2
	raw arp 2
	raw fragments 1
	raw mpls 2
	raw pppoe 2
	raw geneve 2
	raw chain 3
	raw chain 12
	raw size 1400
	raw size 1000
}

test_filter__of_every_kind_matches_what_tcpdump_reads()
{
	local expr want

	net_up
	quiet
	while read -r want expr; do
		beside "$expr" zoo
		some "$want"
	done <<'TABLE'
4 vlan && ! vlan 7
2 vlan 5
2 vlan 100 and vlan 7 and udp port 9
2 mpls 1000 and host 10.99.0.1
2 pppoes 7 and udp port 9
2 geneve 9 and ether src 02:00:00:00:00:01
3 ip[6:2] & 0x3fff != 0
2 ip6 protochain 17
1 ip6 protochain 17 and less 150
1 udp port 9 and greater 1400
1 len = 1000
1 ether[1200] = 154 and ether[999] = 204
2 arp and arp[6:2] = 1
TABLE
}
