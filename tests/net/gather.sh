# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gather.sh - -g: one record per packet over all probes, and how it ended.

TX=tracepoint:net:net_dev_queue
RX=tracepoint:net:netif_receive_skb
# where a datagram is read by its receiver
READ=tracepoint:skb:skb_copy_datagram_iovec

# Lines of $T/out that begin a journey which ended like that.
journeys()
{
	grep -cE "^[0-9:.]{15} #[0-9]+ $1( \(continued\))? [0-9.]+(us|ms|s) " "$T/out" || true
}

# From the totals' line of journeys: so many ended like that.
ended_as()
{
	sed -nE 's/^[0-9]+ journeys?: //p' "$T/err" | grep -oE "[0-9]+ $1" | grep -oE '^[0-9]+' || echo 0
}

# Each way of telling packets apart gives the same here.
ping_is_complete()
{
	net_up
	capture skb -f "$TX,$RX" -g "$@" -e icmp -- ping4 3
	eq "journeys" "$(journeys complete)" 6
	eq "lines that begin a journey" "$(count "$T/out" '^[0-9:.]{15} #')" 6
	eq "first hops" "$(count "$T/out" "^ +0\.0us +net_dev_queue +[a-z0-9]+@$ID_NS +cpu[0-9]+$")" 6
	eq "second hops" "$(count "$T/out" "^ +[0-9.]+us +\+[0-9.]+us +netif_receive_skb +[a-z0-9]+@$ID_NS +cpu[0-9]+$")" 6
	no_match "$T/out" 'NOT received|DROP|open|uncertain'
	match "$T/err" '^6 journeys: 6 complete$'
	eq "packets captured" "$(total captured)" 12
	match "$T/err" '^hop +seen +missing +p50 +p90 +p99 +max +from first: p50'
	match "$T/err" '^net_dev_queue +6 +0 +- +- '
	match "$T/err" '^netif_receive_skb +6 +0 +[0-9.]+us '
}

ID_NS="xcap-$ID-[ab]"

test_gather__a_ping_over_a_veth_pair_is_complete_by_id()
{
	ping_is_complete --gather-by id
}

test_gather__a_ping_over_a_veth_pair_is_complete_by_content()
{
	ping_is_complete --gather-by content
}

test_gather__a_dropped_syn_says_why_and_where_it_was_not_received()
{
	kernel_at_least 5 17 || skip "drop reasons (kernel 5.17)"
	net_up
	drop_port 9000
	# nobody names kfree_skb: xcap adds it
	capture skb -f "$TX,$RX,$READ" -g -i "$DEV_A" -i "$DEV_B" -e 'tcp port 9000' -- syn 9000
	at_least "dropped" "$(journeys DROPPED)" 1
	eq "other ends" "$(count "$T/out" '^[0-9:.]{15} #')" "$(journeys DROPPED)"
	match "$T/out" '^ +[0-9.]+[mu]s \+[0-9.]+[mu]s +DROP NETFILTER_DROP ip INPUT.* \([a-z_0-9.]+\+0x[0-9a-f]+( \[[a-z_0-9]+\])?\)$'
	match "$T/out" '^        NOT received at skb_copy_datagram_iovec$'
	no_match "$T/out" 'NOT received at net'
}

test_gather__not_received_is_never_said_of_a_glob_or_the_default_probes()
{
	net_up
	drop_port 9000
	capture skb -f 'tp:net:net_dev_*,tp:net:netif_r*,tp:skb:skb_copy*' -g -e 'tcp port 9000' -- syn 9000
	at_least "journeys" "$(count "$T/out" '^[0-9:.]{15} #')" 1
	no_match "$T/out" 'NOT received'
	capture skb -g -i "$DEV_B" -e icmp -- ping4 1
	eq "journeys" "$(count "$T/out" '^[0-9:.]{15} #')" 2
	no_match "$T/out" 'NOT received'
}

test_gather__loopback_is_one_journey_with_both_directions()
{
	net_up
	capture skb -f "$TX,$RX" -g -i lo -e 'icmp[icmptype] = icmp-echo' -- in_a ping -q -c 2 -i 0.1 127.0.0.1
	eq "journeys" "$(journeys complete)" 2
	eq "all of them" "$(count "$T/out" '^[0-9:.]{15} #')" 2
}

test_gather__quiet_leaves_the_table_on_standard_output()
{
	net_up
	capture skb -f "$TX,$RX" -gq --histogram -e icmp -- ping4 3
	match "$T/out" '^hop +seen '
	match "$T/out" '^netif_receive_skb +6 +0 '
	match "$T/out" '^netif_receive_skb, since the hop before:$'
	match "$T/out" '^ +[0-9.]+us \.\. [0-9.]+us +[0-9]+ \|@+$'
	no_match "$T/out" '#[0-9]'
	no_match "$T/err" '^hop '
	match "$T/err" '^6 journeys: 6 complete$'
}

