# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# filter.sh - filters on live traffic, next to tcpdump with the same one: equal counts and equal packets.
# The third of three rings; equal.sh is about the packets, filter_kernel.sh about the program in the kernel.

# one_of I PROBE ARGS... EXPR: an xcap beside the others, into $T/x.I.pcapng; its pid in ${CAPTURES[I]}.
one_of()
{
	local i=$1 probe=$2

	rm -f "$T/ready.$i" # of the one before
	background_io /dev/null "$T/out.$i" "$T/err.$i" "$XCAP" skb -f "$probe" "${@:3:$#-3}" -s 65535 \
		-w "$T/x.$i.pcapng" --ready-file "$T/ready.$i" -e "${*: -1}"
	CAPTURES[i]=$BG
}

listens()
{
	[ -e "$T/ready.$1" ] || ended "${CAPTURES[$1]}"
}

# stop_all: all end well and have lost nothing; their totals are in $T/err.I.
stop_all()
{
	local i

	for i in "${!CAPTURES[@]}"; do
		kill -INT "${CAPTURES[i]}"
	done
	for i in "${!CAPTURES[@]}"; do
		reap "${CAPTURES[i]}" 20
		cp "$T/err.$i" "$T/err"
		eq "exit status" "$RC" 0
		eq "lost" "$(total lost)" 0
	done
}

