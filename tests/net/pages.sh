# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# pages.sh - the part of a packet that lies in pages, by every mechanism: what xcap reads there, in the
# filter and for the record, is what tcpdump has; where it cannot read it, it says so.

# pages_equal SPEC FILTER ARGS... -- COMMAND...: tcpdump and xcap side by side while the command sends; then
# the comparison. At least one packet reaches beyond any linear area.
pages_equal()
{
	local spec=$1 filter=$2 args=()

	shift 2
	while [ "$1" != -- ]; do
		args+=("$1")
		shift
	done
	shift
	tcpdump_start "$filter"
	start skb -f "$spec" -i "$DEV_B" -s 65535 -w "$T/x.pcapng" -e "$filter" "${args[@]}"
	"$@"
	stop
	tcpdump_stop
	no_match "$T/err" 'not read'
	eq undecidable "$(total undecidable)" 0
	same_packets "$T/x.pcapng" "$T/tcpdump.pcap"
	eq "partial packets" "$(partial "$T/x.pcapng")" 0
}

# partial FILE: packets of a pcapng file that say so in their comment; tshark takes half a minute in a guest.
partial()
{
	{ grep -aoE 'partial=1' "$1" || true; } | wc -l
}

# largest FILE: the original length of its longest packet.
largest()
{
	tcpdump -nn -e -t -r "$1" 2>/dev/null | sed -n 's/.*, length \([0-9]*\): .*/\1/p' | sort -n | tail -n 1
}

# large_stream PORT BYTES: as tcp_stream, from a file, written at once.
large_stream()
{
	local server

	background ip netns exec "$NS_B" socat -u "TCP4-LISTEN:$1,reuseaddr" OPEN:/dev/null
	server=$BG
	until_true 5 listening "$1" || fail "no listener on port $1"
	{ seq "$2" 2>/dev/null || true; } | head -c "$2" >"$T/stream"
	in_a socat -u -b "$2" "OPEN:$T/stream" "TCP4:$IP_B:$1"
	reap "$server" 10
}

# wide_window: TCP begins with packets as large as GSO makes them, 45 segments of 1,448 bytes.
wide_window()
{
	in_a ip route change 10.99.0.0/24 dev "$DEV_A" src "$IP_A" initcwnd 200
	# a packet takes no more than half the window
	in_b sysctl -qw net.ipv4.tcp_rmem='4096 4000000 8000000'
	in_b ip route change 10.99.0.0/24 dev "$DEV_B" src "$IP_B" initrwnd 200
}

# echo_64k SPEC: the largest packet there is, 65,549 bytes with its link header, as far as a record goes.
echo_64k()
{
	in_a ip link set "$DEV_A" mtu 65535
	in_b ip link set "$DEV_B" mtu 65535
	pages_equal "$1" 'icmp[0] = 8' -- ping4 1 -s 65507
	eq "its length" "$(largest "$T/x.pcapng")" 65549
	tcpdump -r "$T/x.pcapng" -w "$T/x.pcap" 2>/dev/null
	# a file's header, and the packet's
	eq "bytes captured" "$(stat -c %s "$T/x.pcap")" $((24 + 16 + 65535))
}

# stream_by SPEC: a stream in segments as large as they get; of another, what a filter finds deep inside; and
# one packet that is longer than a record.
stream_by()
{
	need socat
	net_up
	wide_window
	pages_equal "$1" 'tcp port 8000' -- large_stream 8000 400000
	# half of what the receiver offers, which a slow machine does not raise in time; 64 KiB are below
	at_least "the largest packet" "$(largest "$T/x.pcapng")" 8000
	pages_equal "$1" 'tcp dst port 8000 and (ip[900:4] & 7 = 3 or ip[2000:2] & 3 = 1 or ip[3001] & 1 = 1)' \
		-- tcp_stream 8000 100000
	at_least "packets found by their payload" "$(packets "$T/x.pcapng")" 1
	echo_64k "$1"
}

test_pages__by_raw_tp_are_those_of_tcpdump()
{
	need_feature 'page addresses' "page addresses: the kernel has no data symbols"
	stream_by raw_tp:net:netif_receive_skb
}

test_pages__by_kprobe_are_those_of_tcpdump()
{
	need_kprobe
	need_feature 'page addresses' "page addresses: the kernel has no data symbols"
	stream_by kprobe:ip_rcv
}

test_pages__by_fentry_are_those_of_tcpdump()
{
	need_mechanism fentry ip_rcv
	need_feature 'page addresses' "page addresses: the kernel has no data symbols"
	stream_by fentry:ip_rcv
}

