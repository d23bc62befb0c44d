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
	capture skb -f "$TX,$RX,$READ" -g -e 'tcp port 9000' -- syn 9000
	at_least "dropped" "$(journeys DROPPED)" 1
	eq "other ends" "$(count "$T/out" '^[0-9:.]{15} #')" "$(journeys DROPPED)"
	match "$T/out" '^ +[0-9.]+us \+[0-9.]+us +DROP NETFILTER_DROP ip INPUT.* \([a-z_0-9.]+\+0x[0-9a-f]+( \[[a-z_0-9]+\])?\)$'
	match "$T/out" '^        NOT received at skb_copy_datagram_iovec$'
	no_match "$T/out" 'NOT received at net'
}

test_gather__not_received_is_never_said_of_a_glob()
{
	net_up
	drop_port 9000
	capture skb -f 'tp:net:net_dev_*,tp:net:netif_r*,tp:skb:skb_copy*' -g -e 'tcp port 9000' -- syn 9000
	at_least "journeys" "$(count "$T/out" '^[0-9:.]{15} #')" 1
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
	in_a ping -q -n -c 40 -l 40 $IP_B >/dev/null
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

test_gather__hops_go_to_a_file_packet_by_packet()
{
	net_up
	capture skb -f "$TX,$RX" -g --gather-by content -w "$T/x.pcapng" --print -e icmp -- ping4 2
	eq "journeys" "$(journeys complete)" 4
	eq "packets in the file" "$(packets "$T/x.pcapng")" 8
}
