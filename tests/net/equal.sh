# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# equal.sh - what xcap writes at net:netif_receive_skb is, byte for byte, what tcpdump writes on the
# receiving interface: same number, same original lengths, same bytes, in the same order.

# both FILTER COMMAND...: tcpdump and xcap side by side while the command sends; then the comparison,
# in pcapng and in pcap.
both()
{
	local filter=$1 ending

	shift
	for ending in pcapng pcap; do
		tcpdump_start "$filter"
		start skb -f tracepoint:net:netif_receive_skb -i "$DEV_B" -s 65535 -w "$T/xcap.$ending" -e "$filter"
		"$@"
		stop
		tcpdump_stop
		same_packets "$T/xcap.$ending" "$T/tcpdump.pcap"
	done
}

# has REGEX N: the comparison was about that: so many packets of tcpdump's file match.
has()
{
	tcpdump -nn -e -t -r "$T/tcpdump.pcap" >"$T/decoded" 2>"$T/frames.err"
	eq "packets like '$1'" "$(count "$T/decoded" "$1")" "$2"
}

test_equal__ipv4()
{
	net_up
	both icmp ping4 5
	has 'ICMP echo request' 5
}

test_equal__ipv6()
{
	net_up
	both 'icmp6[0] == 128' ping6 5
	has 'ICMP6, echo request' 5
}

test_equal__without_a_filter()
{
	net_up
	# IPv6 sends by itself, at any time
	in_a sysctl -qw "net.ipv6.conf.$DEV_A.disable_ipv6=1"
	in_b sysctl -qw "net.ipv6.conf.$DEV_B.disable_ipv6=1"
	both '' mixed
	has 'ICMP echo request' 2
	has 'ethertype 802.1Q' 4
}

mixed()
{
	ping4 2
	raw arp 2
	raw vlan 2
	raw fragments 1
	udp 2 9
}

test_equal__vlan_tagged_frames()
{
	net_up
	both 'vlan' raw vlan 3
	has 'vlan 5,' 3
	has 'vlan 6,' 3
}

test_equal__one_vlan_of_two()
{
	net_up
	both 'vlan 5 and udp port 9' raw vlan 3
	has 'vlan 5,' 3
	has 'vlan 6,' 0
}

test_equal__vlan_in_vlan()
{
	net_up
	both 'vlan 100' raw qinq 3
	has 'vlan 100,.*vlan 7,' 3
}

# A filter means what `tcpdump -r` means by it on the file. (Live, tcpdump's own filter runs in the kernel
# after the tag was taken out of the frame, and lets tagged packets through.)
test_equal__a_plain_filter_beside_tagged_frames()
{
	net_up
	tcpdump_start
	capture skb -f tracepoint:net:netif_receive_skb -i "$DEV_B" -s 65535 -w "$T/xcap.pcapng" -e 'udp port 9' \
		-- tagged_and_plain
	tcpdump_stop
	tcpdump -Z root -r "$T/tcpdump.pcap" -w "$T/filtered.pcap" 'udp port 9' 2>"$T/frames.err"
	same_packets "$T/xcap.pcapng" "$T/filtered.pcap"
	eq "packets" "$(packets "$T/xcap.pcapng")" 2
	has 'vlan 5,' 2
}

tagged_and_plain()
{
	raw vlan 2
	raw plain 2
}

test_equal__arp()
{
	net_up
	both 'arp and arp[6:2] == 1' raw arp 4
	has 'Request who-has 10\.99\.0\.2' 4
}

test_equal__fragments()
{
	net_up
	both 'ip[6:2] & 0x3fff != 0' raw fragments 2
	has '10\.99\.0\.1' 6
	has 'length 1434: ' 4
}

test_equal__jumbo_frames()
{
	net_up 9000
	both icmp ping4 3 -s 8900
	has 'length 8942: ' 3
}

test_equal__one_byte_udp()
{
	net_up
	both 'udp port 9' udp 5 9 x
	has 'UDP, length 1$' 5
}

test_equal__the_largest_and_the_smallest_frames()
{
	net_up 9000
	both 'udp port 9' sizes
	has 'length 42: ' 1
	has 'length 9014: ' 1
}

