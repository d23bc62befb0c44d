# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# trace.sh - `xcap trace`: a client, a router that translates addresses, a server, each in a namespace of its
# own; every packet is one journey through all three.
# shellcheck disable=SC2153 # names of lib.sh

NS_R=xcap-$ID-r		# the router
IP_VIP=10.99.1.254	# the router's, to the client
IP_SERVER=10.99.2.2
# Not those of other tests at the same time: xcap sees every namespace.
PORT_VIP=$((10000 + ID % 10000))
PORT=$((20000 + ID % 10000))

# routed_up: client $NS_A (10.99.1.1) - $NS_R - server $NS_B.
routed_up()
{
	local ns

	for ns in "$NS_A" "$NS_R" "$NS_B"; do
		ip netns add "$ns"
		ip -n "$ns" link set lo up
		# nothing that sends by itself
		ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	done
	ip -n "$NS_A" link add "$DEV_A" type veth peer name "ra$ID" netns "$NS_R"
	ip -n "$NS_B" link add "$DEV_B" type veth peer name "rb$ID" netns "$NS_R"
	ip -n "$NS_A" addr add 10.99.1.1/24 dev "$DEV_A"
	ip -n "$NS_R" addr add $IP_VIP/24 dev "ra$ID"
	ip -n "$NS_R" addr add 10.99.2.254/24 dev "rb$ID"
	ip -n "$NS_B" addr add $IP_SERVER/24 dev "$DEV_B"
	ip -n "$NS_A" link set "$DEV_A" up
	ip -n "$NS_B" link set "$DEV_B" up
	ip -n "$NS_R" link set "ra$ID" up
	ip -n "$NS_R" link set "rb$ID" up
	ip -n "$NS_A" route add default via $IP_VIP
	ip -n "$NS_B" route add default via 10.99.2.254
	ip netns exec "$NS_R" sysctl -qw net.ipv4.ip_forward=1
	until_true 5 in_a ping -q -c 1 -W 1 $IP_SERVER || fail "the client does not reach the server"
}

# dnat_up: $PORT_VIP of the router is the server's $PORT.
dnat_up()
{
	need nft
	ip netns exec "$NS_R" nft -f - <<END || skip "NAT by nft"
table ip xcap {
	chain prerouting {
		type nat hook prerouting priority -100;
		ip daddr $IP_VIP tcp dport $PORT_VIP dnat to $IP_SERVER:$PORT
	}
}
END
}

# One connection that carries a word, and its end.
talk()
{
	local server

	background ip netns exec "$NS_B" socat -u TCP4-LISTEN:$PORT,reuseaddr OPEN:"$T/heard",creat
	server=$BG
	until_true 5 listening "$PORT" || fail "no listener on port $PORT"
	echo hello | in_a socat -u - "TCP4:$IP_VIP:$PORT_VIP"
	reap "$server" 10
	eq "what the server heard" "$(cat "$T/heard")" hello
}

# journeys REGEX: those whose first line matches, with their hops.
journeys()
{
	awk -v re="$1" '/^[^ ]/ { take = $0 ~ re } take' "$T/out"
}

# passes FILE PLACE...: the one journey in FILE comes by these places in this order, among others.
passes()
{
	local file=$1 place line=0

	shift
	for place; do
		line=$(grep -nE " $place( |@)" "$file" | cut -d: -f1 | awk -v after="$line" '$1 > after' | head -n 1)
		[ -n "$line" ] || { cat "$file" >&2; fail "the journey does not come by '$place' in its turn"; }
	done
}

# The journey of every packet, from one socket to the other, through NAT in between.
test_trace__a_connection_through_dnat_is_a_journey_per_packet()
{
	routed_up
	dnat_up
	capture trace -e "tcp port $PORT_VIP or tcp port $PORT" -- talk
	# each packet left one of both ends once
	eq "journeys" "$(count "$T/out" '^[^ ]')" "$(count "$T/out" " net_dev_start_xmit +($DEV_A|$DEV_B)@")"
	at_least "journeys" "$(count "$T/out" '^[^ ]')" 7
	no_match "$T/out" 'NOT received|DROP|uncertain'
	journeys 'Flags \[S\],' >"$T/syn"
	eq "journeys of the SYN" "$(count "$T/syn" '^[^ ]')" 1
	match "$T/syn" '^[^ ].* IP 10\.99\.1\.1\.[0-9]+ > 10\.99\.1\.254\.'"$PORT_VIP: "
	passes "$T/syn" "net_dev_start_xmit +$DEV_A@$NS_A" "netif_receive_skb +ra$ID@$NS_R" \
		"net_dev_queue +rb$ID@$NS_R" "netif_receive_skb +$DEV_B@$NS_B"
	eq "hops where NAT shows" "$(count "$T/syn" "  dst 10\.99\.1\.254\.$PORT_VIP -> 10\.99\.2\.2\.$PORT")" 1
	eq "hops where the TTL shows" "$(count "$T/syn" ' ttl 64 -> 63')" 1
	no_match "$T/syn" ' src [0-9]'
	journeys 'Flags \[S\.\],' >"$T/synack"
	eq "journeys of the SYN-ACK" "$(count "$T/synack" '^[^ ]')" 1
	match "$T/synack" "^[^ ].* IP 10\.99\.2\.2\.$PORT > 10\.99\.1\.1\.[0-9]+: "
	passes "$T/synack" "net_dev_start_xmit +$DEV_B@$NS_B" "netif_receive_skb +rb$ID@$NS_R" \
		"net_dev_queue +ra$ID@$NS_R" "netif_receive_skb +$DEV_A@$NS_A"
	eq "hops where NAT shows" "$(count "$T/synack" "  src 10\.99\.2\.2\.$PORT -> 10\.99\.1\.254\.$PORT_VIP")" 1
	has_functions || return 0
	# all of the way, and the end is known
	passes "$T/syn" "__ip_local_out +$DEV_A" "ip_forward +ra$ID" "ip_finish_output2 +rb$ID" "ip_local_deliver +$DEV_B" \
		"tcp_v4_rcv +$DEV_B" "tcp_rcv_state_process +$DEV_B"
	no_match "$T/out" '^[^ ]* #[0-9]+ (open|consumed)'
	match "$T/syn" '^[^ ]* #[0-9]+ complete '
}