# The largest IPv4 packet: 65,535 bytes behind an Ethernet header, of which 65,535 can be captured.
test_pages__a_packet_of_64_KiB_is_captured_up_to_65535_bytes()
{
	need_pages
	net_up 65535
	tcpdump_start icmp
	start skb -f net:netif_receive_skb -i "$DEV_B" -s 65535 -w "$T/x.pcapng" -e icmp
	ping4 3 -s 65507
	stop
	tcpdump_stop
	same_packets "$T/x.pcapng" "$T/tcpdump.pcap"
	eq "packets of 65,549 bytes" "$(tcpdump -nn -e -t -r "$T/x.pcapng" 2>/dev/null | grep -c ' length 65549: ')" 3
	tcpdump -r "$T/x.pcapng" -w "$T/x.pcap" 2>/dev/null
	# a file's header, and each packet's
	eq "bytes captured" "$(stat -c %s "$T/x.pcap")" $((24 + 3 * (16 + 65535)))
	eq "partial packets" "$(partial "$T/x.pcapng")" 0
}

# tcp6_stream PORT BYTES: as tcp_stream, over IPv6.
tcp6_stream()
{
	local server

	background ip netns exec "$NS_B" socat -u "TCP6-LISTEN:$1,reuseaddr" OPEN:/dev/null
	server=$BG
	until_true 5 listening "$1" || fail "no listener on port $1"
	# not by a pipe, which hands over 64 KiB at most
	{ seq "$2" 2>/dev/null || true; } | head -c "$2" >"$T/stream"
	in_a socat -u -b 262144 "OPEN:$T/stream" "TCP6:[$IP6_B]:$1"
	reap "$server" 10
}

# What GSO will cut later, as long as it gets: by default it can be captured whole; with the device's limit
# raised (BIG TCP, v5.19) it is longer than a record. tcpdump's lengths and bytes are xcap's.
test_pages__super_packets_are_captured_up_to_65535_bytes()
{
	need socat
	need_pages
	net_up
	pages_equal net:netif_receive_skb 'tcp dst port 8000' -- tcp_stream 8000 4000000
	at_least "the largest packet" "$(largest "$T/x.pcapng")" 65000
	kernel_at_least 5 19 || return 0
	in_a ip link set "$DEV_A" gso_max_size 131072
	in_b ip link set "$DEV_B" gro_max_size 131072
	pages_equal net:netif_receive_skb 'ether proto 0x86dd and len > 9000' -- tcp6_stream 8000 6000000
	at_least "the largest packet" "$(largest "$T/x.pcapng")" 66000
}

# reassembled_at SPEC: 41 fragments of a ping become one skb with the others in its frag_list. Its bytes are what
# ping puts there: the number of each from the timestamp on; and its checksum is right.
reassembled_at()
{
	net_up
	# other pings of this machine have other lengths
	start skb -f "$1" -s 65535 -w "$T/x.pcapng" -e 'icmp and len = 60043'
	ping4 1 -s 60001
	stop
	eq lost "$(total lost)" 0
	eq "partial packets" "$(partial "$T/x.pcapng")" 0
	tcpdump -r "$T/x.pcapng" -w "$T/x.pcap" 2>/dev/null
	python3 - "$T/x.pcap" >"$T/out" <<-'PING'
		import struct, sys
		data, at = open(sys.argv[1], "rb").read(), 24
		while at < len(data):
		    size = struct.unpack_from("<I", data, at + 8)[0]
		    icmp = data[at + 16 + 34:at + 16 + size]
		    words = struct.unpack(f">{len(icmp) // 2}H", icmp[:len(icmp) & ~1])
		    add = sum(words) + (icmp[-1] << 8 if len(icmp) & 1 else 0)
		    right = add % 65535 == 0 and icmp[24:] == bytes(i & 255 for i in range(16, len(icmp) - 8))
		    print(icmp[0], len(icmp), "right" if right else "wrong")
		    at += 16 + size
	PING
	each_line_matches "$T/out" '^[08] 60009 right$'
	eq "requests" "$(count "$T/out" '^8 ')" 1
	eq "replies" "$(count "$T/out" '^0 ')" 1
}

test_pages__fragments_put_together_are_whole()
{
	need_pages
	reassembled_at skb:consume_skb
}

test_pages__by_kprobe_fragments_put_together_are_whole()
{
	need_kprobe
	need_feature 'page addresses' "page addresses: the kernel has no data symbols"
	reassembled_at kprobe:icmp_rcv
}

# 119 fragments, more than are followed by address: what is there is right, and ends with a mark.
test_pages__by_kprobe_more_fragments_than_are_followed_are_a_marked_part()
{
	need_kprobe
	need_feature 'page addresses' "page addresses: the kernel has no data symbols"
	net_up
	in_a ip link set "$DEV_A" mtu 576
	in_b ip link set "$DEV_B" mtu 576
	start skb -f kprobe:icmp_rcv -s 65535 -w "$T/x.pcapng" -e 'icmp and len = 65043'
	ping4 1 -s 65001
	stop
	eq lost "$(total lost)" 0
	eq packets "$(packets "$T/x.pcapng")" 2
	eq "partial packets" "$(partial "$T/x.pcapng")" 2
	tcpdump -r "$T/x.pcapng" -w "$T/x.pcap" 2>/dev/null
	python3 - "$T/x.pcap" >"$T/out" <<-'PING'
		import struct, sys
		data, at = open(sys.argv[1], "rb").read(), 24
		while at < len(data):
		    size, length = struct.unpack_from("<II", data, at + 8)
		    icmp = data[at + 16 + 34:at + 16 + size]
		    right = icmp[24:] == bytes(i & 255 for i in range(16, len(icmp) - 8))
		    print(icmp[0], length, "a right part" if right and 20000 < len(icmp) < 64000 else f"wrong: {len(icmp)}")
		    at += 16 + size
	PING
	each_line_matches "$T/out" '^[08] 65043 a right part$'
}

