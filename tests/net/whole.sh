# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# whole.sh - a packet is whole at every probe: one TCP and one UDP exchange over IPv4, IPv6, a VLAN and large
# frames, captured by one xcap at every probe of its way, beside tcpdump on the wire. What each probe has is
# compared with the wire by whole.py, which prints a table, and nothing is malformed to tshark.

# Functions that take the skb, and which packets of the wire have to be there (see whole.py; - some of them:
# which ones a kernel hands to a function is its own affair). Those that a kernel lacks are left out.
FUNCTIONS='
__tcp_transmit_skb        tcp+data
tcp_transmit_skb          -
ip_build_and_send_pkt     -
ip_queue_xmit             v4+tcp+data
__ip_queue_xmit           v4+tcp+data
inet6_csk_xmit            v6+tcp+data
ip6_xmit                  v6+tcp+data
udp_send_skb              v4+udp+in
udp_v6_send_skb           v6+udp+in
ip_send_skb               v4+udp
ip6_send_skb              v6+udp
ip6_local_out             -
__ip6_local_out           -
__ip_local_out            v4
ip_local_out              -
ip_output                 v4
ip_finish_output2         v4
ip6_output                v6
ip6_finish_output2        v6
__dev_queue_xmit          all
dev_hard_start_xmit       all
ip_rcv                    v4
ip_local_deliver          v4
ip_protocol_deliver_rcu   v4
ipv6_rcv                  v6
ip6_input                 v6
ip6_protocol_deliver_rcu  v6
tcp_v4_rcv                v4+tcp
tcp_v6_rcv                v6+tcp
tcp_v4_do_rcv             -
tcp_v6_do_rcv             -
sk_filter_trim_cap        -
tcp_rcv_established       -
tcp_data_queue            -
tcp_queue_rcv             -
tcp_ack                   -
tcp_conn_request          -
tcp_check_req             -
tcp_rcv_state_process     -
tcp_timewait_state_process -
udp_rcv                   v4+udp
udpv6_rcv                 v6+udp
udp_queue_rcv_skb         -
udp_queue_rcv_one_skb     -
udpv6_queue_rcv_skb       -
__udp_enqueue_schedule_skb udp
__skb_recv_udp            -
skb_consume_udp           -
'

PORTS=4001,4002,4003,4004,4005,9
SIZE=6000

# The scenes, one after the other while xcap runs: sizes change in the middle, TSO is on throughout.
scenes()
{
	in_a python3 "$NET/exchange.py" talk "$IP_B" 4001 $SIZE
	in_a python3 "$NET/exchange.py" talk "$IP6_B" 4002 $SIZE
	# shellcheck disable=SC2015 # raw frames, where there are no devices for tags
	if [ -n "$VLAN" ]; then
		in_a python3 "$NET/exchange.py" talk 10.97.0.2 4003 $SIZE
	else
		raw vlan 2
	fi
	in_a ip link set "$DEV_A" mtu 9000
	in_b ip link set "$DEV_B" mtu 9000
	in_a python3 "$NET/exchange.py" talk "$IP_B" 4004 $SIZE
	in_a python3 "$NET/exchange.py" talk "$IP6_B" 4005 $SIZE
}

vlan_up()
{
	VLAN=
	in_a ip link add link "$DEV_A" name "$DEV_A.5" type vlan id 5 2>"$T/vlan.err" || return 0
	in_b ip link add link "$DEV_B" name "$DEV_B.5" type vlan id 5
	in_a ip addr add 10.97.0.1/24 dev "$DEV_A.5"
	in_b ip addr add 10.97.0.2/24 dev "$DEV_B.5"
	in_a ip link set "$DEV_A.5" up
	in_b ip link set "$DEV_B.5" up
	VLAN=1
}

