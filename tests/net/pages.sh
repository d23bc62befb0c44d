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

# stream_by SPEC: a stream in large segments; then, of another, what a filter finds deep inside.
stream_by()
{
	need socat
	net_up
	pages_equal "$1" 'tcp port 8000' -- tcp_stream 8000 400000
	at_least "the largest packet" "$(largest "$T/tcpdump.pcap")" 4000
	pages_equal "$1" 'tcp dst port 8000 and (ip[900:4] & 7 = 3 or ip[2000:2] & 3 = 1 or ip[3001] & 1 = 1)' \
		-- tcp_stream 8000 100000
	at_least "packets found by their payload" "$(packets "$T/x.pcapng")" 1
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
