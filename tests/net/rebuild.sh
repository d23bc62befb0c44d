# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# rebuild.sh - headers that an skb does not have yet are made from its sock, so that a packet caught deep
# in the stack is the one that is on the wire: same addresses, ports, sequence numbers, flags, payload.

# wire_start: both directions on $DEV_B into $T/wire.pcap.
wire_start()
{
	background ip netns exec "$NS_B" tcpdump -Z root -i "$DEV_B" --immediate-mode -U -n -s 65535 \
		-w "$T/wire.pcap" "$@" 2>"$T/tcpdump.err"
	# shellcheck disable=SC2034 # tcpdump_stop uses it
	TCPDUMP_PID=$BG
	until_true 10 grep -q 'listening on' "$T/tcpdump.err" || fail "tcpdump is not listening"
}

# Ends it when a last packet is in the file: tcpdump does not read what is left when it is told to stop.
wire_stop()
{
	raw size 60
	until_true 20 last_is_in_wire || fail "tcpdump did not get the last packet"
	tcpdump_stop
}

last_is_in_wire()
{
	[ "$(tcpdump -nn -t -r "$T/wire.pcap" 'udp port 9' 2>"$T/frames.err" | wc -l)" = 1 ]
}

# exchange KIND: talk or lose, see there.
exchange()
{
	timeout $((30 * SLOW)) python3 "$NET/rebuild_talk.py" "$1" "$NS_A" "$NS_B" "$IP_B" "$IP6_B" 9000
}

# checked PROBE=KINDS...: $T/x.pcapng against $T/wire.pcap.
checked()
{
	python3 "$NET/rebuild_check.py" "$T/x.pcapng" "$T/wire.pcap" "$@" >"$T/out" 2>"$T/err" || fail "$*"
}

