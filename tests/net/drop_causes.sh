# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# drop_causes.sh - `xcap drop`: a packet for each cause of a loss, told by its port; A sends through the router
# B to C. What each kernel tells of it is in the table below.

FAR_NS=xcap-$ID-c
ROUTE_DEV=xr$ID # of B, towards C
FAR_DEV=xc$ID
ROUTE_IP=10.98.0.1
FAR_IP=10.98.0.2

# A - B - C, with what drops on the way.
router_up()
{
	net_up
	ip netns add "$FAR_NS"
	in_b ip link add "$ROUTE_DEV" mtu 1000 type veth peer name "$FAR_DEV" mtu 1000 netns "$FAR_NS"
	in_b ip addr add $ROUTE_IP/24 dev "$ROUTE_DEV"
	in_b ip link set "$ROUTE_DEV" up
	ip netns exec "$FAR_NS" ip addr add $FAR_IP/24 dev "$FAR_DEV"
	ip netns exec "$FAR_NS" ip link set "$FAR_DEV" up
	in_a ip route add default via "$IP_B"
	ip netns exec "$FAR_NS" ip route add default via $ROUTE_IP
	in_b sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.icmp_ratelimit=0 \
		"net.ipv4.conf.$DEV_B.rp_filter=1" "net.ipv4.neigh.$ROUTE_DEV.retrans_time_ms=50"
	if command -v nft >/dev/null && in_b nft add table inet xcap 2>/dev/null; then
		in_b nft -f - <<-'END'
			add chain inet xcap input { type filter hook input priority 0; }
			add chain inet xcap forward { type filter hook forward priority 0; }
			add chain inet xcap raw { type filter hook prerouting priority -300; }
			add rule inet xcap input udp dport { 9001, 9021 } drop
			add rule inet xcap forward udp dport 9002 drop
			add rule inet xcap raw udp dport 9003 drop
		END
	elif command -v iptables >/dev/null; then
		in_b iptables -A INPUT -p udp --dport 9001 -j DROP
		in_b ip6tables -A INPUT -p udp --dport 9021 -j DROP
		in_b iptables -A FORWARD -p udp --dport 9002 -j DROP
		in_b iptables -t raw -A PREROUTING -p udp --dport 9003 -j DROP
	else
		skip "nft or iptables"
	fi
	# one packet passes, one waits, the others find no room
	in_b tc qdisc add dev "$ROUTE_DEV" root tbf rate 8kbit burst 1000 limit 1000
	background ip netns exec "$NS_B" python3 "$NET/drop_send.py" hold "$T/held.b" "$IP_B:9006:1" "$IP_B:9014:tcp"
	background ip netns exec "$FAR_NS" python3 "$NET/drop_send.py" hold "$T/held.c" $FAR_IP:9011:100000
	until_true 10 [ -e "$T/held.b" ] || fail "nobody holds the ports of B"
	until_true 10 [ -e "$T/held.c" ] || fail "nobody holds the port of C"
	ping4 1
	until_true 5 in_b ping -q -c 1 -W 1 $FAR_IP || fail "C does not answer"
}

drop_all()
{
	in_a python3 "$NET/drop_send.py" send "$IP_B" $FAR_IP "$IP6_B"
	# the neighbour is given up after three requests
	until_true 5 grep -qE '\.9013: ' "$T/out" || fail "no drop for want of a neighbour"
}

# In the namespaces of the test alone.
everywhere()
{
	printf '%s\n' -i "*@$NS_A" -i "*@$NS_B" -i "*@$FAR_NS"
}

# Cause, port, packets, reason from 5.17 on, function (of any kernel), path.
causes()
{
	local full=$1 queued=$2

	cat <<-END
		netfilter_input    9001 1 NETFILTER_DROP nf_hook_slow|nft_do_chain ip:INPUT
		netfilter_forward  9002 1 NETFILTER_DROP nf_hook_slow|nft_do_chain ip:FORWARD
		netfilter_raw      9003 1 NETFILTER_DROP nf_hook_slow|nft_do_chain ip:PREROUTING
		no_listener_udp    9004 1 NO_SOCKET      __udp4_lib_rcv|udp_rcv -
		no_listener_tcp    9005 1 NO_SOCKET      tcp_v4_rcv -
		buffer_full        9006 $full SOCKET_RCVBUFF udp_queue_rcv_one_skb|__udp_queue_rcv_skb|__udp_enqueue_schedule_skb -
		bad_checksum       9007 1 UDP_CSUM       __udp4_lib_rcv|udp_rcv -
		ttl_exceeded       9008 1 IP_INHDR       ip_forward -
		rp_filter          9009 1 IP_RPFILTER    ip_rcv_finish_core|ip_rcv_finish|ip_rcv -
		no_route           9010 1 IP_INNOROUTES  ip_error -
		qdisc_full         9011 $queued QDISC_DROP __dev_queue_xmit|__dev_xmit_skb -
		mtu_exceeded       9012 1 PKT_TOO_BIG    ip_forward -
		neighbour_failed   9013 1 NEIGH_FAILED   neigh_invalidate|arp_error_report -
		flags_at_listener  9014 1 TCP_FLAGS      tcp_rcv_state_process|tcp_v4_do_rcv -
		netfilter_input6   9021 1 NETFILTER_DROP nf_hook_slow|nft_do_chain ip6:INPUT
		no_listener_udp6   9024 1 NO_SOCKET      __udp6_lib_rcv|udpv6_rcv -
	END
}

# What came out: cause, packets, reason, place, path; the table of this kernel.
print_causes()
{
	local cause port rest

	printf '%-18s %s\n' "$(uname -r)" "packets reason place path"
	while read -r cause port rest; do
		printf '%-18s %s\n' "$cause" \
			"$(grep -E "\.$port: " "$T/out" | awk '{ print $2, $3, $4 }' | sort | uniq -c | xargs)"
	done < <(causes 0 0)
}

test_drop__each_cause_is_named_once_per_packet_and_nothing_else()
{
	local full queued cause port n reason place path lines=0

	need tc python3
	router_up
	mapfile -t where < <(everywhere)
	start drop "${where[@]}"
	drop_all
	full=$(in_b nstat -saz UdpRcvbufErrors | awk '/^Udp/ { print $2 }')
	queued=$(in_b tc -s qdisc show dev "$ROUTE_DEV" | sed -n 's/.*dropped \([0-9]*\),.*/\1/p')
	stop
	print_causes | tee "${XCAP_CAUSES:-$T/causes}" >&2
	at_least "packets that found the buffer full" "$full" 1
	at_least "packets that found the queue full" "$queued" 1
	while read -r cause port n reason place path; do
		kernel_at_least 5 17 || reason=-
		# freed where a segment for a time-wait socket is freed that has served: without a reason nobody can tell
		[ "$reason $cause" != "- flags_at_listener" ] || n=0
		eq "$cause" "$(grep -cE "^[^ ]+ $reason +($place)(\.[a-z0-9.]+)?\+0x[0-9a-f]+(\[[a-z_0-9]+\])? +$path(\([^ ]+\))? +x.*\.$port: " "$T/out")" "$n"
		lines=$((lines + n))
	done < <(causes "$full" "$queued")
	eq "all lines" "$(lines "$T/out")" "$lines"
	match "$T/err" "^  Udp RcvbufErrors \+$full @$NS_B\$"
	match "$T/err" "^  Udp InCsumErrors \+1 @$NS_B\$"
	no_match "$T/err" "@$FAR_NS\$"
	eq "losses" "$(total lost)" 0
}