has_functions()
{
	"$XCAP" list -v @forward | grep -qE '^  ip_forward'
}

# A packet that is dropped on its way ends there, and is said to have been at no place that it did not reach.
test_trace__a_dropped_packet_ends_where_it_is_dropped()
{
	need nft
	routed_up
	ip netns exec "$NS_R" nft -f - <<-END
	table ip xcap {
		chain forward { type filter hook forward priority 0; tcp dport $PORT drop; }
	}
	END
	capture trace tcp port "$PORT" -- in_a timeout 0.5 bash -c "exec 3<>/dev/tcp/$IP_SERVER/$PORT" || true
	eq "journeys" "$(count "$T/out" '^[^ ]')" 1
	match "$T/out" '^[^ ]* #1 DROPPED .* IP 10\.99\.1\.1\.[0-9]+ > 10\.99\.2\.2\.'"$PORT: Flags \[S\]"
	tail -n 1 "$T/out" >"$T/last"
	match "$T/last" ' DROP .*ip FORWARD[ ,].*\([a-z_0-9.]+\+0x[0-9a-f]+( \[[a-z_0-9]+\])?\)'
	if kernel_at_least 5 17; then
		match "$T/last" ' DROP NETFILTER_DROP '
	fi
	passes "$T/out" "netif_receive_skb +ra$ID" DROP
	no_match "$T/out" "NOT received|$NS_B"
}

test_stack__of_a_journey_stands_below_each_hop()
{
	net_up
	capture trace -S -f net:net_dev_queue,net:netif_receive_skb -e 'icmp[icmptype] = icmp-echo' -- ping4 1
	eq "journeys" "$(count "$T/out" '^[^ ]')" 1
	eq "hops" "$(count "$T/out" '^ +[0-9.]+us .* cpu[0-9]+')" 2
	eq "stacks that begin in the device's queue" "$(count "$T/out" '^ +__dev_queue_xmit\+0x')" 1
	at_least "frames" "$(count "$T/out" '^ +[a-z_0-9.]+\+0x[0-9a-f]+')" 8
}

# What the filter took before NAT is followed behind it, where the filter does not match; -f replaces the places.
test_trace__follows_what_the_filter_took_behind_nat()
{
	routed_up
	dnat_up
	capture trace -f 'tp:net:netif_receive_skb,tp:net:net_dev_queue' \
		"tcp dst port $PORT_VIP and tcp[tcpflags] == tcp-syn" -- talk
	eq "journeys" "$(count "$T/out" '^[^ ]')" 1
	eq "hops" "$(lines "$T/out")" 5
	passes "$T/out" "net_dev_queue +$DEV_A" "netif_receive_skb +ra$ID" "net_dev_queue +rb$ID" "netif_receive_skb +$DEV_B"
	match "$T/out" '^[^ ]* #1 complete '
	match "$T/out" "dst 10\.99\.1\.254\.$PORT_VIP -> 10\.99\.2\.2\.$PORT"
}

# A refused connection's RST is freed where no tracepoint tells; what comes into its memory next, here a report of
# multicast groups, is another packet. On one CPU, which hands out again what it got back last.
test_trace__a_packet_of_another_protocol_in_the_same_memory_is_another()
{
	net_up
	start trace tcp port "$PORT"
	in_a taskset -c 0 python3 - "$IP_B" "$DEV_A" "$PORT" <<-'END'
	import socket, sys
	device = socket.if_nametoindex(sys.argv[2])
	member = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
	for i in range(1, 31):
	    with socket.socket() as refused:
	        refused.connect_ex((sys.argv[1], int(sys.argv[3])))
	    group = socket.inet_pton(socket.AF_INET6, f"ff02::1:{i:x}") + device.to_bytes(4, "little")
	    member.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
	END
	stop
	eq "journeys" "$(count "$T/out" '^[^ ]')" 60
	no_match "$T/out" 'ff02::'
}