sizes()
{
	local length

	# around every size at which something in a capture changes: window, size classes, one page
	for length in 42 60 95 96 97 127 128 129 191 192 193 194 255 256 257 511 512 513 1023 1024 1025 \
		1514 2047 2048 2049 4095 4096 4097 9014; do
		raw size $length
	done
}

test_equal__an_unknown_protocol()
{
	net_up
	both 'ether proto 0x88b5' raw unknown 3
	has 'ethertype (Unknown|Local Experimental)' 3
}

test_equal__filter_by_length()
{
	net_up
	both 'udp port 9 and greater 1000' sizes_of_two
	has 'length 1000: ' 1
	has 'length 999: ' 0
}

sizes_of_two()
{
	raw size 999
	raw size 1000
}

test_equal__a_filter_that_looks_behind_the_window()
{
	net_up
	# byte 1200 of the frame is (1200 - 42) % 251 = 154 in send.py
	both 'udp port 9 and ether[1200] == 154' sizes_of_window
	has 'length 1400: ' 1
	has 'length' 1
}

sizes_of_window()
{
	raw size 1200
	raw size 1400
}

# GSO packets of up to 64 KiB cross veth in one piece, their payload in pages.
test_equal__tcp_stream_in_large_segments()
{
	need socat
	need_pages
	net_up
	both 'tcp port 8000' tcp_stream 8000 400000
	tcpdump -nn -e -t -r "$T/tcpdump.pcap" 2>/dev/null | sed -n 's/.*, length \([0-9]*\): .*/\1/p' |
		sort -n | tail -n 1 >"$T/largest"
	at_least "the largest packet" "$(cat "$T/largest")" 2000
}

# Without page addresses raw_tp has no way to them: what is there is right, and what is not is said.
test_partial__pages_that_cannot_be_read_are_said_and_lengths_are_right()
{
	need socat
	need tshark
	without_page_addresses
	net_up
	tcpdump_start 'tcp port 8000'
	start skb -f raw_tp:net:netif_receive_skb -i "$DEV_B" -w "$T/x.pcapng" -e 'tcp port 8000'
	tcp_stream 8000 400000
	stop
	tcpdump_stop
	tshark -r "$T/x.pcapng" -T fields -e frame.len -e frame.cap_len -e frame.comment >"$T/x" 2>"$T/tshark.err"
	tshark -r "$T/tcpdump.pcap" -T fields -e frame.len >"$T/lengths" 2>>"$T/tshark.err"
	cut -f1 "$T/x" | diff - "$T/lengths" >&2 || fail "the original lengths differ from tcpdump's"
	awk -F '\t' '{ cut = $2 < $1; said = $3 ~ /partial=1/; n += cut; if (cut != said) bad = 1 } END { print n; exit bad }' \
		"$T/x" >"$T/partial" || fail "a packet is partial and does not say so, or the other way round"
	at_least "partial packets" "$(cat "$T/partial")" 1
}

test_equal__snaplen_cuts_and_keeps_the_original_length()
{
	need editcap
	net_up
	tcpdump_start icmp
	capture skb -f tp:net:netif_receive_skb -i "$DEV_B" -s 100 -w "$T/x.pcapng" -e icmp -- ping4 3 -s 500
	tcpdump_stop
	editcap -F pcap -s 100 "$T/tcpdump.pcap" "$T/cut.pcap"
	same_packets "$T/x.pcapng" "$T/cut.pcap"
}

# Two kernel stamps of the same packet, one after the other on the same CPU.
test_equal__times_agree_with_tcpdump()
{
	net_up
	tcpdump_start icmp
	capture skb -f tp:net:netif_receive_skb -i "$DEV_B" -w "$T/x.pcap" -e icmp -- ping4 3
	tcpdump_stop
	tcpdump -tt -nn -r "$T/x.pcap" 2>/dev/null | cut -d' ' -f1 >"$T/times.x"
	tcpdump -tt -nn -r "$T/tcpdump.pcap" 2>/dev/null | cut -d' ' -f1 >"$T/times.t"
	paste "$T/times.x" "$T/times.t" | awk -v slow="$SLOW" '
		{ d = $1 - $2; if (d < 0) d = -d; if (d > 0.01 * slow) { print "differ by " d " s"; bad = 1 } }
		END { exit bad || NR != 3 }' >"$T/times" || fail "the times $(cat "$T/times")"
}