# whole PROBE=CLASS...: all of it at these probes; a class of - asks for nothing but what is right.
whole()
{
	local probes=() wanted=() word

	need tshark
	net_up
	vlan_up
	background_io /dev/null "$T/serve" "$T/serve.err" ip netns exec "$NS_B" \
		python3 "$NET/exchange.py" serve 4001 4002 4003 4004 4005
	until_true 10 grep -q ready "$T/serve" || fail "nobody listens"
	for word; do
		probes+=("${word%%=*}")
		[ "${word##*=}" = - ] || wanted+=("$word")
	done
	tcpdump_start -Q inout
	start skb -f "$(IFS=, && echo "${probes[*]}")" -B 64M -w "$T/x.pcapng" \
		-e 'portrange 4001-4005 or (vlan and (portrange 4001-4005 or port 9))'
	scenes
	stop
	tcpdump_stop
	eq "lost" "$(total lost)" 0
	python3 "$NET/whole.py" "$T/tcpdump.pcap" "$T/x.pcapng" $PORTS "${wanted[@]}" >"$T/table" 2>"$T/wrong" || {
		cat "$T/table" "$T/wrong" >&2
		fail "packets are not those of the wire"
	}
	# the comparison would have found a single wrong byte
	sed '0,/question 4001 /s//quistion 4001 /' "$T/x.pcapng" >"$T/wrong.pcapng"
	! python3 "$NET/whole.py" "$T/tcpdump.pcap" "$T/wrong.pcapng" $PORTS >"$T/wrong" 2>&1 ||
		fail "a wrong byte is not found"
	match "$T/wrong" "payload of [0-9]+ bytes at sequence [0-9]+ is not the wire's"
	# the payload is nothing that anybody knows: its first bytes must not be taken for it
	tshark -nr "$T/x.pcapng" -d tcp.port==4001-4005,data -d udp.port==4001-4005,data \
		-o tcp.analyze_sequence_numbers:FALSE -o tcp.desegment_tcp_streams:FALSE \
		-Y '_ws.malformed || _ws.expert.severity == "Error"' -T fields -e frame.number -e _ws.expert.message \
		-e _ws.col.Info -e frame.comment \
		>"$T/malformed" 2>"$T/tshark.err" || fail "tshark cannot read the file"
	[ ! -s "$T/malformed" ] || { head "$T/malformed" >&2; fail "malformed packets"; }
	no_match "$T/tshark.err" 'cut short|[Ee]rror'
	# for whoever runs this test by hand
	cat "$T/table" >&2
}

test_whole__tracepoints__have_the_packets_of_the_wire()
{
	local words

	try 0 list 'tp:*'
	mapfile -t words < <(sed -E 's/^([^@ ]*).*/\1/; s/$/=-/' "$T/out" |
		sed -E 's/^(tracepoint:net:(net_dev_queue|net_dev_start_xmit|netif_receive_skb))=-/\1=all/')
	at_least "tracepoints" ${#words[@]} 10
	whole "${words[@]}"
	at_least "probes with packets" "$(count "$T/table" '^tracepoint:')" 5
}

test_whole__functions__have_the_packets_of_the_wire()
{
	local name class words=()

	need_kprobe
	try 0 list
	while read -r name class; do
		[ -z "$name" ] || ! grep -q "^$name@" "$T/out" || words+=("$name=$class")
	done <<<"$FUNCTIONS"
	at_least "functions" ${#words[@]} 25
	whole "${words[@]}"
	at_least "probes with packets" "$(count "$T/table" '^[a-z_0-9]+ +[1-9]')" 25
	# the first packets of all are sent before the neighbour is known
	awk '$1 == "__tcp_transmit_skb" || $1 ~ /^ip6?_(output|finish_output2)$/ || $1 ~ /^udp_(v6_)?send_skb$/ {
		print $1, ($6 == "all" || $6 * 2 > $2) ? "known" : "not known: " $6 " of " $2 }' "$T/table" >"$T/known"
	each_line_matches "$T/known" ' known$'
	at_least "probes before the link layer" "$(lines "$T/known")" 5
}

# Size and number of the segments, of packets that are cut later only: what is longer than one segment.
test_whole__gso__size_and_number_of_segments_are_those_of_the_payload()
{
	need socat tshark
	net_up
	start skb -f net:net_dev_queue -i "$DEV_A" -v --print -w "$T/x.pcapng" -e 'tcp dst port 8000'
	tcp_stream 8000 400000
	stop
	tshark -nr "$T/x.pcapng" -o tcp.desegment_tcp_streams:FALSE -T fields -e tcp.len -e frame.comment \
		>"$T/table" 2>"$T/tshark.err"
	awk '{ gso = segs = 0 }
		match($0, / gso=[0-9]+/) { gso = substr($0, RSTART + 5, RLENGTH - 5) + 0 }
		match($0, / segs=[0-9]+/) { segs = substr($0, RSTART + 6, RLENGTH - 6) + 0 }
		$1 > 1448 && gso == 1448 && segs == int(($1 + 1447) / 1448) { print "many"; next }
		$1 <= 1448 && !gso { print "one"; next }
		{ print "wrong:", $0 }' "$T/table" >"$T/judged"
	each_line_matches "$T/judged" '^(many|one)$'
	at_least "packets of many segments" "$(count "$T/judged" many)" 5
	at_least "packets of one" "$(count "$T/judged" one)" 2
	eq "lines of the text that tell segments" "$(count "$T/out" ' gso=1448x[1-9][0-9]*')" "$(count "$T/judged" many)"
}
