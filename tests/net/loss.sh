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