# Of 50 fragments with a page each, which one datagram becomes: its own pages, then skbs of two pieces each, until
# there are 64 pieces. What is there is right, and ends with a mark.
test_pages__by_kprobe_more_pieces_than_64_are_a_marked_part()
{
	need_kprobe
	need python3
	need_feature 'page addresses' "page addresses: the kernel has no data symbols"
	net_up
	in_a ip link set "$DEV_A" mtu 1044
	in_b ip link set "$DEV_B" mtu 1044
	ping4 1
	start skb -f kprobe:udp_rcv -s 65535 -w "$T/x.pcapng" -e 'udp and len = 51234'
	in_a python3 "$NET/sendfile.py" "$T/pages" "$IP_B" 9004 51192
	stop
	eq lost "$(total lost)" 0
	eq packets "$(packets "$T/x.pcapng")" 1
	eq "partial packets" "$(partial "$T/x.pcapng")" 1
	tcpdump -r "$T/x.pcapng" -w "$T/x.pcap" 2>/dev/null
	python3 - "$T/x.pcap" "$T/pages" >"$T/out" <<-'PIECES'
		import struct, sys
		data, sent = open(sys.argv[1], "rb").read(), open(sys.argv[2], "rb").read()
		size, length = struct.unpack_from("<II", data, 24 + 8)
		part = data[24 + 16 + 42:24 + 16 + size]
		print(length, "right" if part == sent[8:8 + len(part)] else "wrong", 40952 <= len(part) < 51192)
	PIECES
	# the linear part and 17 pages, and 23 skbs: 40 of the fragments, or more where the kernel has put
	# pages that lie side by side into one piece (6.1: 49)
	match "$T/out" '^51234 right True$'
}

# Bytes of one packet must not show in another's record: the ring is filled with X first, then used again.
poisoned_by()
{
	need socat
	net_up
	start skb -f "$1" -i "$DEV_B" -s 65535 -B 1024 -w "$T/x.pcapng" -e 'tcp dst port 8000 or tcp dst port 8001'
	tcp_stream 8000 3000000 XXXXXXXX
	tcp_stream 8001 100000
	stop
	tcpdump -r "$T/x.pcapng" -w "$T/poison.pcap" 'tcp dst port 8000' 2>/dev/null
	tcpdump -r "$T/x.pcapng" -w "$T/clean.pcap" 'tcp dst port 8001' 2>/dev/null
	at_least "lines of poison" "$(grep -acE '^XXXXXXXX' "$T/poison.pcap" || true)" "${2:-10000}"
	at_least "the largest packet after it" "$(largest "$T/clean.pcap")" 2000
	eq "lines with bytes of another" "$(grep -ac XXXXXXXX "$T/clean.pcap" || true)" 0
}

test_poison__no_record_at_a_tracepoint_has_bytes_of_another_packet()
{
	need_pages
	poisoned_by net:netif_receive_skb
}

# Without page addresses these end with the linear part, and the poison never comes so far.
test_poison__no_record_by_raw_tp_has_bytes_of_another_packet()
{
	poisoned_by raw_tp:net:netif_receive_skb 0
}

test_poison__no_record_by_kprobe_has_bytes_of_another_packet()
{
	need_kprobe
	need_feature 'page addresses' "page addresses: the kernel has no data symbols"
	poisoned_by kprobe:ip_rcv
}

# A user who may not see addresses: the note, the mark, the verdict.
test_partial__where_no_page_is_found_a_note_says_so_and_a_deep_filter_is_undecidable()
{
	need socat
	without_page_addresses
	net_up
	start skb -f raw_tp:net:netif_receive_skb -i "$DEV_B" -w "$T/x.pcapng" -e 'ip[3000] = 1 and tcp dst port 8000'
	match "$T/err" "^xcap: bytes in pages are not read at raw_tp:net:netif_receive_skb: .*partial.*undecidable"
	tcp_stream 8000 400000
	stop
	at_least undecidable "$(total undecidable)" 1
	eq captured "$(total captured)" 0
}

# The kernel is asked where its pages are (5.16 and later); all symbols as text would be the larger part of
# what a start takes. Reading this file is an error.
test_page_addresses__are_asked_for_not_searched_in_kallsyms()
{
	# shellcheck disable=SC2016 # the inner shell expands
	unshare -m bash -c 'mount --bind /proc/1/mem /proc/kallsyms && exec "$0" check' "$XCAP" >"$T/out" 2>"$T/err" ||
		true
	match "$T/out" "cannot read '/proc/kallsyms'"
	match "$T/out" '^(ok|no) +page addresses'
	no_match "$T/out" "page addresses.*cannot read"
}