# Names differ between kernels and compilers: those that this one has, and it has most.
present()
{
	local probe found=()

	for probe; do
		! grep -qE " [tT] ${probe%%=*}\$" /proc/kallsyms || found+=("$probe")
	done
	at_least "functions that this kernel has" ${#found[@]} $(($# - 2))
	PRESENT=("${found[@]}")
}

# checked_at KIND PROBE=KINDS...: the exchange, caught at all these probes.
checked_at()
{
	local mechanism=$1 probe specs=

	present "${@:2}"
	set -- "${PRESENT[@]}"
	for probe; do
		specs=$specs,$mechanism${probe%%=*}
	done
	net_up
	wire_start 'port 9000 or port 9001 or udp port 9'
	capture skb -f "${specs#,}" -e 'port 9000 or port 9001' -w "$T/x.pcapng" -- exchange talk
	eq "lost" "$(total lost)" 0
	wire_stop
	checked "$@"
}

test_rebuild__at_functions_every_packet_is_the_one_on_the_wire()
{
	need_kprobe
	need tshark
	checked_at kprobe: __tcp_transmit_skb=tcp4,tcp6 ip_queue_xmit=tcp4 __ip_queue_xmit=tcp4 \
		ip_build_and_send_pkt=tcp4 ip6_xmit=tcp6 __ip_local_out=tcp4,udp4 udp_send_skb=udp4 udp_v6_send_skb=udp6 \
		tcp_v4_rcv=tcp4 tcp_v6_rcv=tcp6 tcp_rcv_established=tcp4,tcp6 \
		udp_queue_rcv_skb=udp4 sk_filter_trim_cap=tcp4,tcp6,udp4,udp6
}

# What TCP sends again has no header yet where this tracepoint stands; its sock is an argument.
test_rebuild__a_retransmission_is_the_packet_that_goes_out()
{
	need tshark
	net_up
	wire_start 'port 9000 or port 9001 or udp port 9'
	capture skb -f tracepoint:tcp:tcp_retransmit_skb -e 'greater 700 and (port 9000 or port 9001)' \
		-w "$T/x.pcapng" -- exchange lose
	eq "lost" "$(total lost)" 0
	wire_stop
	checked tcp_retransmit_skb=tcp4,tcp6
	match "$T/out" '^tcp_retransmit_skb tcp4=[1-9]+ tcp6=[1-9]+$'
}

# The same without an expression that holds, and the text of one that does.
test_rebuild__the_filter_sees_the_made_headers()
{
	net_up
	capture skb -f tcp:tcp_retransmit_skb -e "not (ip6 or src $IP_A) or tcp[tcpflags] & tcp-syn != 0" \
		-- exchange lose
	eq "lines" "$(lines "$T/out")" 0
	capture skb -f tcp:tcp_retransmit_skb -e "ip6 and src host $IP6_A and tcp dst port 9000" \
		-- exchange lose
	each_line_matches "$T/out" "IP6 $IP6_A\.[0-9]+ > $IP6_B\.9000: Flags \[P\.\], .*length 700"
}

raw_sizes()
{
	raw size 42
	raw size 193
	raw size 1514
}

# At the transmit tracepoints data is the link header, at the receive ones it stands 14 bytes behind.
test_skb_data__the_packet_starts_where_it_is_told_to()
{
	net_up
	tcpdump_start 'udp port 9'
	capture skb -f net:net_dev_queue --skb-data -i "$DEV_A" -e 'udp port 9' -w "$T/x.pcap" \
		-- raw_sizes
	tcpdump_stop
	same_packets "$T/x.pcap" "$T/tcpdump.pcap"
	tcpdump_start 'udp port 9'
	capture skb -f net:netif_receive_skb --skb-data --skb-data-offset -14 -i "$DEV_B" -e 'udp port 9' \
		-w "$T/x.pcap" -- raw_sizes
	tcpdump_stop
	same_packets "$T/x.pcap" "$T/tcpdump.pcap"
}

test_skb_data__length_follows_from_the_start()
{
	net_up
	# 100 bytes on the wire; data is behind the link header, and 20 bytes on is UDP
	capture skb -f net:netif_receive_skb --skb-data --skb-data-offset 20 -i "$DEV_B" -w "$T/x.pcap" \
		-e 'len == 66 and ether[2:2] == 9' -- raw size 100
	eq "packets" "$(packets "$T/x.pcap")" 1
	# 66 bytes: the UDP ports read as an address, then 802.3 with 52 bytes
	tcpdump -t -e -nn -r "$T/x.pcap" >"$T/frames" 2>"$T/frames.err"
	match "$T/frames" '> 03:e8:00:09:00:42, 802.3, length 52: '
	# before the buffer, and behind the last byte: no packet, and no filter matches
	capture skb -f net:netif_receive_skb --skb-data --skb-data-offset -60000 -i "$DEV_B" -- raw size 100
	match "$T/out" 'no packet \(.*length 86\)$'
	# (larger than what the kernel itself sends on a new link, which the filter takes too)
	capture skb -f net:netif_receive_skb --skb-data --skb-data-offset 1387 -i "$DEV_B" -e 'len >= 0' \
		-- raw size 1400
	eq "lines" "$(lines "$T/out")" 0
}

# ip(8) asks for one interface by name.
netlink()
{
	in_a ip link show "$DEV_A" >"$T/links"
}

# A netlink message is no packet: shown as such, never matched; with --fake-hdr a frame of its bytes.
test_fake_hdr__shows_a_message_that_is_no_packet()
{
	net_up
	capture skb -f skb:consume_skb -e 'len >= 0 and ether proto 0x88b5' -- netlink
	eq "lines" "$(lines "$T/out")" 0
	capture skb -f skb:consume_skb -- netlink
	match "$T/out" 'no packet \(protocol 0x0000, length [1-9]'
	capture skb -f skb:consume_skb --fake-hdr -e 'ether proto 0x88b5 and len > 30' -w "$T/x.pcap" -- netlink
	tcpdump -t -e -nn -r "$T/x.pcap" 2>"$T/frames.err" | grep -v '^[[:space:]]' >"$T/frames"
	# the interface's name is in the message
	tcpdump -t -A -nn -r "$T/x.pcap" 2>"$T/frames.err" | tr -d '\n' >"$T/bytes"
	each_line_matches "$T/frames" '^00:00:00:00:00:00 > 00:00:00:00:00:00, ethertype .*\(0x88b5\)'
	match "$T/bytes" "$DEV_A"
}

talk_after_poison()
{
	# twice as many as the CPUs have windows for
	raw poison $(($(nproc) * 8))
	in_b ping -q -n -c 2 -s 0 -i 0.05 "$IP_A" >"$T/ping"
	raw arp 4
	raw size 42
	exchange "$1"
	netlink
}

# Frames full of poison go through every window and many buffers; after them short packets, and such as get
# their headers from us. No byte of the former may be in the latter.
poison_at()
{
	local kind=$1 specs=$2

	net_up
	capture skb -f "$specs" --format pcap -w "$T/x.pcap" -- talk_after_poison "$kind"
	eq "lost" "$(total lost)" 0
	python3 "$NET/poison.py" "$T/x.pcap" >"$T/out" || fail "bytes of another packet: $(cat "$T/out")"
	match "$T/out" '^[1-9][0-9]* poisoned, [1-9][0-9]* clean, '
}

test_rebuild__no_record_has_bytes_of_another_packet()
{
	poison_at lose net:netif_receive_skb,net:net_dev_queue,net:net_dev_start_xmit,skb:consume_skb,skb:kfree_skb,tcp:tcp_retransmit_skb
}

# left SCENE ADDRESS: a connection that A has left when B ends it, and B's end, or A's answer, dropped in A by
# netfilter. What is left of A's socket is a time-wait sock, which has next to nothing of a sock: a FIN that
# arrives is given it early, and from 6.13 its answers have it.
left()
{
	timeout $((30 * SLOW)) python3 "$NET/time_wait.py" "$1" "$NS_A" "$NS_B" "$2" 9000 >"$T/left.$1.$2"
}

left_all()
{
	local scene

	for scene in input output; do
		left $scene "$IP_B"
		left $scene "$IP6_B"
	done
}

test_rebuild__of_a_time_wait_sock__nothing_is_misread()
{
	local scene to fin ack port way

	need nft
	net_up
	in_a nft add table inet xcap
	for scene in input output; do
		in_a nft add chain inet xcap $scene "{ type filter hook $scene priority 0; }"
	done
	capture skb -f skb:kfree_skb -e "port 9000" -- left_all
	eq lost "$(total lost)" 0
	for scene in input output; do
		for to in "$IP_B" "$IP6_B"; do
			# what B's socket said of itself
			read -r port fin ack <"$T/left.$scene.$to"
			if [ $scene = input ]; then
				way="$to.9000 > .*\.$port: Flags \[F\.\], seq $fin, ack $ack"
			else
				way=".*\.$port > $to.9000: Flags \[\.\], ack $(((fin + 1) % (1 << 32)))"
			fi
			at_least "$scene $to" "$(count "$T/out" " NETFILTER_DROP .* $way, win ")" 1
		done
	done
	eq "rebuilt headers" "$(count "$T/out" ' ~(ip|tcp)')" 0
}

collapse()
{
	timeout $((30 * SLOW)) python3 "$NET/collapse.py" "$NS_A" "$NS_B" "$IP_B" 9000
}

# What TCP has received and put together has no header, and must not get those of what its socket sends.
test_rebuild__received_bytes_without_a_header__are_no_packet()
{
	net_up
	capture skb -f skb:skb_copy_datagram_iovec -v -- collapse
	eq lost "$(total lost)" 0
	# two lines each; netlink sockets are read there, too
	paste - - <"$T/out" | { grep "/python3 .* netns=$NS_B " || true; } >"$T/records"
	no_match "$T/records" ' ~(ip|tcp)'
	no_match "$T/records" ' dir=out '
	at_least "collapsed ones" "$(count "$T/records" ' no packet \(protocol 0x0000, length [1-9].* dir=in ')" 1
}