# beside TABLE COMMAND...: for each line `N EXPR` of the table an xcap; tcpdump takes all that arrives, and
# what `tcpdump -r` finds by EXPR in its file is the measure. (Live, tcpdump's own filter runs in the kernel
# after the tag was taken out of a frame.) N packets must match.
beside()
{
	local table=$1 i=0 want expr

	shift
	CAPTURES=()
	tcpdump_start
	while read -r want expr; do
		one_of $((i++)) tracepoint:net:netif_receive_skb -i "$DEV_B" "$expr"
	done <<<"$table"
	for i in "${!CAPTURES[@]}"; do
		until_true 20 listens "$i" || fail "no xcap listens"
	done
	"$@"
	stop_all
	tcpdump_stop
	i=0
	while read -r want expr; do
		tcpdump -Z root -r "$T/tcpdump.pcap" -w "$T/filtered.pcap" "$expr" 2>"$T/frames.err" ||
			fail "tcpdump -r '$expr'"
		say "$expr: $(packets "$T/filtered.pcap") of $(packets "$T/tcpdump.pcap")"
		same_packets "$T/x.$((i++)).pcapng" "$T/filtered.pcap"
		eq "packets" "$(packets "$T/filtered.pcap")" "$want"
	done <<<"$table"
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

test_filter__every_kind_of_frame__equals_tcpdump()
{
	net_up
	quiet
	beside "\
6 vlan
2 vlan 5
2 vlan 100 and vlan 7 and udp port 9
2 mpls 1000 and mpls 1001 and host 10.99.0.1
2 pppoes 7 and udp port 9
2 geneve 9 and ether src 02:00:00:00:00:01
3 ip[6:2] & 0x3fff != 0
2 ip6 protochain 17
1 ip6 protochain 17 and less 120
2 udp port 9 and greater 1400
1 len = 1000
1 ether[1200] = 154 and ether[999] = 204
2 arp and arp[6:2] = 1" zoo
}

# Twelve headers are more than the loop is unrolled in the kernel: user space settles it, and counts it.
test_filter__protochain_too_long_for_the_kernel__is_settled_in_user_space()
{
	net_up
	quiet
	start skb -f tracepoint:net:netif_receive_skb -i "$DEV_B" -w "$T/x.pcapng" -s 80 \
		-e 'ip6 protochain 17 and inbound and ifindex '"$(in_b cat "/sys/class/net/$DEV_B/ifindex")"
	raw chain 12
	raw chain 2
	raw plain 2
	stop
	eq "packets" "$(packets "$T/x.pcapng")" 2
	eq "captured" "$(total captured)" 2
	start skb -f tracepoint:net:netif_receive_skb -i "$DEV_B" -w "$T/x.pcapng" -e 'ip6 protochain 17 and outbound'
	raw chain 12
	stop
	eq "packets outbound" "$(packets "$T/x.pcapng")" 0
	start skb -f tracepoint:net:netif_receive_skb -i "$DEV_B" -w "$T/x.pcapng" -e 'ip6 protochain 6'
	raw chain 12
	stop
	eq "packets of another protocol" "$(packets "$T/x.pcapng")" 0
}

test_filter__inbound_and_outbound__part_the_packets_at_a_probe_of_both()
{
	local direction

	net_up
	for direction in inbound outbound; do
		capture skb -f net:netif_receive_skb,net:net_dev_start_xmit -i "$DEV_B" -w "$T/$direction.pcap" \
			-e "icmp and $direction" -- ping4 3
	done
	eq "inbound" "$(tcpdump -nn -r "$T/inbound.pcap" 2>/dev/null | grep -c 'echo request')" 3
	eq "in all" "$(packets "$T/inbound.pcap")" 3
	eq "outbound" "$(tcpdump -nn -r "$T/outbound.pcap" 2>/dev/null | grep -c 'echo reply')" 3
	eq "out in all" "$(packets "$T/outbound.pcap")" 3
}

test_filter__ifindex__takes_one_device()
{
	local index

	net_up
	index=$(in_b cat "/sys/class/net/$DEV_B/ifindex")
	capture skb -f net:netif_receive_skb -i "$DEV_B" -w "$T/x.pcap" -e "icmp and ifindex $index" -- ping4 3
	eq "packets" "$(packets "$T/x.pcap")" 3
	capture skb -f net:netif_receive_skb -i "$DEV_B" -w "$T/x.pcap" -e "icmp and ifindex $((index + 1000))" \
		-- ping4 3
	eq "packets of another" "$(packets "$T/x.pcap")" 0
}

# A device without a link layer: the filter means the packet behind a made-up Ethernet header.
test_filter__without_a_link_layer__ip_matches_and_ether_does_not()
{
	net_up
	in_a python3 "$NET/with_tun.py" "tun$ID" 10.98.0.1/24 -- true || skip "a tun device"
	start skb -f net:net_dev_start_xmit -i "tun$ID*" -w "$T/x.pcap" -e 'udp port 9 and len = 43 and host 10.98.0.2'
	in_a python3 "$NET/with_tun.py" "tun$ID" 10.98.0.1/24 -- bash -c 'printf x >/dev/udp/10.98.0.2/9; printf x >/dev/udp/10.98.0.2/10'
	stop
	eq "packets" "$(packets "$T/x.pcap")" 1
	eq "seen" "$(($(total seen) >= 2))" 1
	start skb -f net:net_dev_start_xmit -i "tun$ID*" -w "$T/x.pcap" -e 'udp port 9 and ether src 02:00:00:00:00:01'
	in_a python3 "$NET/with_tun.py" "tun$ID" 10.98.0.1/24 -- bash -c 'printf x >/dev/udp/10.98.0.2/9'
	stop
	eq "packets with an address" "$(packets "$T/x.pcap")" 0
}

# Payload of large TCP segments stands in pages; the filter reads it there.
test_filter__payload_in_pages__equals_tcpdump()
{
	need socat
	need_feature bpf_dynptr_from_skb "paged bytes at tracepoints (kernel 6.12)"
	net_up
	quiet
	beside_stream 'tcp port 8000 and tcp[100:4] = 0x44454647'
	at_least "packets" "$(packets "$T/x.0.pcapng")" 1
	beside_stream 'tcp port 8000 and greater 2000'
	at_least "packets" "$(packets "$T/x.0.pcapng")" 1
	beside_stream 'tcp port 8000 and tcp[1500] & 1 = 1'
	beside_stream 'tcp port 8000 and tcp[100:4] = 0x45454647'
	eq "packets" "$(packets "$T/x.0.pcapng")" 0
}

# beside_stream EXPR: 300,000 bytes over TCP that tell their place.
beside_stream()
{
	CAPTURES=()
	tcpdump_start
	one_of 0 tracepoint:net:netif_receive_skb -i "$DEV_B" "$1"
	until_true 20 listens 0 || fail "xcap does not listen"
	tcp_pattern 8000
	stop_all
	tcpdump_stop
	tcpdump -Z root -r "$T/tcpdump.pcap" -w "$T/filtered.pcap" "$1" 2>"$T/frames.err" || fail "tcpdump -r"
	say "$1: $(packets "$T/filtered.pcap") of $(packets "$T/tcpdump.pcap")"
	if [ "$(packets "$T/filtered.pcap")" = 0 ]; then
		eq "packets" "$(packets "$T/x.0.pcapng")" 0
	else
		same_packets "$T/x.0.pcapng" "$T/filtered.pcap"
	fi
}

tcp_pattern()
{
	local server

	background ip netns exec "$NS_B" socat -u "TCP4-LISTEN:$1,reuseaddr" OPEN:/dev/null
	server=$BG
	until_true 5 listening "$1" || fail "no listener on port $1"
	python3 -c 'import sys; sys.stdout.buffer.write(bytes(range(256)) * 1200)' | in_a socat -u - "TCP4:$IP_B:$1"
	reap "$server" 10
}

hosts()
{
	python3 -c 'import sys; print(" or ".join(f"host 10.{i >> 16}.{i >> 8 & 255}.{i & 255}" for i in range(int(sys.argv[1]))))' \
		"$1"
}

test_filter__300_hosts__match_the_one_and_take_no_other()
{
	net_up
	capture skb -f net:netif_receive_skb -i "$DEV_B" -w "$T/x.pcap" -e "icmp and ($(hosts 300) or host $IP_A)" -- ping4 2
	eq "packets" "$(packets "$T/x.pcap")" 2
	no_match "$T/err" 'error'
	match "$T/err" 'libpcap can take a while'
	capture skb -f net:netif_receive_skb -i "$DEV_B" -w "$T/x.pcap" -e "$(hosts 300)" -- ping4 2
	eq "packets of others" "$(packets "$T/x.pcap")" 0
}

test_filter__3000_hosts__is_one_error_with_a_way_out_before_anything_is_attached()
{
	try 3 skb -f net:netif_receive_skb,skb:kfree_skb -w "$T/x.pcap" -e "$(hosts 3000)"
	error_says 'the filter is too large: [0-9]* characters'
	hint_says "net 10\.0\.0\.0/24"
	no_match "$T/err" 'listening'
	absent "$T/x.pcap"
}

# What libpcap can compile and an eBPF jump cannot reach over.
test_filter__too_many_loops__is_one_error_with_a_way_out_before_anything_is_attached()
{
	local expr

	expr=$(python3 -c 'print(" or ".join(f"ip6 protochain {i}" for i in range(40)))')
	try 3 skb -f net:netif_receive_skb,skb:kfree_skb -w "$T/x.pcap" -e "$expr"
	error_says 'the filter is too large for the kernel: [0-9]* instructions of classic BPF'
	hint_says 'tcpdump -r'
	no_match "$T/err" 'listening'
	absent "$T/x.pcap"
}
