# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# loss.sh - at full speed nothing is lost without being counted: the counters close exactly, whatever
# was lost, and the file holds exactly what they call sent.

# An independent count in B of what came through the device: a netfilter rule that matches the port.
count_in_b()
{
	need nft
	in_b nft add table ip xcap
	in_b nft add chain ip xcap pre '{ type filter hook prerouting priority -300; }'
	in_b nft add rule ip xcap pre udp dport "$1" counter
	# nobody listens: without the answers the sender is faster
	in_b nft add rule ip xcap pre udp dport "$1" drop
}

counted()
{
	in_b nft list chain ip xcap pre | sed -n 's/.*counter packets \([0-9]*\) .*/\1/p'
}

# From the totals of the last run: seen = rejected + lost + held back + sent, lost = its causes, held back =
# its causes. totals.py fails if xcap itself finds that its counters do not add up, probe by probe.
counters_close()
{
	local lost held

	lost=$(($(total ring_full) + $(total table_full) + $(total nested) + $(total fault) + $(total undecidable)))
	held=$(($(total sampled) + $(total limited) + $(total discarded)))
	eq "lost, by cause" "$lost" "$(total lost)"
	eq "held back, by cause" "$held" "$(total held)"
	eq "seen" "$(total seen)" $(($(total rejected) + lost + held + $(total sent)))
}

# blast_into FILE COUNT ARGS...: COUNT packets to port 9 at full speed while xcap writes to FILE.
blast_into()
{
	local file=$1 n=$2

	shift 2
	start skb -f tracepoint:net:netif_receive_skb -i "$DEV_B" -w "$file" "$@"
	in_a "$BLAST" "$IP_B" 9 "$n" 20 >"$T/blast"
	stop
	eq "packets that the sender sent" "$(cat "$T/blast")" "$n"
}

test_loss__500000_packets_at_full_speed_and_the_counters_close()
{
	net_up
	count_in_b 9
	blast_into "$T/x.pcap" 500000 -e 'udp port 9'
	counters_close
	eq "matched, against netfilter's count" \
		"$(($(total matched) + $(total fault) + $(total nested) + $(total undecidable)))" "$(counted)"
	at_least "seen" "$(total seen)" "$(counted)"
	eq "packets in the file" "$(packets "$T/x.pcap")" "$(total sent)"
	at_least "sent" "$(total sent)" 1
}

test_loss__a_small_ring_overflows_and_the_counters_close()
{
	net_up
	count_in_b 9
	# 64 KiB of ring for 1,000 bytes each, and a reader that stands still
	start skb -f tracepoint:net:netif_receive_skb -i "$DEV_B" -B 64 -w "$T/x.pcap" -e 'udp port 9'
	kill -STOP "$XCAP_PID"
	in_a "$BLAST" "$IP_B" 9 5000 1000 >"$T/blast"
	kill -CONT "$XCAP_PID"
	stop
	counters_close
	at_least "ring_full" "$(total ring_full)" 1
	eq "matched" "$(total matched)" "$(counted)"
	eq "packets in the file" "$(packets "$T/x.pcap")" "$(total sent)"
}

# matching FILE EXPR: how many packets of it match.
matching()
{
	tcpdump -nn -q -t -r "$1" "$2" 2>"$T/frames.err" | wc -l
}

test_loss__records_of_two_cpus_at_once_are_whole()
{
	local first second

	need taskset
	net_up
	count_in_b 9
	start skb -f tracepoint:net:netif_receive_skb -i "$DEV_B" -B 256 -w "$T/x.pcap" -e 'udp portrange 9-10'
	background ip netns exec "$NS_A" taskset -c 0 "$BLAST" "$IP_B" 9 100000 20 >/dev/null
	first=$BG
	background ip netns exec "$NS_A" taskset -c "$(($(nproc) - 1))" "$BLAST" "$IP_B" 10 100000 700 >/dev/null
	second=$BG
	reap "$first" 60
	reap "$second" 60
	stop
	counters_close
	eq "packets in the file" "$(packets "$T/x.pcap")" "$(total sent)"
	first=$(matching "$T/x.pcap" 'udp port 9 and len == 62 and udp[8:4] == 0 and udp[24:4] == 0')
	second=$(matching "$T/x.pcap" 'udp port 10 and len == 742 and udp[8:4] == 0 and udp[704:4] == 0')
	eq "of both" $((first + second)) "$(total sent)"
	at_least "of the one" "$first" 100
	at_least "of the other" "$second" 100
}

test_loss__traffic_that_does_not_match_takes_no_room_in_the_ring()
{
	net_up
	start skb -f tracepoint:net:netif_receive_skb -i "$DEV_B" -B 64 -w "$T/x.pcap" -e 'udp port 10'
	kill -STOP "$XCAP_PID"
	in_a "$BLAST" "$IP_B" 9 20000 20 >"$T/blast"
	udp 3 10
	kill -CONT "$XCAP_PID"
	stop
	counters_close
	eq "matched" "$(total matched)" 3
	eq "ring_full" "$(total ring_full)" 0
	eq "packets in the file" "$(packets "$T/x.pcap")" 3
	at_least "rejected" "$(total rejected)" 19000
}

# More than can be shown: three records for each packet, each written by itself, and two senders.
overwhelm()
{
	start skb -f net:netif_receive_skb,net:net_dev_start_xmit,net:net_dev_queue -v -l -e 'udp port 9' "$@"
	background ip netns exec "$NS_A" "$BLAST" "$IP_B" 9 100000000 20 >/dev/null
	background ip netns exec "$NS_A" "$BLAST" "$IP_B" 9 100000000 20 >/dev/null
}

# written BYTES: so much text has come so far.
written()
{
	[ "$(stat -c %s "$T/out")" -ge "$1" ]
}

test_stop__duration_ends_a_capture_that_never_catches_up()
{
	net_up
	count_in_b 9
	overwhelm --duration 1s
	finish
	counters_close
	eq "lines" "$(lines "$T/out")" $((2 * $(total sent)))
}

test_stop__term_ends_a_capture_that_never_catches_up()
{
	net_up
	count_in_b 9
	overwhelm
	# long enough for the ring to be full
	until_true 20 written 2000000 || fail "too few lines in 20 s"
	kill -USR1 "$XCAP_PID"
	until_true 20 grep -q 'packets captured' "$T/err" || fail "no statistics at USR1"
	stop TERM
	eq "statistics" "$(count "$T/err" 'packets captured')" 2
}

test_c__is_exact_at_full_speed_and_the_counters_close()
{
	net_up
	count_in_b 9
	start skb -f net:netif_receive_skb,net:net_dev_start_xmit -e 'udp port 9' -w "$T/x.pcapng" --print -c 2000
	in_a "$BLAST" "$IP_B" 9 20000 20 >"$T/blast"
	finish
	counters_close
	eq "captured" "$(total captured)" 2000
	eq "lines" "$(lines "$T/out")" 2000
	eq "packets in the file" "$(packets "$T/x.pcapng")" 2000
	at_least "after the limit" "$(total after_limit)" 1
}