test_gather__min_latency_baseline_and_colour_do_what_they_say()
{
	net_up
	capture skb -f "$TX,$RX" -g --min-latency 10s -e icmp -- ping4 2
	eq "journeys that take ten seconds" "$(lines "$T/out")" 0
	match "$T/err" '^0 journeys; 4 faster than --min-latency$'
	eq "held back" "$(total held_back)" 8
	# nothing is read here: no journey has its baseline
	capture skb -f "$READ,$RX" -g --gather-baseline first -e 'icmp[icmptype] = icmp-echo' -- ping4 2
	eq "journeys" "$(lines "$T/out")" 0
	match "$T/err" '^0 journeys; 2 never at the probe of --gather-baseline$'
	capture skb -f "$READ,$RX" -g --gather-baseline netif_receive_skb --gather-output-color red \
		-e 'icmp[icmptype] = icmp-echo' -- ping4 2
	eq "red lines" "$(grep -c "^$(printf '\033')\[31m.*#[12] .*$(printf '\033')\[0m\$" "$T/out")" 2
	eq "received" "$(count "$T/out" 'netif_receive_skb')" 2
	try 2 skb -f "$RX" -g --gather-baseline ip_rcv icmp
	error_says "--gather-baseline 'ip_rcv': no probe of this capture is called so"
	hint_says 'netif_receive_skb'
}

test_gather__time_out_closes_what_is_silent_and_a_small_buffer_what_is_oldest()
{
	net_up
	# the buffer holds 16 of the 40 that nobody ends: by content, and never at the second probe
	start skb -f "$TX,$READ" -g --gather-by content --gather-timeout 100ms --gather-buffer-size 16 \
		-e 'icmp[icmptype] = icmp-echo'
	in_a ping -q -n -c 40 -l 40 "$IP_B" >/dev/null
	until_true 5 never_read || fail "nothing was closed by the time-out while the capture went on"
	stop
	at_least "closed early" "$(count "$T/out" 'closed on its way')" 10
	eq "journeys" "$(journeys open)" 40
	eq "each is one or the other" "$(count "$T/out" 'NOT received at skb_copy_datagram_iovec|closed on its way')" 40
}

never_read()
{
	kill -USR2 "$XCAP_PID"
	grep -q 'NOT received at skb_copy_datagram_iovec' "$T/out"
}

test_gather__by_pointer_a_copy_is_another_packet()
{
	net_up
	# the skb that is sent over a veth pair is the one that is received
	capture skb -f "$TX,$RX" -g --gather-distinguish-by-pointer -e 'icmp[icmptype] = icmp-echo' -- ping4 2
	eq "journeys" "$(journeys complete)" 2
}

test_gather__count_and_stop_on_are_about_journeys()
{
	net_up
	drop_port 9000
	start skb -f "$TX,$RX" -g -c 2 -e icmp
	ping4 3
	finish
	eq "journeys" "$(count "$T/out" '^[0-9:.]{15} #')" 2
	start skb -f "$TX,$RX" -g --stop-on drop -e 'icmp or tcp port 9000'
	ping4 1
	syn 9000
	finish
	match "$T/out" ' DROPPED '
	start skb -f "skb:kfree_skb,$RX" --stop-on drop -e 'icmp[icmptype] = icmp-echo or tcp port 9000'
	ping4 1
	syn 9000
	finish
	eq "drops" "$(count "$T/out" '9000: Flags \[S\]')" 2
	try 2 skb -f "$RX" --stop-on drop icmp
	error_says "--stop-on 'drop' waits for a drop, and no probe here sees drops"
	hint_says 'skb:kfree_skb too, or gather with -g'
}

test_gather__stop_on_a_reason_waits_for_that_one()
{
	kernel_at_least 5 17 || skip "drop reasons (kernel 5.17)"
	net_up
	drop_port 9000
	start skb -f "$RX,skb:kfree_skb" -i "$DEV_B" --stop-on reason=netfilter_drop -e 'udp port 7 or tcp port 9000'
	udp 1 7
	syn 9000
	finish
	match "$T/out" ' NO_SOCKET '
	eq "drops by netfilter" "$(count "$T/out" ' NETFILTER_DROP ')" 1
	try 2 skb -f skb:kfree_skb --stop-on reason=NETFILTER_DORP
	error_says "--stop-on reason 'NETFILTER_DORP': this kernel has no such reason"
	hint_says "did you mean 'NETFILTER_DROP'"
}

test_gather__hops_go_to_a_file_packet_by_packet()
{
	net_up
	capture skb -f "$TX,$RX" -g --gather-by content -w "$T/x.pcapng" --print -e icmp -- ping4 2
	eq "journeys" "$(journeys complete)" 4
	eq "packets in the file" "$(packets "$T/x.pcapng")" 8
}

# Reads datagrams of port 9 in B until it is ended; how many there were is in $T/read then.
reader_of_9()
{
	background ip netns exec "$NS_B" python3 "$NET/datagrams.py" read 9 "$T/read"
	READER=$BG
	until_true 5 in_b sh -c "ss -Hlun 'sport = :9' | grep -q ." || fail "nobody reads port 9"
}

reader_ends()
{
	kill -TERM "$READER"
	reap "$READER" 10
}

# A random quarter of the datagrams to port 9 is dropped in B, and counted.
drop_some()
{
	need nft
	in_b nft add table ip xcap
	in_b nft add chain ip xcap input '{ type filter hook input priority 0; }'
	in_b nft add rule ip xcap input udp dport 9 numgen random mod 4 == 0 counter drop ||
		skip "the random numbers of nft (nft_numgen)"
}

dropped_by_nft()
{
	in_b nft list chain ip xcap input | sed -n 's/.*counter packets \([0-9]*\) .*/\1/p'
}

# datagrams COUNT PROBES ARGS...: to the reader, a quarter of them dropped; table and totals.
datagrams()
{
	local n=$1 probes=$2

	shift 2
	net_up
	drop_some
	reader_of_9
	start skb -f "$probes" -gq -i "$DEV_A" -i "$DEV_B" "$@" -e 'udp port 9'
	eq "datagrams" "$(in_a python3 "$NET/datagrams.py" send "$IP_B" 9 "$n")" "$n"
	reader_ends
	stop
}

# Each packet is in one journey, and ended as it did: N packets.
ended_as_counted()
{
	eq "lost" "$(total lost)" 0
	eq "what nft left, at the reader" $(($(dropped_by_nft) + $(cat "$T/read"))) "$1"
	eq "dropped, against nft's counter" "$(ended_as dropped)" "$(dropped_by_nft)"
	eq "complete, against the reader" "$(ended_as complete)" "$(cat "$T/read")"
	eq "other ends" "$(count "$T/err" '^[0-9]+ journeys.*(consumed|open|uncertain)')" 0
}

test_gather__100000_packets_of_which_nft_drops_some_end_as_nft_says()
{
	local n=100000

	# tracepoints alone do not tell such packets apart by identity: it is approximate
	datagrams $n "$TX,tracepoint:net:net_dev_start_xmit,tracepoint:net:netif_rx,$RX" --gather-by content -B 256M
	ended_as_counted $n
	match "$T/out" "^netif_rx +$n +0 "
	match "$T/out" "^net_dev_queue +$n +0 "
	match "$T/out" "^net_dev_start_xmit +$n +0 "
	match "$T/out" "^netif_receive_skb +$n +0 "
	match "$T/out" "^kfree_skb +$(dropped_by_nft) +0 "
}

test_gather_exact__what_nft_drops_is_not_received_at_the_function_behind_it()
{
	local n=2000

	need_kprobe
	datagrams $n "$RX,ip_rcv,ip_local_deliver,udp_rcv" -B 64M
	ended_as_counted $n
	match "$T/out" "^ip_rcv +$n +0 "
	match "$T/out" "^ip_local_deliver +$n +0 "
	match "$T/out" "^udp_rcv +$(cat "$T/read") +$(dropped_by_nft) "
}

test_gather_exact__dnat_is_one_journey_and_shows_the_new_address()
{
	need nft
	need_kprobe
	net_up
	in_b nft add table ip xcap
	in_b nft add chain ip xcap pre '{ type nat hook prerouting priority -100; }'
	in_b nft add rule ip xcap pre udp dport 80 dnat to "$IP_B:9" || skip "address translation by nft"
	reader_of_9
	capture skb -f "$RX,ip_rcv,udp_rcv" -g --track -i "$DEV_B" -e 'udp dst port 80' -- udp 1 80
	eq "journeys" "$(count "$T/out" '^[0-9:.]{15} #')" 1
	eq "complete" "$(journeys complete)" 1
	match "$T/out" '^ +[0-9.]+(us|ms) +\+[0-9.]+(us|ms) +udp_rcv .* dst 10\.99\.0\.2\.80 -> 10\.99\.0\.2\.9$'
	no_match "$T/out" 'NOT received'
}

test_gather__losses_make_journeys_uncertain_and_never_not_received()
{
	# 64 KiB of ring at full speed: much of it is lost
	datagrams 50000 "$TX,tracepoint:net:net_dev_start_xmit,$RX" --gather-by content -B 64K
	at_least "lost" "$(total lost)" 1000
	at_least "uncertain" "$(ended_as uncertain)" 1
	# all probes stand before the drop: nothing was not received, whatever was lost
	eq "open" "$(ended_as open)" 0
	eq "missing in the table" "$(awk 'NR > 1 { n += $3 } END { print n + 0 }' "$T/out")" 0
}
